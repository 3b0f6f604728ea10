// Folders that the browser lets the page keep a handle of (Chromium and its kin): walked, written to, asked for again.
import { atOnce, forEachOf, Gatherer, type Take } from './file-batches';

// Not in TypeScript's library yet (https://wicg.github.io/file-system-access/).
type Mode = { mode: 'read' | 'readwrite' };
interface Picking {
  showDirectoryPicker?(options: Mode & { id: string }): Promise<FileSystemDirectoryHandle>;
}
interface Asking {
  queryPermission?(options: Mode): Promise<PermissionState>;
  requestPermission?(options: Mode): Promise<PermissionState>;
}

export function canPickFolders(): boolean {
  return typeof (window as Picking).showDirectoryPicker === 'function';
}

/** Lets the person choose; null where they changed their mind. Throws where the browser refuses that folder. */
export async function pickFolder(mode: 'read' | 'readwrite'): Promise<FileSystemDirectoryHandle | null> {
  try {
    return await (window as Picking).showDirectoryPicker!({ mode, id: mode === 'read' ? 'photos' : 'sorted' });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}

/** Asks where it must; only after a click. */
export async function mayUse(folder: FileSystemHandle, mode: 'read' | 'readwrite'): Promise<boolean> {
  const asking = folder as Asking;
  if (!asking.queryPermission || !asking.requestPermission) return true;
  if ((await asking.queryPermission({ mode })) === 'granted') return true;
  return (await asking.requestPermission({ mode })) === 'granted';
}

/**
 * All files below `folder`, under its name, as they are found. `unreadable` is told of what the browser does not let the
 * page read.
 */
export async function fromFolder(folder: FileSystemDirectoryHandle, take: Take, unreadable: (path: string) => void): Promise<void> {
  const found = new Gatherer(take);
  const left: { folder: FileSystemDirectoryHandle; path: string }[] = [{ folder, path: folder.name }];
  for (let at = left.pop(); at; at = left.pop()) {
    const { folder: parent, path: place } = at;
    const look = async ([name, entry]: [string, FileSystemHandle]): Promise<void> => {
      const path = `${place}/${name}`;
      try {
        found.add({ path, file: await (entry as FileSystemFileHandle).getFile(), parent });
      } catch {
        unreadable(path);
      }
    };
    let part: [string, FileSystemHandle][] = [];
    try {
      for await (const entry of parent.entries()) {
        if (entry[1].kind === 'directory') left.push({ folder: entry[1] as FileSystemDirectoryHandle, path: `${place}/${entry[0]}` });
        else part.push(entry);
        if (part.length < atOnce) continue;
        await forEachOf(part, look);
        part = [];
      }
    } catch {
      unreadable(place);
    }
    await forEachOf(part, look);
  }
  found.flush();
}
