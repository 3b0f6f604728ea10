// The page's modules that need no browser, as Vite gives them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { load } from './support/modules.mjs';
import { repository } from './support/tools.mjs';

const { comparePaths } = await load('files/found.ts');
const { fromList } = await load('files/file-batches.ts');
const { fromDrop } = await load('files/drop.ts');
const { Pace } = await load('state/pace.ts');
const { Drawing } = await load('view/drawing.ts');
const { Results, groupOf } = await load('state/results.ts');
const { select } = await load('state/selection.ts');
const { texts } = await load('text/texts.ts');

test('paths are ordered as the bytes of their UTF-8', () => {
  const paths = ['b', 'a/b', 'a-b', 'a', 'ab', 'Ä', 'ä', 'z', '\uE000', '\uFFFC', '🐱', '🐶', '\uD7FF', 'A', '', '=x', 'a/'];
  const byBytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));
  assert.deepEqual([...paths].sort(comparePaths), [...paths].sort(byBytes));
  for (const a of paths) {
    for (const b of paths) assert.equal(Math.sign(comparePaths(a, b)), byBytes(a, b), `${a} and ${b}`);
  }
});

test('files of a folder have its path, single ones their name', async () => {
  const found = [];
  await fromList([{ name: 'a.jpg', webkitRelativePath: 'trip/a.jpg' }, { name: 'b.jpg', webkitRelativePath: '' }], (part) => found.push(...part));
  assert.deepEqual(found.map(({ path: at }) => at), ['trip/a.jpg', 'b.jpg']);
});

test('thousands of files are handed on in parts, all of them, once, in their order; the page may answer in between', async () => {
  const files = Array.from({ length: 5000 }, (_, i) => ({ name: String(i), webkitRelativePath: '' }));
  const parts = [];
  let between = 0;
  const timer = setInterval(() => (between += 1), 0);
  await fromList(files, (part) => parts.push(part));
  clearInterval(timer);
  assert.deepEqual(parts.flat().map(({ path: at }) => at), files.map(({ name }) => name));
  assert.ok(parts.length > 3 && parts.every(({ length }) => length <= 1600));
  assert.ok(between > 0, 'others had their turn');
});

// Entries as a browser gives them: folders in parts, some unreadable.
function entry(fullPath, contents) {
  const isDirectory = contents !== undefined;
  const parts = isDirectory && contents !== 'locked' ? [contents.slice(0, 2), contents.slice(2)].filter((part) => part.length) : [];
  const readEntries = (give, fail) => (contents === 'locked' ? fail(new Error('locked')) : give(parts.shift() ?? []));
  return { fullPath, isDirectory, createReader: () => ({ readEntries }), file: (give) => give({ name: fullPath }) };
}

test('a drop is walked to its leaves, and what cannot be read is told', async () => {
  const leaves = [0, 1, 2].map((i) => entry(`/trip/day/${i}.jpg`));
  const trip = entry('/trip', [entry('/trip/day', leaves), entry('/trip/secret', 'locked'), entry('/trip/z.jpg')]);
  const items = [trip, entry('/one.jpg')].map((item) => ({ kind: 'file', webkitGetAsEntry: () => item }));
  const told = [];
  const found = [];
  await fromDrop({ items: [...items, { kind: 'string' }] }, (part) => found.push(...part), (at) => told.push(at));
  const expected = ['one.jpg', 'trip/day/0.jpg', 'trip/day/1.jpg', 'trip/day/2.jpg', 'trip/z.jpg'];
  assert.deepEqual(found.map(({ path: at }) => at).sort(), expected);
  assert.deepEqual(told, ['trip/secret']);
});

test('pace looks back ten seconds', () => {
  let now = 0;
  const pace = new Pace(() => now);
  assert.equal(pace.timeLeft(10), null);
  for (now = 1000; now <= 20_000; now += 1000) pace.mark(now / 1000); // 1 a second
  for (; now <= 40_000; now += 1000) pace.mark(20 + (now - 20_000) / 100); // then 10 a second
  assert.ok(Math.abs(pace.rate - 10) < 1e-9);
  assert.ok(Math.abs(pace.timeLeft(50) - 5) < 1e-9);
});

