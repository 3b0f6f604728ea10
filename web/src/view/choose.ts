// The ways to offer photos: buttons, and dropping anywhere on the page.
import { fromDrop } from '../files/drop';
import { canPickFolders, fromFolder, pickFolder } from '../files/folder';
import type { FoundFile } from '../files/found';
import { fromList, type Take } from '../files/file-batches';
import { loadSamples } from '../files/samples';
import { language } from '../text/language';
import { byId, showNotice } from './dom';

/** One choice of the person's. It holds nothing: each is itself. */
export type Offer = object;

export interface Offers {
  /** Files are coming. */
  begin(offer: Offer): void;
  /** Some of them. `folder`: they lie in it, and it can be asked for again after a reload. */
  found(offer: Offer, files: FoundFile[], folder?: FileSystemDirectoryHandle | undefined): void;
  /** No more come. `unreadable`: what the browser did not let the page read. */
  end(offer: Offer, unreadable: readonly string[]): void;
}

type Find = (take: Take, unreadable: (path: string) => void) => Promise<void>;

/** Offers what `find` finds; calls it at once. */
export async function offer(offers: Offers, find: Find, folder?: FileSystemDirectoryHandle): Promise<void> {
  const unreadable: string[] = [];
  const one: Offer = {};
  offers.begin(one);
  try {
    await find((files) => offers.found(one, files, folder), (path) => unreadable.push(path));
  } finally {
    offers.end(one, unreadable);
  }
}

// A folder that is picked can be asked for again and written to, but some (Downloads, Desktop) the browser does not
// hand over: whoever comes back without one gets the older way, once.
let picking = canPickFolders();

async function pick(offers: Offers): Promise<void> {
  const folder = await pickFolder('read').catch(() => null);
  if (!folder) {
    picking = false;
    showNotice(language.texts.noFolderCame);
    return;
  }
  await offer(offers, (take, unreadable) => fromFolder(folder, take, unreadable), folder);
}

export function listenForPhotos(offers: Offers): void {
  for (const kind of ['folder', 'files'] as const) {
    const input = byId<HTMLInputElement>(`${kind}-input`);
    for (const button of document.querySelectorAll<HTMLElement>(`[data-choose="${kind}"]`)) {
      button.addEventListener('click', () => {
        if (kind === 'folder' && picking) return void pick(offers);
        picking = canPickFolders();
        input.click();
      });
    }
    input.addEventListener('change', () => {
      const files = [...(input.files ?? [])];
      input.value = ''; // so that the same folder can be chosen again
      void offer(offers, (take) => fromList(files, take));
    });
  }
  byId('try').addEventListener('click', () => {
    void offer(offers, (take) => loadSamples().then(take, () => undefined));
  });
  listenForDrops(offers);
  document.addEventListener('paste', (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    void offer(offers, (take) => fromList(files, take));
  });
}

function listenForDrops(offers: Offers): void {
  const veil = byId('veil');
  let depth = 0; // dragenter and dragleave come for every element on the way
  const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
  const over = (event: DragEvent) => {
    if (holdsFiles(event)) event.preventDefault();
  };
  document.addEventListener('dragover', over);
  document.addEventListener('dragenter', (event) => {
    over(event);
    if (holdsFiles(event)) depth += 1;
    veil.hidden = depth === 0;
  });
  document.addEventListener('dragleave', (event) => {
    if (holdsFiles(event)) depth = Math.max(0, depth - 1);
    veil.hidden = depth === 0;
  });
  document.addEventListener('drop', (event) => {
    depth = 0;
    veil.hidden = true;
    if (!event.dataTransfer || !holdsFiles(event)) return;
    event.preventDefault();
    const { dataTransfer } = event;
    void offer(offers, (take, unreadable) => fromDrop(dataTransfer, take, unreadable));
  });
}
