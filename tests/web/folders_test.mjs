// Folders that the browser lets the page keep: going on after a reload, and sorting photos into folders of their classes.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { parseCsv } from './support/csv.mjs';
import { chromiumFile, downloadCsv, launch, untilDone } from './support/browser.mjs';
import { list, openWithFolders } from './support/folders.mjs';
import { dist, serveSite } from './support/site.mjs';
import { makeBundle, run, skipWithout, temporaryFolder, tools } from './support/tools.mjs';

skipWithout(path.join(dist, 'index.html'), chromiumFile, tools.makeBundle, tools.makePictures);

const work = temporaryFolder();
let browser, site, pictures;

before(async () => {
  run(tools.makePictures, path.join(work, 'made'));
  pictures = fs.readdirSync(path.join(work, 'made/png')).slice(0, 12).map((name) => path.join(work, 'made/png', name));
  browser = await launch();
  site = await serveSite(makeBundle(path.join(work, 'bundle'), '--size', '32', '--presence'));
});

after(async () => {
  await browser?.close();
  site?.close();
});

const openFolders = (options) => openWithFolders(browser, site, pictures, options);

async function chooseHoliday(page) {
  await page.getByRole('button', { name: 'Choose a folder' }).click();
  await untilDone(page);
}

const rowsOf = (csv) => parseCsv(csv.toString());
// What is kept is written a little later.
const untilKept = (page, count) => page.waitForFunction(async (wanted) => {
  const database = await new Promise((done) => {
    const request = indexedDB.open('catdog.session');
    request.onsuccess = () => done(request.result);
  });
  const found = await new Promise((done) => {
    const request = database.transaction('photos').objectStore('photos').count();
    request.onsuccess = () => done(request.result);
  });
  database.close();
  return found === wanted;
}, count);

