// Moving photos loses none: whatever goes wrong in the middle of it, and wherever the page ends.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chromiumFile, launch, untilDone } from './support/browser.mjs';
import { list, openWithFolders } from './support/folders.mjs';
import { dist, serveSite } from './support/site.mjs';
import { makeBundle, run, skipWithout, temporaryFolder, tools } from './support/tools.mjs';

skipWithout(path.join(dist, 'index.html'), chromiumFile, tools.makeBundle, tools.makePictures);

const work = temporaryFolder();
let browser, site, pictures, victim; // the victim: a photo that something happens to

before(async () => {
  run(tools.makePictures, path.join(work, 'made'));
  pictures = fs.readdirSync(path.join(work, 'made/png')).slice(0, 6).map((name) => path.join(work, 'made/png', name));
  victim = path.basename(pictures[1]);
  browser = await launch();
  site = await serveSite(makeBundle(path.join(work, 'bundle'), '--size', '32', '--presence'));
});

after(async () => {
  await browser?.close();
  site?.close();
});

// In the page: as where browsers can only copy files and remove them.
function withoutMove() {
  delete FileSystemFileHandle.prototype.move;
}

async function openHoliday() {
  const page = await openWithFolders(browser, site, pictures);
  await page.getByRole('button', { name: 'Choose a folder' }).click();
  await untilDone(page);
  return page;
}

async function planMove(page) {
  await page.getByRole('button', { name: 'Sort into folders…' }).click();
  await page.getByLabel('Move').check();
  await page.getByRole('button', { name: 'Choose where to…' }).click();
  await page.getByText(/So \d+ photos would go/).waitFor();
}

const go = (page) => page.getByRole('button', { name: 'Do it' }).click();
const untilSaid = (page, words) => page.locator('#sort-out-state', { hasText: words }).waitFor();
const failures = (page) => page.locator('#sort-out-list li').allInnerTexts();

async function moveBack(page, count) {
  await page.getByRole('button', { name: 'Move them back' }).click();
  await untilSaid(page, `${count} of ${count} photos moved back`);
}

async function reload(page) {
  await page.reload();
  await page.locator('main[data-model="ready"]').waitFor();
}

const text = (page, folder, name) => page.evaluate(async ([at, file]) => {
  let handle = await navigator.storage.getDirectory();
  for (const part of at.split('/')) handle = await handle.getDirectoryHandle(part);
  return (await (await handle.getFileHandle(file)).getFile()).text();
}, [folder, name]);

// Below "sorted": the folder of the photo's class, from the plan.
async function placeOf(page, name) {
  const lines = await page.locator('#sort-out-list li').allInnerTexts();
  return lines.find((line) => line.endsWith(`/${name}`)).split(' → ')[1].split('/')[0];
}

test('a copy with a byte that is another is no copy: the photo stays, its bad copy does not', async () => {
  const page = await openHoliday();
  await page.evaluate(withoutMove);
  await page.evaluate((name) => {
    const { createWritable } = FileSystemFileHandle.prototype;
    FileSystemFileHandle.prototype.createWritable = async function open(...words) {
      const stream = await createWritable.apply(this, words);
      if (this.name !== name) return stream;
      const flip = new TransformStream({
        transform(bytes, to) {
          to.enqueue(bytes.map((byte, i) => (i === 9 ? byte ^ 1 : byte)));
        },
      });
      const flipped = flip.readable.pipeTo(stream);
      const writer = flip.writable;
      const close = writer.close.bind(writer);
      return Object.assign(writer, { close: () => close().then(() => flipped) });
    };
  }, victim);
  const before = await list(page, 'holiday');
  await planMove(page);
  await go(page);
  await untilSaid(page, `${pictures.length - 1} of ${pictures.length} photos moved`);
  assert.match((await failures(page)).join(), new RegExp(`^holiday/${victim}: expected ${victim} to be written as it was read, found other content$`));
  assert.deepEqual(Object.keys(await list(page, 'holiday')).sort(), [victim, 'notes.txt'].sort());
  assert.equal(Object.keys(await list(page, 'sorted')).length, pictures.length - 1);
  await moveBack(page, pictures.length - 1);
  assert.deepEqual(await list(page, 'holiday'), before);
  await page.context().close();
});

