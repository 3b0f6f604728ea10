// A network of the person's own: checked, kept, used, told of, and given up again.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chooseFolder, chromiumFile, downloadCsv, launch, openPage, untilDone } from './support/browser.mjs';
import { differences } from './support/csv.mjs';
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
  assert.deepEqual(differences(await downloadCsv(page), expected), []);
});

test('the way back leads to the network of the page', async () => {
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.getByRole('button', { name: 'Back to the network of this page' }).click();
  await page.getByText('Tells apart: Cat · Dog').waitFor();
  await ready();
  assert.equal(await page.getByRole('button', { name: 'Back to the network of this page' }).isVisible(), false);
});

test('a network that the core refuses is not taken', async () => {
  const card = JSON.parse(fs.readFileSync(path.join(own, 'model.json'), 'utf8'));
  card.input.size = 64;
  fs.writeFileSync(path.join(own, 'model.json'), JSON.stringify(card));
  await choose('model.onnx', 'model.json');
  await page.getByText('N×3×64×64').waitFor();
  assert.match(await page.locator('#model').innerText(), /Cat · Dog/, 'the network of the page is still in use');
});

test('a network that another engine finds unfit can be given up; nobody else is blamed for it', async () => {
  makeBundle(own, '--foreign', '--no-softmax');
  await choose('model.onnx', 'model.json');
  const alert = page.getByRole('alert');
  await alert.getByText(/model\.onnx: expected probabilities/).waitFor();
  await alert.getByText('This is your own network.').waitFor();
  assert.doesNotMatch(await alert.innerText(), /whoever put up this page/);
  await page.locator('#language').selectOption('es');
  await alert.getByText('Es tu propia red.').waitFor();
  await page.locator('#language').selectOption('en');
  // The tool tries it on the same picture.
  const { stderr } = spawnSync(tools.classify, [folder, '--model', own], { encoding: 'utf8' });
  const rounded = (words) => words.slice(words.lastIndexOf('model.onnx')).trim().replace(/(\d\.\d{3})\d+/g, '$1');
  assert.equal(rounded(await page.locator('#reason').innerText()), rounded(stderr));
  await page.getByRole('button', { name: 'Back to the network of this page' }).click();
  await page.getByText('Tells apart: Cat · Dog').waitFor();
  assert.deepEqual(page.complaints, []);
  assert.deepEqual(page.strangers, []);
});
