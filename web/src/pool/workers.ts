// The workers of this page. Their scripts load, and the core starts in them, while the network is still being fetched.
import { confinedWorker } from '../core/confined-worker';
import { compileCore } from '../core/core';
import type { ToWorker } from './messages';
import script from './worker.ts?worker&url';

const most = 8;
const early: Worker[] = [];

export const workerCount = Math.min(navigator.hardwareConcurrency || 2, most);

/** Makes as many as will be needed, for createWorker to give. */
export function prepareWorkers(): void {
  while (early.length < workerCount) early.push(make());
}

export function createWorker(): Worker {
  return early.shift() ?? make();
}

function make(): Worker {
  const worker = confinedWorker(script);
  // One that fails before anybody listens is not given: its successor's failure will be heard.
  worker.addEventListener('error', () => {
    const at = early.indexOf(worker);
    if (at >= 0) early.splice(at, 1);
  });
  // Where it does not compile, the page itself has no core, and says so.
  void compileCore().then(
    (code) => worker.postMessage({ type: 'core', code } satisfies ToWorker),
    () => undefined,
  );
  return worker;
}
