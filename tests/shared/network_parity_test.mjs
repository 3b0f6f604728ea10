// On the same picture a network gives the same bits natively and in WebAssembly, in both precisions: random networks of
// many sizes, and the shipped one.
//
//   node network_parity_test.mjs NETWORK_ANSWERS BUILT_WASM_FOLDER BUNDLE
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { webcrypto } from 'node:crypto';
import { withBuiltCore } from './built_core.mjs';
import { differences } from './network_answers.mjs';

globalThis.crypto ??= webcrypto; // Node 18 does not offer it by itself
const SKIPPED = 77;
const LEAST_LINES = 200;
const [networkAnswers, wasmFolder, bundle] = process.argv.slice(2);
if (!existsSync(join(bundle, 'model.json'))) {
  console.log(`Skipped: there is no ${join(bundle, 'model.json')}.`);
  process.exit(SKIPPED);
}

await withBuiltCore(wasmFolder, async (core, temporary) => {
  const cases = join(temporary, 'cases');
  const run = spawnSync(networkAnswers, [cases, bundle], { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (run.status !== 0) throw new Error(`${networkAnswers}: expected to end well, found ${run.status ?? run.signal}: ${run.stderr}`);
  const lines = run.stdout.split('\n').slice(0, -1);
  const found = await differences(core, lines, (name) => new Uint8Array(readFileSync(join(cases, name))));
  found.forEach((text) => console.log(text));
  console.log(`${lines.length} answers, ${found.length} differ`);
  process.exitCode = found.length === 0 && lines.length >= LEAST_LINES ? 0 : 1;
});
