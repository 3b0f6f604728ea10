// Photos copied or moved into folders of their classes. What is there already is never written over.

/** One photo, and where it is to go. */
export interface Step {
  path: string;
  file: File;
  /** The folder that it lies in, where it can be taken out of there. */
  parent: FileSystemDirectoryHandle | undefined;
  folder: string;
  name: string;
}

export interface Outcome {
  done: number;
  /** path: what was expected, what was found. */
  failures: string[];
}

interface Sorted {
  path: string;
  file: File;
  parent?: FileSystemDirectoryHandle | undefined;
}

/**
 * Where each photo is to go below `target`: folder of its class, and a name that is free there and used once.
 * `folderOf` gives a photo's class; an empty one leaves it where it is.
 */
export async function planSorting<T extends Sorted>(
  photos: readonly T[],
  folderOf: (photo: T) => string,
  target: FileSystemDirectoryHandle,
): Promise<Step[]> {
  const taken = new Map<string, Set<string>>();
  const steps: Step[] = [];
  for (const photo of photos) {
    const folder = safeName(folderOf(photo));
    if (folder === '') continue;
    if (!taken.has(folder)) taken.set(folder, await namesIn(target, folder));
    const name = freeName(photo.file.name, taken.get(folder)!);
    steps.push({ path: photo.path, file: photo.file, parent: photo.parent, folder, name });
  }
  return steps;
}

/** Does it; a photo that cannot be written stays where it is. `signal` ends it between two photos. */
export async function sortOut(
  steps: readonly Step[],
  target: FileSystemDirectoryHandle,
  { move, signal, progress }: { move: boolean; signal: AbortSignal; progress(done: number): void },
): Promise<Outcome> {
  const outcome: Outcome = { done: 0, failures: [] };
  for (const step of steps) {
    if (signal.aborted) break;
    try {
      const folder = await target.getDirectoryHandle(step.folder, { create: true });
      await writeNew(folder, step.name, step.file);
      if (move && step.parent) await step.parent.removeEntry(step.file.name);
      outcome.done += 1;
    } catch (error) {
      outcome.failures.push(`${step.path}: ${error instanceof Error ? error.message : String(error)}`);
    }
    progress(outcome.done + outcome.failures.length);
  }
  return outcome;
}

// Whole or not at all: what is written stays aside until it is closed.
async function writeNew(folder: FileSystemDirectoryHandle, name: string, file: File): Promise<void> {
  if (await exists(folder, name)) throw new Error(`expected no file ${name} there, found one`);
  const handle = await folder.getFileHandle(name, { create: true });
  try {
    const stream = await handle.createWritable();
    await file.stream().pipeTo(stream);
    const { size } = await handle.getFile();
    if (size !== file.size) throw new Error(`expected ${file.size} bytes, found ${size}`);
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
