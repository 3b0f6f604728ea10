// The core's WebAssembly build, loaded in Node.
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const SKIPPED = 77;

/** Calls use(core, temporary folder); where the core is not built, ends the test as skipped. */
export async function withBuiltCore(wasmFolder, use) {
  const glue = join(wasmFolder, 'catdog-core.js');
  if (!existsSync(glue)) {
    console.log(`Skipped: there is no ${glue}; scripts/build-wasm makes it.`);
    process.exit(SKIPPED);
  }
  const temporary = mkdtempSync(join(tmpdir(), 'catdog-parity-'));
  try {
    const module = join(temporary, 'catdog-core.mjs'); // the name tells Node that it is an ES module
    copyFileSync(glue, module);
    const { default: createCatdogCore } = await import(pathToFileURL(module).href);
    await use(await createCatdogCore({ wasmBinary: readFileSync(join(wasmFolder, 'catdog-core.wasm')) }), temporary);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}
