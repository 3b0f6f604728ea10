// The page in Firefox, driven over WebDriver BiDi. That can choose files, not a folder.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import puppeteer from '../../web/node_modules/puppeteer-core/lib/puppeteer/puppeteer-core.js';
import { pauseAtOnce } from './support/browser.mjs';
import { parseCsv } from './support/csv.mjs';
import { dist, serveSite } from './support/site.mjs';
import { makeBundle, run, skipWithout, temporaryFolder, tools } from './support/tools.mjs';

const firefox = process.env.CATDOG_FIREFOX ?? '/usr/bin/firefox-esr';
skipWithout(path.join(dist, 'index.html'), firefox, tools.makeBundle, tools.makePictures, tools.makeHeic, tools.classify);

const work = temporaryFolder();
const folder = path.join(work, 'photos');
const downloads = path.join(work, 'downloads');
const bundle = path.join(work, 'bundle');
const complaints = [];
let browser, site, page, files;

before(async () => {
  run(tools.makePictures, path.join(work, 'made'));
  fs.mkdirSync(folder);
  fs.mkdirSync(downloads);
  for (const kind of ['png', 'jpeg']) {
    const from = path.join(work, 'made', kind);
    for (const name of fs.readdirSync(from).slice(0, 25)) fs.copyFileSync(path.join(from, name), path.join(folder, `${kind} ${name}`));
  }
  run(tools.makeHeic, path.join(folder, 'phone.heic'), '6');
  fs.writeFileSync(path.join(folder, 'notes.txt'), 'milk, bread\n');
  fs.writeFileSync(path.join(folder, 'empty.jpg'), '');
  fs.writeFileSync(path.join(folder, '=cmd() 🐱 ‏עברית.png'), fs.readFileSync(path.join(folder, fs.readdirSync(folder).find((name) => name.startsWith('png ')))));
  files = fs.readdirSync(folder).map((name) => path.join(folder, name));
  site = await serveSite(makeBundle(bundle, '--size', '64', '--presence'));
  browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: firefox,
    headless: true,
    extraPrefsFirefox: {
      'intl.accept_languages': 'en-GB',
      'browser.download.folderList': 2,
      'browser.download.dir': downloads,
      'browser.download.useDownloadDir': true,
      'browser.helperApps.neverAsk.saveToDisk': 'text/csv,application/json',
    },
  });
  page = await browser.newPage();
  page.on('console', (message) => {
    if (['error', 'warn'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  await page.goto(site.address);
  await page.waitForSelector('main[data-model="ready"]', { timeout: 120_000 });
});

after(async () => {
  await browser?.close();
  site?.close();
});

const untilDone = () => page.waitForSelector('main[data-state="finished"]', { timeout: 240_000 });
const drawn = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true)))));
const textOf = (selector) => page.$eval(selector, (element) => element.textContent);

async function choose(paths) {
  const input = await page.$('#files-input');
  await input.uploadFile(...paths);
}

async function downloaded(button, name) {
  const file = path.join(downloads, name);
  fs.rmSync(file, { force: true });
  await page.click(button);
  const deadline = Date.now() + 60_000;
  while (!(fs.existsSync(file) && fs.statSync(file).size > 0) && Date.now() < deadline) await new Promise((done) => setTimeout(done, 100));
  return fs.readFileSync(file, 'utf8');
}

test('photos that are chosen get the rows of catdog-classify', async () => {
  await choose(files);
  await untilDone();
  const rows = parseCsv(await downloaded('#download', 'predictions.csv'));
  const expected = parseCsv(run(tools.classify, folder, '--model', bundle));
  // A file that is chosen has no folder; the native tool writes one before its name.
  const bare = (cells) => [cells[0].replace(/^photos\//, '').replace(/^'/, ''), ...cells.slice(1)];
  const wanted = new Map(expected.slice(1).map(bare).map((cells) => [cells[0], cells]));
  assert.deepEqual(rows[0], expected[0]);
  assert.equal(rows.length, expected.length);
  for (const cells of rows.slice(1).map(bare)) {
    const other = wanted.get(cells[0]);
    assert.ok(other, cells[0]);
    const decision = expected[0].indexOf('decision');
    assert.equal(cells[1], other[1], cells[0]);
    if (cells[0] !== 'phone.heic') assert.equal(cells[decision], other[decision], cells[0]);
    assert.equal(cells.at(-1), other.at(-1), cells[0]);
  }
});

test('filtered, looked at, corrected and taken back', async () => {
  await page.click('.chip[data-kind="notAnImage"]');
  await drawn();
  assert.equal(await page.$eval('#table', (table) => table.getAttribute('aria-rowcount')), '2');
  await page.click('.chip[data-kind="all"]');
  await drawn();
  await page.click('.row[data-state="classified"] .open');
  await page.waitForSelector('#viewer[open]');
  await page.keyboard.press('2');
  await drawn();
  assert.equal(await textOf('.chip[data-kind="changed"] .count'), '1');
  const [names, ...rows] = parseCsv(await (async () => {
    await page.click('#viewer-close');
    return downloaded('#download', 'predictions.csv');
  })());
  assert.equal(names.at(-1), 'corrected');
  assert.deepEqual(rows.map((cells) => cells.at(-1)).filter((cell) => cell !== ''), ['Dog']);
  await page.click('#undo');
  await drawn();
  assert.equal(await textOf('.chip[data-kind="changed"] .count'), '0');
});

test('thresholds and JSON', async () => {
  await page.click('.thresholds summary');
  await page.$eval('#confidence-threshold', (slider) => {
    slider.value = '1';
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  });
  await drawn();
  await page.click('.saving summary');
  const json = JSON.parse(await downloaded('#save-json', 'predictions.json'));
  assert.equal(json.photos.length, files.length);
  assert.equal(json.thresholds.confidence, 1);
  for (const photo of json.photos) {
    if (!photo.error && photo.confidence < 1) assert.ok(['uncertain', 'none'].includes(photo.decision), JSON.stringify(photo));
  }
});

test('paused, cancelled, started over', async () => {
  await page.click('#again');
  await page.waitForSelector('main[data-state="empty"]');
  const many = [];
  for (let i = 0; i < 12; i += 1) {
    for (const file of files.filter((name) => name.endsWith('.png')).slice(0, 20)) {
      const copy = path.join(work, `${i} ${path.basename(file)}`);
      fs.copyFileSync(file, copy);
      many.push(copy);
    }
  }
  await page.evaluate(pauseAtOnce);
  await choose(many);
  await page.waitForSelector('main[data-state="paused"]');
  await new Promise((done) => setTimeout(done, 1500)); // what was begun ends
  const paused = await textOf('#figures');
  await new Promise((done) => setTimeout(done, 700));
  assert.equal(await textOf('#figures'), paused);
  await page.click('#cancel');
  await page.waitForSelector('main[data-state="stopped"]');
  // What was not looked at says so, and is taken up again.
  assert.ok(Number(await textOf('.chip[data-kind="waiting"] .count')) > 0);
  await page.click('#pause');
  await untilDone();
  assert.match(await textOf('#figures'), new RegExp(`^${many.length} of ${many.length}\\b`));
});

test('nothing was complained about, under a sub-path and the page\'s own content policy', () => {
  assert.deepEqual(complaints, []);
});
