// The one module that knows onnxruntime-web.
import * as ort from 'onnxruntime-web/wasm';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';

import type { CatdogCore } from '../core/core';
import type { ModelBundle } from '../model/bundle';

/** What the network says of a photo. */
export interface Verdict {
  /** One for each label. */
  probabilities: Float32Array;
  /** The probability that any of the labels is in the picture; null where the network does not tell. */
  presence: number | null;
}

/** How much each place of a photo spoke for each label: label, row, column. Logits, of any sign. */
export interface ActivationMap {
  values: Float32Array<ArrayBuffer>;
  width: number;
  height: number;
}

/** A network, ready to run in this worker. */
export class Engine {
  private constructor(
    private readonly session: ort.InferenceSession,
    private readonly card: ModelBundle['card'],
  ) {}

  /** Throws an Error that says what of the model does not fit. */
  static async create({ card, onnx }: ModelBundle, core: Promise<CatdogCore>): Promise<Engine> {
    ort.env.wasm.numThreads = 1; // the page runs several workers instead: no special headers needed
    ort.env.wasm.wasmPaths = { wasm: new URL(wasmUrl, import.meta.url).href };
    const session = await ort.InferenceSession.create(onnx, { executionProviders: ['wasm'] });
    const engine = new Engine(session, card);
    await engine.check(await core);
    return engine;
  }

  /** `tensor`: 3 × size × size floats in [0, 1]. What comes out is for the core to check. */
  async run(tensor: Float32Array): Promise<Verdict> {
    const { probabilities, presence } = this.card;
    const results = await this.outputs(tensor, presence === null ? [probabilities] : [probabilities, presence]);
    return {
      probabilities: take(results[probabilities]!).values,
      presence: presence === null ? null : take(results[presence]!).values[0]!,
    };
  }

  /** Where the network looked in the photo; null where it does not tell. */
  async map(tensor: Float32Array): Promise<ActivationMap | null> {
    const { classActivation } = this.card;
    if (classActivation === null) return null;
    const { values, shape } = take((await this.outputs(tensor, [classActivation]))[classActivation]!);
    const [, , height = 0, width = 0] = shape;
    return { values, width, height };
  }

  // Only these outputs are worked out as tensors of ours.
  private outputs(tensor: Float32Array, names: string[]): Promise<ort.InferenceSession.ReturnType> {
    const { size, input } = this.card;
    return this.session.run({ [input]: new ort.Tensor('float32', tensor, [1, 3, size, size]) }, names);
  }

  private async check(core: CatdogCore): Promise<void> {
    const { input, size, labels, ...outputs } = this.card;
    const expected: Expected[] = [[outputs.probabilities, ['N', labels.length]]];
    if (outputs.presence !== null) expected.push([outputs.presence, ['N', 1]]);
    if (outputs.classActivation !== null) expected.push([outputs.classActivation, ['N', labels.length, 'N', 'N']]);
    checkTensors('input', this.session.inputMetadata, [[input, ['N', 3, size, size]]]);
    checkTensors('output (one number for each label)', this.session.outputMetadata, expected);
    const { probabilities, presence } = await this.run(new Float32Array(3 * size * size));
    const problem = core.problemWithOutputs(probabilities, presence);
    if (problem) throw new Error(`model.onnx: ${problem}`);
  }
}

type Shape = readonly (number | string)[];
type Expected = [name: string, shape: Shape];

// A copy of the values; the tensor itself is let go.
function take(tensor: ort.Tensor): { values: Float32Array<ArrayBuffer>; shape: readonly number[] } {
  const values = Float32Array.from(tensor.data as Float32Array);
  const shape = tensor.dims;
  tensor.dispose();
  return { values, shape };
}

// The tensors must be the expected ones, in any order; a side called N may be of any length, and the first must be.
function checkTensors(part: string, found: readonly ort.InferenceSession.ValueMetadata[], expected: Expected[]): void {
  const fail = (wanted: string, instead: string): never => {
    throw new Error(`model.onnx: ${part}: expected ${wanted}, found ${instead}`);
  };
  const quoted = (names: string[]) => names.map((name) => `'${name}'`).join(', ') || 'none';
  for (const [name, shape] of expected) {
    const tensor = found.find((value) => value.name === name);
    if (!tensor || found.length !== expected.length) {
      return fail(`only ${quoted(expected.map(([wanted]) => wanted))}`, quoted(found.map((value) => value.name)));
    }
    if (!tensor.isTensor) return fail('a tensor', 'another value');
    if (tensor.type !== 'float32') return fail('float32', tensor.type);
    const text = (sides: Shape) => sides.map((side) => (typeof side === 'number' ? side : 'N')).join('×');
    const fits = tensor.shape.length === shape.length && typeof tensor.shape[0] !== 'number' &&
      shape.every((side, i) => typeof side !== 'number' || tensor.shape[i] === side);
    if (!fits) fail(text(shape), text(tensor.shape));
  }
}
