// Folders that the browser lets the page keep a handle of (Chromium and its kin): walked, written to, asked for again.
import type { FoundFile } from './found';

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

/** All files below `folder`, under its name. `unreadable` is told of what the browser does not let the page read. */
export async function fromFolder(folder: FileSystemDirectoryHandle, unreadable: (path: string) => void): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const left: { folder: FileSystemDirectoryHandle; path: string }[] = [{ folder, path: folder.name }];
  for (let at = left.pop(); at; at = left.pop()) {
    try {
      for await (const [name, entry] of at.folder.entries()) {
        const path = `${at.path}/${name}`;
        if (entry.kind === 'directory') {
          left.push({ folder: entry as FileSystemDirectoryHandle, path });
          continue;
        }
        try {
          found.push({ path, file: await (entry as FileSystemFileHandle).getFile(), parent: at.folder });
        } catch {
          unreadable(path);
        }
      }
    } catch {
      unreadable(at.path);
    }
  }
  return found;
}
