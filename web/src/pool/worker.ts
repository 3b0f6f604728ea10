// One worker: reads a photo and lets the network classify it. One photo at a time, in the order asked.
import { isFailure, loadCore, type Classified, type Failure, type Preprocessed } from '../core/core';
import { preprocessPhoto, readFile } from '../core/photo';
import { isNamedAsPicture } from '../files/found';
import { loadNetwork, type Network } from '../inference/network';
import type { ModelBundle } from '../model/bundle';
import type { ClassActivation, FromWorker, Outcome, Thumbnail, ToWorker } from './messages';

type Bytes = Promise<Uint8Array | Failure>;

const nothing = new Uint8Array();
const muchMemory = 256 * 2 ** 20; // bytes; photos of 24 megapixels need less

let size = 0;
let tellsPresence = false;
let network: Network | undefined;

function say(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

async function start(model: ModelBundle): Promise<void> {
  try {
    network = await loadNetwork(await loadCore(), model);
    size = model.card.size;
    tellsPresence = model.card.presence !== null;
    say({ type: 'ready', engine: network.name, why: network.whyNotTheCore });
  } catch (error) {
    say({ type: 'unusable', message: error instanceof Error ? error.message : String(error) });
  }
}

async function classify(file: File, bytes: Uint8Array | Failure): Promise<Outcome> {
  if (!network) throw new Error('a photo came before the model');
  const photo = bytes instanceof Uint8Array ? await network.classify(file, bytes) : bytes;
  if (isFailure(photo)) {
    const meantAsPicture = photo.problem !== 'not-a-picture' || isNamedAsPicture(file.name);
    return { kind: meantAsPicture ? 'failed' : 'noPicture', error: photo.error };
  }
  const { probabilities, width, height, warning } = photo;
  const presence = tellsPresence ? photo.presence : null;
  return { kind: 'classified', probabilities, presence, width, height, warning, thumbnail: toThumbnail(photo, size) };
}

async function thumbnail(file: File, bytes: Uint8Array | Failure, side: number): Promise<Thumbnail | null> {
  if (!(bytes instanceof Uint8Array)) return null;
  const photo = await preprocessPhoto(await loadCore(), file, bytes, side);
  return isFailure(photo) ? null : toThumbnail(photo, side);
}

async function explain(file: File, bytes: Uint8Array | Failure, classId: number): Promise<ClassActivation | null> {
  return bytes instanceof Uint8Array && network ? network.explain(file, bytes, classId) : null;
}

function toThumbnail({ pixels, width, height }: Preprocessed | Classified, side: number): Thumbnail {
  return { pixels: pixels as Uint8Array<ArrayBuffer>, size: side, width, height };
}

async function answer(message: ToWorker, bytes: Bytes): Promise<void> {
  await reply(message, bytes);
  if (message.type !== 'start' && (await loadCore()).memoryBytes() > muchMemory) say({ type: 'spent' });
}

async function reply(message: ToWorker, bytes: Bytes): Promise<void> {
  switch (message.type) {
    case 'start':
      return start(message.model);
    case 'classify': {
      const outcome = await classify(message.file, await bytes);
      const transfer = outcome.kind === 'classified' ? [outcome.thumbnail.pixels.buffer] : [];
      return say({ type: 'classified', id: message.id, outcome }, transfer);
    }
    case 'class-activation': {
      const found = await explain(message.file, await bytes, message.classId);
      return say({ type: 'class-activation', id: message.id, found }, found ? [found.values.buffer] : []);
    }
    case 'thumbnail': {
      const made = await thumbnail(message.file, await bytes, message.size);
      return say({ type: 'thumbnail', id: message.id, thumbnail: made }, made ? [made.pixels.buffer] : []);
    }
  }
}

let queue = Promise.resolve();
self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  // The next photo is read while this one is worked on.
  const bytes: Bytes = 'file' in data ? loadCore().then((core) => readFile(core, data.file)) : Promise.resolve(nothing);
  // What the core or the engine throws leaves them in an unknown state: the worker ends loudly, the pool replaces it.
  queue = queue.then(() => answer(data, bytes));
  Promise.all([queue, bytes]).catch((error: unknown) => {
    setTimeout(() => {
      throw error;
    });
  });
});
