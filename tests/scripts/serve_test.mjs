// The server of scripts/run: right types, nothing outside of its folder, a port that is taken is said to be.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const TOOL = fileURLToPath(new URL('../../scripts/serve.mjs', import.meta.url));
const base = fs.mkdtempSync(path.join(os.tmpdir(), 'catdog-serve-'));
const site = path.join(base, 'site');
let server;
let origin;

// A request whose path goes out as it is written: fetch would tidy up '..'.
function get(requestPath, method = 'GET') {
  const { hostname, port } = new URL(origin);
  return new Promise((resolve, reject) => {
    const request = http.request({ hostname, port, path: requestPath, method }, (response) => {
      let body = '';
      response.on('data', (part) => (body += part)).on('end', () => resolve({ headers: response.headers, body, status: response.statusCode, type: response.headers['content-type'] }));
    });
    request.on('error', reject).end();
  });
}

// Runs the tool until its first word on stdout, or its end.
function start(...words) {
  const child = spawn(process.execPath, [TOOL, ...words]);
  let said = '';
  return new Promise((resolve) => {
    child.stderr.on('data', (part) => (said += part));
    child.stdout.once('data', (part) => resolve({ child, said: String(part) }));
    child.once('close', (status) => resolve({ child, said, status }));
  });
}

before(async () => {
  fs.mkdirSync(path.join(site, 'sub folder'), { recursive: true });
  fs.writeFileSync(path.join(base, 'secret.txt'), 'secret');
  for (const name of ['index.html', 'a.wasm', 'b.mjs', 'c.onnx', 'sub folder/index.html']) {
    fs.writeFileSync(path.join(site, name), name);
  }
  fs.symlinkSync(path.join(base, 'secret.txt'), path.join(site, 'link.txt'));
  const started = await start(site, '--port', '0');
  server = started.child;
  origin = started.said.match(/http:\/\/127\.0\.0\.1:\d+\//)[0];
});

after(() => {
  server.kill();
  fs.rmSync(base, { recursive: true });
});

for (const [name, type] of [['/', 'text/html'], ['/a.wasm', 'application/wasm'], ['/b.mjs', 'text/javascript'],
  ['/c.onnx', 'application/octet-stream'], ['/sub%20folder/', 'text/html'], ['/a.wasm?v=1', 'application/wasm']]) {
  test(`${name} is ${type}`, async () => {
    const { status, type: found } = await get(name);
    assert.equal(status, 200);
    assert.equal(found.split(';')[0], type);
  });
}

for (const name of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/link.txt', '/missing', '/%zz', '/%00']) {
  test(`${name} is not found`, async () => {
    const { status, body } = await get(name);
    assert.equal(status, 404);
    assert.ok(!body.includes('secret'));
  });
}

test('HEAD has no body, POST is refused', async () => {
  const head = await get('/a.wasm', 'HEAD');
  assert.deepEqual([head.status, head.body], [200, '']);
  assert.equal((await get('/a.wasm', 'POST')).status, 405);
});

test('everything comes with the content policy, what is not there too', async () => {
  for (const name of ['/', '/b.mjs', '/missing']) {
    const { headers } = await get(name);
    assert.match(headers['content-security-policy'], /^default-src 'none'; .*frame-ancestors 'none'/, name);
    assert.equal(headers['x-content-type-options'], 'nosniff', name);
    assert.equal(headers['cross-origin-opener-policy'], 'same-origin', name);
    assert.equal(headers['referrer-policy'], 'no-referrer', name);
  }
});

test('a port that is taken', async () => {
  const { status, said } = await start(site, '--port', new URL(origin).port);
  assert.equal(status, 1);
  assert.match(said, /port \d+ of 127\.0\.0\.1 is taken/);
});

test('wrong usage', async () => {
  const wrong = await start(site, '--port', 'x');
  assert.equal(wrong.status, 2);
  assert.match(wrong.said, /expected 0 to 65535, found "x"/);
  assert.equal((await start(site, 'more')).status, 2);
});
