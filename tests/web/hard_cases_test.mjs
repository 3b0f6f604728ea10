// What goes wrong in people's folders: thousands of other files, photos that go or change before they are read.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { parseCsv } from './support/csv.mjs';
import { chooseFolder, chromiumFile, downloadCsv, drop, launch, openPage, pauseAtOnce, untilDone } from './support/browser.mjs';
import { greyJpeg, greyPng } from './support/large-pictures.mjs';
import { dist, serveSite } from './support/site.mjs';
import { makeBundle, repository, skipWithout, temporaryFolder, tools } from './support/tools.mjs';

skipWithout(path.join(dist, 'index.html'), chromiumFile, tools.makeBundle);

const samples = path.join(repository, 'web/public/samples');
const work = temporaryFolder();
let browser, site;

before(async () => {
  browser = await launch();
  site = await serveSite(makeBundle(path.join(work, 'bundle'), '--size', '32'));
});

after(async () => {
  await browser?.close();
  site?.close();
});

const rowsOf = async (page) => new Map(parseCsv((await downloadCsv(page)).toString()).slice(1).map((cells) => [path.basename(cells[0]), cells]));

test('5,000 files that are no pictures are counted apart, and the photos among them are found', async () => {
  const folder = path.join(work, 'papers');
  for (let i = 0; i < 5000; i += 1) {
    const place = path.join(folder, String(i % 20));
    if (i < 20) fs.mkdirSync(place, { recursive: true });
    fs.writeFileSync(path.join(place, `${i}.${['txt', 'pdf', 'mov', 'xmp'][i % 4]}`), `line ${i}\n`);
  }
  fs.copyFileSync(path.join(samples, 'tabby.jpg'), path.join(folder, '7', 'photo.jpg'));
  const page = await openPage(browser, site);
  await drop(page, [folder]); // browsers give the entries of a folder a hundred at a time
  await untilDone(page, 240_000);
  const count = (kind) => page.locator(`.chip[data-kind="${kind}"] .count`).first().innerText();
  assert.equal(await count('notAnImage'), '5,000');
  assert.equal(await count('failed'), '0');
  assert.equal(await count('all'), '5,001');
  assert.equal((await rowsOf(page)).get('photo.jpg').at(-1), '');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('photos that are gone, changed or cannot be opened when their turn comes cost themselves alone', async () => {
  const folder = path.join(work, 'going');
  fs.mkdirSync(folder);
  for (let i = 0; i < 300; i += 1) fs.copyFileSync(path.join(samples, 'golden.jpg'), path.join(folder, `${String(i).padStart(3, '0')}.jpg`));
  const page = await openPage(browser, site);
  await page.evaluate(pauseAtOnce); // the first photos are on their way then
  await chooseFolder(page, folder);
  await page.locator('main[data-state="paused"]').waitFor();
  fs.rmSync(path.join(folder, '297.jpg'));
  fs.writeFileSync(path.join(folder, '298.jpg'), 'something else, of another size');
  // It is there, but cannot be opened, as one that another program holds.
  fs.rmSync(path.join(folder, '296.jpg'));
  fs.mkdirSync(path.join(folder, '296.jpg'));
  await page.locator('#pause').click();
  await untilDone(page, 240_000);
  const rows = await rowsOf(page);
  assert.equal(rows.size, 300);
  for (const [name, cells] of rows) {
    const error = cells.at(-1);
    if (['296.jpg', '297.jpg', '298.jpg'].includes(name)) assert.match(error, /^expected a readable file, found Not/, name);
    else assert.equal(error, '', name);
  }
  await page.context().close();
});

function folderOf(name, files) {
  const folder = path.join(work, name);
  fs.mkdirSync(folder);
  for (const [file, bytes] of Object.entries(files)) fs.writeFileSync(path.join(folder, file), bytes);
  return folder;
}

test('a JPEG of 200 megapixels is read at a small scale; a larger one is refused with its size', async () => {
  const sample = fs.readFileSync(path.join(samples, 'grey.jpg'));
  const folder = folderOf('huge', { 'a.jpg': sample, 'huge.jpg': greyJpeg(20_000, 10_000, 240), 'more.jpg': greyJpeg(32_000, 16_000, 240), 'z.jpg': sample });
  const page = await openPage(browser, site);
  await chooseFolder(page, folder);
  await untilDone(page);
  const rows = await rowsOf(page);
  assert.equal(rows.size, 4);
  for (const name of ['a.jpg', 'huge.jpg', 'z.jpg']) assert.equal(rows.get(name).at(-1), '', name);
  assert.deepEqual(rows.get('huge.jpg').slice(-3, -1), ['20000', '10000']);
  assert.equal(rows.get('more.jpg').at(-1), 'expected at most 268 megapixels, found 32000×16000');
  const canvas = page.locator('.row', { hasText: 'huge.jpg' }).locator('canvas');
  const { pixel, shape } = await canvas.evaluate((picture) => ({
    pixel: [...picture.getContext('2d').getImageData(9, 9, 1, 1).data],
    shape: picture.clientWidth / picture.clientHeight,
  }));
  assert.deepEqual(pixel, [240, 240, 240, 255], 'as it was written');
  assert.ok(Math.abs(shape - 2) < 0.1, 'in its own shape');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

// In a worker: memory that does not grow once photos come, and none at all for a photo that ends in "exhausts".
function starve() {
  let photos = false;
  const grow = WebAssembly.Memory.prototype.grow;
  WebAssembly.Memory.prototype.grow = function more(pages) {
    return grow.call(this, photos ? 1e9 : pages); // more than there can be: the browser's own refusal
  };
  self.addEventListener('message', ({ data }) => {
    photos ||= data.type === 'classify';
    const exhausts = data.photos?.some(({ bytes }) => String.fromCharCode(...bytes.slice(-8)) === 'exhausts');
    if (exhausts) new ArrayBuffer(2 ** 34);
  });
}

test('a worker that runs out of memory costs the photo that it was at, whose row says so', async () => {
  const sample = fs.readFileSync(path.join(samples, 'grey.jpg'));
  const folder = folderOf('hungry', { '0 exhausts.jpg': Buffer.concat([sample, Buffer.from('exhausts')]), 'big.png': greyPng(6000, 6000, 200) });
  for (let i = 0; i < 40; i += 1) fs.writeFileSync(path.join(folder, `photo ${i}.jpg`), sample);
  const page = await openPage(browser, site, {
    prepare: (opened) => opened.route(/\/worker-[^/]*\.js$/, async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `(${starve})();${await response.text()}` });
    }),
  });
  await chooseFolder(page, folder);
  await untilDone(page);
  const rows = await rowsOf(page);
  assert.equal(rows.size, 42);
  for (const [name, cells] of rows) {
    const error = cells.at(-1);
    if (name === '0 exhausts.jpg') assert.match(error, /^expected memory for the photo, found that its worker ran out of it$/);
    else if (name === 'big.png') assert.match(error, /^expected memory for .*, found none/);
    else assert.equal(error, '', name);
  }
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('a worker that decoded a very large photo is renewed, and nothing is lost by it', async () => {
  const sample = fs.readFileSync(path.join(samples, 'grey.jpg'));
  const folder = folderOf('large', { 'large.png': greyPng(9900, 9900, 200) });
  for (let i = 0; i < 20; i += 1) fs.writeFileSync(path.join(folder, `photo ${i}.jpg`), sample);
  const page = await openPage(browser, site, {
    prepare: (opened) => opened.addInitScript(() => {
      const Sound = window.Worker;
      window.workersMade = 0;
      window.Worker = class extends Sound {
        constructor(...words) {
          super(...words);
          window.workersMade += 1;
        }
      };
    }),
  });
  const before = await page.evaluate(() => window.workersMade);
  await chooseFolder(page, folder);
  await untilDone(page);
  for (const [name, cells] of await rowsOf(page)) assert.equal(cells.at(-1), '', name);
  assert.equal(await page.evaluate(() => window.workersMade), before + 1);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
