// Runs the cases of write_parity_case with onnxruntime-web and compares what each output gives.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const TOLERANCES = { LibTorch: 1e-4, OpenCV: 1e-4, 'the core': 1e-5 };
const MAP_TOLERANCE = 1e-4;
const [cases, packageFolder] = process.argv.slice(2);
const ort = await import(pathToFileURL(path.join(packageFolder, 'dist/ort.wasm.min.mjs')).href);
ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmBinary = fs.readFileSync(path.join(packageFolder, 'dist/ort-wasm-simd-threaded.wasm'));

let failed = 0;
const names = fs.readdirSync(cases).sort();
for (const name of names) {
  const read = (file) => fs.readFileSync(path.join(cases, name, file));
  const { shape, expected } = JSON.parse(read('case.json').toString());
  const photos = new Float32Array(new Uint8Array(read('photos.f32')).buffer);
  const session = await ort.InferenceSession.create(new Uint8Array(read('model.onnx')));
  const outputs = await session.run({ photo: new ort.Tensor('float32', photos, shape) });
  for (const [engine, computed] of Object.entries(expected)) {
    for (const [output, values] of Object.entries(computed)) {
      const found = outputs[output].data;
      // Class activations are logits, of any size: what counts is the difference beside their own.
      const scale = Math.max(1, ...values.map(Math.abs));
      const difference = Math.max(...values.map((value, i) => Math.abs(value - found[i]))) / scale;
      const tolerance = output === 'class_activation' ? MAP_TOLERANCE : TOLERANCES[engine];
      const fine = values.length === found.length && difference <= tolerance;
      console.log(
        `${fine ? 'ok' : 'FAILED'}: ${name}, ${output}, onnxruntime-web against ${engine}: ${difference.toExponential(2)}`,
      );
      if (!fine) failed += 1;
    }
  }
}
if (names.length === 0) throw new Error('expected cases to compare, found none');
process.exit(failed === 0 ? 0 : 1);
