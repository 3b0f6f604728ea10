// The pool of workers, with workers that do nothing by themselves.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load } from './support/modules.mjs';

const { Pool } = await load('pool/pool.ts');
const { groupLength } = await load('pool/groups.ts');

// `say` speaks for a worker; `got` is what it was told.
function puppets() {
  const workers = [];
  const create = () => {
    const worker = Object.assign(new EventTarget(), { got: [], terminate: () => undefined });
    worker.postMessage = (message) => worker.got.push(message);
    worker.say = (data) => worker.dispatchEvent(Object.assign(new Event('message'), { data }));
    worker.die = (message = '') => worker.dispatchEvent(Object.assign(new Event('error', { cancelable: true }), { message }));
    workers.push(worker);
    return worker;
  };
  return { workers, create };
}

const groupsOf = (worker) => worker.got.filter(({ type }) => type === 'classify').map(({ photos }) => photos.map(({ id }) => id));
const answer = (worker, ids) => worker.say({ type: 'classified', outcomes: ids.map((id) => [id, { kind: 'failed', error: '' }]) });
const numbers = (count, from = 0) => Array.from({ length: count }, (_, i) => from + i);
const read = () => new Promise((resolve) => setImmediate(resolve)); // what was being read has been
const fileOf = (id, size = 1) => ({ name: `${id}.jpg`, size, arrayBuffer: async () => new ArrayBuffer(size) });
const photosOf = (ids, size) => ids.map((id) => ({ id, file: fileOf(id, size) }));

function poolOf(t, workers, { isSeen = () => false } = {}) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const made = puppets();
  const outcomes = new Map();
  const told = [];
  const events = {
    ready: () => undefined,
    unusable: (message) => told.push(message),
    classified: (id, outcome) => outcomes.set(id, outcome),
  };
  const options = { workers, stallSeconds: 60, startSeconds: 180, mostBytes: 2 ** 29, create: made.create, isSeen };
  return { pool: new Pool({}, events, options), workers: made.workers, outcomes, told, mock: t.mock };
}

test('a group is short where few photos wait, where they are large, and where one is a suspect', () => {
  const waiting = (sizes, suspects = []) => sizes.map((size, i) => ({ file: { size }, suspect: suspects.includes(i) }));
  const small = waiting(new Array(1000).fill(20_000));
  assert.equal(groupLength([], 4), 0);
  assert.equal(groupLength(small, 4), 8);
  assert.equal(groupLength(small.slice(0, 7), 4), 1, 'every worker has something to do');
  assert.equal(groupLength(small.slice(0, 40), 4), 5);
  assert.equal(groupLength(waiting(new Array(1000).fill(400_000)), 4), 2, 'at most a mebibyte');
  assert.equal(groupLength(waiting(new Array(1000).fill(8e6)), 4), 1);
  assert.equal(groupLength(waiting(new Array(1000).fill(20_000), [0]), 4), 1);
  assert.equal(groupLength(waiting(new Array(1000).fill(20_000), [3]), 4), 3, 'a suspect waits for its own turn');
});

test('a worker has at most two groups, the first offered are done first, what no worker has can be cancelled', async (t) => {
  const { pool, workers, outcomes } = poolOf(t, 2);
  pool.classify(photosOf(numbers(1000)));
  assert.deepEqual(workers.map(groupsOf), [[], []], 'nothing before a worker is ready');
  for (const worker of workers) worker.say({ type: 'ready' });
  await read();
  const given = workers.flatMap((worker) => groupsOf(worker));
  assert.deepEqual(given.map(({ length }) => length), [8, 8, 8, 8]);
  assert.deepEqual(given.flat().sort((a, b) => a - b), numbers(32));
  const [first] = groupsOf(workers[1]);
  answer(workers[1], first.slice(0, 5));
  await read();
  assert.equal(groupsOf(workers[1]).length, 2, 'a group is not done before all of it is');
  answer(workers[1], first.slice(5));
  await read();
  assert.deepEqual(groupsOf(workers[1])[2], numbers(8, 32));
  assert.deepEqual([...outcomes.keys()], first);
  assert.deepEqual(pool.cancelWaiting(), numbers(960, 40));
  for (const worker of workers) answer(worker, groupsOf(worker).flat());
  assert.deepEqual([...outcomes.keys()].sort((a, b) => a - b), numbers(40), 'what was begun is finished');
});

