// Chromium's WebAssembly gives the same bits as the native engine: random networks and the shipped one, both precisions.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { chromiumFile, launch, openPage } from './support/browser.mjs';
import { serveSite } from './support/site.mjs';
import { repository, run, skipWithout, temporaryFolder, tools } from './support/tools.mjs';

const built = path.join(repository, 'web/src/core/built');
const bundle = path.join(repository, 'web/public/model');
skipWithout(path.join(built, 'catdog-core.js'), path.join(bundle, 'model.json'), chromiumFile, tools.networkAnswers);

// In the page: the lines that differ.
async function ask(lines) {
  const from = (name) => new URL(name, document.baseURI).href;
  const { default: createCatdogCore } = await import(from('catdog-core.js'));
  const { differences } = await import(from('network_answers.mjs'));
  const read = async (name) => new Uint8Array(await (await fetch(`cases/${name}`)).arrayBuffer());
  return differences(await createCatdogCore(), lines, read);
}

test('networks answer the same bits in Chromium as natively', async () => {
  const folder = temporaryFolder();
  const lines = run(tools.networkAnswers, path.join(folder, 'cases'), bundle).split('\n').slice(0, -1);
  assert.ok(lines.length >= 200, `expected at least 200 answers, found ${lines.length}`);
  fs.writeFileSync(path.join(folder, 'index.html'), '<!doctype html><title>core</title><link rel="icon" href="icon.svg">');
  fs.copyFileSync(path.join(repository, 'web/public/icon.svg'), path.join(folder, 'icon.svg'));
  for (const name of ['catdog-core.js', 'catdog-core.wasm']) fs.copyFileSync(path.join(built, name), path.join(folder, name));
  fs.copyFileSync(path.join(repository, 'tests/shared/network_answers.mjs'), path.join(folder, 'network_answers.mjs'));
  const site = await serveSite(undefined, folder);
  const browser = await launch();
  try {
    const page = await openPage(browser, site, { waitForModel: false });
    assert.deepEqual(await page.evaluate(ask, lines), []);
    // Another bit would be seen.
    const [first] = lines;
    const flipped = first.replace(/ ([0-9a-f]{7})([0-9a-f]) /, (_, head, last) => ` ${head}${last === '0' ? '1' : '0'} `);
    assert.equal((await page.evaluate(ask, [flipped])).length, 1);
    assert.deepEqual(page.complaints, []);
  } finally {
    await browser.close();
    site.close();
  }
});
