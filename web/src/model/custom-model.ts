// A network of the person's own, kept on this device: model.json and model.onnx as catdog-train writes them.
import type { CatdogCore } from '../core/core';
import { ownNetworkPrefix } from '../offline/stored';
import { bundleOf, readCard, type ModelBundle } from './bundle';

const files = ['model.json', 'model.onnx'] as const;

function cacheName(): string {
  return `${ownNetworkPrefix(new URL('./', document.baseURI).href)}network`;
}

/**
 * Checks the two files, as far as the core can, and keeps them; the next load of the page uses them. Throws an Error: file, what was expected,
 * what was found.
 */
export async function keepOwnNetwork(core: CatdogCore, chosen: readonly File[]): Promise<void> {
  const card = chosen.find(({ name }) => name.toLowerCase().endsWith('.json'));
  const onnx = chosen.find(({ name }) => name.toLowerCase().endsWith('.onnx'));
  if (!card || !onnx) {
    const found = chosen.map(({ name }) => name).join(', ') || '–';
    throw new Error(`expected model.json and model.onnx, found ${found}`);
  }
  const json = new Uint8Array(await card.arrayBuffer());
  const bundle = await bundleOf(core, readCard(core, json), new Uint8Array(await onnx.arrayBuffer()));
  const loaded = core.loadNetwork(bundle.card, bundle.onnx);
  if ('error' in loaded && loaded.problem !== 'needs-platform') throw new Error(loaded.error);
  if (!('caches' in window)) throw new Error('expected a page served by https, which may keep files, found one that may not');
  const cache = await caches.open(cacheName());
  await cache.put(addressOf('model.json'), new Response(json));
  await cache.put(addressOf('model.onnx'), new Response(onnx));
}

/** The network that was kept; null where there is none. Throws where it does not fit this page (any more). */
export async function ownNetwork(core: CatdogCore): Promise<ModelBundle | null> {
  const [card, onnx] = await keptFiles();
  if (!card || !onnx) return null;
  const json = new Uint8Array(await card.arrayBuffer());
  return bundleOf(core, readCard(core, json), new Uint8Array(await onnx.arrayBuffer()));
}

async function keptFiles(): Promise<(Response | undefined)[]> {
  try {
    if (!('caches' in window) || !(await caches.has(cacheName()))) return [];
    const cache = await caches.open(cacheName());
    return await Promise.all(files.map((file) => cache.match(addressOf(file))));
  } catch {
    return []; // the browser is told to keep nothing of this page
  }
}

export async function forgetOwnNetwork(): Promise<void> {
  await caches.delete(cacheName());
}

// Only a name in the cache: nothing is there on the host.
function addressOf(file: (typeof files)[number]): URL {
  return new URL(`own/${file}`, document.baseURI);
}