for (const able of [true, false]) {
  test(`what comes to the target meanwhile stays (${able ? 'moved by the browser' : 'copied and removed'})`, async () => {
    const page = await openHoliday();
    if (!able) await page.evaluate(withoutMove);
    await planMove(page);
    const place = await placeOf(page, victim);
    await page.evaluate(async ([folder, name]) => {
      const sorted = await (await navigator.storage.getDirectory()).getDirectoryHandle('sorted');
      const stream = await (await (await sorted.getDirectoryHandle(folder, { create: true })).getFileHandle(name, { create: true })).createWritable();
      await stream.write('mine');
      await stream.close();
    }, [place, victim]);
    await go(page);
    await untilSaid(page, `${pictures.length - 1} of ${pictures.length} photos moved`);
    assert.match((await failures(page)).join(), new RegExp(`${victim}: expected no file ${victim} there, found one`));
    assert.equal(await text(page, `sorted/${place}`, victim), 'mine');
    assert.ok((await list(page, 'holiday'))[victim] > 4, 'the photo is where it was');
    await moveBack(page, pictures.length - 1);
    assert.equal(await text(page, `sorted/${place}`, victim), 'mine');
    await page.context().close();
  });
}

test('what is written to the target while the photo is being copied stays', async () => {
  const page = await openHoliday();
  await page.evaluate(withoutMove);
  await page.evaluate((name) => {
    const { createWritable } = FileSystemFileHandle.prototype;
    FileSystemFileHandle.prototype.createWritable = async function open(...words) {
      if (this.name === name) {
        const other = await createWritable.apply(this);
        await other.write('mine');
        await other.close();
      }
      return createWritable.apply(this, words);
    };
  }, victim);
  await planMove(page);
  const place = await placeOf(page, victim);
  await go(page);
  await untilSaid(page, `${pictures.length - 1} of ${pictures.length} photos moved`);
  assert.equal(await text(page, `sorted/${place}`, victim), 'mine');
  assert.ok((await list(page, 'holiday'))[victim] > 4);
  await page.context().close();
});

test('a photo that is changed while it is copied is not removed', async () => {
  const page = await openHoliday();
  await page.evaluate(withoutMove);
  await page.evaluate((name) => {
    const { close } = FileSystemWritableFileStream.prototype;
    let changed = false;
    const { createWritable } = FileSystemFileHandle.prototype;
    FileSystemFileHandle.prototype.createWritable = async function open(...words) {
      const stream = await createWritable.apply(this, words);
      if (this.name === name && !changed) {
        changed = true;
        stream.close = async () => {
          await close.call(stream);
          const holiday = await (await navigator.storage.getDirectory()).getDirectoryHandle('holiday');
          const source = await holiday.getFileHandle(name);
          const { size } = await source.getFile();
          const edit = await createWritable.apply(source);
          await edit.write('e'.repeat(size));
          await close.call(edit);
        };
      }
      return stream;
    };
  }, victim);
  await planMove(page);
  await go(page);
  await untilSaid(page, `${pictures.length - 1} of ${pictures.length} photos moved`);
  assert.match((await failures(page)).join(), new RegExp(`${victim}: expected ${victim} as it was when .*, found it changed`));
  assert.ok(!Object.keys(await list(page, 'sorted')).some((name) => name.endsWith(victim)), 'no copy of the older one');
  assert.match(await text(page, 'holiday', victim), /^e+$/);
  await page.context().close();
});

test('a move is noted before it happens, or it does not happen', async () => {
  const page = await openHoliday();
  const before = await list(page, 'holiday');
  await page.evaluate(() => {
    IDBObjectStore.prototype.add = () => {
      throw new DOMException('no room', 'QuotaExceededError');
    };
  });
  await planMove(page);
  await go(page);
  await untilSaid(page, `0 of ${pictures.length} photos moved`);
  assert.match((await failures(page)).join(), /no room/);
  assert.deepEqual(await list(page, 'holiday'), before);
  assert.deepEqual(await list(page, 'sorted'), {});
  await page.context().close();
});

