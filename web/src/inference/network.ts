// A bundle's network, ready to be asked in this worker: the core's own engine, or another for what the core does not run.
import { isFailure, type CatdogCore, type Classified, type ClassActivation, type Failure } from '../core/core';
import { decodePhoto } from '../core/photo';
import type { ModelBundle } from '../model/bundle';

export interface Network {
  /** "int16", "float32", or another engine's name. */
  readonly name: string;
  /** Empty where the core runs the network. */
  readonly whyNotTheCore: string;
  classify(bytes: Uint8Array<ArrayBuffer>): Promise<Classified | Failure>;
  /** Where in the photo the signs of a class are; null where the network does not tell, or the photo cannot be read. */
  explain(bytes: Uint8Array<ArrayBuffer>, classId: number): Promise<ClassActivation | null>;
}

/** Throws an Error that says what of the model does not fit. A file that the core refuses is given to no engine. */
export async function loadNetwork(core: CatdogCore, { card, onnx }: ModelBundle): Promise<Network> {
  const loaded = core.loadNetwork(card, onnx);
  if (!('error' in loaded)) return new CoreNetwork(core, loaded.precision);
  if (loaded.problem !== 'needs-platform') throw new Error(loaded.error);
  const { OnnxRuntimeNetwork } = await import('./onnxruntime');
  return OnnxRuntimeNetwork.create(core, card, onnx, loaded.error);
}

class CoreNetwork implements Network {
  readonly whyNotTheCore = '';

  constructor(
    private readonly core: CatdogCore,
    readonly name: string,
  ) {}

  classify(bytes: Uint8Array<ArrayBuffer>): Promise<Classified | Failure> {
    return decodePhoto<Classified>(this.core, bytes, {
      bytes: (from) => this.core.classify(from),
      rgba: (...pixels) => this.core.classifyRgba(...pixels),
    });
  }

  async explain(bytes: Uint8Array<ArrayBuffer>, classId: number): Promise<ClassActivation | null> {
    const photo = await this.classify(bytes);
    if (isFailure(photo)) return null;
    const found = this.core.explain(photo.pixels, classId);
    return 'error' in found ? null : found;
  }
}
