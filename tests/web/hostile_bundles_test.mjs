// Networks that must be given to no engine: page and tool refuse them in the same words.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chromiumFile, launch, openPage } from './support/browser.mjs';
import { dist, serveSite } from './support/site.mjs';
import { run, skipWithout, temporaryFolder, tools } from './support/tools.mjs';

skipWithout(path.join(dist, 'index.html'), chromiumFile, tools.classify, tools.makeHostileBundles);

const work = temporaryFolder();
const bundles = path.join(work, 'bundles');
run(tools.makeHostileBundles, bundles);
const names = fs.readdirSync(bundles).sort();
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/** What stands behind the file's name. */
function sentence(words) {
  const name = 'model.onnx: ';
  const at = words.indexOf(name);
  assert.ok(at >= 0, words);
  return words.slice(at + name.length).trim();
}

function nativeWords(bundle) {
  const { status, stdout, stderr } = spawnSync(tools.classify, [work, '--model', bundle], { encoding: 'utf8' });
  assert.equal(status, 1, stderr);
  assert.equal(stdout, '');
  return stderr;
}

test('there are such networks', () => assert.ok(names.length >= 10));

for (const name of names) {
  test(`${name}: refused by page and tool in the same words`, async () => {
    const bundle = path.join(bundles, name);
    const site = await serveSite(bundle);
    const page = await openPage(browser, site, { waitForModel: false });
    await page.getByRole('alert').getByText('could not be loaded').waitFor();
    const found = sentence(await page.locator('#reason').innerText());
    assert.equal(found, sentence(nativeWords(bundle)));
    assert.match(found, /expected .*, found /);
    assert.deepEqual(site.requests.filter((request) => /onnxruntime|ort-wasm/.test(request)), [], 'no other engine is asked');
    assert.deepEqual(page.complaints, []);
    await page.context().close();
    site.close();
  });
}
