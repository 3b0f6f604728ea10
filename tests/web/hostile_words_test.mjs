// Words of a stranger's model, file names and numbers that are none: text, whatever they look like.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { parseCsv } from './support/csv.mjs';
import { chromiumFile, downloadCsv, launch, openPage, untilDone } from './support/browser.mjs';
import { list, openWithFolders } from './support/folders.mjs';
import { dist, serveSite } from './support/site.mjs';
import { makeBundle, run, skipWithout, temporaryFolder, tools } from './support/tools.mjs';

skipWithout(path.join(dist, 'index.html'), chromiumFile, tools.makeBundle, tools.makePictures);

const work = temporaryFolder();
const markup = '<img src=x onerror="document.body.dataset.hacked=1">';
const labels = [markup, '__proto__', 'constructor', 'toString'];
let browser, pictures;

before(async () => {
  browser = await launch();
  run(tools.makePictures, path.join(work, 'made'));
  const made = path.join(work, 'made/png');
  const names = fs.readdirSync(made).slice(0, 12);
  pictures = names.map((name, i) => {
    const file = path.join(work, i === 0 ? '__proto__' : i === 1 ? `${markup}.png` : name);
    fs.copyFileSync(path.join(made, name), file);
    return file;
  });
});

after(() => browser?.close());

/** A bundle whose card has other values, or is another text. */
async function siteOf(t, name, change) {
  const folder = makeBundle(path.join(work, name), '--size', '32', '--labels', 'a,b,c,d', '--presence');
  const file = path.join(folder, 'model.json');
  fs.writeFileSync(file, change(fs.readFileSync(file, 'utf8')));
  const site = await serveSite(folder);
  t.after(() => site.close());
  return site;
}

async function assertOnlyText(page) {
  assert.equal(await page.evaluate(() => document.body.dataset.hacked), undefined);
  assert.equal(await page.locator('img[src="x"]').count(), 0);
  assert.deepEqual(page.complaints, []);
}

test('labels and file names with markup, or with names that JavaScript has for itself, are text everywhere', async (t) => {
  const site = await siteOf(t, 'words', (json) => JSON.stringify({ ...JSON.parse(json), labels, name: `${markup} network`, licence: markup }));
  const page = await openWithFolders(browser, site, pictures);
  await page.getByRole('button', { name: 'Choose a folder' }).click();
  await untilDone(page);
  const count = pictures.length;
  const chips = await page.locator('#summary .chip').allInnerTexts();
  for (const label of labels) assert.ok(chips.some((text) => text.includes(label)), `${label} in ${chips}`);

  const [names, ...rows] = parseCsv((await downloadCsv(page)).toString());
  assert.deepEqual(names.filter((name) => name.startsWith('prob_')), labels.map((label) => `prob_${label}`));
  const classified = rows.filter((cells) => cells.at(-1) === '');
  assert.equal(classified.length, count);
  await page.locator('.saving summary').click();
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#save-json').click()]);
  const { photos } = JSON.parse(fs.readFileSync(await download.path(), 'utf8'));
  for (const { probabilities, path: at } of photos.filter(({ error }) => !error)) {
    assert.deepEqual(Object.keys(probabilities).sort(), [...labels].sort(), at);
    const sum = Object.entries(probabilities).reduce((all, [, value]) => all + value, 0);
    assert.ok(Math.abs(sum - 1) < 1e-4, at);
  }

  await page.locator('.row[data-state="classified"] .open').first().click();
  const choices = await page.locator('#viewer-choices').innerText();
  for (const label of labels) assert.ok(choices.includes(label), label);
  await page.keyboard.press('2'); // corrected to __proto__
  await page.keyboard.press('Escape');
  assert.equal(parseCsv((await downloadCsv(page)).toString()).filter((cells) => cells.at(-1) === '__proto__').length, 1);
  await assertOnlyText(page);

  const before = await list(page, 'holiday');
  await page.getByRole('button', { name: 'Sort into folders…' }).click();
  await page.getByLabel('Move').check();
  await page.getByRole('button', { name: 'Choose where to…' }).click();
  await page.locator('#sort-out-list li').first().waitFor();
  const planned = await page.locator('#sort-out-list li').count();
  await page.getByRole('button', { name: 'Do it' }).click();
  await page.getByText(`${planned} of ${planned} photos moved`).waitFor();
  const folders = new Set(Object.keys(await list(page, 'sorted')).map((name) => name.split('/')[0]));
  const allowed = ['_img src=x onerror=_document.body.dataset.hacked=1__', '__proto__', 'constructor', 'toString', 'unsure', 'neither'];
  for (const folder of folders) assert.ok(allowed.includes(folder), folder);
  assert.ok(folders.has('__proto__'));
  await page.getByRole('button', { name: 'Move them back' }).click();
  await page.getByText(`${planned} of ${planned} photos moved back`).waitFor();
  assert.deepEqual(await list(page, 'holiday'), before);
  await assertOnlyText(page);
  await page.context().close();
});

for (const [name, change, words] of [
  ['NaN', (json) => json.replace(/"confidence": [\d.]+/, '"confidence": NaN'), /model\.json: expected .*, found/],
  ['__proto__', (json) => json.replace(/^\{/, '{"__proto__": {"labels": ["a", "b"]}, '), null],
  ['a label that is no text', (json) => JSON.stringify({ ...JSON.parse(json), labels: [{ toString: markup }, 'b', 'c', 'd'] }), /model\.json: labels.*expected .*, found/],
  ['markup in a file name', (json) => {
    const card = JSON.parse(json);
    return JSON.stringify({ ...card, onnx: { ...card.onnx, file: markup, name: markup }, file: markup });
  }, /expected .*, found/],
]) {
  test(`a card with ${name} ${words ? 'is refused in words' : 'gets nothing by it'}`, async (t) => {
    const site = await siteOf(t, `card ${name}`, change);
    const page = await openPage(browser, site, { waitForModel: words === null });
    if (words) {
      await page.getByRole('alert').getByText('could not be loaded').waitFor();
      assert.match(await page.locator('#reason').innerText(), words);
    } else {
      assert.equal(await page.evaluate(() => Object.prototype.labels), undefined);
    }
    assert.equal(await page.evaluate(() => document.body.dataset.hacked), undefined);
    assert.equal(await page.locator('img[src="x"]').count(), 0);
    await page.context().close();
  });
}
