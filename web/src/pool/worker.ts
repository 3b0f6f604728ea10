// One worker: reads a photo, preprocesses it in the core, asks the network. One photo at a time, in the order asked.
import { isFailure, loadCore } from '../core/core';
import { preprocessFile } from '../core/photo';
import { Engine } from '../inference/engine';
import type { LoadedModel } from '../model/bundle';
import type { FromWorker, Outcome, Thumbnail, ToWorker } from './messages';

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

async function classify(file: File): Promise<Outcome> {
  const photo = await preprocessFile(await loadCore(), file, size);
  if (isFailure(photo)) return { kind: 'failed', error: photo.error };
  if (!engine) throw new Error('a photo came before the model');
  const probabilities = await engine.run(photo.tensor);
  return { kind: 'classified', probabilities, width: photo.width, height: photo.height, warning: photo.warning };
}

async function thumbnail(file: File, side: number): Promise<Thumbnail | null> {
  const photo = await preprocessFile(await loadCore(), file, side);
  if (isFailure(photo)) return null;
  const pixels = photo.pixels as Uint8Array<ArrayBuffer>;
  return { pixels, size: side, width: photo.width, height: photo.height };
}

async function answer(message: ToWorker): Promise<void> {
  switch (message.type) {
    case 'start':
      return start(message.model);
    case 'classify': {
      const outcome = await classify(message.file);
      return say({ type: 'classified', id: message.id, outcome });
    }
    case 'thumbnail': {
      const made = await thumbnail(message.file, message.size);
      return say({ type: 'thumbnail', id: message.id, thumbnail: made }, made ? [made.pixels.buffer] : []);
    }
  }
}

let queue = Promise.resolve();
self.addEventListener('message', (event: MessageEvent<ToWorker>) => {
  // What the core or the engine throws leaves them in an unknown state: the worker ends loudly, the pool replaces it.
  queue = queue.then(() => answer(event.data));
  queue.catch((error: unknown) => {
    setTimeout(() => {
      throw error;
    });
  });
});
