// What the core's wing model says is the same natively and in WebAssembly: cards and their refusals, class activation to
// the last bit, problems with outputs, and the bytes of CSV.
//
//   node model_parity_test.mjs MODEL_LINES BUILT_WASM_FOLDER CARD
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withBuiltCore } from './built_core.mjs';

const [modelLines, wasmFolder, soundCard] = process.argv.slice(2);

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');
const digestOf = ({ buffer, byteOffset, byteLength }) => digest(new Uint8Array(buffer, byteOffset, byteLength));

/** The sound card, and many that are not. */
function cards() {
  const sound = readFileSync(soundCard, 'utf8');
  const edited = (change) => {
    const card = JSON.parse(sound);
    change(card);
    return JSON.stringify(card);
  };
  const keys = Object.keys(JSON.parse(sound));
  return [
    sound,
    '',
    '[]',
    '{',
    `\uFEFF${sound}`,
    '['.repeat(100_000),
    ' '.repeat(2 ** 20 + 1),
    ...keys.map((key) => edited((card) => delete card[key])),
    ...keys.flatMap((key) => [3, '', null, [], {}, 'x'.repeat(2000)].map((value) => edited((card) => { card[key] = value; }))),
    ...['none', 'uncertain', '<b>', '=1', '\u001b[31m', '猫'.repeat(67), '猫'.repeat(66), '\u202e'].map((label) =>
      edited((card) => { card.labels = ['a', label]; })),
    edited((card) => { card.onnx.sha256 = card.onnx.sha256.toUpperCase(); }),
    edited((card) => { card.input.size = 2 ** 40; }),
    Buffer.from([0xff, 0xfe, 0x7b, 0x00]),
    Buffer.concat([Buffer.from('{"format": 1, "name": "'), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from('"}')]),
  ];
}

function cardLine(core, file) {
  const card = core.readCard(new Uint8Array(readFileSync(file)));
  if ('error' in card) return card.error;
  const { name, labels, size, input, probabilities, presence, classActivation, thresholds, onnx } = card;
  const number = (value) => String(Number(value.toPrecision(9)));
  return `${name}${labels.map((label) => `|${label}`).join('')} ${size} ${input}>${probabilities},${presence ?? ''},${classActivation ?? ''} ` +
    `${number(thresholds.confidence)} ${number(thresholds.presence)} ${onnx.name} ${onnx.bytes} ${onnx.sha256}`;
}

/** As in model_lines.cpp. */
function* numbers() {
  let state = 1;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const top = state >>> 8;
    yield top % 97 === 0 ? (top % 2 ? Infinity : NaN) : (top - 8388608) / 1048576;
  }
}

function outputLines(core) {
  const source = numbers();
  const next = (count) => Array.from({ length: count }, () => source.next().value);
  return Array.from({ length: 50 }, (_, round) => {
    const [width, height, classes] = [1 + (round % 7), 1 + (round % 5), 1 + (round % 4)];
    const found = core.classActivation(next(width * height * classes), width, height, round % classes);
    const [first, second, third] = next(3);
    const [decision] = core.decide(Float32Array.of(first), Float32Array.of(second), { confidence: 0.5, presence: 0.25 });
    return [digestOf(found), core.problemWithOutputs([first, second], third), String(decision)];
  }).flat();
}

function csvLines(core) {
  const labels = ['big; grey', 'Kätzchen', '=1+1'];
  const thresholds = { confidence: 0, presence: 0 };
  const rows = [
    { path: '\uFEFF a\tb,c;d.jpg', probabilities: [0.125, 0.25, 0.625], presence: null, width: 640, height: 480, error: '', extra: ['Dog', '"x"'] },
    { path: '@b', probabilities: null, presence: null, width: 0, height: 0, error: 'expected 1,5; found 2', extra: ['', '猫'] },
  ];
  return [',', ';', '\t'].map((separator) => {
    const format = { separator, byteOrderMark: true, extraColumns: ['corrected', 'a,b;c'] };
    return digest(Buffer.concat([core.csvHeader(labels, format), ...rows.map((row) => core.csvRow(row, labels, thresholds, format))]));
  });
}

await withBuiltCore(wasmFolder, async (core, temporary) => {
  const files = cards().map((bytes, i) => {
    const file = join(temporary, `${i}.json`);
    writeFileSync(file, bytes);
    return file;
  });
  const run = spawnSync(modelLines, files, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (run.status !== 0) throw new Error(`${modelLines}: expected to end well, found ${run.status ?? run.signal}: ${run.stderr}`);
  const native = run.stdout.split('\n').slice(0, -1);
  const wasm = [...files.map((file) => cardLine(core, file)), ...outputLines(core), ...csvLines(core)];
  let count = native.length === wasm.length ? 0 : 1;
  native.forEach((line, i) => {
    if (line === wasm[i]) return;
    count += 1;
    console.log(`line ${i + 1}:\n  native      ${line}\n  WebAssembly ${wasm[i]}`);
  });
  console.log(`${wasm.length} lines, ${count} differ`);
  process.exitCode = count === 0 && wasm.length > 200 ? 0 : 1;
});
