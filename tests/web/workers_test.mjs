// A worker that dies or stalls costs the one photo that it was at, and is replaced; the page goes on.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { parseCsv } from './support/csv.mjs';
import { chooseFolder, chromiumFile, downloadCsv, launch, openPage, untilDone } from './support/browser.mjs';
import { dist, serveSite } from './support/site.mjs';
import { makeBundle, run, skipWithout, temporaryFolder, tools } from './support/tools.mjs';

skipWithout(path.join(dist, 'index.html'), chromiumFile, tools.makeBundle, tools.makePictures);

const work = temporaryFolder();
const folder = path.join(work, 'photos');
let browser, site, count;

before(async () => {
  run(tools.makePictures, path.join(work, 'pictures'));
  fs.mkdirSync(folder);
  const pictures = path.join(work, 'pictures/png');
  for (const name of fs.readdirSync(pictures).slice(0, 20)) fs.copyFileSync(path.join(pictures, name), path.join(folder, name));
  const [sound] = fs.readdirSync(folder);
  for (const name of ['5-stall.png', '6-crash.png', 'z-crash.png']) {
    // What follows a picture's end does not count, but tells the workers below.
    fs.writeFileSync(path.join(folder, name), Buffer.concat([fs.readFileSync(path.join(folder, sound)), Buffer.from(name.slice(2, 7))]));
  }
  count = fs.readdirSync(folder).length;
  browser = await launch();
  site = await serveSite(makeBundle(path.join(work, 'bundle')));
});

after(async () => {
  await browser?.close();
  site?.close();
});

// In the page: workers that die over a group with a photo that ends in "crash", and answer no more from one on with a photo
// that ends in "stall". Counts the workers made.
function breakWorkers() {
  const Sound = window.Worker;
  window.workersMade = 0;
  window.Worker = class extends Sound {
    constructor(...words) {
      super(...words);
      window.workersMade += 1;
      this.groups = [];
      this.left = 0; // of the first group
      this.addEventListener('message', ({ data }) => {
        if (data.type !== 'classified') return;
        this.left -= data.outcomes.length;
        if (this.left === 0) this.go();
      });
    }
    postMessage(message, transfer) {
      if (message.type !== 'classify') return super.postMessage(message, transfer);
      this.groups.push([message, transfer]);
      if (this.left === 0) this.go();
    }
    go() {
      const group = this.groups.shift();
      if (!group) return;
      const [message, transfer] = group;
      this.left = message.photos.length;
      const ends = message.photos.map(({ bytes }) => String.fromCharCode(...bytes.slice(-5)));
      if (ends.includes('stall')) return;
      if (ends.includes('crash')) setTimeout(() => this.dispatchEvent(new ErrorEvent('error', { cancelable: true })));
      else super.postMessage(message, transfer);
    }
  };
}

test('crashed and stalled workers are replaced, every other photo has its row', async () => {
  const prepare = async (page) => {
    await page.clock.install();
    await page.addInitScript(breakWorkers);
  };
  const page = await openPage(browser, site, { prepare });
  const before = await page.evaluate(() => window.workersMade);
  await chooseFolder(page, folder);
  await page.locator('main[data-state="working"]').waitFor();
  for (let minute = 0; minute < 8; minute += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await page.clock.fastForward(61_000);
  }
  await untilDone(page);
  const rows = parseCsv((await downloadCsv(page)).toString()).slice(1);
  assert.equal(rows.length, count);
  for (const cells of rows) {
    const [name, error] = [cells[0], cells.at(-1)];
    if (name.includes('crash')) assert.match(error, /crashed its worker/, name);
    else if (name.includes('stall')) assert.match(error, /expected a result within 60 s, found none/, name);
    else assert.equal(error, '', name);
  }
  assert.ok((await page.evaluate(() => window.workersMade)) >= before + 3);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('workers that never start are told, not tried for ever', async () => {
  const page = await openPage(browser, site, {
    waitForModel: false,
    prepare: (opened) => opened.route(/\/worker-[^/]*\.js$/, (route) => route.abort()),
  });
  await page.getByRole('alert').getByText('could not be loaded').waitFor();
  assert.match(await page.locator('#reason').innerText(), /expected a worker that starts/);
  await page.context().close();
});
