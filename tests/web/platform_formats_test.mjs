// Formats that the core leaves to others: what comes before the browser's decoder, upright pictures, and a decoder for HEIC
// that may crash, hang or grow.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import puppeteer from '../../web/node_modules/puppeteer-core/lib/puppeteer/puppeteer-core.js';
import { chooseFolder, chromiumFile, downloadCsv, launch, openPage, untilDone } from './support/browser.mjs';
import { parseCsv } from './support/csv.mjs';
import { hugeWebp, lyingAvif, turnedWebp } from './support/platform-pictures.mjs';
import { dist, serveSite } from './support/site.mjs';
import { makeBundle, repository, run, skipWithout, temporaryFolder, tools } from './support/tools.mjs';

const firefox = process.env.CATDOG_FIREFOX ?? '/usr/bin/firefox-esr';
skipWithout(path.join(dist, 'index.html'), chromiumFile, firefox, tools.makeBundle, tools.makeHeic, tools.classify);

const work = temporaryFolder();
const sample = fs.readFileSync(path.join(repository, 'web/public/samples/grey.jpg'));
const [width, height] = [120, 80];
let browser, bundle, webp;

before(async () => {
  bundle = makeBundle(path.join(work, 'bundle'), '--size', '64');
  browser = await launch();
  const page = await browser.newPage();
  const drawn = await page.evaluate(async ([w, h]) => {
    const canvas = new OffscreenCanvas(w, h);
    const context = canvas.getContext('2d');
    const shade = context.createLinearGradient(0, 0, w, h);
    shade.addColorStop(0, 'rgb(220 30 40)');
    shade.addColorStop(1, 'rgb(20 90 230)');
    context.fillStyle = shade;
    context.fillRect(0, 0, w, h);
    context.fillStyle = 'rgb(250 240 60)';
    context.fillRect(5, 5, 40, 20);
    return [...new Uint8Array(await (await canvas.convertToBlob({ type: 'image/webp', quality: 1 })).arrayBuffer())];
  }, [width, height]);
  webp = Buffer.from(drawn);
  await page.close();
});

after(() => browser?.close());

function folderOf(name, files) {
  const folder = path.join(work, name);
  fs.mkdirSync(folder);
  for (const [file, bytes] of Object.entries(files)) fs.writeFileSync(path.join(folder, file), bytes);
  return folder;
}

/** The built page with `words` at the beginning of a script of a worker. */
function siteWith(name, script, words) {
  const folder = path.join(work, `site ${name}`);
  fs.cpSync(dist, folder, { recursive: true });
  const file = path.join(folder, 'assets', fs.readdirSync(path.join(folder, 'assets')).find((one) => script.test(one)));
  fs.writeFileSync(file, `${words};${fs.readFileSync(file, 'utf8')}`);
  return serveSite(bundle, folder);
}

function byName(csv) {
  const [names, ...rows] = parseCsv(csv.toString());
  return new Map(rows.map((cells) => [path.basename(cells[0]), Object.fromEntries(names.map((name, i) => [name, cells[i]]))]));
}

const expected = (folder) => byName(run(tools.classify, folder, '--model', bundle));

test('what is too large, or lies about it, never reaches the decoder of the browser', async (t) => {
  const folder = folderOf('bombs', { 'a.jpg': sample, 'huge.webp': hugeWebp(), 'lies.avif': lyingAvif(), 'sound.webp': webp, 'z.jpg': sample });
  // But for the PNG by which the page finds out whether the browser converts colours.
  const words = `const decode = createImageBitmap; self.createImageBitmap = (photo, ...how) => {
    if (photo.type !== 'image/png') fetch(new URL('decoder-was-asked', import.meta.url));
    return decode(photo, ...how);
  }`;
  const site = await siteWith('counting', /^worker-.*js$/, words);
  t.after(() => site.close());
  const page = await openPage(browser, site);
  await chooseFolder(page, folder);
  await untilDone(page);
  const rows = byName(await downloadCsv(page));
  assert.equal(rows.get('huge.webp').error, 'expected at most 100 megapixels, found 16383×16383');
  assert.equal(rows.get('lies.avif').error, 'expected an AV1 picture of 78×78 pixels as promised, found 10000×10000');
  for (const name of ['a.jpg', 'sound.webp', 'z.jpg']) assert.equal(rows.get(name).error, '', name);
  for (const [name, { error }] of expected(folder)) assert.equal(rows.get(name).error, error, name);
  assert.equal(site.requests.filter((url) => url.endsWith('decoder-was-asked')).length, 1, 'for the sound one');
  await page.context().close();
});

function turned() {
  const files = { 'plain.webp': webp };
  for (let orientation = 1; orientation <= 8; orientation += 1) {
    files[`${orientation}.webp`] = turnedWebp(webp, width, height, orientation);
    files[`signed ${orientation}.webp`] = turnedWebp(webp, width, height, orientation, { signed: true });
  }
  return files;
}

