// transformers.js on the files of an input, as its documentation uses it: one photo after the other.
import { env, pipeline } from '@huggingface/transformers';

env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = '/models/';  // from the server's root: it takes no address
env.backends.onnx.wasm.wasmPaths = new URL('ort/', location.href).href;

const classifier = await pipeline('image-classification', 'efficientnet-lite0', { device: 'wasm', dtype: 'fp32' });

window.classify = async (files) => {
  for (const file of files) {
    const url = URL.createObjectURL(file);
    await classifier(url);
    URL.revokeObjectURL(url);
  }
};
