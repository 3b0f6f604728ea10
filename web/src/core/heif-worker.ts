// A worker that decodes HEIC, one photo at a time. The one module that knows libheif.
import create from 'libheif-js/libheif-wasm/libheif.js';
import wasmUrl from 'libheif-js/libheif-wasm/libheif.wasm?url';
import type { Failure } from './core';

export interface Pixels {
  /** width × height × 4 bytes: rows from the top, upright; alpha is not multiplied in. */
  rgba: Uint8ClampedArray<ArrayBuffer>;
  width: number;
  height: number;
}

export interface ToHeifWorker {
  file: Uint8Array;
  /** Larger pictures are refused before they are decoded. */
  mostPixels: number;
}

export type FromHeifWorker =
  | { type: 'ready' } // once, before anything else: it has what it decodes with
  | { type: 'unusable'; why: string } // in place of that
  | { type: 'decoded'; result: Pixels | Failure; memoryBytes: number };

// What is used of libheif's interface (https://github.com/strukturag/libheif, post.js and heif_emscripten.h).
interface Status {
  code: { value: number };
  message: string;
}
interface Channel {
  id: unknown;
  stride: number;
  width: number;
  height: number;
  data: Uint8Array; // in libheif's own memory
}
interface Libheif {
  HEAPU8: Uint8Array; // all of its memory
  heif_context_alloc(): object;
  heif_context_free(context: object): void;
  heif_context_read_from_memory(context: object, bytes: Uint8Array): Status;
  heif_js_context_get_primary_image_handle(context: object): object & Partial<Status>;
  heif_image_handle_get_width(handle: object): number;
  heif_image_handle_get_height(handle: object): number;
  heif_image_handle_is_premultiplied_alpha(handle: object): number;
  heif_image_handle_release(handle: object): void;
  heif_js_decode_image2(handle: object, space: unknown, chroma: unknown): Promise<Partial<Status> & { image: object; channels: Channel[] }>;
  heif_image_release(image: object): void;
  heif_colorspace: { heif_colorspace_RGB: unknown };
  heif_chroma: { heif_chroma_interleaved_RGBA: unknown };
  heif_channel: { heif_channel_interleaved: unknown };
}

async function load(): Promise<Libheif> {
  const response = await fetch(new URL(wasmUrl, import.meta.url));
  if (!response.ok) throw new Error(`the decoder could not be loaded (${response.status})`);
  return create({ wasmBinary: await response.arrayBuffer() });
}

// The main picture of a file.
async function decode(libheif: Libheif, { file, mostPixels }: ToHeifWorker): Promise<Pixels | Failure> {
  const failure = (error: string, problem: Failure['problem'] = 'corrupt'): Failure => ({ error, problem, format: 'HEIC' });
  const unsound = (status: Partial<Status>) => failure(`expected a sound HEIC picture, found damage (${(status.message ?? '').trim()})`);
  const context = libheif.heif_context_alloc();
  let handle: (object & Partial<Status>) | undefined;
  try {
    const read = libheif.heif_context_read_from_memory(context, file);
    if (read.code.value !== 0) return unsound(read);
    const found = libheif.heif_js_context_get_primary_image_handle(context);
    if (!found || found.code) return unsound(found ?? {});
    handle = found;
    const width = libheif.heif_image_handle_get_width(handle);
    const height = libheif.heif_image_handle_get_height(handle);
    if (width * height > mostPixels) {
      return failure(`expected at most ${mostPixels / 1e6} megapixels, found ${width}×${height}`, 'too-large');
    }
    const decoded = await libheif.heif_js_decode_image2(
      handle,
      libheif.heif_colorspace.heif_colorspace_RGB,
      libheif.heif_chroma.heif_chroma_interleaved_RGBA,
    );
    if (!decoded || decoded.code) return unsound(decoded ?? {});
    try {
      const plane = decoded.channels.find(({ id }) => id === libheif.heif_channel.heif_channel_interleaved);
      if (!plane) return failure('expected a sound HEIC picture, found no pixels in it');
      return copyOf(plane, libheif.heif_image_handle_is_premultiplied_alpha(handle) !== 0);
    } finally {
      libheif.heif_image_release(decoded.image);
    }
  } finally {
    if (handle) libheif.heif_image_handle_release(handle);
    libheif.heif_context_free(context);
  }
}

function copyOf({ data, stride, width, height }: Channel, premultiplied: boolean): Pixels {
  const rgba = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y += 1) rgba.set(data.subarray(y * stride, y * stride + 4 * width), 4 * width * y);
  if (premultiplied) {
    for (let i = 0; i < rgba.length; i += 4) {
      const alpha = rgba[i + 3]!;
      if (alpha === 0 || alpha === 255) continue;
      for (let c = i; c < i + 3; c += 1) rgba[c] = Math.floor((rgba[c]! * 255 + alpha / 2) / alpha);
    }
  }
  return { rgba, width, height };
}

function say(message: FromHeifWorker, transfer: Transferable[] = []): void {
  self.postMessage(message, { transfer });
}

const loading = load();
loading.then(
  () => say({ type: 'ready' }),
  (error: unknown) => say({ type: 'unusable', why: error instanceof Error ? error.message : String(error) }),
);

self.addEventListener('message', ({ data }: MessageEvent<ToHeifWorker>) => {
  const answer = async () => {
    const libheif = await loading;
    const result = await decode(libheif, data);
    say({ type: 'decoded', result, memoryBytes: libheif.HEAPU8.length }, 'rgba' in result ? [result.rgba.buffer] : []);
  };
  // What libheif throws leaves it in an unknown state: the worker ends loudly, and is replaced.
  answer().catch((error: unknown) => {
    setTimeout(() => {
      throw error;
    });
  });
});
