// WebAssembly memory in bytes that the core holds with a bundle's network after photos, as one of the page's workers does;
// JSON on stdout: {"small": …, "large": …}. Each set comes after those before it, and memory never shrinks.
//
// usage: node memory.mjs BUILT_WASM_FOLDER BUNDLE [--at-most MIB] NAME=PHOTOS…
//   --at-most: ends with 1 where it is more
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const SKIPPED = 77;
const [built, bundle, ...sets] = process.argv.slice(2);
const most = sets[0] === '--at-most' ? Number(sets.splice(0, 2)[1]) * 2 ** 20 : Infinity;
for (const file of [path.join(built, 'catdog-core.js'), path.join(bundle, 'model.json')]) {
  if (fs.existsSync(file)) continue;
  console.log(`Skipped: there is no ${file}`);
  process.exit(SKIPPED);
}
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
    if (report[kind] <= most) continue;
    console.error(`${folder}: expected at most ${most} bytes of memory after these photos, found ${report[kind]}`);
    process.exitCode = 1;
  }
  console.log(JSON.stringify(report));
} finally {
  fs.rmSync(temporary, { recursive: true });
}