test('bytes are handed over once, with the word whether the row is seen; what cannot be read costs itself alone', async (t) => {
  const { pool, workers, outcomes } = poolOf(t, 1, { isSeen: (id) => id === 2 });
  const gone = { name: 'gone.jpg', size: 1, arrayBuffer: () => Promise.reject(new DOMException('', 'NotFoundError')) };
  const photos = photosOf(numbers(17), 3);
  pool.classify(photos.with(1, { id: 1, file: gone }).with(16, { id: 16, file: fileOf(16, 2 ** 30) }));
  workers[0].say({ type: 'ready' });
  await read();
  const [{ photos: group }] = workers[0].got.filter(({ type }) => type === 'classify');
  assert.deepEqual(group.map(({ id, bytes, seen }) => [id, bytes.length, seen]), [[0, 3, false], [2, 3, true], [3, 3, false], [4, 3, false]]);
  assert.deepEqual([...outcomes], [[1, { kind: 'failed', error: 'expected a readable file, found NotFoundError' }]]);
  while (outcomes.size < 17) {
    answer(workers[0], groupsOf(workers[0]).flat());
    await read();
  }
  assert.equal(outcomes.get(16).error, 'expected a file of at most 512 MiB, found 1024 MiB');
});

test('groups go to a worker in their order, however long each takes to read', async (t) => {
  const { pool, workers } = poolOf(t, 1);
  let found;
  const slow = { name: 'slow.jpg', size: 2 ** 20, arrayBuffer: () => new Promise((resolve) => (found = resolve)) };
  pool.classify([{ id: 0, file: slow }, ...photosOf([1])]);
  workers[0].say({ type: 'ready' });
  await read();
  assert.deepEqual(groupsOf(workers[0]), []);
  found(new ArrayBuffer(1));
  await read();
  assert.deepEqual(groupsOf(workers[0]), [[0], [1]]);
});

test('a picture that a person waits for is made before any waiting photo', async (t) => {
  const { pool, workers } = poolOf(t, 1);
  pool.classify(photosOf(numbers(100)));
  workers[0].say({ type: 'ready' });
  const picture = pool.thumbnail(fileOf('seen'), 160);
  const map = pool.classActivation(fileOf('seen'), 1);
  await read();
  answer(workers[0], groupsOf(workers[0]).flat());
  await read();
  const wishes = workers[0].got.filter(({ type }) => type === 'wish');
  assert.deepEqual(wishes.map(({ wish }) => wish), [{ type: 'thumbnail', size: 160 }, { type: 'class-activation', classId: 1 }]);
  workers[0].say({ type: 'thumbnail', id: wishes[0].id, thumbnail: 'small' });
  workers[0].say({ type: 'class-activation', id: wishes[1].id, found: 'map' });
  assert.deepEqual([await picture, await map], ['small', 'map']);
});

test('a worker without room for the network leaves its work to the others', async (t) => {
  const { pool, workers, outcomes, told } = poolOf(t, 2);
  pool.classify(photosOf(numbers(3)));
  workers[0].say({ type: 'unusable', message: 'expected memory, found none' });
  assert.deepEqual(told, []);
  workers[1].say({ type: 'ready' });
  await read();
  assert.deepEqual(groupsOf(workers[1]), [[0], [1]]);
  for (let i = 1; i < workers.length; i += 1) workers[i].die(); // and whoever replaces it, too
  assert.equal(told.length, 1);
  assert.equal(workers.length, 5, 'three attempts to replace it');
  pool.classify(photosOf([3]));
  assert.deepEqual([...outcomes.keys()].sort(), [0, 1, 2, 3], 'nobody waits for ever');
  for (const outcome of outcomes.values()) assert.equal(outcome.kind, 'failed');
});

