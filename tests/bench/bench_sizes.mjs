// Times ONNX models in onnxruntime-web, one thread, one photo at a time; the models in turn, so that all see the same
// machine. JSON to stdout: median milliseconds by file name.
//
// usage: node bench_sizes.mjs FOLDER ONNXRUNTIME_WEB [ROUNDS]
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const [folder, packageFolder, rounds = '40'] = process.argv.slice(2);
const ort = await import(pathToFileURL(path.join(packageFolder, 'dist/ort.wasm.min.mjs')).href);
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmBinary = fs.readFileSync(path.join(packageFolder, 'dist/ort-wasm-simd-threaded.wasm'));

const models = [];
for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.onnx'))) {
  const size = Number.parseInt(file, 10);
  const session = await ort.InferenceSession.create(new Uint8Array(fs.readFileSync(path.join(folder, file))));
  const photo = new ort.Tensor('float32', Float32Array.from({ length: 3 * size * size }, Math.random), [1, 3, size, size]);
  models.push({ file, session, photo, times: [] });
}
const WARM_UP = 3;
for (let round = 0; round < WARM_UP + Number(rounds); round += 1) {
  for (const model of models) {
    const start = performance.now();
    await model.session.run({ photo: model.photo });
    if (round >= WARM_UP) model.times.push(performance.now() - start);
  }
}
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
console.log(JSON.stringify(Object.fromEntries(models.map(({ file, times }) => [file, Number(median(times).toFixed(2))]))));
