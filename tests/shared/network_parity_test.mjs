// On the same picture a network gives the same bits natively and in WebAssembly, in both precisions: random networks of
// many sizes, and the shipped one.
//
//   node network_parity_test.mjs NETWORK_ANSWERS BUILT_WASM_FOLDER BUNDLE
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { webcrypto } from 'node:crypto';
import { differences } from './network_answers.mjs';

globalThis.crypto ??= webcrypto; // Node 18 does not offer it by itself
const SKIPPED = 77;
const LEAST_LINES = 200;
const [networkAnswers, wasmFolder, bundle] = process.argv.slice(2);
const glue = join(wasmFolder, 'catdog-core.js');
for (const file of [glue, join(bundle, 'model.json')]) {
  if (existsSync(file)) continue;
  console.log(`Skipped: there is no ${file}.`);
  process.exit(SKIPPED);
}

const temporary = mkdtempSync(join(tmpdir(), 'catdog-parity-'));
try {
  const module = join(temporary, 'catdog-core.mjs'); // the name tells Node that it is an ES module
  copyFileSync(glue, module);
  const { default: createCatdogCore } = await import(pathToFileURL(module).href);
  const core = await createCatdogCore({ wasmBinary: readFileSync(join(wasmFolder, 'catdog-core.wasm')) });
  const cases = join(temporary, 'cases');
  const run = spawnSync(networkAnswers, [cases, bundle], { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (run.status !== 0) throw new Error(`${networkAnswers}: expected to end well, found ${run.status ?? run.signal}: ${run.stderr}`);
  const lines = run.stdout.split('\n').slice(0, -1);
  const found = await differences(core, lines, (name) => new Uint8Array(readFileSync(join(cases, name))));
  found.forEach((text) => console.log(text));
  console.log(`${lines.length} answers, ${found.length} differ`);
  process.exitCode = found.length === 0 && lines.length >= LEAST_LINES ? 0 : 1;
} finally {
  rmSync(temporary, { recursive: true });
}
