// How much a first visit of the built page downloads, compressed as static hosts do it; fails above the budget:
// node scripts/check-size.mjs [DIST] [--page] [--json]
// --page: the page alone, as somebody's own model may be as large as they like. What is loaded on first need does not
// count: the decoder for HEIC, and ONNX Runtime for networks that the core does not run.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

const mostBytes = 7_200_000; // everything
const mostPage = 1_000_000; // but the model
const mostScript = 100_000; // our own scripts and their libraries
const onDemand = /heif|onnxruntime|ort-wasm/;

const words = process.argv.slice(2);
const dist = words.find((word) => !word.startsWith('--')) ?? path.resolve(import.meta.dirname, '../web/dist');
const files = fs
  .readdirSync(dist, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => path.join(entry.parentPath, entry.name))
  .filter((file) => !onDemand.test(path.basename(file)));
const compressed = (file) => {
  const bytes = fs.readFileSync(file);
  return Math.min(bytes.length, zlib.gzipSync(bytes, { level: 9 }).length);
};
const sizes = files.map((file) => ({ file: path.relative(dist, file), bytes: compressed(file) })).sort((a, b) => b.bytes - a.bytes);
const sum = (some) => some.reduce((total, { bytes }) => total + bytes, 0);
const all = sum(sizes);
const page = sum(sizes.filter(({ file }) => !file.startsWith('model/')));
const script = sum(sizes.filter(({ file }) => file.endsWith('.js')));
if (words.includes('--json')) {
  console.log(JSON.stringify({ bytes: all, script, files: sizes }));
} else {
  for (const { file, bytes } of sizes.slice(0, 6)) console.error(`${(bytes / 1000).toFixed(0).padStart(8)} KB  ${file}`);
  console.error(`A first visit downloads ${(all / 1e6).toFixed(2)} MB compressed, ${(script / 1000).toFixed(0)} KB of it scripts.`);
}
const limits = [['the page without its model', page, mostPage], ['scripts', script, mostScript]];
if (!words.includes('--page')) limits.push(['everything', all, mostBytes]);
for (const [what, found, most] of limits) {
  if (found <= most) continue;
  console.error(`${what}: expected at most ${most} bytes compressed, found ${found}`);
  process.exitCode = 1;
}
