// What the page keeps on this device, and forgetting all of it. Photos are never among it.

/** What the page tells its service worker. */
export interface ToServiceWorker {
  type: 'activate';
}

/** Caches of this page, and not of another one on the same host, begin with this. `scope`: the page's folder. */
export function cachePrefix(scope: string): string {
  return `catdog ${new URL(scope).pathname} `;
}

/** Caches with a network of the person's own begin with this: a new build of the page leaves them alone. */
export function ownNetworkPrefix(scope: string): string {
  return `${cachePrefix(scope)}own `;
}

/** Where names in localStorage and of databases of this page begin. */
const ownPrefix = 'catdog';

function ownScope(): string {
  return new URL('./', document.baseURI).href;
}

async function ownCaches(): Promise<string[]> {
  const names = 'caches' in window ? await unlessBlocked(() => caches.keys()) : [];
  return (names ?? []).filter((name) => name.startsWith(cachePrefix(ownScope())));
}

/** A browser may be told to keep nothing of this page: then there is nothing to ask for, or to forget. */
async function unlessBlocked<T>(work: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}

/** Bytes of the page's own files that this device keeps. */
export async function keptBytes(): Promise<number> {
  let bytes = 0;
  for (const name of await ownCaches()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      bytes += (await (await cache.match(request))?.blob())?.size ?? 0;
    }
  }
  return bytes;
}

/** Forgets all that the page keeps: its files, its settings, its databases. It goes on until it is closed. */
export async function forgetEverything(): Promise<void> {
  const registration = await unlessBlocked(() => navigator.serviceWorker?.getRegistration(ownScope()));
  await registration?.unregister();
  await Promise.all((await ownCaches()).map((name) => caches.delete(name)));
  for (const storage of [() => localStorage, () => sessionStorage]) {
    await unlessBlocked(() => {
      for (const key of Object.keys(storage())) if (key.startsWith(ownPrefix)) storage().removeItem(key);
    });
  }
  const databases = (await unlessBlocked(() => indexedDB.databases?.())) ?? [];
  await Promise.all(databases.map(({ name }) => (name?.startsWith(ownPrefix) ? deleteDatabase(name) : undefined)));
}

// A database that is still open is deleted when it is closed: no need to wait for that.
function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = request.onerror = request.onblocked = () => resolve();
  });
}
