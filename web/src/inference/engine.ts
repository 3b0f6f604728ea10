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
    const { inputName, size, labels } = this.model;
    if (!this.session.inputNames.includes(inputName)) {
      throw new Error(`model.onnx: expected an input '${inputName}', found ${this.session.inputNames.join(', ')}`);
    }
    const probabilities = await this.run(new Float32Array(3 * size * size));
    if (probabilities.length !== labels.length) {
      throw new Error(`model.onnx: expected ${labels.length} outputs, one for each label, found ${probabilities.length}`);
    }
  }
}