test('the page is drawn a few times a second for what comes by itself, and at once for a person', ({ mock }) => {
  mock.timers.enable({ apis: ['setTimeout'] });
  globalThis.document = { hidden: false };
  globalThis.requestAnimationFrame = (frame) => setTimeout(frame, 5);
  let now = 1000;
  let draws = 0;
  const pass = (milliseconds) => {
    for (let i = 0; i < milliseconds; i += 1, now += 1) mock.timers.tick(1);
  };
  const drawing = new Drawing(() => (draws += 1), () => now);
  drawing.requestSoon();
  pass(10);
  assert.equal(draws, 1, 'the first photo is drawn at once');
  for (let photos = 0; photos < 100; photos += 1) {
    drawing.requestSoon();
    pass(10);
  }
  assert.ok(draws >= 5 && draws <= 6, `expected 5 drawings a second, found ${draws - 1}`);
  pass(200);
  const before = draws;
  pass(1000);
  assert.equal(draws, before, 'nothing is drawn where nothing comes');
  drawing.requestSoon();
  pass(10);
  drawing.requestSoon();
  drawing.request();
  drawing.request();
  pass(10);
  assert.equal(draws, before + 2, 'a person does not wait for photos');
  pass(1000);
  assert.equal(draws, before + 2, 'what was to be drawn soon has been drawn');
});

// Decides on class 0 or 1 from a confidence on, which `limits` may change later. Counts what is asked.
function judgeOf(limits = { confidence: 0.6, presence: 0 }, asked = { predict: 0, decide: 0 }) {
  const decide = (confidence, presence) => (presence < limits.presence ? 2 : confidence <= limits.confidence ? 1 : 0);
  return {
    predict([cat, dog], presence) {
      asked.predict += 1;
      const confidence = Math.max(cat, dog);
      return { classId: cat >= dog ? 0 : 1, confidence, decision: ['class', 'uncertain', 'none'][decide(confidence, presence ?? 1)] };
    },
    decide(confidences, presences) {
      asked.decide += 1;
      return Uint8Array.from(confidences, (confidence, i) => decide(confidence, presences[i]));
    },
  };
}

test('other thresholds are decided on for all photos in one call, and only what changes is counted anew', () => {
  const limits = { confidence: 0.62, presence: 0 };
  const asked = { predict: 0, decide: 0 };
  const results = new Results(2, judgeOf(limits, asked));
  const rows = results.add(Array.from({ length: 20_000 }, (_, i) => ({ path: String(i).padStart(5, '0'), file: { size: 1, lastModified: 0 } })));
  // Of ten photos one is no picture, one waits; the others are more and more surely there.
  for (const [i, { id }] of rows.entries()) {
    if (i % 10 === 9) continue;
    const share = 0.5 + (i % 10) / 20;
    const probabilities = Float32Array.of(share, 1 - share);
    results.settle(id, i % 10 === 0 ? { kind: 'failed', error: '' } : { kind: 'classified', probabilities, presence: (i % 10) / 10, width: 1, height: 1, warning: '' });
  }
  results.correct(rows[1].id, 1);
  const groups = () => {
    const { labels, uncertain, none, failed, changed } = results.summary;
    return { labels, uncertain, none, failed, changed };
  };
  assert.deepEqual(groups(), { labels: [12_000, 1], uncertain: 3999, none: 0, failed: 2000, changed: 1 });
  const before = asked.predict;
  limits.confidence = 0.72;
  limits.presence = 0.25;
  const recounts = [];
  const { count } = results;
  results.count = (row, by) => {
    recounts.push(row.path);
    count.call(results, row, by);
  };
  results.redecide();
  assert.deepEqual(groups(), { labels: [8000, 1], uncertain: 4000, none: 3999, failed: 2000, changed: 1 });
  assert.deepEqual(asked, { predict: before, decide: 1 });
  assert.equal(new Set(recounts).size, 8000, 'of 16,000');
  assert.deepEqual(rows.slice(0, 10).map(({ decision }) => decision).slice(1, 9), ['none', 'none', 'uncertain', 'uncertain', 'class', 'class', 'class', 'class']);
  results.redecide();
  assert.equal(recounts.length, 2 * 8000, 'nothing changes');
});

