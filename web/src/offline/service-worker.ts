// The service worker: keeps the files of one build of the page, so that everything works without a network.
// It takes the place of an older one only when it is told to, so a page never mixes the files of two builds.
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
});

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
  const found = sha256 === '' ? '' : await hexHash(bytes);
  if (found !== sha256) throw new Error(`${path}: expected SHA-256 ${sha256}, found ${found}`);
  await cache.put(address, new Response(bytes, { headers: response.headers }));
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
  return (await caches.match(address)) ?? fetch(request);
}

// A file that the person had the page forget, or that the browser dropped, comes from the network again.
async function answer(address: string, request: Request, file: PageFile): Promise<Response> {
  const cache = (await caches.has(cacheName)) ? await caches.open(cacheName) : undefined;
  const kept = await cache?.match(address);
  if (kept || !cache || !file.onDemand) return kept ?? fetch(request);
  await keep(cache, file);
  return (await cache.match(address))!;
}
