// Photos copied or moved into folders of their classes. What is there already is never written over.

interface Sorted {
  path: string;
  file: File;
  /** The folder that it lies in, where it can be taken out of there. */
  parent?: FileSystemDirectoryHandle | undefined;
}

/** One photo, and where it is to go. */
export interface Step<T extends Sorted> {
  photo: T;
  folder: string;
  name: string;
}

/** A photo that was moved, where it is now, and the way back. */
export interface Moved<T extends Sorted> {
  photo: T;
  now: Place;
  before: Place;
}

export interface Place {
  folder: FileSystemDirectoryHandle;
  name: string;
  file: File;
}

export interface Outcome<T extends Sorted> {
  done: number;
  moved: Moved<T>[];
  /** path: what was expected, what was found. */
  failures: string[];
}

interface Watch {
  /** Ends it between two photos. */
  signal: AbortSignal;
  progress(done: number): void;
}

/**
 * Where each photo is to go below `target`: folder of its class, and a name that is free there and used once.
 * `folderOf` gives a photo's class; an empty one leaves it where it is, as it is left that lies there already.
 */
export async function planSorting<T extends Sorted>(
  photos: readonly T[],
  folderOf: (photo: T) => string,
  target: FileSystemDirectoryHandle,
): Promise<Step<T>[]> {
  const taken = new Map<string, Set<string>>();
  const steps: Step<T>[] = [];
  for (const photo of photos) {
    const folder = safeName(folderOf(photo));
    if (folder === '') continue;
    if (!taken.has(folder)) taken.set(folder, await namesIn(target, folder));
    if (await liesIn(photo, target, folder)) continue; // sorted before
    steps.push({ photo, folder, name: freeName(photo.file.name, taken.get(folder)!) });
  }
  return steps;
}

/** Does it; a photo that cannot be written stays where it is. */
export function sortOut<T extends Sorted>(
  steps: readonly Step<T>[],
  target: FileSystemDirectoryHandle,
  { move, ...watch }: Watch & { move: boolean },
): Promise<Outcome<T>> {
  return forEachPhoto(steps, watch, async ({ photo, folder: name, ...step }) => {
    const { file, parent } = photo;
    const folder = await target.getDirectoryHandle(name, { create: true });
    const now: Place = { folder, name: step.name, file: await writeNew(folder, step.name, file) };
    if (!move || !parent) return undefined;
    await parent.removeEntry(file.name);
    return { photo, now, before: { folder: parent, name: file.name, file } };
  });
}

/** Back to where they came from, unless something else is there now. */
export function moveBack<T extends Sorted>(moved: readonly Moved<T>[], watch: Watch): Promise<Outcome<T>> {
  return forEachPhoto(moved, watch, async ({ photo, now, before: { folder, name } }) => {
    const file = await writeNew(folder, name, now.file);
    await now.folder.removeEntry(now.name);
    return { photo, now: { folder, name, file }, before: now };
  });
}

async function forEachPhoto<T extends Sorted, S extends { photo: T }>(
  steps: readonly S[],
  { signal, progress }: Watch,
  work: (step: S) => Promise<Moved<T> | undefined>,
): Promise<Outcome<T>> {
  const outcome: Outcome<T> = { done: 0, moved: [], failures: [] };
  for (const step of steps) {
    if (signal.aborted) break;
    try {
      const moved = await work(step);
      if (moved) outcome.moved.push(moved);
      outcome.done += 1;
    } catch (error) {
      outcome.failures.push(`${step.photo.path}: ${error instanceof Error ? error.message : String(error)}`);
    }
    progress(outcome.done + outcome.failures.length);
  }
  return outcome;
}

// Whole or not at all: what is written stays aside until it is closed. Gives the new file.
async function writeNew(folder: FileSystemDirectoryHandle, name: string, file: File): Promise<File> {
  if (await exists(folder, name)) throw new Error(`expected no file ${name} there, found one`);
  const handle = await folder.getFileHandle(name, { create: true });
  try {
    const stream = await handle.createWritable();
    await file.stream().pipeTo(stream);
    const written = await handle.getFile();
    if (written.size !== file.size) throw new Error(`expected ${file.size} bytes, found ${written.size}`);
    return written;
  } catch (error) {
    await folder.removeEntry(name).catch(() => undefined);
    throw error;
  }
}

async function exists(folder: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  try {
    await folder.getFileHandle(name);
    return true;
  } catch (error) {
    // A folder of that name is in the way as well.
    return !(error instanceof DOMException && error.name === 'NotFoundError');
  }
}

async function liesIn({ parent }: Sorted, target: FileSystemDirectoryHandle, folder: string): Promise<boolean> {
  if (parent?.name !== folder) return false;
  const there = await target.getDirectoryHandle(folder).catch(() => null);
  return there !== null && (await parent.isSameEntry(there));
}

// In lower case: some file systems take Cat.jpg and cat.jpg for the same.
async function namesIn(target: FileSystemDirectoryHandle, folder: string): Promise<Set<string>> {
  const names = new Set<string>();
  try {
    for await (const name of (await target.getDirectoryHandle(folder)).keys()) names.add(name.toLowerCase());
  } catch {
    // It is not there yet.
  }
  return names;
}

/** `name`, or "name (2)" and so on where that is taken; marks it as taken. */
export function freeName(name: string, taken: Set<string>): string {
  const dot = name.lastIndexOf('.');
  const [stem, ending] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  let free = name;
  for (let number = 2; taken.has(free.toLowerCase()); number += 1) free = `${stem} (${number})${ending}`;
  taken.add(free.toLowerCase());
  return free;
}

// A label may hold what a folder's name may not.
function safeName(label: string): string {
  return label.replaceAll(/[\u0000-\u001f<>:"/\\|?*]/g, '_').replace(/^\.+|[. ]+$/g, '_');
}
