// The whole page in headless Chromium: folders in, rows and a CSV out, the same as catdog-classify's.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { differences, parseCsv } from './support/csv.mjs';
import { chooseFiles, chooseFolder, chromiumFile, downloadCsv, drop, launch, openPage, untilDone } from './support/browser.mjs';
import { makeOddFolder } from './support/odd-files.mjs';
import { dist, serveSite } from './support/site.mjs';
import { makeBundle, run, skipWithout, temporaryFolder, tools } from './support/tools.mjs';

skipWithout(path.join(dist, 'index.html'), chromiumFile, tools.classify, tools.makeBundle, tools.makePictures);

const work = temporaryFolder();
const folder = path.join(work, 'my photos');
let offered, bundle, browser, site, expected;

before(async () => {
  offered = makeOddFolder(folder);
  bundle = makeBundle(path.join(work, 'bundle'), '--size', '64');
  expected = run(tools.classify, folder, '--model', bundle, '--out', '-');
  browser = await launch();
  site = await serveSite(bundle);
});

after(async () => {
  await browser?.close();
  site?.close();
});

function assertClean(page) {
  assert.deepEqual(page.complaints, []);
  assert.deepEqual(page.strangers, []);
}

// In the page: every row that is seen on the way from the top to the end, by its path.
async function scrollThrough() {
  const seen = [];
  const rows = document.getElementById('rows');
  const drawn = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  for (let top = 0, last = -1; rows.scrollTop !== last; top += 300) {
    last = rows.scrollTop;
    rows.scrollTop = top;
    if (top === 0) last = -1;
    await drawn();
    for (const row of rows.querySelectorAll('.row')) {
      seen.push([row.querySelector('.path').title, { state: row.dataset.state, text: row.innerText }]);
    }
  }
  return seen;
}

test('a folder chosen gives the CSV of catdog-classify', async () => {
  const page = await openPage(browser, site);
  await chooseFolder(page, folder);
  await untilDone(page);
  const csv = await downloadCsv(page);
  assert.equal(parseCsv(csv.toString()).length, offered + 1);
  assert.deepEqual(differences(csv, expected), []);
  assertClean(page);
  await page.context().close();
});

// In a worker: a browser that does not know that pixels are wanted as they are stored.
function convertColours() {
  const decode = self.createImageBitmap;
  self.createImageBitmap = (source, options) => decode(source, { ...options, colorSpaceConversion: 'default' });
}

test('where the browser converts colours itself, they are converted once', async () => {
  const photos = path.join(work, 'colours');
  fs.mkdirSync(photos);
  const bytes = fs.readFileSync(path.join(folder, 'profile/rec-2020.webp'));
  fs.writeFileSync(path.join(photos, 'converted.webp'), bytes);
  bytes.write('none', bytes.indexOf('ICCP'));
  fs.writeFileSync(path.join(photos, 'stored.webp'), bytes);
  const probability = (csv) => parseCsv(csv.toString()).slice(1).map((cells) => Number(cells[4]));
  const [converted, stored] = probability(run(tools.classify, photos, '--model', bundle, '--out', '-'));
  assert.ok(Math.abs(converted - stored) > 0.002, `expected other numbers for other colours, found ${converted} and ${stored}`);
  const page = await openPage(browser, site, {
    prepare: (opened) => opened.route(/\/worker-[^/]*\.js$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `(${convertColours})();${await response.text()}` });
    }),
  });
  await chooseFolder(page, photos);
  await untilDone(page);
  const [found, plain] = probability(await downloadCsv(page));
  assert.equal(plain, stored);
  assert.ok(Math.abs(found - converted) < Math.abs(stored - converted) / 4, `expected about ${converted}, found ${found}`);
  assertClean(page);
  await page.context().close();
});

test('a network that tells the presence gives the CSV of catdog-classify, none counted', async (t) => {
  const present = makeBundle(path.join(work, 'presence'), '--size', '64', '--presence');
  const own = await serveSite(present);
  t.after(() => own.close());
  const page = await openPage(browser, own);
  await chooseFolder(page, folder);
  await untilDone(page);
  assert.deepEqual(differences(await downloadCsv(page), run(tools.classify, folder, '--model', present, '--out', '-')), []);
  const rows = parseCsv((await downloadCsv(page)).toString());
  const decision = rows[0].indexOf('decision');
  const none = rows.filter((cells) => cells[decision] === 'none').length;
  assert.equal(await page.locator('[data-kind="none"] .count').innerText(), String(none));
  assertClean(page);
  await page.context().close();
});

