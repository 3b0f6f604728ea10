// A network with an operator that the core lacks runs on ONNX Runtime, which is loaded, and kept, only then.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chooseFolder, chromiumFile, downloadCsv, launch, openPage, untilDone } from './support/browser.mjs';
import { parseCsv, platformFailure } from './support/csv.mjs';
import { dist, serveSite } from './support/site.mjs';
import { makeBundle, repository, run, skipWithout, temporaryFolder, tools } from './support/tools.mjs';

skipWithout(path.join(dist, 'index.html'), chromiumFile, tools.makeBundle, tools.makePictures, tools.classify);

const patience = { timeout: 60_000 };
const tolerance = 1.5e-4; // of a probability of four decimals, between two engines
const work = temporaryFolder();
const folder = path.join(work, 'photos');
const foreign = path.join(work, 'foreign');
const shipped = path.join(repository, 'web/public/model');
let browser, site, page;

before(async () => {
  run(tools.makePictures, folder);
  makeBundle(foreign, '--size', '48', '--presence', '--foreign');
  browser = await launch();
  site = await serveSite(fs.existsSync(path.join(shipped, 'model.json')) ? shipped : makeBundle(path.join(work, 'shipped')));
  page = await openPage(browser, site, { serviceWorkers: 'allow' });
});

after(async () => {
  await browser?.close();
  site?.close();
});

const ofTheOther = (addresses) => addresses.filter((address) => /onnxruntime|ort-wasm/.test(address));
const keptOfTheOther = async () => ofTheOther(await page.evaluate(async () => {
  const requests = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
  return requests.flat().map(({ url }) => url);
}));

test('the network of the page runs without ONNX Runtime: it is not even asked for', async () => {
  await page.locator('#offline[data-kept="yes"]').waitFor(patience);
  await chooseFolder(page, folder);
  await untilDone(page);
  await page.getByRole('button', { name: 'Start over' }).click();
  assert.doesNotMatch(await page.locator('#model').innerText(), /runs on/);
  assert.match(await page.locator('#card-facts').textContent(), /Runs oncatdog \((int16|float32)\)/);
  assert.deepEqual(ofTheOther(site.requests), []);
  assert.deepEqual(await keptOfTheOther(), []);
});

test('a network with a foreign operator runs on ONNX Runtime, and the page says so', async () => {
  await page.locator('#network-input').setInputFiles(['model.json', 'model.onnx'].map((name) => path.join(foreign, name)));
  await page.locator('#model', { hasText: 'runs on ONNX Runtime, which is slower' }).waitFor(patience);
  assert.notDeepEqual(ofTheOther(site.requests), []);
  await page.getByText('About this network').click();
  assert.match(await page.locator('#card-facts').innerText(), /ONNX Runtime \(model\.onnx: node 'make_active' \(LeakyRelu\): expected .*\)/);
  await page.locator('#language').selectOption('es');
  assert.match(await page.locator('#model').innerText(), /se ejecuta con ONNX Runtime, que es más lento/);
  await page.locator('#language').selectOption('en');
});

async function assertDecisions() {
  await chooseFolder(page, folder);
  await untilDone(page);
  const found = parseCsv((await downloadCsv(page)).toString());
  const expected = parseCsv(run(tools.classify, folder, '--model', foreign));
  assert.equal(found.length, expected.length);
  const [header] = expected;
  found.forEach((cells, row) => cells.forEach((cell, column) => {
    const wanted = expected[row][column];
    const isProbability = header[column] === 'confidence' || header[column].startsWith('prob_');
    const byPlatform = header[column] === 'error' && platformFailure.test(cell) && platformFailure.test(wanted);
    const same = byPlatform || cell === wanted || (isProbability && wanted !== '' && cell !== '' && Math.abs(cell - wanted) < tolerance);
    assert.ok(same, `${cells[0]}, ${header[column]}: ${cell} against ${wanted}`);
  }));
  const decision = header.indexOf('decision');
  assert.ok(new Set(found.slice(1).map((cells) => cells[decision])).size >= 3, 'several decisions are among them');
}

test('its decisions are those of catdog-classify', assertDecisions);

test('it shows where it looked', async () => {
  await page.locator('.row[data-state="classified"] .open').first().click();
  await page.getByRole('button', { name: 'Where it looked' }).click();
  const heat = page.locator('#viewer-heat');
  await heat.waitFor();
  assert.equal(await heat.evaluate((canvas) => canvas.width), 24);
  await page.locator('#viewer-close').click();
});

test('it also works offline, once it was used', async () => {
  assert.equal((await keptOfTheOther()).length, 2);
  site.close();
  await page.context().setOffline(true);
  await page.goto(`${site.address}?again`);
  await page.locator('main[data-model="ready"]').waitFor(patience);
  await assertDecisions();
  assert.deepEqual(page.complaints, []);
  assert.deepEqual(page.strangers, []);
});
