// ONNX Runtime Web, for networks that the core does not run: loaded only then. The one module that knows it.
import * as ort from 'onnxruntime-web/wasm';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';

import { isFailure, type CatdogCore, type Classified, type ClassActivation, type Failure, type ModelCard } from '../core/core';
import { preprocessPhoto } from '../core/photo';
import type { Network } from './network';

export class OnnxRuntimeNetwork implements Network {
  readonly name = 'ONNX Runtime';

  private constructor(
    private readonly session: ort.InferenceSession,
    private readonly core: CatdogCore,
    private readonly card: ModelCard,
    readonly whyNotTheCore: string,
  ) {}

  /** The core has checked the file. Throws an Error where the network cannot be run, or gives no probabilities. */
  static async create(core: CatdogCore, card: ModelCard, onnx: Uint8Array, why: string): Promise<OnnxRuntimeNetwork> {
    ort.env.wasm.numThreads = 1; // the page runs several workers instead: no special headers needed
    ort.env.wasm.wasmPaths = { wasm: new URL(wasmUrl, import.meta.url).href };
    const session = await ort.InferenceSession.create(onnx, { executionProviders: ['wasm'] });
    const network = new OnnxRuntimeNetwork(session, core, card, why);
    const trial = core.trialTensor(card.size);
    if (!trial) throw new Error(`${card.onnx.name}: expected memory to try the network, found none`);
    const tried = await network.run(trial);
    const problem = core.problemWithOutputs(tried.probabilities, tried.presence);
    if (problem) throw new Error(`${card.onnx.name}: ${problem}`);
    return network;
  }

  async classify(bytes: Uint8Array<ArrayBuffer>): Promise<Classified | Failure> {
    const { core, card } = this;
    const photo = await preprocessPhoto(core, bytes, card.size);
    if (isFailure(photo)) return photo;
    const { probabilities, presence } = await this.run(photo.tensor);
    const problem = core.problemWithOutputs(probabilities, presence);
    if (problem) return { error: problem, problem: 'corrupt', format: photo.format };
    return { ...photo, probabilities, presence: presence ?? 1 };
  }

  async explain(bytes: Uint8Array<ArrayBuffer>, classId: number): Promise<ClassActivation | null> {
    const { core, card } = this;
    if (card.classActivation === null) return null;
    const photo = await preprocessPhoto(core, bytes, card.size);
    if (isFailure(photo)) return null;
    const map = (await this.outputs(photo.tensor, [card.classActivation]))[card.classActivation]!;
    const [, , height = 0, width = 0] = map.dims;
    return { values: core.classActivation(take(map), width, height, classId), width, height };
  }

  /** `tensor`: 3 × size × size floats in [0, 1]. */
  private async run(tensor: Float32Array): Promise<{ probabilities: Float32Array<ArrayBuffer>; presence: number | null }> {
    const { probabilities, presence } = this.card;
    const found = await this.outputs(tensor, presence === null ? [probabilities] : [probabilities, presence]);
    return { probabilities: take(found[probabilities]!), presence: presence === null ? null : take(found[presence]!)[0]! };
  }

  // Only these outputs are worked out as tensors of ours.
  private outputs(tensor: Float32Array, names: string[]): Promise<ort.InferenceSession.ReturnType> {
    const { size, input } = this.card;
    return this.session.run({ [input]: new ort.Tensor('float32', tensor, [1, 3, size, size]) }, names);
  }
}

// A copy of the values; the tensor itself is let go.
function take(tensor: ort.Tensor): Float32Array<ArrayBuffer> {
  const values = Float32Array.from(tensor.data as Float32Array);
  tensor.dispose();
  return values;
}
