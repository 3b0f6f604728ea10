// What goes wrong in people's folders: thousands of other files, photos that go or change before they are read.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { parseCsv } from './support/csv.mjs';
import { chooseFolder, chromiumFile, downloadCsv, launch, openPage, untilDone } from './support/browser.mjs';
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
  await chooseFolder(page, folder);
  await untilDone(page, 240_000);
  const count = (kind) => page.locator(`.chip[data-kind="${kind}"] .count`).first().innerText();
  assert.equal(await count('noPicture'), '5,000');
  assert.equal(await count('failed'), '0');
  assert.equal(await count('all'), '5,001');
  assert.equal((await rowsOf(page)).get('photo.jpg').at(-1), '');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('photos that are gone or changed when their turn comes cost themselves alone', async () => {
  const folder = path.join(work, 'going');
  fs.mkdirSync(folder);
  for (let i = 0; i < 300; i += 1) fs.copyFileSync(path.join(samples, 'golden.jpg'), path.join(folder, `${String(i).padStart(3, '0')}.jpg`));
  const page = await openPage(browser, site);
  await page.evaluate(() => {
    // The first photos are on their way when the work stops.
    const observer = new MutationObserver(() => {
      if (document.getElementById('page').dataset.state !== 'working') return;
      observer.disconnect();
      document.getElementById('pause').click();
    });
    observer.observe(document.getElementById('page'), { attributes: true });
  });
  await chooseFolder(page, folder);
  await page.locator('main[data-state="paused"]').waitFor();
  fs.rmSync(path.join(folder, '297.jpg'));
  fs.writeFileSync(path.join(folder, '298.jpg'), 'something else, of another size');
  await page.locator('#pause').click();
  await untilDone(page, 240_000);
  const rows = await rowsOf(page);
  assert.equal(rows.size, 300);
  for (const [name, cells] of rows) {
    const error = cells.at(-1);
    if (name === '297.jpg' || name === '298.jpg') assert.match(error, /^expected a readable file, found Not/, name);
    else assert.equal(error, '', name);
  }
  await page.context().close();
});
