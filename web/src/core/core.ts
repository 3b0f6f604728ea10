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

let compiling: Promise<WebAssembly.Module> | undefined;
let loading: Promise<CatdogCore> | undefined;

/** The core's code, compiled once for the page and its workers. A failed attempt is forgotten, so that the next tries again. */
export function compileCore(): Promise<WebAssembly.Module> {
  compiling ??= compile(new URL(wasmUrl, import.meta.url)).catch((error: unknown) => {
    compiling = undefined;
    throw error;
  });
  return compiling;
}

/** The core of this page or worker, made of `code` at the first call. A failed attempt is forgotten as well. */
export function loadCore(code: Promise<WebAssembly.Module> = compileCore()): Promise<CatdogCore> {
  loading ??= instantiate(code).catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function compile(url: URL): Promise<WebAssembly.Module> {
  const response = await fetch(url, { credentials: 'same-origin' }).catch(() => undefined);
  if (!response?.ok) {
    const found = response ? String(response.status) : 'no answer';
    throw new Error(`${url.pathname.split('/').pop()}: expected it beside the page, found ${found}`);
  }
  // Some hosts do not know the type, which compiling while it comes asks for.
  if (response.headers.get('Content-Type') === 'application/wasm') return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

async function instantiate(code: Promise<WebAssembly.Module>): Promise<CatdogCore> {
  const module = await code;
  return new Promise((resolve, reject) => {
    createCatdogCore({
      instantiateWasm(imports, receive) {
        WebAssembly.instantiate(module, imports).then(receive, reject);
        return {}; // the instance comes later
      },
    }).then(resolve, reject);
  });
}

export function isFailure<T extends object>(result: T | Failure): result is Failure {
  return 'error' in result;
}
