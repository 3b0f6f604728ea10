// The first promise: on the same bytes, the native and the WebAssembly build give bit-identical tensors, and the same
// errors. Over all generated pictures, sound and broken, and 300 photos and odd files where there are any.
//
//   node parity_test.mjs TENSOR_DIGESTS MAKE_TEST_PICTURES BUILT_WASM_FOLDER PHOTOS_FOLDER
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { withBuiltCore } from './built_core.mjs';

const LEAST_GENERATED = 200;
const LEAST_PHOTOS = 300;
const MOST_SHOWN = 10;
// A scratched JPEG may decode without a warning to values so wild that libjpeg-turbo's vector instructions (native) and
// its plain C (WebAssembly) clip them differently. Of 248 files that happens to none, three and one.
const MOST_DAMAGED_SHARE = 0.03;
const [tensorDigests, makeTestPictures, wasmFolder, photosFolder] = process.argv.slice(2);

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

/** All large photos and odd files, and as many ordinary ones as make 300. */
function photos(folder) {
  const all = [...filesBelow(join(folder, 'large')), ...filesBelow(join(folder, 'formats'))];
  const ordinary = filesBelow(join(folder, 'originals'));
  const step = Math.max(1, Math.floor(ordinary.length / LEAST_PHOTOS));
  return [...all, ...ordinary.filter((_, i) => i % step === 0)].slice(0, all.length + LEAST_PHOTOS);
}

function nativeLines(files, size) {
  const run = spawnSync(tensorDigests, [String(size)], { input: `${files.join('\n')}\n`, encoding: 'utf8', maxBuffer: 1 << 26 });
  if (run.status !== 0) throw new Error(`${tensorDigests}: expected to end well, found ${run.status ?? run.signal}: ${run.stderr}`);
  return run.stdout.split('\n').slice(0, -1);
}

function wasmLine(core, file, size) {
  const result = core.preprocess(new Uint8Array(readFileSync(file)), size);
  if ('error' in result) return `error ${result.error}`;
  const { buffer, byteOffset, byteLength } = result.tensor;
  const digest = createHash('sha256').update(new Uint8Array(buffer, byteOffset, byteLength)).digest('hex');
  return `${digest} ${result.width}×${result.height} ${result.format}${result.warning ? ' damaged' : ''}`;
}

/** Each file with some bytes changed, always the same ones: what a damaged disk or download leaves. */
function scratched(files, folder, seed) {
  let state = seed;
  const random = (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  mkdirSync(folder);
  return files.flatMap((file, i) => {
    const bytes = readFileSync(file);
    if (bytes.length < 200) return [];
    for (let n = 0; n < 5; n += 1) bytes[100 + random(bytes.length - 100)] = random(256);
    const copy = join(folder, `${i}-${basename(file)}`);
    writeFileSync(copy, bytes);
    return [copy];
  });
}

/** The number of files that differ. Says which. */
function differing(core, files, size) {
  const native = nativeLines(files, size);
  if (native.length !== files.length) throw new Error(`expected ${files.length} lines, found ${native.length}`);
  let count = 0;
  files.forEach((file, i) => {
    const wasm = wasmLine(core, file, size);
    if (wasm === native[i]) return;
    count += 1;
    if (count > MOST_SHOWN) return;
    console.log(`${file} at ${size}:\n  native      ${native[i]}\n  WebAssembly ${wasm}`);
  });
  const decoded = native.filter((line) => !line.startsWith('error ')).length;
  console.log(`${files.length} files at ${size}: ${decoded} tensors, ${files.length - decoded} errors, ${count} differ`);
  return count;
}

await withBuiltCore(wasmFolder, async (core, temporary) => {
  const made = spawnSync(makeTestPictures, [join(temporary, 'pictures')], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`${makeTestPictures}: ${made.stderr}`);
  const generated = filesBelow(join(temporary, 'pictures'));
  if (generated.length < LEAST_GENERATED) throw new Error(`expected ${LEAST_GENERATED} pictures, found ${generated.length}`);
  // For squares of 8 and 16 pixels most JPEG pictures are decoded at 1/8 and 2/8.
  let count = 0;
  for (const size of [128, 37, 16, 8]) count += differing(core, generated, size);
  for (const [seed, size] of [[1, 64], [2, 128], [3, 31]]) {
    const damaged = scratched(generated, join(temporary, `scratched-${seed}`), seed);
    if (differing(core, damaged, size) > damaged.length * MOST_DAMAGED_SHARE) count += 1;
  }

  if (existsSync(join(photosFolder, 'originals'))) {
    const some = photos(photosFolder);
    if (some.length < LEAST_PHOTOS) throw new Error(`expected ${LEAST_PHOTOS} photos, found ${some.length}`);
    for (const size of [128, 90, 40]) count += differing(core, some, size); // at 3/8, 2/8 and 1/8, the ordinary ones
  } else {
    console.log(`Without photos: ${photosFolder} does not exist.`);
  }
  process.exitCode = count === 0 ? 0 : 1;
});
