// The service worker: keeps the files of one build of the page, so that everything works without a network.
// It takes the place of an older one only when it is told to, so a page never mixes the files of two builds. Whatever it
// serves carries the page's content policy: many hosts cannot send it, and workers are bound by their script's header.
/// <reference lib="webworker" />
import { cachePrefix, ownNetworkPrefix, type ToServiceWorker } from './stored';

declare const self: ServiceWorkerGlobalScope;

/** A file of the page: where, relative to the service worker, and its SHA-256 (hexadecimal), or '' where it may be replaced. */
interface PageFile {
  path: string;
  sha256: string;
  /** Kept when it is first asked for. */
  onDemand: boolean;
}

// Filled in at build time (vite.config.ts).
declare const __PAGE_FILES__: { build: string; files: PageFile[] };
declare const __HEADERS__: Record<string, string>;

const { build, files } = __PAGE_FILES__;
const scope = self.registration.scope;
const cacheName = `${cachePrefix(scope)}${build}`;
const byAddress = new Map(files.map((file) => [new URL(file.path, scope).href, file]));

self.addEventListener('install', (event) => event.waitUntil(keepAll()));

self.addEventListener('activate', (event) => event.waitUntil(forgetOlder().then(() => self.clients.claim())));

self.addEventListener('message', (event) => {
  if ((event.data as ToServiceWorker | null)?.type === 'activate') event.waitUntil(self.skipWaiting());
});

self.addEventListener('fetch', (event) => {
  if (event.request.method !== 'GET') return;
  const address = addressOf(event.request);
  const file = byAddress.get(address);
  if (file) event.respondWith(answer(address, event.request, file));
  else if (address.startsWith(`${scope}assets/`)) event.respondWith(answerOlder(address, event.request));
  if (event.request.mode === 'navigate') event.waitUntil(readAhead());
});

// In a kept response: the SHA-256 that the file had when it came.
const hashHeader = 'X-Catdog-SHA-256';

/** Kept files whose bytes have been hashed since this worker started: the very bytes are given from then on. */
const checked = new Map<string, Promise<Kept | undefined>>();

interface Kept {
  bytes: ArrayBuffer;
  headers: Headers;
}

async function keepAll(): Promise<void> {
  const cache = await caches.open(cacheName);
  try {
    await Promise.all(files.filter(({ onDemand }) => !onDemand).map((file) => keep(cache, file)));
  } catch (error) {
    await caches.delete(cacheName); // half a page is of no use
    throw error;
  }
}

async function keep(cache: Cache, { path, sha256 }: PageFile): Promise<void> {
  const address = new URL(path, scope).href;
  // 'no-cache' asks the host whether the browser's own copy is still good: nothing is downloaded twice.
  const response = await fetch(address, { cache: 'no-cache' });
  // Some hosts lead from index.html to its folder; what may be replaced has no hash that tells the file from another.
  if (!response.ok || (response.redirected && sha256 === '')) throw new Error(`${path}: expected the file, found ${response.status}`);
  const bytes = await response.arrayBuffer();
  const found = await hexHash(bytes);
  if (sha256 !== '' && found !== sha256) throw new Error(`${path}: expected SHA-256 ${sha256}, found ${found}`);
  const headers = new Headers(response.headers);
  headers.set(hashHeader, found);
  await cache.put(address, new Response(bytes, { headers }));
}

// Other pages of the same origin, and disks, can change what is kept. `sha256`: '' where only the hash is known that the
// file had when it came. Nothing where the file is not kept, or is another: it is then kept no longer.
function checkedFile(cache: Cache, address: string, sha256: string): Promise<Kept | undefined> {
  let file = checked.get(address);
  if (!file) {
    file = readKept(cache, address, sha256);
    checked.set(address, file);
    void file.then((found) => !found && checked.delete(address), () => checked.delete(address));
  }
  return file;
}

// A page that is opened will ask for these: they are read and hashed meanwhile.
async function readAhead(): Promise<void> {
  if (!(await caches.has(cacheName))) return;
  const cache = await caches.open(cacheName);
  const soon = files.filter(({ path, onDemand }) => !onDemand && /^(assets|model)\//.test(path));
  await Promise.all(soon.map(({ path, sha256 }) => checkedFile(cache, new URL(path, scope).href, sha256)));
}

async function readKept(cache: Cache, address: string, sha256: string): Promise<Kept | undefined> {
  const kept = await cache.match(address);
  if (!kept) return undefined;
  const bytes = await kept.arrayBuffer();
  if ((await hexHash(bytes)) === (sha256 || kept.headers.get(hashHeader))) return { bytes, headers: kept.headers };
  await cache.delete(address);
  return undefined;
}

async function hexHash(bytes: ArrayBuffer): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

// A page of an older build, in another tab, may still start workers: its files stay until the next build.
async function forgetOlder(): Promise<void> {
  if ((await self.clients.matchAll({ type: 'window', includeUncontrolled: true })).length > 1) return;
  const old = (await caches.keys()).filter((name) => name.startsWith(cachePrefix(scope)) && name !== cacheName && !name.startsWith(ownNetworkPrefix(scope)));
  await Promise.all(old.map((name) => caches.delete(name)));
}

// The page itself is asked for by its folder, or with a query behind it.
function addressOf(request: Request): string {
  const url = new URL(request.url);
  url.hash = '';
  if (request.mode === 'navigate') url.search = '';
  return url.href === scope ? new URL('index.html', scope).href : url.href;
}

async function answerOlder(address: string, request: Request): Promise<Response> {
  for (const name of await caches.keys()) {
    if (!name.startsWith(cachePrefix(scope)) || name.startsWith(ownNetworkPrefix(scope))) continue;
    const kept = await checkedFile(await caches.open(name), address, '');
    if (kept) return served(kept);
  }
  return confined(await fetch(request));
}

// A file that the person had the page forget, or that the browser dropped or damaged, comes from the network again, and is
// kept again.
async function answer(address: string, request: Request, file: PageFile): Promise<Response> {
  if (!(await caches.has(cacheName))) return confined(await fetch(request));
  const cache = await caches.open(cacheName);
  let kept = await checkedFile(cache, address, file.sha256);
  if (!kept && (await keep(cache, file).then(() => true, () => false))) kept = await checkedFile(cache, address, file.sha256);
  return kept ? served(kept) : confined(await fetch(request));
}

function served({ bytes, headers }: Kept): Response {
  return new Response(bytes, { headers: withPolicy(headers) });
}

function confined(response: Response): Response {
  const { body, status, statusText, headers } = response;
  return response.type === 'basic' ? new Response(body, { status, statusText, headers: withPolicy(headers) }) : response;
}

function withPolicy(headers: Headers): Headers {
  const all = new Headers(headers);
  for (const [name, value] of Object.entries(__HEADERS__)) all.set(name, value);
  return all;
}
