// What the bindings offer to JavaScript.

export type Problem = 'not-a-picture' | 'needs-platform' | 'too-large' | 'corrupt' | 'no-memory';

export type Precision = 'float32' | 'int16';

/** A photo as the network sees it. The arrays are copies and belong to the caller. */
export interface Preprocessed {
  /** size × size × 3 bytes: rows from the top, R, G, B. */
  pixels: Uint8Array<ArrayBuffer>;
  /** 3 × size × size floats in [0, 1]: channel, row, column. */
  tensor: Float32Array<ArrayBuffer>;
  /** Of the photo: upright, at full size, in pixels. */
  width: number;
  height: number;
  /** "JPEG", "PNG", … */
  format: string;
  /** Not empty: the file is damaged, its pixels are usable. */
  warning: string;
}

/** What a photo's row says. The arrays are copies and belong to the caller. */
export interface Classified {
  /** One for each label; checked: they add up to 1. */
  probabilities: Float32Array<ArrayBuffer>;
  /** That any of the labels is in the picture; 1 where the network does not tell. */
  presence: number;
  /** What the network saw: size × size × 3 bytes, rows from the top, R, G, B. */
  pixels: Uint8Array<ArrayBuffer>;
  /** Of the photo: upright, at full size, in pixels. */
  width: number;
  height: number;
  format: string;
  warning: string;
}

/** Where in a photo the signs of a class are: for each place 0 to 1, row by row. */
export interface ClassActivation {
  values: Float32Array<ArrayBuffer>;
  width: number;
  height: number;
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
  /** "none": the presence is below its threshold; else "uncertain": the confidence is; else "class". */
  decision: 'class' | 'uncertain' | 'none';
}

export interface Thresholds {
  confidence: number;
  /** 0 where the network does not tell the presence. */
  presence: number;
}

/** The network's file, as model.json describes it. */
export interface OnnxFile {
  /** In the bundle: never a path. */
  name: string;
  bytes: number;
  sha256: string;
}

/** What model.json says (docs/model-bundle.md). */
export interface ModelCard {
  name: string;
  labels: string[];
  /** Of the network's input, pixels a side. */
  size: number;
  /** Names of the network's input and outputs; null where there is no such output. */
  input: string;
  probabilities: string;
  presence: string | null;
  classActivation: string | null;
  thresholds: Thresholds;
  onnx: OnnxFile;
  /** What was measured on the first test set; null where that is not said. */
  accuracy: number | null;
  accuracyInterval: [low: number, high: number] | null;
  photos: number | null;
  /** Empty where they are not said. */
  licence: string;
  created: string;
}

export interface CsvFormat {
  /** With semicolons, probabilities have decimal commas. */
  separator: ',' | ';' | '\t';
  /** Before the header: without it some spreadsheets take UTF-8 for something else. */
  byteOrderMark: boolean;
  /** Names of further columns, after `error`. */
  extraColumns: readonly string[];
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
  /** One for each of the extra columns. */
  extra: readonly string[];
}

export interface CatdogCore {
  /** Decodes a photo and squeezes it to size × size. 'needs-platform': let the browser decode, then preprocessRgba. */
  preprocess(file: Uint8Array, size: number): Preprocessed | Failure;
  /**
   * The same for pixels that the browser decoded: upright, R, G, B, alpha not multiplied in. `file`: the photo's bytes,
   * whose colour profile the pixels are in; none where they are in sRGB.
   */
  preprocessRgba(
    rgba: Uint8Array | Uint8ClampedArray,
    width: number,
    height: number,
    format: string,
    file: Uint8Array,
    size: number,
  ): Preprocessed | Failure;
  /**
   * Loads the network that classify() asks from then on. 'needs-platform': a sound file with something that the core
   * does not run, which another engine may; for any other problem no engine must be given the file. Without a wish for
   * `precision`: int16 where the file states the tensors' ranges.
   */
  loadNetwork(card: ModelCard, onnx: Uint8Array, precision?: Precision): { precision: Precision } | Failure;
  /** A photo, of any bytes. 'needs-platform': let the browser decode it, then classifyRgba. */
  classify(file: Uint8Array): Classified | Failure;
  classifyRgba(
    rgba: Uint8Array | Uint8ClampedArray,
    width: number,
    height: number,
    format: string,
    file: Uint8Array,
  ): Classified | Failure;
  /** `pixels`: as classify() gives them. A failure where the network does not tell. */
  explain(pixels: Uint8Array, classId: number): ClassActivation | Failure;
  /** `json`: the bytes of model.json, any. */
  readCard(json: Uint8Array): ModelCard | { error: string };
  /** Empty where a file of so many bytes is the one; else "FILE: size: expected …, found …". */
  problemWithSize(file: OnnxFile, bytes: number): string;
  /** `sha256`: of the file's bytes, hexadecimal. */
  problemWithHash(file: OnnxFile, sha256: string): string;
  /** Empty where the numbers are probabilities that add up to 1, and the presence is one; else "expected …, found …". */
  problemWithOutputs(probabilities: ArrayLike<number>, presence: number | null): string;
  /**
   * The picture on which another engine's network is tried, as every engine is: 3 × size × size floats. Null where there
   * is no memory for it.
   */
  trialTensor(size: number): Float32Array<ArrayBuffer> | null;
  /**
   * Where the signs of a class are: for each place 0 to 1, row by row. `values`: the network's map, class, row, column.
   * Empty where the map has no places or no such class.
   */
  classActivation(values: ArrayLike<number>, width: number, height: number, classId: number): Float32Array<ArrayBuffer>;
  predict(probabilities: ArrayLike<number>, presence: number | null, thresholds: Thresholds): Prediction;
  /**
   * The decisions of many photos, by the confidence and the presence (1 where the network does not tell) of each: 0 for
   * "class", 1 for "uncertain", 2 for "none".
   */
  decide(confidences: Float32Array, presences: Float32Array, thresholds: Thresholds): Uint8Array<ArrayBuffer>;
  /** The bytes of a line, UTF-8. */
  csvHeader(labels: readonly string[], format: CsvFormat): Uint8Array<ArrayBuffer>;
  csvRow(row: CsvRow, labels: readonly string[], thresholds: Thresholds, format: CsvFormat): Uint8Array<ArrayBuffer>;
  /** How a JPEG, PNG or WebP is to be turned to stand upright, 1 to 8 as EXIF counts; 1 where it does not say. */
  exifOrientation(file: Uint8Array): number;
  /** Files that no person put there. `path`: relative, '/' between folders. */
  isHiddenOrSystemFile(path: string): boolean;
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
  /** Makes the instance, now or later, where whoever calls has the compiled module; gives {}. */
  instantiateWasm?: (imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void) => object;
}

export default function createCatdogCore(options?: ModuleOptions): Promise<CatdogCore>;
