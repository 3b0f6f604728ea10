// The model bundle (model.json and model.onnx): fetched and hashed here; the core reads the card and says what is wrong.
import { sha256 as sha256InScript } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

import type { CatdogCore, ModelCard } from '../core/core';

export interface ModelBundle {
  card: ModelCard;
  onnx: Uint8Array;
}

/** Fetches the bundle below `folder`. Throws an Error: file, what was expected, what was found. */
export async function fetchBundle(core: CatdogCore, folder: URL): Promise<ModelBundle> {
  const card = readCard(core, await fetchFile(new URL('model.json', folder)));
  // Encoded, so that no name is an address: the network comes from beside the page.
  return bundleOf(core, card, await fetchFile(new URL(encodeURIComponent(card.onnx.name), folder)));
}

/** `json`: the bytes of model.json. Throws an Error where they are no card that this page can use. */
export function readCard(core: CatdogCore, json: Uint8Array): ModelCard {
  const card = core.readCard(json);
  if ('error' in card) throw new Error(card.error);
  return card;
}

/** Throws an Error where the network is not the one that the card describes. */
export async function bundleOf(core: CatdogCore, card: ModelCard, onnx: Uint8Array<ArrayBuffer>): Promise<ModelBundle> {
  const problem = core.problemWithSize(card.onnx, onnx.length) || core.problemWithHash(card.onnx, await sha256(onnx));
  if (problem) throw new Error(problem);
  return { card, onnx };
}

// Browsers hash only for pages that came by https, or from this machine.
async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  return bytesToHex(subtle ? new Uint8Array(await subtle.digest('SHA-256', bytes)) : sha256InScript(bytes));
}

async function fetchFile(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  const name = url.pathname.split('/').pop() ?? '';
  const response = await fetch(url).catch(() => undefined);
  if (!response?.ok) {
    throw new Error(`${name}: expected a model bundle beside the page, found ${response ? response.status : 'no answer'}`);
  }
  return new Uint8Array(await response.arrayBuffer());
}
