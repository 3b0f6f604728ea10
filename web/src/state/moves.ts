// The moves that were begun and not undone, kept on this device: each is written down before it is made, so that it can be
// undone even when the page, or the machine, ends in the middle of it.
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';

import type { Journal, Move, NotedMove } from '../files/sort-out';

interface Schema extends DBSchema {
  moves: { key: number; value: Move };
  /** The folders that a person handed over: leave to use them is leave to use all within. */
  roots: { key: number; value: FileSystemDirectoryHandle };
}

const name = 'catdog.moves';

/** Methods throw where the browser keeps nothing. */
export class MoveJournal implements Journal {
  private database: Promise<IDBPDatabase<Schema>> | undefined;

  async note(move: Move): Promise<number> {
    const database = await this.open();
    const transaction = database.transaction('moves', 'readwrite', { durability: 'strict' });
    const [key] = await Promise.all([transaction.store.add(move), transaction.done]);
    return key;
  }

  async strike(key: number): Promise<void> {
    const database = await this.open();
    await database.delete('moves', key);
    if ((await database.count('moves')) === 0) await database.clear('roots');
  }

  /** Before moves between these folders, or folders in them, are noted. */
  async addRoots(folders: readonly FileSystemDirectoryHandle[]): Promise<void> {
    const database = await this.open();
    const known = await database.getAll('roots');
    for (const folder of folders) {
      const same = await Promise.all(known.map((other) => folder.isSameEntry(other)));
      if (same.includes(true)) continue;
      known.push(folder);
      await database.add('roots', folder);
    }
  }

  async roots(): Promise<FileSystemDirectoryHandle[]> {
    return (await this.open()).getAll('roots');
  }

  /** In the order in which they were begun. */
  async all(): Promise<NotedMove[]> {
    const database = await this.open();
    const [keys, moves] = await Promise.all([database.getAllKeys('moves'), database.getAll('moves')]);
    return moves.map((move, i) => ({ ...move, key: keys[i]! }));
  }

  /** The photos stay where they are now. */
  async forget(): Promise<void> {
    const database = await this.open();
    await Promise.all([database.clear('moves'), database.clear('roots')]);
  }

  private open(): Promise<IDBPDatabase<Schema>> {
    this.database ??= openDB<Schema>(name, 1, {
      upgrade(database) {
        database.createObjectStore('moves', { autoIncrement: true });
        database.createObjectStore('roots', { autoIncrement: true });
      },
      // "Forget everything" deletes it; a later move begins another.
      blocking: (_current, _wanted, event) => {
        this.database = undefined;
        (event.target as IDBDatabase).close();
      },
    });
    this.database.catch(() => (this.database = undefined));
    return this.database;
  }
}
