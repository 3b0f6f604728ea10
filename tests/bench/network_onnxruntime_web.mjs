// onnxruntime-web as an engine for bench_network.py: WebAssembly, one thread.
//
// usage: node network_onnxruntime_web.mjs BUNDLE PICTURES ONNXRUNTIME_WEB
import fs from 'node:fs';
import path from 'node:path';
import readline from 'node:readline';
import { pathToFileURL } from 'node:url';

const [bundle, pictures, packageFolder] = process.argv.slice(2);
const ort = await import(pathToFileURL(path.join(packageFolder, 'dist/ort.wasm.min.mjs')).href);
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmBinary = fs.readFileSync(path.join(packageFolder, 'dist/ort-wasm-simd-threaded.wasm'));
const { version } = JSON.parse(fs.readFileSync(path.join(packageFolder, 'package.json'), 'utf8'));

const card = JSON.parse(fs.readFileSync(path.join(bundle, 'model.json'), 'utf8'));
const { size, name: input } = card.input;
const [probabilities, presence] = [card.output.name, card.presence?.name];
const pixels = fs.readFileSync(pictures);
const area = size * size;
const tensors = Array.from({ length: pixels.length / (3 * area) }, (_, picture) => {
  const values = Float32Array.from({ length: 3 * area }, (_, i) => pixels[3 * area * picture + 3 * (i % area) + Math.floor(i / area)] / 255);
  return new ort.Tensor('float32', values, [1, 3, size, size]);
});
const session = await ort.InferenceSession.create(new Uint8Array(fs.readFileSync(path.join(bundle, card.onnx.file))));
const outputs = presence ? [probabilities, presence] : [probabilities];

console.log(`onnxruntime-web ${version}`);
for await (const _ of readline.createInterface({ input: process.stdin })) {
  const round = { ms: [], outputs: [] };
  for (const tensor of tensors) {
    const start = performance.now();
    const found = await session.run({ [input]: tensor }, outputs);
    round.ms.push(performance.now() - start);
    round.outputs.push([...found[probabilities].data, presence ? found[presence].data[0] : 1]);
  }
  console.log(JSON.stringify(round));
}