test('a worker that dies costs one photo of its group: the others are tried again, each alone', async (t) => {
  const { pool, workers, outcomes } = poolOf(t, 1);
  pool.classify(photosOf(numbers(100)));
  workers[0].say({ type: 'ready' });
  await read();
  answer(workers[0], [0, 1]);
  workers[0].die('Uncaught RuntimeError: unreachable');
  assert.deepEqual([...outcomes.keys()], [0, 1], 'nobody knows yet which it was');
  for (let at = 1; outcomes.size < 8; at = workers.length - 1) {
    if (groupsOf(workers[at]).length === 0) workers[at].say({ type: 'ready' });
    await read();
    const group = groupsOf(workers[at]).find(([id]) => !outcomes.has(id));
    assert.equal(group.length, 1);
    if (group[0] === 5) workers[at].die('Uncaught RuntimeError: unreachable');
    else answer(workers[at], group);
  }
  assert.equal(workers.length, 3);
  for (const [id, { error }] of outcomes) assert.equal(error, id === 5 ? 'expected a result, found that the photo crashed its worker' : '', id);
  await read();
  workers[2].say({ type: 'ready' });
  await read();
  assert.equal(groupsOf(workers[2]).at(-1).length, 8, 'then as before');
});

test('a worker that says nothing for a minute is replaced; each word gives it another', async (t) => {
  const { pool, workers, outcomes, mock } = poolOf(t, 1);
  pool.classify(photosOf(numbers(100)));
  workers[0].say({ type: 'ready' });
  await read();
  for (const id of numbers(7)) {
    mock.timers.tick(59_000);
    answer(workers[0], [id]);
  }
  assert.equal(workers.length, 1);
  mock.timers.tick(60_000);
  assert.equal(outcomes.get(7).error, 'expected a result within 60 s, found none', 'the last of its group: it was that one');
  assert.equal(workers.length, 2);
});

test('a file that cannot be read to its end stops nothing', async (t) => {
  const { pool, workers, outcomes, mock } = poolOf(t, 1);
  const endless = { name: 'endless.jpg', size: 1, arrayBuffer: () => new Promise(() => undefined) };
  pool.classify([{ id: 0, file: endless }, ...photosOf([1])]);
  workers[0].say({ type: 'ready' });
  await read();
  mock.timers.tick(60_000);
  assert.match(outcomes.get(0).error, /expected a result within 60 s, found none/);
  workers[1].say({ type: 'ready' });
  await read();
  assert.deepEqual(groupsOf(workers[1]), [[1]]);
});

test('a worker that hangs while it starts is replaced, three times, and then told', (t) => {
  const { pool, workers, outcomes, told, mock } = poolOf(t, 1);
  pool.classify(photosOf([0]));
  mock.timers.tick(179_000);
  assert.equal(workers.length, 1, 'it has its time');
  for (let i = 0; i < 3; i += 1) mock.timers.tick(180_000);
  assert.equal(workers.length, 3);
  assert.deepEqual(told, ['expected a worker that starts within 180 s, found none']);
  assert.deepEqual(outcomes.get(0), { kind: 'failed', error: told[0], transient: true }, 'nobody waits for ever; another time it may go');
});

test('a worker that is ready may wait for its first photo as long as it likes', (t) => {
  const { workers, mock } = poolOf(t, 1);
  workers[0].say({ type: 'ready' });
  mock.timers.tick(10_000_000);
  assert.equal(workers.length, 1);
});

test('a worker that runs out of memory says so in the row of its photo; one that holds much is replaced without loss', async (t) => {
  const { pool, workers, outcomes } = poolOf(t, 1);
  pool.classify(photosOf(numbers(4)));
  workers[0].say({ type: 'ready' });
  await read();
  workers[0].die('Uncaught RangeError: Array buffer allocation failed');
  assert.match(outcomes.get(0).error, /expected memory for the photo/);
  workers[1].say({ type: 'ready' });
  await read();
  answer(workers[1], [1]);
  workers[1].say({ type: 'spent' });
  assert.equal(workers.length, 3, 'another in its place');
  workers[2].say({ type: 'ready' });
  await read();
  assert.deepEqual(groupsOf(workers[2]), [[2], [3]], 'what it had not answered is done by the other');
  workers[2].die('Uncaught RuntimeError: unreachable');
  assert.match(outcomes.get(2).error, /crashed its worker/);
});
