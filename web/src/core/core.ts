// The one module that knows the WebAssembly core.
import type { CatdogCore, Failure } from './built/catdog-core';
import createCatdogCore from './built/catdog-core.js';
import wasmUrl from './built/catdog-core.wasm?url';

export type {
  CatdogCore,
  Classified,
  ClassActivation,
  CsvFormat,
  Failure,
  ModelCard,
  Preprocessed,
  Thresholds,
} from './built/catdog-core';

let loading: Promise<CatdogCore> | undefined;

/** The core, compiled once for this page or worker. A failed attempt is forgotten, so that the next one tries again. */
export function loadCore(): Promise<CatdogCore> {
  loading ??= createCatdogCore({ locateFile: () => new URL(wasmUrl, import.meta.url).href }).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

export function isFailure<T extends object>(result: T | Failure): result is Failure {
  return 'error' in result;
}
