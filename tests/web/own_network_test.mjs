// A network of the person's own: checked, kept, used, told of, and given up again.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chooseFolder, chromiumFile, downloadCsv, launch, openPage, untilDone } from './support/browser.mjs';
import { dist, serveSite } from './support/site.mjs';
import { makeBundle, run, skipWithout, temporaryFolder, tools } from './support/tools.mjs';

skipWithout(path.join(dist, 'index.html'), chromiumFile, tools.makeBundle, tools.makePictures, tools.classify);

const work = temporaryFolder();
const folder = path.join(work, 'photos');
const own = path.join(work, 'own');
let browser, site, page;

before(async () => {
  run(tools.makePictures, folder);
  makeBundle(own, '--size', '48');
  const card = JSON.parse(fs.readFileSync(path.join(own, 'model.json'), 'utf8'));
  Object.assign(card, { name: 'barnyard', created: '2024-02-29', labels: ['Goat', 'Sheep'] });
  fs.writeFileSync(path.join(own, 'model.json'), JSON.stringify(card));
  browser = await launch();
  site = await serveSite(makeBundle(path.join(work, 'shipped'), '--size', '32'));
  page = await openPage(browser, site);
});

after(async () => {
  await browser?.close();
  site?.close();
});

const ready = () => page.locator('main[data-model="ready"]').waitFor();
const inBundle = (...names) => names.map((name) => path.join(own, name));
const choose = (...names) => page.locator('#network-input').setInputFiles(inBundle(...names));

test('files that are no network of this page are refused, in words that say why', async () => {
  await choose('model.json');
  await page.getByText('expected model.json and model.onnx, found model.json').waitFor();
  const spoilt = path.join(work, 'spoilt');
  fs.cpSync(own, spoilt, { recursive: true });
  fs.appendFileSync(path.join(spoilt, 'model.onnx'), 'x');
  await page.locator('#network-input').setInputFiles([path.join(spoilt, 'model.json'), path.join(spoilt, 'model.onnx')]);
  await page.getByText(/model\.onnx: size: expected \d+ bytes, as model\.json says, found \d+/).waitFor();
  assert.match(await page.locator('#model').innerText(), /Cat · Dog/, 'the network of the page is still in use');
});

test('a network that fits is used, also after a reload', async () => {
  await choose('model.onnx', 'model.json');
  await page.getByText('Tells apart: Goat · Sheep').waitFor();
  await ready();
  await page.reload();
  await ready();
  await page.getByText('About this network').click();
  const card = (await page.locator('#model').innerText()) + (await page.locator('#card-facts').innerText());
  for (const word of ['Goat · Sheep', 'your own network', 'barnyard', 'Feb 29, 2024']) assert.ok(card.includes(word), card);
  await chooseFolder(page, folder);
  await untilDone(page);
  const expected = run(tools.classify, folder, '--model', own);
  const decisions = (csv) => csv.trim().split('\r\n').map((line) => line.split(',')[1]);
  const found = (await downloadCsv(page)).toString();
  assert.equal(found.split('\r\n')[0], expected.split('\r\n')[0]);
  assert.deepEqual(decisions(found).sort(), decisions(expected).sort());
});

test('a network with an operator that the core lacks runs on ONNX Runtime, which is loaded only then', async () => {
  const foreign = path.join(work, 'foreign');
  makeBundle(foreign, '--size', '48', '--foreign', '--presence');
  const loaded = [];
  const note = (request) => loaded.push(request.url());
  page.on('request', note);
  await page.reload();
  await ready();
  assert.deepEqual(loaded.filter((url) => /onnxruntime|ort-wasm/.test(url)), [], 'the core runs the network so far');
  await page.locator('#network-input').setInputFiles(['model.json', 'model.onnx'].map((name) => path.join(foreign, name)));
  await page.getByText('runs on ONNX Runtime, which is slower').waitFor();
  await ready();
  assert.ok(loaded.some((url) => /ort-wasm/.test(url)), loaded.join('\n'));
  page.off('request', note);
  assert.match(await page.locator('#card-facts').textContent(), /ONNX Runtime .*LeakyRelu/);
  await chooseFolder(page, folder);
  await untilDone(page);
  const cells = (csv, column) => csv.trim().split('\r\n').map((line) => line.split(',').at(column)).sort();
  const found = (await downloadCsv(page)).toString();
  const expected = run(tools.classify, folder, '--model', foreign);
  for (const column of [1, -4]) assert.deepEqual(cells(found, column), cells(expected, column)); // label and decision
});

test('the way back leads to the network of the page', async () => {
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.getByRole('button', { name: 'Back to the network of this page' }).click();
  await page.getByText('Tells apart: Cat · Dog').waitFor();
  await ready();
  assert.equal(await page.getByRole('button', { name: 'Back to the network of this page' }).isVisible(), false);
});

test('a network that cannot run can be given up', async () => {
  const card = JSON.parse(fs.readFileSync(path.join(own, 'model.json'), 'utf8'));
  card.input.size = 64;
  fs.writeFileSync(path.join(own, 'model.json'), JSON.stringify(card));
  await choose('model.onnx', 'model.json');
  await page.getByText('N×3×64×64').waitFor();
  await page.getByRole('button', { name: 'Back to the network of this page' }).click();
  await page.getByText('Tells apart: Cat · Dog').waitFor();
  assert.deepEqual(page.complaints, []);
  assert.deepEqual(page.strangers, []);
});