test('a folder dropped gives the same', async () => {
  const page = await openPage(browser, site);
  await drop(page, [folder]);
  await untilDone(page);
  assert.deepEqual(differences(await downloadCsv(page), expected), []);
  assertClean(page);
  await page.context().close();
});

test('files chosen are rows under their names, and more can be added', async () => {
  const page = await openPage(browser, site);
  const pictures = fs.readdirSync(path.join(folder, 'png')).slice(0, 4).map((name) => path.join(folder, 'png', name));
  await chooseFiles(page, [...pictures.slice(2), path.join(folder, 'empty.jpg')]);
  await untilDone(page);
  await chooseFiles(page, pictures.slice(0, 2));
  await page.locator('#figures', { hasText: '5 of 5' }).waitFor();
  const paths = parseCsv((await downloadCsv(page)).toString()).slice(1).map(([name]) => name);
  assert.deepEqual(paths, ['empty.jpg', ...pictures.map((file) => path.basename(file))].sort());
  assertClean(page);
  await page.context().close();
});

test('the table shows every row in turn, failed ones with their reason', async () => {
  const page = await openPage(browser, site);
  await chooseFolder(page, folder);
  await untilDone(page);
  assert.equal(await page.locator('#table').getAttribute('aria-rowcount'), String(offered + 1));
  const seen = new Map(await page.evaluate(scrollThrough));
  const rows = parseCsv((await downloadCsv(page)).toString()).slice(1);
  assert.equal(seen.size, rows.length);
  for (const cells of rows) {
    const [path, label] = cells;
    const row = seen.get(path) ?? seen.get(path.replace(/^'/, '')); // the CSV disarms formulas
    assert.ok(row, `expected a row for ${path}`);
    const error = cells.at(-1);
    const other = /expected a picture/.test(error) && /\.(pdf|txt|bin)$/.test(path);
    assert.equal(row.state, other ? 'notAnImage' : error ? 'failed' : 'classified', path);
    const word = other ? 'no picture' : error || label;
    assert.ok(row.text.includes(word), `${path}: expected "${word}" in "${row.text}"`);
  }
  await page.context().close();
});

test('cancel ends the work; what was done stays, the rest says that it was not looked at, and can be taken up again', async () => {
  const many = path.join(work, 'many');
  const all = 3000;
  fs.mkdirSync(many);
  const picture = fs.readFileSync(path.join(folder, 'odd names/süß/c/UPPER.PNG'));
  for (let i = 0; i < all; i += 1) fs.writeFileSync(path.join(many, `${i}.png`), picture);
  const page = await openPage(browser, site);
  const count = async (kind) => Number((await page.locator(`.chip[data-kind="${kind}"] .count`).allInnerTexts()).map((text) => text.replaceAll(',', '')).reduce((a, b) => a + Number(b), 0));
  const done = async () => (await count('label')) + (await count('uncertain')) + (await count('none')) + (await count('failed'));
  await chooseFolder(page, many);
  await page.locator('#cancel').click();
  await page.locator('main[data-state="stopped"]').waitFor();
  await page.waitForTimeout(1000); // what was begun is finished
  const before = await done();
  await page.waitForTimeout(500);
  assert.equal(await done(), before, 'nothing goes on after cancelling');
  assert.ok(before < all, `expected fewer than all photos, found ${before}`);
  assert.equal((await count('all')), all);
  assert.equal(before + (await count('waiting')), all, 'the counts add up');
  const rows = parseCsv((await downloadCsv(page)).toString()).slice(1);
  assert.equal(rows.length, all, 'one row for every file that was offered');
  const skipped = rows.filter((cells) => cells.at(-1) === 'expected a result, found that the work was cancelled before this file');
  assert.equal(skipped.length, all - before);
  await page.getByRole('button', { name: 'Resume' }).click();
  await untilDone(page);
  assert.equal(await done(), all);
  assert.equal(await page.getByRole('button', { name: 'Resume' }).isVisible(), false);
  for (const cells of parseCsv((await downloadCsv(page)).toString()).slice(1)) assert.equal(cells.at(-1), '', cells[0]);
  assertClean(page);
  await page.context().close();
});

test('a folder that is there already is not added again, and the page says so', async () => {
  const page = await openPage(browser, site);
  await drop(page, [path.join(folder, 'png')]);
  await untilDone(page);
  const all = await page.locator('.chip[data-kind="all"] .count').innerText();
  await drop(page, [path.join(folder, 'png')]);
  await page.locator('#notice', { hasText: 'in the list already' }).waitFor();
  assert.equal(await page.locator('.chip[data-kind="all"] .count').innerText(), all);
  assertClean(page);
  await page.context().close();
});

test('the drawn samples are there to try it with', async () => {
  const page = await openPage(browser, site);
  await page.getByRole('button', { name: 'Try it with drawn ones' }).click();
  await untilDone(page);
  const rows = parseCsv((await downloadCsv(page)).toString()).slice(1);
  assert.equal(rows.length, 7);
  for (const cells of rows) assert.equal(cells.at(-1), '', cells[0]);
  assertClean(page);
  await page.context().close();
});

test('WebP is decoded by the browser and goes through the same core', async () => {
  const page = await openPage(browser, site);
  await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(40, 20);
    const context = canvas.getContext('2d');
    context.fillStyle = 'rgb(200, 100, 50)';
    context.fillRect(0, 0, 40, 20);
    const data = new DataTransfer();
    data.items.add(new File([await canvas.convertToBlob({ type: 'image/webp', quality: 1 })], 'drawn.webp', { type: 'image/webp' }));
    document.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  });
  await untilDone(page);
  const [names, cells] = parseCsv((await downloadCsv(page)).toString());
  const cell = (name) => cells[names.indexOf(name)];
  assert.deepEqual([cell('path'), cell('width'), cell('height'), cell('error')], ['drawn.webp', '40', '20', '']);
  const pixel = await page.locator('.row canvas').evaluate((canvas) => [...canvas.getContext('2d').getImageData(9, 9, 1, 1).data]);
  [200, 100, 50].forEach((value, i) => assert.ok(Math.abs(pixel[i] - value) <= 6, String(pixel)));
  assertClean(page);
  await page.context().close();
});