test('after a reload the work goes on where it stopped', async () => {
  const page = await openFolders();
  await chooseHoliday(page);
  await page.locator('.row[data-state="classified"] .open').first().click();
  await page.keyboard.press('2');
  await page.keyboard.press('Escape');
  const before = rowsOf(await downloadCsv(page));
  assert.equal(before.length, 1 + pictures.length + 1);
  assert.equal(before.filter((cells) => cells.at(-1) === 'Dog').length, 1, 'one is corrected by hand');
  await untilKept(page, before.length - 1);
  await page.waitForTimeout(2000); // the correction too
  // One photo is new: that is looked at, the others are known.
  await page.evaluate(async () => {
    const holiday = await (await navigator.storage.getDirectory()).getDirectoryHandle('holiday');
    const stream = await (await holiday.getFileHandle('new.jpg', { create: true })).createWritable();
    await stream.write('no picture');
    await stream.close();
  });
  await page.addInitScript(() => {
    window.asked = 0;
    const Sound = window.Worker;
    window.Worker = class extends Sound {
      postMessage(message, ...rest) {
        window.asked += message.photos?.length ?? 0;
        super.postMessage(message, ...rest);
      }
    };
  });
  await page.reload();
  await page.locator('main[data-model="ready"]').waitFor();
  await page.getByRole('button', { name: `Go on with holiday (${before.length - 1} done)` }).click();
  await untilDone(page);
  assert.equal(await page.evaluate(() => window.asked), 1, 'only the new one is looked at');
  const after = rowsOf(await downloadCsv(page));
  assert.deepEqual(after.filter(([name]) => name !== 'holiday/new.jpg'), before);
  await page.getByRole('button', { name: 'Start over' }).click();
  await page.reload();
  await page.locator('main[data-model="ready"]').waitFor();
  await page.waitForTimeout(500);
  assert.equal(await page.getByRole('button', { name: /Go on with/ }).isVisible(), false, 'what was given up is forgotten');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('what is forgotten does not come back, and what failed by no fault of a file is tried again', async () => {
  const page = await openFolders();
  await page.addInitScript(() => {
    const Sound = window.Worker;
    const sick = sessionStorage.getItem('sick') === null; // on the first visit
    let culprit; // the photo that no worker survives
    sessionStorage.setItem('sick', 'no more');
    window.Worker = class extends Sound {
      postMessage(message, ...rest) {
        if (message.type === 'classify') culprit ??= message.photos[0].id;
        if (!sick || !message.photos?.some(({ id }) => id === culprit)) return super.postMessage(message, ...rest);
        this.dispatchEvent(new ErrorEvent('error', { message: 'a crash', cancelable: true }));
      }
    };
  });
  await page.reload();
  await page.locator('main[data-model="ready"]').waitFor();
  await chooseHoliday(page);
  assert.equal(await page.locator('.row[data-state="failed"]').count(), 1, 'one photo has crashed its worker');
  await page.locator('.row[data-state="classified"] .open').first().click();
  await page.keyboard.press('2');
  await page.keyboard.press('Escape');
  assert.ok(await page.evaluate(() => document.activeElement.matches('.open')), 'the focus is back at the row');
  await untilKept(page, pictures.length);
  await page.waitForTimeout(2000); // the correction too
  await page.reload();
  await page.locator('main[data-model="ready"]').waitFor();
  await page.getByRole('button', { name: `Go on with holiday (${pictures.length} done)` }).click();
  await untilDone(page);
  assert.equal(await page.locator('.row[data-state="failed"]').count(), 0);
  assert.equal(rowsOf(await downloadCsv(page))[0].at(-1), 'corrected');
  await page.reload();
  await page.locator('main[data-model="ready"]').waitFor();
  await page.getByRole('button', { name: 'Forget it' }).click();
  await chooseHoliday(page);
  assert.equal(rowsOf(await downloadCsv(page))[0].at(-1), 'error', 'nothing is corrected');
  await page.context().close();
});

test('photos are copied into folders of their classes, after a look, and nothing is written over', async () => {
  const page = await openFolders();
  await chooseHoliday(page);
  const decisions = new Map(rowsOf(await downloadCsv(page)).slice(1).map((cells) => [cells[0], cells[6]]));
  const sorted = [...decisions].filter(([, decision]) => decision !== '');
  const before = await list(page, 'holiday');
  // A file of the same name is there already.
  const [firstPath, firstDecision] = sorted[0];
  await page.evaluate(async ([folder, name]) => {
    const root = await (await navigator.storage.getDirectory()).getDirectoryHandle('sorted', { create: true });
    const stream = await (await (await root.getDirectoryHandle(folder, { create: true })).getFileHandle(name, { create: true })).createWritable();
    await stream.write('mine');
    await stream.close();
  }, [firstDecision, path.basename(firstPath)]);
  await page.getByRole('button', { name: 'Sort into folders…' }).click();
  await page.getByRole('button', { name: 'Choose where to…' }).click();
  await page.getByText(`So ${sorted.length} photos would go into “sorted”:`).waitFor();
  assert.equal(await page.locator('#sort-out-list li').count(), sorted.length);
  assert.equal(Object.keys(await list(page, 'sorted')).length, 1, 'nothing is done yet');
  await page.getByRole('button', { name: 'Do it' }).click();
  await page.getByText(`${sorted.length} of ${sorted.length} photos copied`).waitFor();
  const found = await list(page, 'sorted');
  assert.equal(Object.keys(found).length, sorted.length + 1);
  assert.equal(found[`${firstDecision}/${path.basename(firstPath)}`], 4, 'what was there is as it was');
  for (const [name, decision] of sorted.slice(1)) {
    assert.equal(found[`${decision}/${path.basename(name)}`], before[name.replace('holiday/', '')], name);
  }
  assert.deepEqual(await list(page, 'holiday'), before, 'the photos are still in their place');
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('photos are moved, can be looked at where they are now, and moved back', async () => {
  const page = await openFolders();
  await chooseHoliday(page);
  const before = await list(page, 'holiday');
  await page.getByRole('button', { name: 'Sort into folders…' }).click();
  await page.getByLabel('Move').check();
  await page.getByRole('button', { name: 'Choose where to…' }).click();
  await page.getByRole('button', { name: 'Do it' }).click();
  await page.getByText(`${pictures.length} of ${pictures.length} photos moved`).waitFor();
  assert.deepEqual(Object.keys(await list(page, 'holiday')), ['notes.txt']);
  const sizes = (files) => Object.values(files).sort((a, b) => a - b);
  const { 'notes.txt': notes, ...photos } = before;
  assert.equal(notes, 4);
  assert.deepEqual(sizes(await list(page, 'sorted')), sizes(photos));
  await page.locator('#sort-out-close').click();
  await page.locator('.row[data-state="classified"] .open').first().click();
  await page.waitForFunction(() => document.getElementById('viewer-photo').naturalWidth > 0);
  await page.keyboard.press('Escape');
  // Something else has taken the place of one of them.
  const taken = Object.keys(photos).find((name) => !name.includes('/'));
  await page.evaluate(async (name) => {
    const holiday = await (await navigator.storage.getDirectory()).getDirectoryHandle('holiday');
    const stream = await (await holiday.getFileHandle(name, { create: true })).createWritable();
    await stream.write('mine');
    await stream.close();
  }, taken);
  await page.getByRole('button', { name: 'Sort into folders…' }).click();
  await page.getByRole('button', { name: 'Move them back' }).click();
  await page.getByText(`${pictures.length - 1} of ${pictures.length} photos moved back`).waitFor();
  assert.match(await page.locator('#sort-out-list').innerText(), new RegExp(`${taken}: expected no file`));
  assert.deepEqual(await list(page, 'holiday'), { ...before, [taken]: 4 }, 'nothing is written over');
  assert.equal(Object.keys(await list(page, 'sorted')).length, 1, 'the one without a place stays where it is');
  await page.evaluate(async (name) => (await (await navigator.storage.getDirectory()).getDirectoryHandle('holiday')).removeEntry(name), taken);
  await page.getByRole('button', { name: 'Move them back' }).click();
  await page.getByText('1 of 1 photos moved back').waitFor();
  assert.deepEqual(await list(page, 'holiday'), before);
  assert.equal(await page.getByRole('button', { name: 'Move them back' }).isVisible(), false);
  await page.locator('#sort-out-close').click();
  // Two clicks are one move; what lies where it belongs is left there.
  await page.getByRole('button', { name: 'Sort into folders…' }).click();
  await page.getByLabel('Move').check();
  await page.getByRole('button', { name: 'Choose where to…' }).click();
  await page.getByRole('button', { name: 'Do it' }).dblclick();
  await page.getByText(`${pictures.length} of ${pictures.length} photos moved`).waitFor();
  assert.equal(await page.locator('#sort-out-list li').count(), 0, 'nothing failed');
  await page.locator('#sort-out-close').click();
  await page.getByRole('button', { name: 'Sort into folders…' }).click();
  await page.getByRole('button', { name: 'Choose where to…' }).click();
  await page.getByText('So 0 photos would go into “sorted”:').waitFor();
  await page.getByRole('button', { name: 'Move them back' }).click();
  await page.getByText(`${pictures.length} of ${pictures.length} photos moved back`).waitFor();
  assert.deepEqual(await list(page, 'holiday'), before);
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test('a folder that the browser does not hand over can be chosen in another way', async () => {
  const page = await openFolders({ refuses: true });
  await page.getByRole('button', { name: 'Choose a folder' }).click();
  await page.getByText('choose again').waitFor();
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Choose a folder' }).click()]);
  assert.ok(chooser.isMultiple());
  await chooser.setFiles(path.join(work, 'made/png'));
  await untilDone(page);
  await page.getByRole('button', { name: 'Sort into folders…' }).click();
  assert.equal(await page.getByLabel('Move').isDisabled(), true, 'these can only be copied');
  await page.locator('#sort-out-close').click();
  await page.getByRole('button', { name: 'Add folder' }).click();
  await page.waitForFunction(() => window.picked.length === 2); // asked in the first way again
  await page.context().close();
});
