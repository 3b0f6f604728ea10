// Some hundred real photos through the page and through catdog-classify, with the shipped model where there is one:
// the same CSV, byte for byte.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { differences, parseCsv } from './support/csv.mjs';
import { chooseFolder, chromiumFile, downloadCsv, launch, openPage, untilDone } from './support/browser.mjs';
import { dist, serveSite } from './support/site.mjs';
import { makeBundle, repository, run, skipWithout, temporaryFolder, testData, tools } from './support/tools.mjs';

const skipped = 77;
const data = testData();
if (!data) {
  console.log('skipped: no photos in the folder that CATDOG_TEST_DATA names, nor in ../shared/data');
  process.exit(skipped);
}
skipWithout(path.join(dist, 'index.html'), chromiumFile, tools.classify, tools.makeBundle);

// Every `step`th file of these folders.
const sets = [['originals/Cat', 8], ['originals/Dog', 8], ['other', 15], ['large', 1], ['formats/orientation', 1],
  ['formats/jpeg', 1], ['formats/png', 1], ['formats/corrupt', 1], ['formats/bombs', 1], ['formats/other', 1]];
// The one exception: photos of formats that the browser decodes, or HEIC's decoder in the page, and another library
// natively. Chromium reads no TIFF and JPEG 2000, and converts the colours of AVIF by other arithmetic. (WebP agrees.)
const readOtherwise = /\.(avif|heic|tiff|jp2)$/;

function copyPhotos(folder) {
  for (const [set, step] of sets) {
    fs.mkdirSync(path.join(folder, set), { recursive: true });
    const names = fs.readdirSync(path.join(data, set)).sort().filter((name, i) => i % step === 0 && !readOtherwise.test(name));
    for (const name of names) {
      const from = path.join(data, set, name);
      if (fs.statSync(from).isFile()) fs.copyFileSync(from, path.join(folder, set, name));
    }
  }
}

test('the page and catdog-classify agree on real photos', async (t) => {
  const work = temporaryFolder();
  const folder = path.join(work, 'photos');
  copyPhotos(folder);
  const shipped = path.join(repository, 'web/public/model');
  const isShipped = fs.existsSync(path.join(shipped, 'model.json'));
  const bundle = isShipped ? shipped : makeBundle(path.join(work, 'bundle'), '--size', '128');
  const expected = run(tools.classify, folder, '--model', bundle, '--out', '-');
  const site = await serveSite(bundle);
  const browser = await launch();
  try {
    const page = await openPage(browser, site);
    if (isShipped) {
      const card = JSON.parse(fs.readFileSync(path.join(shipped, 'model.json'), 'utf8'));
      const words = (await page.locator('#model').textContent()) + (await page.locator('#card-facts').textContent());
      const low = (100 * card.metrics[0].accuracy_interval[0]).toFixed(1);
      for (const word of [card.name, card.licence, low, ...card.labels]) assert.ok(words.includes(word), `${word} in ${words}`);
    }
    await chooseFolder(page, folder);
    await untilDone(page, 400_000);
    const csv = await downloadCsv(page);
    const rows = parseCsv(expected).length - 1;
    t.diagnostic(`${rows} photos, ${isShipped ? 'the shipped model' : 'random weights'}`);
    assert.deepEqual(differences(csv, expected), []);
    assert.ok(rows >= 300, `expected at least 300 photos, found ${rows}`);
    assert.deepEqual(page.complaints, []);
    assert.deepEqual(page.strangers, []);
  } finally {
    await browser.close();
    site.close();
  }
});
