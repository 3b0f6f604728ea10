// What the page and its workers say to each other.
import type { ClassActivation } from '../core/core';
import type { ModelBundle } from '../model/bundle';

export type { ClassActivation } from '../core/core';

/** What became of one photo. */
export type Outcome =
  | { kind: 'classified'; probabilities: Float32Array; presence: number | null; width: number; height: number; warning: string; thumbnail: Thumbnail | null }
  | { kind: 'failed'; error: string; transient?: boolean } // transient: by no fault of the file; another time it may go
  | { kind: 'notAnImage'; error: string }; // a file of another kind, as folders hold them

/** A small square picture of a photo: size × size × 3 bytes, and the photo's own shape. */
export interface Thumbnail {
  pixels: Uint8Array<ArrayBuffer>;
  size: number;
  width: number;
  height: number;
}

/** What else may be asked about a photo than what it shows: a small picture of it, or where the signs of a class are. */
export type Wish = { type: 'thumbnail'; size: number } | { type: 'class-activation'; classId: number };

type Bytes = Uint8Array<ArrayBuffer>;

export type ToWorker =
  | { type: 'core'; code: WebAssembly.Module } // once, at any time: all else waits for it
  | { type: 'start'; model: ModelBundle }
  | { type: 'classify'; photos: { id: number; bytes: Bytes; seen: boolean }[] } // seen: a thumbnail is wanted as well
  | { type: 'wish'; id: number; bytes: Bytes; wish: Wish };

export type FromWorker =
  | { type: 'ready'; engine: string; why: string } // why: another than the core's runs the network; empty: none does
  | { type: 'unusable'; message: string }
  | { type: 'spent' } // holds more memory than it needs: better another in its place
  | { type: 'classified'; outcomes: [id: number, outcome: Outcome][] } // some photos of a group, in its order
  | { type: 'thumbnail'; id: number; thumbnail: Thumbnail | null }
  | { type: 'class-activation'; id: number; found: ClassActivation | null };