test('results are in path order, counted, and each file is there once', () => {
  const results = new Results(2, judgeOf());
  let changes = 0;
  results.addEventListener('change', () => (changes += 1));
  const found = (name, size = 1) => ({ path: name, file: { size, lastModified: 0 } });
  const c = results.add([found('c')])[0];
  const a = results.add([found('b'), found('a'), found('c')])[0];
  assert.deepEqual(results.rows.map((row) => row.path), ['a', 'b', 'c']);
  const classified = (probabilities) => ({ kind: 'classified', probabilities, width: 3, height: 2, warning: '' });
  results.settle(c.id, classified([0.1, 0.9]));
  results.settle(a.id, classified([0.5, 0.5]));
  results.settle(a.id, { kind: 'failed', error: 'too late' });
  assert.deepEqual(results.summary, { all: 3, done: 2, labels: [0, 1], uncertain: 1, none: 0, failed: 0, notAnImage: 0, skipped: 0, changed: 0 });
  results.settle(results.rows[1].id, { kind: 'failed', error: 'expected this, found that' });
  assert.deepEqual(results.rows.map(groupOf), [{ kind: 'uncertain' }, { kind: 'failed' }, { kind: 'label', classId: 1 }]);
  const waiting = results.add([found('c', 2), found('c')]);
  assert.equal(waiting.length, 1);
  assert.deepEqual(results.rows.map((row) => row.path), ['a', 'b', 'c', 'c'], 'another photo of the same name');
  results.skip([...waiting, c].map((row) => row.id));
  assert.equal(results.rows.length, 4, 'what is skipped keeps its row');
  assert.deepEqual([results.summary.all, results.summary.done, results.summary.skipped], [4, 3, 1]);
  assert.equal(results.settle(waiting[0].id, classified([0.1, 0.9])), undefined, 'it is not looked at');
  assert.deepEqual(results.takeUp(), waiting);
  results.settle(waiting[0].id, classified([0.1, 0.9]));
  assert.deepEqual([results.summary.done, results.summary.skipped, results.summary.labels], [4, 0, [0, 2]]);
  results.clear();
  results.settle(a.id, classified([0.1, 0.9]));
  assert.deepEqual(results.summary, { all: 0, done: 0, labels: [0, 0], uncertain: 0, none: 0, failed: 0, notAnImage: 0, skipped: 0, changed: 0 });
  assert.equal(results.rows.length, 0);
  assert.ok(changes >= 7);
});

test('rows are ordered by confidence, of equals the first path first, and those without one come last', () => {
  const rows = Array.from({ length: 3000 }, (_, i) => ({
    path: String(i),
    state: ['classified', 'classified', 'failed', 'waiting'][(i * 7) % 4],
    confidence: Math.fround(((i * 7919) % 101) / 100),
  }));
  const paths = (order) => select(rows, { choice: { kind: 'all' }, search: '', order }).map((row) => row.path);
  const sorted = (compare) => rows.filter(({ state }) => state === 'classified').toSorted(compare).map((row) => row.path);
  const others = rows.filter(({ state }) => state !== 'classified').map((row) => row.path);
  assert.deepEqual(paths('least'), [...sorted((a, b) => a.confidence - b.confidence), ...others]);
  assert.deepEqual(paths('most'), [...sorted((a, b) => b.confidence - a.confidence), ...others]);
  assert.deepEqual(paths('path'), rows.map((row) => row.path));
  assert.deepEqual(select([], { choice: { kind: 'all' }, search: '', order: 'most' }), []);
});

test('every language has every text', () => {
  for (const dictionary of Object.values(texts)) {
    assert.deepEqual(Object.keys(dictionary).sort(), Object.keys(texts.en).sort());
    for (const [key, text] of Object.entries(dictionary)) {
      assert.equal(typeof text, typeof texts.en[key], key);
      if (typeof text === 'string') assert.notEqual(text.trim(), '', key);
    }
  }
});

test('every text that the page names exists', () => {
  const html = fs.readFileSync(path.join(repository, 'web/index.html'), 'utf8');
  const named = [...html.matchAll(/data-text="(\w+)"/g)].map(([, name]) => name);
  assert.ok(named.length > 5);
  for (const name of named) assert.equal(typeof texts.en[name], 'string', name);
});
