// The one module that knows onnxruntime-web.
import * as ort from 'onnxruntime-web/wasm';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';

import type { LoadedModel } from '../model/bundle';

/** A network, ready to run in this worker. */
export class Engine {
  private constructor(
    private readonly session: ort.InferenceSession,
    private readonly model: LoadedModel,
  ) {}

  /** Throws an Error that says what of the model does not fit. */
  static async create(model: LoadedModel): Promise<Engine> {
    ort.env.wasm.numThreads = 1; // the page runs several workers instead: no special headers needed
    ort.env.wasm.wasmPaths = { wasm: new URL(wasmUrl, import.meta.url).href };
    const session = await ort.InferenceSession.create(model.onnx, { executionProviders: ['wasm'] });
    const engine = new Engine(session, model);
    await engine.check();
    return engine;
  }

  /** One probability for each label. `tensor`: 3 × size × size floats in [0, 1]. */
  async run(tensor: Float32Array): Promise<Float32Array> {
    const { size, inputName, outputName } = this.model;
    const photo = new ort.Tensor('float32', tensor, [1, 3, size, size]);
    const results = await this.session.run({ [inputName]: photo });
    const output = results[outputName];
    if (!output) throw new Error(`model.onnx: expected an output '${outputName}', found ${this.session.outputNames.join(', ')}`);
    const probabilities = Float32Array.from(output.data as Float32Array);
    output.dispose();
    return probabilities;
  }

  private async check(): Promise<void> {
    const { inputName, outputName, size, labels } = this.model;
    checkTensor('input', this.session.inputMetadata, inputName, ['N', 3, size, size]);
    checkTensor('output (one number for each label)', this.session.outputMetadata, outputName, ['N', labels.length]);
    const probabilities = await this.run(new Float32Array(3 * size * size));
    const sum = probabilities.reduce((total, value) => total + value, 0);
    if (!(Math.abs(sum - 1) < 1e-3) || probabilities.some((value) => value < 0)) {
      throw new Error(`model.onnx: expected probabilities that add up to 1, found ${probabilities.join(', ')}`);
    }
  }
}

type Shape = readonly (number | string)[];

// Any name will do for the side that may be of any length: photos at a time.
function checkTensor(part: string, found: readonly ort.InferenceSession.ValueMetadata[], name: string, shape: Shape): void {
  const fail = (expected: string, instead: string): never => {
    throw new Error(`model.onnx: ${part}: expected ${expected}, found ${instead}`);
  };
  const [tensor] = found;
  const names = found.map((value) => `'${value.name}'`).join(', ');
  if (found.length !== 1 || tensor?.name !== name) return fail(`only '${name}'`, names || 'none');
  if (!tensor.isTensor) return fail('a tensor', 'another value');
  if (tensor.type !== 'float32') return fail('float32', tensor.type);
  const text = (sides: Shape) => sides.map((side) => (typeof side === 'number' ? side : 'N')).join('×');
  if (text(tensor.shape) !== text(shape)) fail(text(shape), text(tensor.shape));
}
