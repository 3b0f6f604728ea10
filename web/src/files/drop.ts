// Files and folders that were dropped on the page.
import type { FoundFile } from './found';

/**
 * Everything below what was dropped. Must be called before the drop event ends: its items are gone afterwards.
 * `unreadable` is told of folders and files that the browser does not let the page read.
 */
export function fromDrop(transfer: DataTransfer, unreadable: (path: string) => void): Promise<FoundFile[]> {
  const entries: FileSystemEntry[] = [];
  const loose: FoundFile[] = [];
  for (const item of transfer.items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry();
    const file = entry ? null : item.getAsFile();
    if (entry) entries.push(entry);
    if (file) loose.push({ path: file.name, file });
  }
  return walk(entries, unreadable).then((found) => loose.concat(found));
}

async function walk(entries: FileSystemEntry[], unreadable: (path: string) => void): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const left = [...entries];
  for (let entry = left.pop(); entry; entry = left.pop()) {
    const path = entry.fullPath.replace(/^\//, '');
    try {
      if (entry.isDirectory) left.push(...(await readFolder(entry as FileSystemDirectoryEntry)));
      else found.push({ path, file: await readFile(entry as FileSystemFileEntry) });
    } catch {
      unreadable(path);
    }
  }
  return found;
}

// A reader gives a part of the entries at a time (100 in Chromium), and none at the end.
async function readFolder(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) return all;
    all.push(...part);
  }
}

function readFile(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}
