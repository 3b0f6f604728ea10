// What was found in a folder so far, kept on this device until the work starts over: a reload can go on from there.
// Photos are never kept, only their paths and what the network and the person said of them.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

import { identity, type FoundFile } from '../files/found';
import type { Correction, Row, Settled } from './results';

export interface Kept {
  outcome: Settled;
  correction: Correction | null;
}

export function keptFrom(row: Row): Kept {
  const { probabilities, presence, width, height, warning, error, correction } = row;
  const outcome: Settled =
    row.state === 'classified' && probabilities
      ? { kind: 'classified', probabilities, presence, width, height, warning }
      : { kind: row.state === 'notAnImage' ? 'notAnImage' : 'failed', error };
  return { outcome, correction };
}

export interface Session {
  folders: FileSystemDirectoryHandle[];
  /** Identifies the network: another one may say something else. */
  network: string;
  kept: Map<string, Kept>;
}

interface Schema extends DBSchema {
  session: { key: 'now'; value: { folders: FileSystemDirectoryHandle[]; network: string } };
  photos: { key: string; value: Kept };
}

const name = 'catdog.session';
const pause = 1500; // milliseconds between two writings

/** Every method does nothing where the browser keeps nothing, in a private window say. */
export class SessionStore {
  private database: Promise<IDBPDatabase<Schema>> | undefined;
  private waiting = new Map<string, Kept>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private folders: FileSystemDirectoryHandle[] = [];
  private goesOn = false;

  constructor(private readonly network: string) {}

  /** What an earlier visit left; null where that is nothing, or of another network. */
  async load(): Promise<Session | null> {
    try {
      const database = await this.open();
      const session = await database.get('session', 'now');
      if (!session || session.network !== this.network || session.folders.length === 0) return null;
      const [keys, values] = await Promise.all([database.getAllKeys('photos'), database.getAll('photos')]);
      return { ...session, kept: new Map(keys.map((key, i) => [key, values[i]!])) };
    } catch {
      return null;
    }
  }

  /** What is kept stays, and more comes to it. */
  goOn(): void {
    this.goesOn = true;
  }

  /** The folders that photos came from. */
  get inUse(): readonly FileSystemDirectoryHandle[] {
    return this.folders;
  }

  /** From now on what is found in this folder too is kept. */
  async addFolder(folder: FileSystemDirectoryHandle): Promise<void> {
    if (this.folders.includes(folder)) return;
    const fresh = this.folders.length === 0 && !this.goesOn;
    this.folders.push(folder);
    await this.quietly(async (database) => {
      if (fresh) await database.clear('photos');
      await database.put('session', { folders: this.folders, network: this.network }, 'now');
    });
  }

  /** Written a little later, together with others. Photos that lie in no kept folder are not kept. */
  keep(photo: FoundFile, kept: Kept): void {
    if (!photo.parent) return;
    this.waiting.set(identity(photo), kept);
    this.timer ??= setTimeout(() => void this.write(), pause);
  }

  async forget(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.waiting.clear();
    this.folders = [];
    this.goesOn = false;
    await this.quietly(async (database) => {
      await Promise.all([database.clear('session'), database.clear('photos')]);
    });
  }

  private async write(): Promise<void> {
    this.timer = undefined;
    const batch = [...this.waiting];
    this.waiting.clear();
    await this.quietly(async (database) => {
      const transaction = database.transaction('photos', 'readwrite');
      await Promise.all([...batch.map(([key, kept]) => transaction.store.put(kept, key)), transaction.done]);
    });
  }

  private async quietly(work: (database: IDBPDatabase<Schema>) => Promise<void>): Promise<void> {
    try {
      await work(await this.open());
    } catch {
      // It is only not kept.
    }
  }

  private open(): Promise<IDBPDatabase<Schema>> {
    this.database ??= openDB<Schema>(name, 1, {
      upgrade(database) {
        database.createObjectStore('session');
        database.createObjectStore('photos');
      },
      // "Forget everything" deletes it.
      blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
    });
    return this.database;
  }
}
