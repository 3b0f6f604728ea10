// Going through the results in headless Chromium: search, order, thresholds, the large view, corrections, exports, pause.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { parseCsv } from './support/csv.mjs';
import { chooseFiles, chooseFolder, chromiumFile, downloadCsv, launch, openPage, pauseAtOnce, untilDone } from './support/browser.mjs';
import { makeOddFolder } from './support/odd-files.mjs';
import { dist, serveSite } from './support/site.mjs';
import { makeBundle, skipWithout, temporaryFolder, tools } from './support/tools.mjs';

skipWithout(path.join(dist, 'index.html'), chromiumFile, tools.makeBundle, tools.makePictures);

const work = temporaryFolder();
const folder = path.join(work, 'photos');
let offered, browser, site, page;

before(async () => {
  offered = makeOddFolder(folder);
  browser = await launch();
  site = await serveSite(makeBundle(path.join(work, 'bundle'), '--size', '64', '--presence'));
  page = await openPage(browser, site);
  await chooseFolder(page, folder);
  await untilDone(page);
});

after(async () => {
  await browser?.close();
  site?.close();
});

const number = (text) => Number(text.replaceAll(/\D/g, ''));
const drawn = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
const rowCount = async () => Number(await page.locator('#table').getAttribute('aria-rowcount')) - 1;

// The number on each chip, by its name.
async function counts() {
  await drawn();
  const chips = await page.locator('.chip').evaluateAll((all) => all.map((chip) => [chip.children[1].textContent, chip.children[2].textContent]));
  return Object.fromEntries(chips.map(([name, count]) => [name, number(count)]));
}

function assertAddsUp({ All: all, 'Changed by hand': changed, ...groups }) {
  assert.equal(Object.values(groups).reduce((a, b) => a + b, 0), all);
  assert.equal(all, offered);
  assert.ok(changed <= all);
}

async function csvRows() {
  const [names, ...rows] = parseCsv((await downloadCsv(page)).toString());
  return rows.map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i]])));
}

test('search narrows to paths that hold the letters, in any case', async () => {
  await page.getByLabel('Search in paths').fill('upper');
  await drawn();
  assert.equal(await rowCount(), 1);
  assert.match(await page.locator('.row .path').first().innerText(), /UPPER\.PNG/);
  await page.getByText('How to save').click();
  await page.getByLabel('Only what is shown').check();
  assert.equal((await csvRows()).length, 1, 'only what is shown is saved');
  await page.getByLabel('Only what is shown').uncheck();
  assert.equal((await csvRows()).length, offered);
  await page.getByLabel('Search in paths').fill('');
  await drawn();
  assert.equal(await rowCount(), offered);
});

test('the least sure come first where that is asked for', async () => {
  await page.getByLabel('Order').selectOption('least');
  await drawn();
  const shown = await page.locator('.row .number').allInnerTexts();
  const values = shown.map((text) => parseFloat(text));
  assert.ok(values.length > 3);
  assert.deepEqual(values, [...values].sort((a, b) => a - b));
  await page.getByLabel('Order').selectOption('path');
});

test('thresholds act at once, on counts and CSV, and the counts add up', async () => {
  await page.locator('.thresholds summary').click();
  const sets = { confidence: 1, presence: 0 };
  for (const [name, value] of Object.entries(sets)) await page.locator(`#${name}-threshold`).fill(String(value));
  const strict = await counts();
  assertAddsUp(strict);
  assert.equal(strict.Neither, 0);
  assert.ok(strict.Unsure > 0);
  // What rounds to 1.0000 may be either.
  for (const row of await csvRows()) if (!row.error && row.confidence < 1) assert.equal(row.decision, 'uncertain', row.path);
  await page.locator('#presence-threshold').fill('1');
  const refused = await counts();
  assertAddsUp(refused);
  assert.equal(refused.Neither, strict.Unsure + strict.Cat + strict.Dog);
  await page.locator('#presence-threshold').fill('0');
  await page.locator('#confidence-threshold').fill('0.5');
  assert.equal((await counts()).Unsure, 0);
  await page.locator('.thresholds summary').click();
});

