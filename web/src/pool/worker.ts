// One worker: reads a photo, preprocesses it in the core, asks the network. One photo at a time, in the order asked.
import { isFailure, loadCore, type Failure, type Preprocessed } from '../core/core';
import { preprocessFile, readFile } from '../core/photo';
import { isNamedAsPicture } from '../files/found';
import { Engine } from '../inference/engine';
import type { ModelBundle } from '../model/bundle';
import type { ClassActivation, FromWorker, Outcome, Thumbnail, ToWorker } from './messages';

type Bytes = Promise<Uint8Array | Failure>;

const nothing = new Uint8Array();
const muchMemory = 256 * 2 ** 20; // bytes; photos of 24 megapixels need less

let size = 0;
let engine: Engine | undefined;

function say(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

async function start(model: ModelBundle): Promise<void> {
  try {
    engine = await Engine.create(model, loadCore());
    size = model.card.size;
    say({ type: 'ready' });
  } catch (error) {
    say({ type: 'unusable', message: error instanceof Error ? error.message : String(error) });
  }
}

async function classify(file: File, bytes: Bytes): Promise<Outcome> {
  const core = await loadCore();
  const photo = await preprocessFile(core, file, await bytes, size);
  if (isFailure(photo)) {
    const meantAsPicture = photo.problem !== 'not-a-picture' || isNamedAsPicture(file.name);
    return { kind: meantAsPicture ? 'failed' : 'noPicture', error: photo.error };
  }
  if (!engine) throw new Error('a photo came before the model');
  const { probabilities, presence } = await engine.run(photo.tensor);
  const problem = core.problemWithOutputs(probabilities, presence);
  if (problem) return { kind: 'failed', error: problem };
  const { width, height, warning } = photo;
  return { kind: 'classified', probabilities, presence, width, height, warning, thumbnail: toThumbnail(photo, size) };
}

async function thumbnail(file: File, bytes: Bytes, side: number): Promise<Thumbnail | null> {
  const photo = await preprocessFile(await loadCore(), file, await bytes, side);
  return isFailure(photo) ? null : toThumbnail(photo, side);
}

async function classActivation(file: File, bytes: Bytes, classId: number): Promise<ClassActivation | null> {
  const core = await loadCore();
  const photo = await preprocessFile(core, file, await bytes, size);
  const map = isFailure(photo) || !engine ? null : await engine.map(photo.tensor);
  if (!map) return null;
  const { values, width, height } = map;
  return { values: core.classActivation(values, width, height, classId), width, height };
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
    case 'class-activation': {
      const found = await classActivation(message.file, bytes, message.classId);
      return say({ type: 'class-activation', id: message.id, found }, found ? [found.values.buffer] : []);
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
