// What the page makes of a network's outputs: errors where they are no probabilities, and where the network looked.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chooseFiles, chooseFolder, chromiumFile, downloadCsv, launch, openPage, untilDone } from './support/browser.mjs';
import { dist, serveSite } from './support/site.mjs';
import { makeBundle, repository, run, skipWithout, temporaryFolder, tools } from './support/tools.mjs';

const onnxruntime = path.join(repository, 'web/node_modules/onnxruntime-web/dist');
skipWithout(path.join(dist, 'index.html'), chromiumFile, tools.makeBundle, tools.classify, onnxruntime);

const work = temporaryFolder();
const side = 32; // of photos and network: nothing is resized
const sites = [];
let browser;
before(async () => {
  browser = await launch();
});
after(async () => {
  await browser?.close();
  for (const site of sites) site.close();
});

async function open(bundle) {
  const site = await serveSite(bundle);
  sites.push(site);
  return openPage(browser, site);
}

/** A photo whose bytes are given by colour(i), as PPM. */
function writePhoto(file, colour) {
  const pixels = Buffer.from(Array.from({ length: 3 * side * side }, (_, i) => colour(i)));
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, Buffer.concat([Buffer.from(`P6\n${side} ${side}\n255\n`), pixels]));
  return pixels;
}

for (const options of [['--nan-for-white'], ['--sum-for-white'], ['--nan-for-white', '--foreign'], ['--sum-for-white', '--foreign']]) {
  test(`outputs that are no probabilities are errors in page and tool alike: ${options.join(' ')}`, async () => {
    const folder = path.join(work, options.join(''));
    for (const [name, grey] of [['black', 0], ['grey', 120], ['white', 255]]) writePhoto(path.join(folder, `${name}.ppm`), () => grey);
    const bundle = makeBundle(path.join(work, `bundle${options.join('')}`), ...options);
    const page = await open(bundle);
    await chooseFolder(page, folder);
    await untilDone(page);
    const rows = (await downloadCsv(page)).toString();
    const expected = run(tools.classify, folder, '--model', bundle);
    // Other engines differ from each other in the last digits of a sum.
    const rounded = (csv) => (options.includes('--foreign') ? csv.replace(/(found \d\.\d{3})\d+/, '$1') : csv);
    assert.equal(rounded(rows), rounded(expected));
    assert.match(rows, /white\.ppm,+"expected probabilities .* from the network.*, found /);
    assert.deepEqual(page.complaints, []);
    await page.context().close();
  });
}

/** The map of the bundle's network for a photo's bytes: class, row, column. */
async function activationMap(bundle, pixels) {
  const ort = await import(pathToFileURL(path.join(onnxruntime, 'ort.wasm.min.mjs')).href);
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = fs.readFileSync(path.join(onnxruntime, 'ort-wasm-simd-threaded.wasm'));
  const session = await ort.InferenceSession.create(new Uint8Array(fs.readFileSync(path.join(bundle, 'model.onnx'))));
  const tensor = Float32Array.from(pixels, (_, i) => pixels[(i % (side * side)) * 3 + Math.floor(i / (side * side))] / 255);
  return (await session.run({ photo: new ort.Tensor('float32', tensor, [1, 3, side, side]) })).class_activation;
}

// By the definition: the class's values less the mean of the other classes', at least 0, divided by the greatest.
test('the page shows where the signs of the class are, rather than those of the others', async () => {
  const bundle = makeBundle(path.join(work, 'with-map'), '--presence', '--labels', 'a,b,c', '--seed', '3');
  const file = path.join(work, 'photo.ppm');
  const pixels = writePhoto(file, (i) => (i % 96 < 48 ? 235 : (i * 7) % 120));
  const { data, dims } = await activationMap(bundle, pixels);
  const [, classes, height, width] = dims;
  const places = width * height;
  const page = await open(bundle);
  await chooseFiles(page, [file]);
  await untilDone(page);
  const own = 'abc'.indexOf((await downloadCsv(page)).toString().split('\r\n')[1].split(',')[1]);
  assert.ok(own >= 0);
  const differences = Array.from({ length: places }, (_, i) => {
    const others = Array.from({ length: classes }, (__, c) => (c === own ? 0 : data[c * places + i]));
    return Math.max(0, data[own * places + i] - others.reduce((a, b) => a + b) / (classes - 1));
  });
  const greatest = Math.max(...differences);
  assert.ok(greatest > 0);
  await page.locator('.row .open').first().click();
  await page.getByRole('button', { name: 'Where it looked' }).click();
  await page.locator('#viewer-heat').waitFor();
  const [size, alphas] = await page.locator('#viewer-heat').evaluate((canvas) => [
    [canvas.width, canvas.height],
    [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data].filter((_, i) => i % 4 === 3),
  ]);
  assert.deepEqual(size, [width, height]);
  const strongest = Math.max(...alphas);
  assert.ok(strongest > 100);
  alphas.forEach((alpha, i) => {
    const expected = (strongest * differences[i]) / greatest;
    assert.ok(Math.abs(alpha - expected) <= 1, `place ${i}: expected ${expected}, found ${alpha}`);
  });
  await page.context().close();
});
