// WebAssembly memory in bytes that the core holds with a bundle's network after photos, as one of the page's workers does;
// JSON on stdout: {"small": …, "large": …}. Each set comes after those before it, and memory never shrinks.
//
// usage: node memory.mjs BUILT_WASM_FOLDER BUNDLE NAME=PHOTOS…
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [built, bundle, ...sets] = process.argv.slice(2);
const temporary = fs.mkdtempSync(path.join(os.tmpdir(), 'catdog-memory-'));
try {
  const module = path.join(temporary, 'catdog-core.mjs'); // the name tells Node that it is an ES module
  fs.copyFileSync(path.join(built, 'catdog-core.js'), module);
  const { default: createCatdogCore } = await import(pathToFileURL(module).href);
  const core = await createCatdogCore({ wasmBinary: fs.readFileSync(path.join(built, 'catdog-core.wasm')) });
  const checked = (found, what) => {
    if ('error' in found) throw new Error(`${what}: ${found.error}`);
    return found;
  };
  const read = (...parts) => new Uint8Array(fs.readFileSync(path.join(...parts)));
  const card = checked(core.readCard(read(bundle, 'model.json')), bundle);
  checked(core.loadNetwork(card, read(bundle, card.onnx.name)), bundle);
  const report = {};
  for (const set of sets) {
    const [kind, folder] = set.split(/=(.*)/s);
    const names = fs.readdirSync(folder);
    if (names.length === 0) throw new Error(`${folder}: expected photos, found none`);
    for (const name of names) checked(core.classify(read(folder, name)), name);
    report[kind] = core.memoryBytes();
  }
  console.log(JSON.stringify(report));
} finally {
  fs.rmSync(temporary, { recursive: true });
}
