// HEIC in a browser that does not read it: decoded by a library that is loaded when the first such photo comes.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { parseCsv } from './support/csv.mjs';
import { chooseFiles, chooseFolder, chromiumFile, downloadCsv, launch, openPage, untilDone } from './support/browser.mjs';
import { dist, serveSite } from './support/site.mjs';
import { makeBundle, run, skipWithout, temporaryFolder, testData, tools } from './support/tools.mjs';

skipWithout(path.join(dist, 'index.html'), chromiumFile, tools.makeBundle, tools.makePictures, tools.makeHeic, tools.classify);

const work = temporaryFolder();
const folder = path.join(work, 'phone');
const bundle = path.join(work, 'bundle');
let browser, site;

before(async () => {
  fs.mkdirSync(folder);
  for (const orientation of ['1', '3', '6', '8']) run(tools.makeHeic, path.join(folder, `${orientation}.heic`), orientation);
  const whole = fs.readFileSync(path.join(folder, '1.heic'));
  fs.writeFileSync(path.join(folder, 'cut.heic'), whole.subarray(0, whole.length / 2));
  fs.writeFileSync(path.join(folder, 'header only.heic'), whole.subarray(0, 40));
  browser = await launch();
  site = await serveSite(makeBundle(bundle, '--size', '64'));
});

after(async () => {
  await browser?.close();
  site?.close();
});

const decoderRequests = () => site.requests.filter((url) => url.includes('heif'));

function byName(csv) {
  const [names, ...rows] = parseCsv(csv.toString());
  return new Map(rows.map((cells) => {
    const row = Object.fromEntries(names.map((name, i) => [name, cells[i]]));
    return [path.basename(row.path), row];
  }));
}

test('photos are read as by catdog-classify, upright, and damaged ones say so', async () => {
  const page = await openPage(browser, site);
  await page.getByRole('button', { name: 'Try it with drawn ones' }).click();
  await untilDone(page);
  assert.deepEqual(decoderRequests(), [], 'nobody without such photos loads the decoder');
  await page.getByRole('button', { name: 'Start over' }).click();
  await chooseFolder(page, folder);
  await untilDone(page);
  assert.ok(decoderRequests().length > 0);
  const found = byName(await downloadCsv(page));
  const expected = byName(run(tools.classify, folder, '--model', bundle));
  assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort());
  for (const [name, row] of expected) {
    const mine = found.get(name);
    assert.equal(mine.error === '', row.error === '', `${name}: ${mine.error}`);
    assert.deepEqual([mine.width, mine.height, mine.label], [row.width, row.height, row.label], name);
    if (row.error === '') assert.ok(Math.abs(mine.confidence - row.confidence) < 0.01, name);
    else assert.match(mine.error, /^expected a sound HEIC picture, found damage/);
  }
  assert.deepEqual([found.get('1.heic').width, found.get('6.heic').width], ['320', '200'], 'turned upright');
  assert.deepEqual(page.complaints, []);
  assert.deepEqual(page.strangers, []);
  await page.context().close();
});

test('once used, it works without a network too', async () => {
  const page = await openPage(browser, site, { serviceWorkers: 'allow' });
  await page.locator('footer[data-kept="yes"]').waitFor();
  await page.reload(); // now the service worker answers
  await page.locator('main[data-model="ready"]').waitFor();
  const before = decoderRequests().length;
  await chooseFiles(page, path.join(folder, '1.heic'));
  await untilDone(page);
  assert.ok(decoderRequests().length > before, 'it is not among what every visit downloads');
  await page.context().setOffline(true);
  await page.reload();
  await page.locator('main[data-model="ready"]').waitFor();
  await chooseFiles(page, path.join(folder, '1.heic'));
  await untilDone(page);
  assert.equal(byName(await downloadCsv(page)).get('1.heic').error, '');
  await page.context().close();
});

test('a format that the browser does not know says so, and what to do', async () => {
  const file = path.join(work, 'scan.tiff');
  fs.writeFileSync(file, Buffer.concat([Buffer.from('II*\0'), Buffer.alloc(400)]));
  const page = await openPage(browser, site);
  await chooseFiles(page, file);
  await untilDone(page);
  const { error } = byName(await downloadCsv(page)).get('scan.tiff');
  assert.equal(error, 'expected a format that this browser reads, found TIFF: save it as JPEG or PNG, or use catdog-classify');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('a photo of a phone', async (t) => {
  const data = testData();
  const photo = data && path.join(data, 'formats/other/IMG_2682.heic');
  if (!photo || !fs.existsSync(photo)) return t.skip('no such photo (CATDOG_TEST_DATA)');
  const page = await openPage(browser, site);
  await chooseFiles(page, photo);
  await untilDone(page);
  const [mine] = byName(await downloadCsv(page)).values();
  const [expected] = byName(run(tools.classify, photo, '--model', bundle)).values();
  assert.deepEqual([mine.error, mine.label, mine.width, mine.height], ['', expected.label, expected.width, expected.height]);
  assert.ok(Math.abs(mine.confidence - expected.confidence) < 0.01);
  await page.context().close();
});
