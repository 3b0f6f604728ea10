// One file from one folder to another. No file is overwritten, and a source is removed only when its copy is proved.

/** A file's place, whether it is there or not. */
export interface Place {
  folder: FileSystemDirectoryHandle;
  name: string;
}

/** The copy is there, and the source could not be removed: both stay. */
export class SourceLeft extends Error {}

// Not in TypeScript's library yet (https://github.com/whatwg/fs/pull/10).
interface Movable {
  move?(folder: FileSystemDirectoryHandle, name: string): Promise<void>;
}

const step = 4 * 2 ** 20; // bytes of each file that are compared at once

/** The file of that place; null where there is none. Throws where it cannot be read, or is a folder. */
export async function fileAt({ folder, name }: Place): Promise<File | null> {
  try {
    return await (await folder.getFileHandle(name)).getFile();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return null;
    throw error;
  }
}

export async function haveSameContent(one: Blob, other: Blob): Promise<boolean> {
  if (one.size !== other.size) return false;
  for (let at = 0; at < one.size; at += step) {
    const [a, b] = await Promise.all([one, other].map((blob) => blob.slice(at, at + step).arrayBuffer()));
    if (!equal(new Uint8Array(a!), new Uint8Array(b!))) return false;
  }
  return true;
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Gives the new file, which has the same content: it was read again. */
export async function copyFile(source: File, to: Place): Promise<File> {
  return writeTo(await reserve(to), source, to);
}

/**
 * Gives the file where it is now. `seen`: the source as it was looked at; one that has changed since stays where it is.
 * Throws SourceLeft where both files are there afterwards.
 */
export async function moveFile(from: Place, seen: File, to: Place): Promise<File> {
  const handle = await from.folder.getFileHandle(from.name);
  if (!isSame(await handle.getFile(), seen)) throw changed(seen);
  const reserved = await reserve(to);
  if (await renamed(handle, reserved, to)) return (await fileAt(to)) ?? lost(to);
  const copy = await writeTo(reserved, seen, to);
  await removeSource(from, seen, to, copy);
  return copy;
}

async function removeSource(from: Place, seen: File, to: Place, copy: File): Promise<void> {
  const [source, target] = [await fileAt(from), await fileAt(to)];
  if (source && target && !isSame(source, seen) && isSame(target, copy)) {
    await to.folder.removeEntry(to.name);
    throw changed(seen);
  }
  try {
    if (!target || !isSame(target, copy)) throw new Error('the copy has changed');
    await from.folder.removeEntry(from.name);
  } catch (error) {
    throw new SourceLeft(`expected to remove ${from.name} behind its copy, found: ${messageOf(error)}`);
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function lost({ name }: Place): never {
  throw new Error(`expected the file ${name}, found nothing`);
}

function isSame(now: File, seen: File): boolean {
  return now.size === seen.size && now.lastModified === seen.lastModified;
}

function changed({ name }: File): Error {
  return new Error(`expected ${name} as it was when the page looked at it, found it changed`);
}

/** An empty file of ours, which keeps the name from programs that look whether it is free. */
interface Reserved {
  handle: FileSystemFileHandle;
  file: File;
}

async function reserve(place: Place): Promise<Reserved> {
  const taken = () => new Error(`expected no file ${place.name} there, found one`);
  // A folder of that name, or a file that cannot be read, is in the way as well.
  if ((await fileAt(place).catch(() => 'something')) !== null) throw taken();
  const handle = await place.folder.getFileHandle(place.name, { create: true });
  const file = await handle.getFile();
  if (file.size > 0) throw taken(); // it has come since
  return { handle, file };
}

async function mustBeOurs({ handle, file }: Reserved): Promise<void> {
  const now = await handle.getFile();
  if (now.size === 0 && now.lastModified === file.lastModified) return;
  throw new Error(`expected no file ${file.name} there, found one`);
}

// Keeps the date of change. Browsers can do it within their own file system, and some of them elsewhere. It writes over
// what is there, so that is looked at last.
async function renamed(handle: FileSystemFileHandle & Movable, reserved: Reserved, to: Place): Promise<boolean> {
  if (!handle.move) return false;
  await mustBeOurs(reserved);
  try {
    await handle.move(to.folder, to.name);
    return true;
  } catch {
    return false;
  }
}

// What is written stays aside until the stream is closed: until then the file is still empty, or is somebody else's.
async function writeTo(reserved: Reserved, source: File, to: Place): Promise<File> {
  try {
    const stream = await reserved.handle.createWritable();
    try {
      await source.stream().pipeTo(stream, { preventClose: true });
      await mustBeOurs(reserved);
    } catch (error) {
      await stream.abort().catch(() => undefined); // it may have ended with the source's failure
      throw error;
    }
    await stream.close();
  } catch (error) {
    await mustBeOurs(reserved).then(() => to.folder.removeEntry(to.name)).catch(() => undefined);
    throw error;
  }
  const written = (await fileAt(to)) ?? lost(to);
  const same = await haveSameContent(written, source).catch(() => undefined); // a file that has changed cannot be read
  if (same) return written;
  // Of another size it is hardly ours any more.
  if (written.size === source.size) await to.folder.removeEntry(to.name).catch(() => undefined);
  if (same === undefined) throw changed(source);
  throw new Error(`expected ${to.name} to be written as it was read, found other content`);
}
