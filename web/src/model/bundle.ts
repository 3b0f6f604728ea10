// The model bundle (model.json and model.onnx): fetched, and checked before anything runs.
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

import type { Thresholds } from '../core/core';

/** What a worker needs of the model. */
export interface LoadedModel {
  onnx: Uint8Array;
  labels: string[];
  size: number;
  inputName: string;
  outputName: string;
  /** The output that tells whether any label is in the picture; null where the network does not tell. */
  presenceName: string | null;
  /** The output that tells where the network looked; null where it does not. */
  mapName: string | null;
}

/** What the page shows and decides by. */
export interface ModelBundle {
  model: LoadedModel;
  thresholds: Thresholds;
  accuracy: number | null;
  /** The accuracy's 95 % interval, where it was measured. */
  interval: readonly [number, number] | null;
  /** How many photos it was measured on; null where that is not said. */
  photos: number | null;
  name: string;
  /** SHA-256 of the network, hexadecimal. */
  hash: string;
  licence: string;
  /** When it was made; null where that is not said. */
  created: Date | null;
}

type Json = Record<string, unknown>;

/** Fetches the bundle below `folder`. Throws an Error: file, what was expected, what was found. */
export async function fetchBundle(folder: URL, preprocessingVersion: number): Promise<ModelBundle> {
  const cardResponse = await fetchFile(new URL('model.json', folder));
  const text = await cardResponse.text();
  const card = parseCard(text, preprocessingVersion);
  const onnxResponse = await fetchFile(new URL(card.file, folder));
  return bundleOf(card, new Uint8Array(await onnxResponse.arrayBuffer()));
}

/** Throws an Error where the network is not the one that model.json describes. */
export function bundleOf(card: Card, onnx: Uint8Array): ModelBundle {
  checkOnnx(onnx, card.bytes, card.hash);
  return {
    model: {
      onnx,
      labels: card.labels,
      size: card.size,
      inputName: card.inputName,
      outputName: card.outputName,
      presenceName: card.presenceName,
      mapName: card.mapName,
    },
    thresholds: card.thresholds,
    accuracy: card.accuracy,
    interval: card.interval,
    photos: card.photos,
    name: card.name,
    hash: card.hash,
    licence: card.licence,
    created: card.created,
  };
}

async function fetchFile(url: URL): Promise<Response> {
  const name = url.pathname.split('/').pop() ?? '';
  const response = await fetch(url).catch(() => undefined);
  if (!response?.ok) {
    throw new Error(`${name}: expected a model bundle beside the page, found ${response ? response.status : 'no answer'}`);
  }
  return response;
}

type Card = ReturnType<typeof parseCard>;

/** Checks all of model.json that can be checked without the network. */
export function parseCard(text: string, preprocessingVersion: number) {
  const card = parseObject(text);
  const part = (name: string): Json => (card[name] ?? {}) as Json;
  expect('format', 1, card['format']);
  expect('preprocessing_version', preprocessingVersion, card['preprocessing_version']);
  const labels = card['labels'];
  const sound =
    Array.isArray(labels) && labels.length > 0 && labels.every((label) => typeof label === 'string' && label !== '');
  if (!sound || new Set(labels).size !== labels.length) {
    throw new Error(`model.json: expected labels that differ from each other, found ${JSON.stringify(labels)}`);
  }
  const size = part('input')['size'];
  if (!Number.isInteger(size) || (size as number) < 8 || (size as number) > 1024) {
    throw new Error(`model.json: expected an input size of 8 to 1024 pixels, found ${JSON.stringify(size)}`);
  }
  const threshold = (name: keyof Thresholds): number => {
    const value = part('thresholds')[name];
    if (typeof value === 'number' && value >= 0 && value <= 1) return value;
    throw new Error(`model.json: expected a ${name} threshold of 0 to 1, found ${JSON.stringify(value)}`);
  };
  const tellsPresence = card['presence'] !== undefined;
  const onnx = part('onnx');
  const metrics = (Array.isArray(card['metrics']) ? card['metrics'][0] : undefined) as Json | undefined;
  return {
    labels: labels as string[],
    size: size as number,
    thresholds: { confidence: threshold('confidence'), presence: tellsPresence ? threshold('presence') : 0 },
    inputName: textOf(part('input')['name'], 'input name'),
    outputName: textOf(part('output')['name'], 'output name'),
    presenceName: tellsPresence ? textOf(part('presence')['name'], 'presence output name') : null,
    mapName: card['map'] === undefined ? null : textOf(part('map')['name'], 'map output name'),
    file: fileNameOf(onnx['file']),
    hash: textOf(onnx['sha256'], 'SHA-256'),
    bytes: onnx['bytes'],
    accuracy: typeof metrics?.['accuracy'] === 'number' ? metrics['accuracy'] : null,
    interval: intervalOf(metrics?.['accuracy_interval']),
    photos: typeof metrics?.['photos'] === 'number' ? metrics['photos'] : null,
    name: typeof card['name'] === 'string' ? card['name'] : '',
    licence: typeof card['licence'] === 'string' ? card['licence'] : '',
    created: dateOf(card['created']),
  };
}

function dateOf(value: unknown): Date | null {
  const date = new Date(typeof value === 'string' ? value : NaN);
  return Number.isNaN(date.getTime()) ? null : date;
}

function intervalOf(value: unknown): [number, number] | null {
  if (!Array.isArray(value)) return null;
  const [low, high] = value as unknown[];
  return typeof low === 'number' && typeof high === 'number' ? [low, high] : null;
}

export function checkOnnx(onnx: Uint8Array, bytes: unknown, hash: string): void {
  if (onnx.length !== bytes) throw new Error(`model.onnx: expected ${String(bytes)} bytes, found ${onnx.length}`);
  const found = bytesToHex(sha256(onnx));
  if (found !== hash) throw new Error(`model.onnx: expected the SHA-256 ${hash}, found ${found}`);
}

function expect(field: string, expected: number, found: unknown): void {
  if (found !== expected) throw new Error(`model.json: expected ${field} ${expected}, found ${JSON.stringify(found)}`);
}

function parseObject(text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('model.json: expected JSON, found something else');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('model.json: expected a JSON object, found another value');
  }
  return value as Json;
}

// Never an address: the network comes from beside the page.
function fileNameOf(value: unknown): string {
  const name = textOf(value, 'ONNX file');
  if (/[/\\:]/.test(name) || name === '.' || name === '..') {
    throw new Error(`model.json: expected the name of a file in the bundle, found ${JSON.stringify(name)}`);
  }
  return name;
}

function textOf(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '') {
    throw new Error(`model.json: expected the ${what}, found ${JSON.stringify(value)}`);
  }
  return value;
}