function assertUpright(rows, wanted) {
  assert.equal(rows.size, wanted.size);
  for (const [name, row] of wanted) {
    const mine = rows.get(name);
    assert.deepEqual([mine.width, mine.height, mine.label, mine.error], [row.width, row.height, row.label, row.error], name);
    assert.ok(Math.abs(mine.confidence - row.confidence) < 0.005, `${name}: ${mine.confidence} against ${row.confidence}`);
  }
  assert.equal(rows.get('6.webp').width, String(height));
  assert.notEqual(rows.get('3.webp').confidence, rows.get('1.webp').confidence, 'the network sees the difference');
}

test('WebP stands upright as in catdog-classify, and in the large view', async (t) => {
  const folder = folderOf('turned', turned());
  const site = await serveSite(bundle);
  t.after(() => site.close());
  const page = await openPage(browser, site);
  await chooseFolder(page, folder);
  await untilDone(page);
  assertUpright(byName(await downloadCsv(page)), expected(folder));
  await page.locator('.row', { hasText: '/6.webp' }).locator('.open').click();
  const shown = page.locator('#viewer-small');
  await shown.waitFor();
  assert.ok(await shown.evaluate((canvas) => canvas.clientHeight > canvas.clientWidth), 'in its upright shape');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('in Firefox too', async (t) => {
  const folder = folderOf('turned in Firefox', turned());
  const downloads = folderOf('downloads', {});
  const site = await serveSite(bundle);
  t.after(() => site.close());
  const other = await puppeteer.launch({
    browser: 'firefox',
    executablePath: firefox,
    headless: true,
    extraPrefsFirefox: { 'browser.download.folderList': 2, 'browser.download.dir': downloads, 'browser.helperApps.neverAsk.saveToDisk': 'text/csv' },
  });
  t.after(() => other.close());
  const page = await other.newPage();
  await page.goto(site.address);
  await page.waitForSelector('main[data-model="ready"]', { timeout: 60_000 });
  await (await page.$('#files-input')).uploadFile(...fs.readdirSync(folder).map((name) => path.join(folder, name)));
  await page.waitForSelector('main[data-state="finished"]', { timeout: 60_000 });
  await page.click('#download');
  const csv = path.join(downloads, 'predictions.csv');
  for (const deadline = Date.now() + 20_000; Date.now() < deadline && !(fs.existsSync(csv) && fs.statSync(csv).size > 0); ) await new Promise((done) => setTimeout(done, 100));
  assertUpright(byName(fs.readFileSync(csv)), expected(folder));
});

// In the worker that decodes HEIC. What stands behind a picture's end tells it what to do.
function ail() {
  const post = self.postMessage.bind(self);
  let grown = false;
  self.postMessage = (message, ...rest) => post(grown && message.type === 'decoded' ? { ...message, memoryBytes: 2 ** 29 } : message, ...rest);
  self.addEventListener('message', (event) => {
    const end = String.fromCharCode(...event.data.file.slice(-5));
    grown = end === 'grows';
    if (end !== 'crash' && end !== 'hangs') return;
    event.stopImmediatePropagation();
    if (end === 'crash') throw new Error('unreachable');
  });
}

test('a HEIC on which its decoder crashes, hangs or grows costs no other photo, and the decoder is replaced', async (t) => {
  const heic = path.join(work, 'sound.heic');
  run(tools.makeHeic, heic);
  const sound = fs.readFileSync(heic);
  const ending = (word) => Buffer.concat([sound, Buffer.from([0, 0, 0, 13, ...Buffer.from('free'), ...Buffer.from(word)])]);
  const files = { '0 sound.heic': sound, '1 crash.heic': ending('crash'), '2 sound.heic': sound, '3 hangs.heic': ending('hangs'), '4 sound.heic': sound, '5 grows.heic': ending('grows'), '6 sound.heic': sound, '7.jpg': sample };
  const folder = folderOf('ailing', files);
  const site = await siteWith('ailing', /^heif-worker-.*js$/, `(${ail})()`);
  t.after(() => site.close());
  const page = await openPage(browser, site, {
    // One worker, so that all go to the same decoder.
    prepare: (opened) => opened.addInitScript(() => Object.defineProperty(navigator, 'hardwareConcurrency', { value: 1 })),
  });
  await chooseFolder(page, folder);
  await untilDone(page);
  const errors = Object.fromEntries([...byName(await downloadCsv(page))].map(([name, { error }]) => [name, error]));
  assert.deepEqual(errors, {
    ...Object.fromEntries(Object.keys(files).map((name) => [name, ''])),
    '1 crash.heic': 'expected a sound HEIC picture, found one on which the decoder crashed',
    '3 hangs.heic': 'expected a picture that is decoded in 20 s, found one (HEIC) that took longer than 20 s',
  });
  // At first, and behind each of the three.
  assert.equal(site.requests.filter((url) => /libheif-.*\.wasm$/.test(url)).length, 4);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
