// WebAssembly memory that the core holds with a bundle's network after photos, as one of the page's workers does; JSON on
// stdout: {"bytes": …, "precision": "int16"}.
//
// usage: node memory.mjs BUILT_WASM_FOLDER BUNDLE FOLDER…
//   FOLDER: of photos
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [built, bundle, ...folders] = process.argv.slice(2);
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
  const { precision } = checked(core.loadNetwork(card, read(bundle, card.onnx.name)), bundle);
  for (const folder of folders) {
    const names = fs.readdirSync(folder);
    if (names.length === 0) throw new Error(`${folder}: expected photos, found none`);
    for (const name of names) checked(core.classify(read(folder, name)), name);
  }
  console.log(JSON.stringify({ bytes: core.memoryBytes(), precision }));
} finally {
  fs.rmSync(temporary, { recursive: true });
}
