// What bindings.cpp offers to JavaScript.

export type Problem = 'not-a-picture' | 'needs-platform' | 'too-large' | 'corrupt' | 'no-memory';

/** A photo as the network sees it. The arrays are copies and belong to the caller. */
export interface Preprocessed {
  /** size × size × 3 bytes: rows from the top, R, G, B. */
  pixels: Uint8Array;
  /** 3 × size × size floats in [0, 1]: channel, row, column. */
  tensor: Float32Array;
  /** Of the photo: upright, at full size, in pixels. */
  width: number;
  height: number;
  /** "JPEG", "PNG", … */
  format: string;
  /** Not empty: the file is damaged, its pixels are usable. */
  warning: string;
}

export interface Failure {
  /** "expected …, found …" */
  error: string;
  problem: Problem;
  format: string;
}

export interface Prediction {
  classId: number;
  confidence: number;
  /** "neither": the presence is below its threshold; else "unsure": the confidence is; else "class". */
  decision: 'class' | 'unsure' | 'neither';
}

export interface Thresholds {
  confidence: number;
  /** 0 where the network does not tell the presence. */
  presence: number;
}

export interface CsvRow {
  path: string;
  /** One for each label; null where there is no prediction. */
  probabilities: ArrayLike<number> | null;
  /** The probability that any of the classes is in the picture; null where the network does not tell. */
  presence: number | null;
  /** 0: unknown. */
  width: number;
  height: number;
  /** Empty: none. */
  error: string;
}

export interface CatdogCore {
  /** Decodes a photo and squeezes it to size × size. 'needs-platform': let the browser decode, then preprocessRgba. */
  preprocess(file: Uint8Array, size: number): Preprocessed | Failure;
  /** The same for pixels that the browser decoded: upright, R, G, B, alpha not multiplied in. */
  preprocessRgba(
    rgba: Uint8Array | Uint8ClampedArray,
    width: number,
    height: number,
    format: string,
    size: number,
  ): Preprocessed | Failure;
  predict(probabilities: ArrayLike<number>, presence: number | null, thresholds: Thresholds): Prediction;
  csvHeader(labels: readonly string[]): string;
  csvRow(row: CsvRow, labels: readonly string[], thresholds: Thresholds): string;
  /** Files that no person put there. `path`: relative, '/' between folders. */
  isClutter(path: string): boolean;
  preprocessingVersion(): number;
  maxFileBytes(): number;
  /** Of a picture that must be decoded whole before it is made smaller. */
  maxWholePixels(): number;
  /** What this module holds: it grows with the largest photo so far, and never shrinks. */
  memoryBytes(): number;
}

export interface ModuleOptions {
  /** The bytes of catdog-core.wasm, where fetching them beside the module is not possible. */
  wasmBinary?: ArrayBuffer | Uint8Array;
  locateFile?: (file: string) => string;
}

export default function createCatdogCore(options?: ModuleOptions): Promise<CatdogCore>;