test('it works where the browser is told to keep nothing', async (t) => {
  const page = await openPage(browser, site, {
    prepare: (opened) => opened.addInitScript(() => {
      const blocked = () => Promise.reject(new DOMException('blocked', 'SecurityError'));
      for (const method of ['has', 'open', 'keys', 'match']) CacheStorage.prototype[method] = blocked;
      for (const storage of ['localStorage', 'sessionStorage']) {
        Object.defineProperty(window, storage, { get() { throw new DOMException('blocked', 'SecurityError'); } });
      }
      indexedDB.open = () => { throw new DOMException('blocked', 'SecurityError'); };
      indexedDB.databases = blocked;
    }),
  });
  await chooseFolder(page, folder);
  await untilDone(page);
  assert.deepEqual(differences(await downloadCsv(page), expected), []);
  assertClean(page);
  await page.context().close();
});

test('what was said by hand is not thrown away without a question', async () => {
  const page = await openPage(browser, site);
  const asked = [];
  let answer = false;
  page.on('dialog', (dialog) => {
    asked.push(dialog.message());
    void (answer ? dialog.accept() : dialog.dismiss());
  });
  await chooseFolder(page, folder);
  await untilDone(page);
  await page.locator('.brand').click();
  await page.locator('main[data-state="empty"]').waitFor();
  assert.deepEqual(asked, [], 'nothing was said by hand');
  await chooseFolder(page, folder);
  await untilDone(page);
  await page.locator('.row[data-state="classified"] .open').first().click();
  await page.keyboard.press('2');
  await page.keyboard.press('Escape');
  await page.locator('#again').click();
  await page.locator('.brand').click();
  assert.equal(asked.length, 2);
  assert.match(asked[0], /by hand \(1\)/);
  assert.equal(await page.locator('main').getAttribute('data-state'), 'finished');
  await downloadCsv(page);
  await page.locator('#again').click();
  await page.locator('main[data-state="empty"]').waitFor();
  assert.equal(asked.length, 2, 'it is in a file');
  assertClean(page);
  await page.context().close();
});

test('an empty choice says so', async () => {
  const page = await openPage(browser, site);
  const empty = path.join(work, 'nothing here');
  fs.mkdirSync(empty);
  fs.writeFileSync(path.join(empty, '.hidden.png'), 'x');
  await drop(page, [empty]);
  await page.locator('#notice', { hasText: 'No files found' }).waitFor();
  await page.context().close();
});

test('the page speaks the language of the browser, and the one that is chosen', async () => {
  const page = await openPage(browser, site, { locale: 'es-MX' });
  assert.equal(await page.locator('html').getAttribute('lang'), 'es');
  await page.getByRole('button', { name: 'Elegir una carpeta' }).waitFor();
  await page.getByLabel('Idioma').selectOption('en');
  await page.getByRole('button', { name: 'Choose a folder' }).waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Choose a folder' }).waitFor();
  assertClean(page);
  await page.context().close();
});
