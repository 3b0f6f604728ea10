// One worker: reads a photo, preprocesses it in the core, asks the network. One photo at a time, in the order asked.
import { isFailure, loadCore, type Failure, type Preprocessed } from '../core/core';
import { preprocessFile, readFile } from '../core/photo';
import { isNamedAsPicture } from '../files/found';
import { Engine, type ActivationMap } from '../inference/engine';
import type { LoadedModel } from '../model/bundle';
import type { FromWorker, Outcome, Thumbnail, ToWorker } from './messages';

type Bytes = Promise<Uint8Array | Failure>;

const nothing = new Uint8Array();
const muchMemory = 256 * 2 ** 20; // bytes; photos of 24 megapixels need less

let size = 0;
let engine: Engine | undefined;

function say(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

async function start(model: LoadedModel): Promise<void> {
  try {
    [engine] = await Promise.all([Engine.create(model), loadCore()]);
    size = model.size;
    say({ type: 'ready' });
  } catch (error) {
    say({ type: 'unusable', message: error instanceof Error ? error.message : String(error) });
  }
}

async function classify(file: File, bytes: Bytes): Promise<Outcome> {
  const photo = await preprocessFile(await loadCore(), file, await bytes, size);
  if (isFailure(photo)) {
    const meantAsPicture = photo.problem !== 'not-a-picture' || isNamedAsPicture(file.name);
    return { kind: meantAsPicture ? 'failed' : 'noPicture', error: photo.error };
  }
  if (!engine) throw new Error('a photo came before the model');
  const { probabilities, presence } = await engine.run(photo.tensor);
  const { width, height, warning } = photo;
  return { kind: 'classified', probabilities, presence, width, height, warning, thumbnail: toThumbnail(photo, size) };
}

async function thumbnail(file: File, bytes: Bytes, side: number): Promise<Thumbnail | null> {
  const photo = await preprocessFile(await loadCore(), file, await bytes, side);
  return isFailure(photo) ? null : toThumbnail(photo, side);
}

async function map(file: File, bytes: Bytes): Promise<ActivationMap | null> {
  const photo = await preprocessFile(await loadCore(), file, await bytes, size);
  return isFailure(photo) || !engine ? null : engine.map(photo.tensor);
}

function toThumbnail({ pixels, width, height }: Preprocessed, side: number): Thumbnail {
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
      const outcome = await classify(message.file, bytes);
      const transfer = outcome.kind === 'classified' ? [outcome.thumbnail.pixels.buffer] : [];
      return say({ type: 'classified', id: message.id, outcome }, transfer);
    }
    case 'map': {
      const made = await map(message.file, bytes);
      return say({ type: 'map', id: message.id, map: made }, made ? [made.values.buffer] : []);
    }
    case 'thumbnail': {
      const made = await thumbnail(message.file, bytes, message.size);
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