test('a label is corrected by key in the large view, counted, saved in a column of its own, and taken back', async () => {
  const before = await counts();
  await page.getByLabel('Search in paths').fill('süß');
  await drawn();
  const rows = await csvRows();
  await page.locator('.row .open').first().click();
  const name = await page.locator('#viewer-name').textContent();
  const { label } = rows.find((row) => row.path === name);
  const other = label === 'Cat' ? ['Dog', '2'] : ['Cat', '1'];
  await page.keyboard.press(other[1]);
  const changed = await counts();
  assertAddsUp(changed);
  assert.equal(changed['Changed by hand'], 1);
  assert.equal(changed[other[0]], before[other[0]] + 1);
  assert.equal(changed[label], before[label] - 1);
  assert.equal(await page.locator('#viewer-choices').getByRole('button', { name: other[0], exact: true }).getAttribute('aria-pressed'), 'true');
  await page.keyboard.press('ArrowRight');
  assert.notEqual(await page.locator('#viewer-name').innerText(), name);
  await page.keyboard.press('0');
  assert.equal((await counts())['Changed by hand'], 2);
  await page.keyboard.press('Escape');
  await page.locator('.chip[data-kind="changed"]').click();
  await drawn();
  assert.equal(await rowCount(), 2);
  const corrected = (await csvRows()).filter((row) => row.corrected);
  assert.deepEqual(corrected.map((row) => row.corrected).sort(), [other[0], 'none'].sort());
  await page.locator('.chip[data-kind="all"]').click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  assert.deepEqual(await counts(), before);
  assert.ok(await page.getByRole('button', { name: 'Undo' }).isDisabled());
  assert.equal('corrected' in (await csvRows())[0], false);
  await page.getByLabel('Search in paths').fill('');
});

test('the large view shows the photo and where the network looked', async () => {
  await page.getByLabel('Search in paths').fill('UPPER');
  await drawn();
  await page.locator('.row .open').first().click();
  await page.waitForFunction(() => document.getElementById('viewer-photo').naturalWidth > 0);
  assert.equal(await page.locator('#viewer-heat').isVisible(), false);
  await page.getByRole('button', { name: 'Where it looked' }).click();
  await page.locator('#viewer-heat').waitFor();
  assert.ok((await page.locator('#viewer-heat').evaluate((canvas) => canvas.width)) > 1);
  await page.getByRole('button', { name: 'Close' }).click();
  assert.equal(await page.locator('#viewer').isVisible(), false);
  await page.getByLabel('Search in paths').fill('');
});

test('on a photo that only the core can show, too, the map lies on the photo', async () => {
  const shapes = { wide: [40, 20], tall: [20, 40] };
  for (const [name, [width, height]] of Object.entries(shapes)) {
    const file = path.join(work, `${name}.ppm`);
    fs.writeFileSync(file, Buffer.concat([Buffer.from(`P6\n${width} ${height}\n255\n`), Buffer.alloc(3 * width * height, name)]));
    const other = await openPage(browser, site);
    await chooseFiles(other, [file]);
    await untilDone(other);
    await other.locator('.row .open').click();
    await other.keyboard.press('h');
    await other.locator('#viewer-heat').waitFor();
    const [photo, map] = await other.evaluate(() => ['viewer-small', 'viewer-heat'].map((id) => {
      const { left, top, width: w, height: h } = document.getElementById(id).getBoundingClientRect();
      return [left, top, w, h].map(Math.round);
    }));
    assert.deepEqual(map, photo);
    assert.equal(photo[2] / photo[3], width / height);
    await other.context().close();
  }
});

