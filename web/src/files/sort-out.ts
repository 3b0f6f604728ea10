// Photos copied or moved into folders of their classes, and moved back.
import { copyFile, fileAt, haveSameContent, messageOf, moveFile, SourceLeft, type Place } from './transfer';

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

/** A move as it is noted before it is made: enough to undo it, wherever it ended. */
export interface Move {
  /** For messages. */
  path: string;
  from: Place;
  to: Place;
}

export interface NotedMove extends Move {
  key: number;
}

/** Where moves are noted; throws where it cannot. */
export interface Journal {
  note(move: Move): Promise<number>;
  strike(key: number): Promise<void>;
}

/** What was to be done, and where the file is now. */
export interface Done<T> {
  item: T;
  now: Place & { file: File };
  /** The date of change is another than before. */
  redated: boolean;
}

export interface Outcome<T> {
  done: Done<T>[];
  /** path: what was expected, what was found. */
  failures: string[];
}

export interface Watch {
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

/** The photos stay where they are. */
export function copyOut<T extends Sorted>(
  steps: readonly Step<T>[],
  target: FileSystemDirectoryHandle,
  watch: Watch,
): Promise<Outcome<T>> {
  return forEachOf(steps, ({ photo }) => photo.path, watch, async ({ photo, folder: name, ...step }) => {
    const to = { folder: await target.getDirectoryHandle(name, { create: true }), name: step.name };
    return done(photo, photo.file, to, await copyFile(photo.file, to));
  });
}

/** Notes each move before it is made. A photo that cannot be moved stays where it is. */
export function moveOut<T extends Sorted>(
  steps: readonly Step<T>[],
  target: FileSystemDirectoryHandle,
  journal: Journal,
  watch: Watch,
): Promise<Outcome<{ photo: T; key: number }>> {
  return forEachOf(steps, ({ photo }) => photo.path, watch, async ({ photo, folder: name, ...step }) => {
    const { file, parent, path } = photo;
    if (!parent) throw new Error('expected a photo in a folder that it can be taken out of, found another');
    const from = { folder: parent, name: file.name };
    const to = { folder: await target.getDirectoryHandle(name, { create: true }), name: step.name };
    const key = await journal.note({ path, from, to });
    try {
      return done({ photo, key }, file, to, await moveFile(from, file, to));
    } catch (error) {
      if (!(error instanceof SourceLeft)) await journal.strike(key);
      throw error;
    }
  });
}

/** Back to where they came from, unless something else is there now. The latest move is the first to be undone. */
export function moveBack(moves: readonly NotedMove[], journal: Journal, watch: Watch): Promise<Outcome<NotedMove>> {
  const latestFirst = [...moves].sort((a, b) => b.key - a.key);
  return forEachOf(latestFirst, ({ path }) => path, watch, async (move) => {
    const { from, to } = move;
    const [before, moved] = [await fileAt(from), await fileAt(to)];
    let file = before;
    if (!moved) {
      if (!before) throw new Error(`expected the file ${to.name}, found nothing`);
    } else if (!before) {
      file = await moveFile(to, moved, from);
    } else {
      // A move that ended half-way: with an empty file, or with a copy.
      if (moved.size > 0 && !(await haveSameContent(moved, before))) throw new Error(`expected no file ${from.name} there, found one`);
      await to.folder.removeEntry(to.name);
    }
    await journal.strike(move.key);
    return done(move, moved ?? file!, from, file!);
  });
}

function done<T>(item: T, before: File, place: Place, file: File): Done<T> {
  return { item, now: { ...place, file }, redated: file.lastModified !== before.lastModified };
}

async function forEachOf<S, T>(
  items: readonly S[],
  pathOf: (item: S) => string,
  { signal, progress }: Watch,
  work: (item: S) => Promise<Done<T>>,
): Promise<Outcome<T>> {
  const outcome: Outcome<T> = { done: [], failures: [] };
  for (const item of items) {
    if (signal.aborted) break;
    try {
      outcome.done.push(await work(item));
    } catch (error) {
      outcome.failures.push(`${pathOf(item)}: ${messageOf(error)}`);
    }
    progress(outcome.done.length + outcome.failures.length);
  }
  return outcome;
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