for (const able of [true, false]) {
  test(`all moves can be undone after a reload (${able ? 'moved by the browser' : 'copied and removed'})`, async () => {
    const page = await openHoliday();
    if (!able) await page.evaluate(withoutMove);
    const before = await list(page, 'holiday');
    const dates = await page.evaluate(datesOf, 'holiday');
    await planMove(page);
    await go(page);
    await untilSaid(page, `${pictures.length} of ${pictures.length} photos moved`);
    assert.equal(/New dates of change: 6/.test(await page.locator('#sort-out-state').innerText()), !able);
    // Moved once more, to other classes: both moves are undone, the later one first.
    await page.locator('#sort-out-close').click();
    await page.locator('.row[data-state="classified"] .open').first().click();
    await page.keyboard.press(await page.evaluate(() => (document.querySelector('#viewer-choices [aria-pressed="true"]')?.textContent.includes('Cat') ? '2' : '1')));
    await page.keyboard.press('Escape');
    await planMove(page);
    const more = await page.locator('#sort-out-list li').count();
    assert.ok(more > 0, 'the corrected one goes on');
    await go(page);
    await untilSaid(page, `${more} of ${more} photos moved`);
    await reload(page);
    await moveBack(page, pictures.length + more);
    assert.deepEqual(await list(page, 'holiday'), before);
    if (able) assert.deepEqual(await page.evaluate(datesOf, 'holiday'), dates);
    assert.deepEqual(await list(page, 'sorted'), {});
    await reload(page);
    await page.waitForTimeout(500);
    assert.equal(await page.getByRole('button', { name: 'Move them back' }).isVisible(), false);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });
}

// In the page.
async function datesOf(folder) {
  const found = {};
  const walk = async (handle) => {
    for await (const entry of handle.values()) {
      if (entry.kind === 'directory') await walk(entry);
      else found[entry.name] = (await entry.getFile()).lastModified;
    }
  };
  await walk(await (await navigator.storage.getDirectory()).getDirectoryHandle(folder));
  return found;
}

for (const [when, hang] of [
  ['before it is written', (name) => {
    const { createWritable } = FileSystemFileHandle.prototype;
    FileSystemFileHandle.prototype.createWritable = function open(...words) {
      return this.name === name ? new Promise(() => (window.hangs = true)) : createWritable.apply(this, words);
    };
  }],
  ['before the photo behind it is removed', (name) => {
    const { removeEntry } = FileSystemDirectoryHandle.prototype;
    FileSystemDirectoryHandle.prototype.removeEntry = function remove(entry) {
      return entry === name ? new Promise(() => (window.hangs = true)) : removeEntry.call(this, entry);
    };
  }],
]) {
  test(`a page that ends in the middle of a copy, ${when}, leaves nothing that cannot be undone`, async () => {
    const page = await openHoliday();
    const before = await list(page, 'holiday');
    await page.evaluate(withoutMove);
    await page.evaluate(hang, victim);
    await planMove(page);
    await go(page);
    await page.waitForFunction(() => window.hangs);
    const moved = Object.keys(before).length - Object.keys(await list(page, 'holiday')).length;
    await reload(page);
    await page.getByText(`Photos that were moved: ${moved + 1}.`).waitFor();
    await moveBack(page, moved + 1);
    assert.deepEqual(await list(page, 'holiday'), before);
    assert.deepEqual(await list(page, 'sorted'), {});
    await page.context().close();
  });
}

test('a photo that cannot be removed behind its copy is told, and undone with the others', async () => {
  const page = await openHoliday();
  const before = await list(page, 'holiday');
  await page.evaluate(withoutMove);
  await page.evaluate((name) => {
    const { removeEntry } = FileSystemDirectoryHandle.prototype;
    FileSystemDirectoryHandle.prototype.removeEntry = function remove(entry) {
      const refuse = entry === name && ['holiday', 'garden'].includes(this.name);
      return refuse ? Promise.reject(new DOMException('it is in use', 'NoModificationAllowedError')) : removeEntry.call(this, entry);
    };
  }, victim);
  await planMove(page);
  await go(page);
  await untilSaid(page, `${pictures.length - 1} of ${pictures.length} photos moved`);
  assert.match((await failures(page)).join(), /it is in use/);
  assert.equal((await list(page, 'holiday'))[victim], before[victim]);
  await moveBack(page, pictures.length);
  assert.deepEqual(await list(page, 'holiday'), before);
  assert.deepEqual(await list(page, 'sorted'), {});
  await page.context().close();
});
