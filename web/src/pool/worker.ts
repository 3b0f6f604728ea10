// One worker: lets the network classify photos, one at a time, in the order asked.
import { isFailure, loadCore, type Classified, type Preprocessed } from '../core/core';
import { preprocessPhoto } from '../core/photo';
import { loadNetwork, type Network } from '../inference/network';
import type { ModelBundle } from '../model/bundle';
import type { FromWorker, Outcome, Thumbnail, ToWorker } from './messages';

type Bytes = Uint8Array<ArrayBuffer>;
type Asked<T extends ToWorker['type']> = Extract<ToWorker, { type: T }>;

const muchMemory = 256 * 2 ** 20; // bytes; photos of 24 megapixels need less
const quiet = 50; // milliseconds that what was found may wait for more of its group

let giveCode!: (code: WebAssembly.Module) => void;
const core = loadCore(new Promise((give) => (giveCode = give)));

let size = 0;
let tellsPresence = false;
let network: Network | undefined;

function say(message: FromWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

async function start(model: ModelBundle): Promise<void> {
  try {
    network = await loadNetwork(await core, model);
    size = model.card.size;
    tellsPresence = model.card.presence !== null;
    say({ type: 'ready', engine: network.name, why: network.whyNotTheCore });
  } catch (error) {
    say({ type: 'unusable', message: error instanceof Error ? error.message : String(error) });
  }
}

async function classify({ photos }: Asked<'classify'>): Promise<void> {
  let outcomes: [number, Outcome][] = [];
  let said = performance.now();
  for (const [at, { id, bytes, seen }] of photos.entries()) {
    outcomes.push([id, await outcomeOf(bytes, seen)]);
    if (at + 1 < photos.length && performance.now() - said < quiet) continue;
    said = performance.now();
    const thumbnails = outcomes.flatMap(([, outcome]) => (outcome.kind === 'classified' && outcome.thumbnail ? [outcome.thumbnail] : []));
    say({ type: 'classified', outcomes }, thumbnails.map(({ pixels }) => pixels.buffer));
    outcomes = [];
  }
}

async function outcomeOf(bytes: Bytes, seen: boolean): Promise<Outcome> {
  if (!network) throw new Error('a photo came before the model');
  const photo = await network.classify(bytes);
  if (isFailure(photo)) return { kind: photo.problem === 'not-a-picture' ? 'notAnImage' : 'failed', error: photo.error };
  const { probabilities, width, height, warning } = photo;
  const presence = tellsPresence ? photo.presence : null;
  return { kind: 'classified', probabilities, presence, width, height, warning, thumbnail: seen ? toThumbnail(photo, size) : null };
}

async function grant({ id, bytes, wish }: Asked<'wish'>): Promise<void> {
  if (wish.type === 'thumbnail') {
    const photo = await preprocessPhoto(await core, bytes, wish.size);
    const thumbnail = isFailure(photo) ? null : toThumbnail(photo, wish.size);
    return say({ type: 'thumbnail', id, thumbnail }, thumbnail ? [thumbnail.pixels.buffer] : []);
  }
  const found = (await network?.explain(bytes, wish.classId)) ?? null;
  return say({ type: 'class-activation', id, found }, found ? [found.values.buffer] : []);
}

function toThumbnail({ pixels, width, height }: Preprocessed | Classified, side: number): Thumbnail {
  return { pixels, size: side, width, height };
}

async function answer(message: Exclude<ToWorker, Asked<'core'>>): Promise<void> {
  if (message.type === 'start') return start(message.model);
  await (message.type === 'classify' ? classify(message) : grant(message));
  if ((await core).memoryBytes() > muchMemory) say({ type: 'spent' });
}

let queue = Promise.resolve();
self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === 'core') return giveCode(data.code);
  // What the core or the engine throws leaves them in an unknown state: the worker ends loudly, the pool replaces it.
  queue = queue.then(() => answer(data));
  queue.catch((error: unknown) => {
    setTimeout(() => {
      throw error;
    });
  });
});
