// Files and folders that were dropped on the page.
import type { FoundFile } from './found';
import { forEachOf, Gatherer, type Take } from './file-batches';

/**
 * Everything below what was dropped, as it is found. Must be called before the drop event ends: its items are gone
 * afterwards. `unreadable` is told of folders and files that the browser does not let the page read.
 */
export function fromDrop(transfer: DataTransfer, take: Take, unreadable: (path: string) => void): Promise<void> {
  const entries: FileSystemEntry[] = [];
  const loose: FoundFile[] = [];
  for (const item of transfer.items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry();
    const file = entry ? null : item.getAsFile();
    if (entry) entries.push(entry);
    if (file) loose.push({ path: file.name, file });
  }
  if (loose.length > 0) take(loose);
  return walk(entries, take, unreadable);
}

async function walk(dropped: FileSystemEntry[], take: Take, unreadable: (path: string) => void): Promise<void> {
  const found = new Gatherer(take);
  const folders: FileSystemEntry[] = [];
  const look = async (entry: FileSystemEntry): Promise<void> => {
    if (entry.isDirectory) {
      folders.push(entry);
      return;
    }
    try {
      found.add({ path: pathOf(entry), file: await readFile(entry as FileSystemFileEntry) });
    } catch {
      unreadable(pathOf(entry));
    }
  };
  await forEachOf(dropped, look);
  for (let folder = folders.pop(); folder; folder = folders.pop()) {
    try {
      for await (const part of partsOf(folder as FileSystemDirectoryEntry)) await forEachOf(part, look);
    } catch {
      unreadable(pathOf(folder));
    }
  }
  found.flush();
}

function pathOf(entry: FileSystemEntry): string {
  return entry.fullPath.replace(/^\//, '');
}

// A reader gives a part of the entries at a time (100 in Chromium), and none at the end.
async function* partsOf(folder: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry[]> {
  const reader = folder.createReader();
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (part.length === 0) return;
    yield part;
  }
}

function readFile(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}
