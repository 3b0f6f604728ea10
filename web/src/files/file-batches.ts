// Files handed on in parts, as they are found: the work on the first need not wait for the last.
import type { FoundFile } from './found';

/** Takes files as they are found; more may follow. */
export type Take = (files: FoundFile[]) => void;

/** The files of an input or of a paste, in parts: thousands at once would keep the page from answering. */
export async function fromList(files: Iterable<File>, take: Take): Promise<void> {
  const all = [...files];
  for (let from = 0, length = firstPart; from < all.length; from += length, length = Math.min(2 * length, mostAtOnce)) {
    if (from > 0) await breath();
    take(all.slice(from, from + length).map((file) => ({ path: file.webkitRelativePath || file.name, file })));
  }
}

const firstPart = 100; // files: enough to begin with
const mostAtOnce = 1600;

// Whatever else waits for the main thread goes first.
function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Gathers what is found on a walk and hands it on now and then, so that work on the first need not wait for the last. */
export class Gatherer {
  private files: FoundFile[] = [];
  private next = performance.now() + firstPause;
  private pause = firstPause;

  constructor(private readonly take: Take) {}

  add(file: FoundFile): void {
    this.files.push(file);
    if (performance.now() < this.next) return;
    this.flush();
    this.pause = Math.min(2 * this.pause, longestPause); // each handing over costs more, the more is there
    this.next = performance.now() + this.pause;
  }

  flush(): void {
    if (this.files.length > 0) this.take(this.files);
    this.files = [];
  }
}

const firstPause = 100; // milliseconds
const longestPause = 2000;

/** Files that are asked for at the same time. */
export const atOnce = 64;

/** Does `work` for all items, some of them at the same time: each waits for the disk. */
export async function forEachOf<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += atOnce) {
    await Promise.all(items.slice(from, from + atOnce).map(work));
  }
}
