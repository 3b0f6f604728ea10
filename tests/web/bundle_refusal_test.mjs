// A model bundle that does not fit is refused by the page, in words that say which part does not.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chromiumFile, launch, openPage } from './support/browser.mjs';
import { dist, serveSite } from './support/site.mjs';
import { makeBundle, skipWithout, temporaryFolder, tools } from './support/tools.mjs';

skipWithout(path.join(dist, 'index.html'), chromiumFile, tools.makeBundle);

const work = temporaryFolder();
let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

// Changes model.json of a sound bundle.
function edit(change) {
  return (bundle) => {
    const file = path.join(bundle, 'model.json');
    const card = JSON.parse(fs.readFileSync(file, 'utf8'));
    change(card);
    fs.writeFileSync(file, JSON.stringify(card));
  };
}

const nothing = () => undefined;
const zeros = '0'.repeat(64);
// What is wrong, options of make_test_bundle, what is done to the bundle, what the page must say of it.
const cases = [
  ['no bundle', [], (bundle) => fs.rmSync(path.join(bundle, 'model.json')), /model\.json.*404/],
  ['no network', [], (bundle) => fs.rmSync(path.join(bundle, 'model.onnx')), /model\.onnx.*404/],
  ['no JSON', [], (bundle) => fs.writeFileSync(path.join(bundle, 'model.json'), 'x'), /model\.json: expected a JSON object, found no sound JSON/],
  ['JSON, but no object', [], (bundle) => fs.writeFileSync(path.join(bundle, 'model.json'), 'null'), /model\.json: expected a JSON object, found another value/],
  ['another format', [], edit((card) => { card.format = 2; }), /format.*1.*2/],
  ['another preprocessing', [], edit((card) => { card.preprocessing_version = 99; }), /preprocessing_version.*99/],
  ['a label twice', [], edit((card) => { card.labels = ['Cat', 'Cat']; }), /labels.*\["Cat","Cat"\]/],
  ['no labels', [], edit((card) => { card.labels = []; }), /labels.*\[\]/],
  ['the word of a decision as label', [], edit((card) => { card.labels = ['Cat', 'uncertain']; }), /labels\[1\]: expected a label other than the decisions.*'uncertain'/],
  ['a label with a terminal sequence', [], edit((card) => { card.labels = ['Cat', 'a\u001b[31m']; }), /labels\[1\]: .*'a\\u001b\[31m'/],
  ['lists in lists without end', [], (bundle) => fs.writeFileSync(path.join(bundle, 'model.json'), '['.repeat(100_000)), /at most 32 objects and lists/],
  ['too many labels', [], edit((card) => { card.labels.push('Cow'); }), /N×3.*N×2/],
  ['another size', ['--size', '32'], edit((card) => { card.input.size = 64; }), /N×3×64×64.*N×3×32×32/],
  ['no size', [], edit((card) => { card.input.size = '32'; }), /size.*"32"/],
  ['a threshold above 1', [], edit((card) => { card.thresholds.confidence = 2; }), /threshold.*2/],
  ['another hash', [], edit((card) => { card.onnx.sha256 = zeros; }), new RegExp(`SHA-256: expected ${zeros}`)],
  ['another byte count', [], edit((card) => { card.onnx.bytes = 5; }), /5 bytes/],
  ['an address as file', [], edit((card) => { card.onnx.file = 'https://example.org/x.onnx'; }), /name of a file/],
  ['a hash that is none', [], edit((card) => { card.onnx.sha256 = 'x'; }), /64 hexadecimal digits/],
  ['a file elsewhere', [], edit((card) => { card.onnx.file = '../model.onnx'; }), /name of a file/],
  ['another input', [], edit((card) => { card.input.name = 'picture'; }), /input.*'picture'.*'photo'/],
  ['another output', [], edit((card) => { card.output.name = 'scores'; }), /output.*'scores'.*'probabilities'/],
  ['another presence', ['--presence'], edit((card) => { card.presence.name = 'animal'; }), /output.*'animal'.*'presence'/],
  ['a presence not told of', ['--presence'], edit((card) => { delete card.presence; }), /output.*only.*'presence'/],
  ['no threshold of presence', ['--presence'], edit((card) => { delete card.thresholds.presence; }), /thresholds\.presence: expected a value/],
  ['another map', ['--presence'], edit((card) => { card.class_activation.name = 'places'; }), /output.*'places'.*'class_activation'/],
  ['one photo at a time', ['--fixed-batch'], nothing, /N×3×32×32.*1×3×32×32/],
  ['no probabilities', ['--no-softmax'], nothing, /probabilities/],
];

for (const [what, options, spoil, expected] of cases) {
  test(`${what} is refused`, async () => {
    const bundle = makeBundle(path.join(work, what), ...options);
    spoil(bundle);
    const site = await serveSite(bundle);
    const page = await openPage(browser, site, { waitForModel: false });
    await page.getByRole('alert').getByText('could not be loaded').waitFor();
    assert.match(await page.locator('#reason').innerText(), expected);
    assert.deepEqual(page.strangers, []);
    assert.equal(await page.getByRole('button', { name: 'Choose a folder' }).isVisible(), false);
    await page.context().close();
    site.close();
  });
}
