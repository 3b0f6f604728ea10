// HEIC, for browsers that do not read it (all but Safari), decoded in a worker of its own: a file on which the decoder
// crashes, hangs or grows costs itself alone.
import { confinedWorker } from './confined-worker';
import type { Failure } from './core';
import type { FromHeifWorker, Pixels, ToHeifWorker } from './heif-worker';
import script from './heif-worker.ts?worker&url';

const mostSeconds = 20; // for a photo, once the decoder is there
const muchMemory = 256 * 2 ** 20; // bytes; it grows with the largest photo so far, and is only given back as a whole

interface Decoder {
  worker: Worker;
  ready: Promise<void>;
}

let decoder: Decoder | undefined;
let last: Promise<unknown> = Promise.resolve();

/** The main picture of a HEIC file. `mostPixels`: larger ones are refused before they are decoded. */
export function decodeHeif(file: Uint8Array, mostPixels: number): Promise<Pixels | Failure> {
  const next = last.then(() => decodeNow({ file, mostPixels }));
  last = next;
  return next;
}

async function decodeNow(photo: ToHeifWorker): Promise<Pixels | Failure> {
  decoder ??= start();
  try {
    await decoder.ready;
  } catch (error) {
    dismiss(); // the next photo tries again
    return failure(`expected the decoder for HEIC, found ${error instanceof Error ? error.message : String(error)}`, 'needs-platform');
  }
  const answer = await ask(decoder.worker, photo);
  if ('lost' in answer) {
    dismiss();
    return answer.lost;
  }
  if (answer.memoryBytes > muchMemory) dismiss();
  return answer.result;
}

function start(): Decoder {
  const worker = confinedWorker(script);
  const ready = new Promise<void>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<FromHeifWorker>) => {
      if (data.type === 'ready') resolve();
      if (data.type === 'unusable') reject(new Error(data.why));
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      reject(new Error('one that could not be loaded'));
    });
  });
  return { worker, ready };
}

function dismiss(): void {
  decoder?.worker.terminate();
  decoder = undefined;
}

function ask(worker: Worker, photo: ToHeifWorker): Promise<Extract<FromHeifWorker, { type: 'decoded' }> | { lost: Failure }> {
  return new Promise((resolve) => {
    const lose = (error: string, problem: Failure['problem'] = 'corrupt') => resolve({ lost: failure(error, problem) });
    const timer = setTimeout(() => {
      const limit = `${mostSeconds} s`;
      lose(`expected a picture that is decoded in ${limit}, found one (HEIC) that took longer than ${limit}`, 'too-large');
    }, 1000 * mostSeconds);
    worker.onmessage = ({ data }: MessageEvent<FromHeifWorker>) => {
      if (data.type !== 'decoded') return;
      clearTimeout(timer);
      resolve(data);
    };
    worker.onerror = () => {
      clearTimeout(timer);
      lose('expected a sound HEIC picture, found one on which the decoder crashed');
    };
    worker.postMessage(photo);
  });
}

function failure(error: string, problem: Failure['problem']): Failure {
  return { error, problem, format: 'HEIC' };
}
