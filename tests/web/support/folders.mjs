// Folders that a person hands over, of the browser's own file system for the page, which has the same interface as theirs.
import fs from 'node:fs';
import path from 'node:path';
import { openPage } from './browser.mjs';

/**
 * A page with a folder "holiday" with the pictures, some in a folder within, that the page's button hands over; the button
 * that sorts hands over an empty folder "sorted".
 */
export async function openWithFolders(browser, site, pictures, { refuses = false } = {}) {
  const page = await openPage(browser, site, {
    prepare: (opened) => opened.addInitScript((no) => {
      window.picked = [];
      window.showDirectoryPicker = async ({ mode }) => {
        window.picked.push(mode);
        if (no) throw new DOMException('no', 'AbortError');
        const root = await navigator.storage.getDirectory();
        return root.getDirectoryHandle(mode === 'read' ? 'holiday' : 'sorted', { create: true });
      };
    }, refuses),
  });
  const files = pictures.map((file, i) => [i % 3 === 0 ? 'garden' : '', path.basename(file), fs.readFileSync(file).toString('base64')]);
  await page.evaluate(async (all) => {
    const holiday = await (await navigator.storage.getDirectory()).getDirectoryHandle('holiday', { create: true });
    for (const [folder, name, base64] of [...all, ['', 'notes.txt', btoa('milk')]]) {
      const place = folder ? await holiday.getDirectoryHandle(folder, { create: true }) : holiday;
      const stream = await (await place.getFileHandle(name, { create: true })).createWritable();
      await stream.write(Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)));
      await stream.close();
    }
  }, files);
  return page;
}

/** path → size of every file below a folder of the page's file system. */
export function list(page, folder) {
  return page.evaluate(async (name) => {
    const found = {};
    const walk = async (handle, at) => {
      for await (const [entryName, entry] of handle.entries()) {
        if (entry.kind === 'directory') await walk(entry, `${at}${entryName}/`);
        else found[at + entryName] = (await entry.getFile()).size;
      }
    };
    await walk(await (await navigator.storage.getDirectory()).getDirectoryHandle(name), '');
    return found;
  }, folder);
}
