// nsfwjs on the files of an input, as its documentation uses it: one image element after the other, on the fastest
// TensorFlow.js backend that a machine without a GPU has.
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { Buffer } from 'buffer';
import { load } from 'nsfwjs/core';
import { MobileNetV2Model } from 'nsfwjs/models/mobilenet_v2';

globalThis.Buffer = Buffer;
setWasmPaths(new URL('tfjs/', location.href).href);
tf.enableProdMode();
await tf.setBackend('wasm');
await tf.ready();
const model = await load('MobileNetV2', { modelDefinitions: [MobileNetV2Model] });

window.classify = async (files) => {
  for (const file of files) {
    const image = new Image();
    image.src = URL.createObjectURL(file);
    await image.decode();
    await model.classify(image);
    URL.revokeObjectURL(image.src);
  }
};