test('CSV for spreadsheets has semicolons, decimal commas and a mark; JSON says the same', async () => {
  const comma = parseCsv((await downloadCsv(page)).toString());
  await page.locator('#separator').selectOption(';+');
  const text = (await downloadCsv(page)).toString();
  await page.locator('#separator').selectOption(',');
  assert.ok(text.startsWith('\uFEFF'));
  const header = text.slice(1, text.indexOf('\r\n'));
  assert.deepEqual(header.split(';'), comma[0]);
  const at = comma.findIndex(([name]) => name.endsWith('UPPER.PNG'));
  assert.match(comma[at][3], /^0\.\d{4}$/);
  const line = text.split('\r\n').find((one) => one.includes('UPPER.PNG')).split(';');
  const isNumber = (column) => column === 3 || comma[0][column].startsWith('prob_');
  assert.deepEqual(line, comma[at].map((cell, column) => (isNumber(column) ? cell.replace('.', ',') : cell)));
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#save-json').click()]);
  const json = JSON.parse(fs.readFileSync(await download.path(), 'utf8'));
  assert.equal(json.photos.length, offered);
  const column = comma[0].indexOf('decision');
  json.photos.forEach((photo, i) => assert.equal(photo.decision ?? '', comma[i + 1][column], photo.path));
});

test('the grid shows the same rows, several side by side, and opens them', async () => {
  await page.locator('#view').selectOption('grid');
  await drawn();
  assert.equal(await rowCount(), offered);
  const places = await page.locator('.row').evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect()).map(({ left, top }) => [left, top]));
  const first = places.filter(([, top]) => top === places[0][1]);
  assert.ok(first.length >= 4, 'tiles beside each other');
  assert.equal(new Set(places.map(String)).size, places.length, 'no tile covers another');
  const indices = await page.locator('.row').evaluateAll((rows) => rows.map((row) => Number(row.getAttribute('aria-rowindex'))));
  assert.deepEqual(indices, [...indices].sort((a, b) => a - b), 'read in their order');
  await page.locator('.row[data-state="classified"] .thumbnail').first().click();
  await page.locator('#viewer').waitFor();
  await page.locator('#viewer-close').click();
  await page.locator('#view').selectOption('table');
  await drawn();
  assert.equal(new Set(await page.locator('.row').evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().left))).size, 1);
});

test('a picture is pasted', async () => {
  await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(20, 10);
    canvas.getContext('2d').fillRect(0, 0, 5, 5);
    const data = new DataTransfer();
    data.items.add(new File([await canvas.convertToBlob()], 'pasted.png', { type: 'image/png' }));
    document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await page.locator('#figures', { hasText: `${offered + 1} of ${offered + 1}` }).waitFor();
});

test('nothing was complained about, and nobody else was asked', () => {
  assert.deepEqual(page.complaints, []);
  assert.deepEqual(page.strangers, []);
});

test('the work pauses and goes on', async () => {
  const many = path.join(work, 'many');
  fs.mkdirSync(many);
  const picture = fs.readFileSync(path.join(folder, 'odd names/süß/c/UPPER.PNG'));
  for (let i = 0; i < 1500; i += 1) fs.writeFileSync(path.join(many, `${i}.png`), picture);
  const other = await openPage(browser, site);
  await other.evaluate(pauseAtOnce);
  await chooseFolder(other, many);
  await other.locator('main[data-state="paused"]').waitFor();
  await other.waitForTimeout(2000); // what was begun is finished
  const done = await other.locator('#progress').evaluate((bar) => bar.value);
  await other.waitForTimeout(500);
  assert.equal(await other.locator('#progress').evaluate((bar) => bar.value), done, 'nothing goes on while paused');
  assert.ok(done < 1500);
  // Whoever leaves now is asked first.
  const asked = other.waitForEvent('dialog');
  await other.close({ runBeforeUnload: true });
  const question = await asked;
  assert.equal(question.type(), 'beforeunload');
  await question.dismiss();
  await other.getByRole('button', { name: 'Resume' }).click();
  await untilDone(other);
  assert.equal(parseCsv((await downloadCsv(other)).toString()).length, 1501);
  assert.deepEqual(other.complaints, []);
  await other.context().close();
});
