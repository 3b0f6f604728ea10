// Nothing leaves the page, and no text becomes code: not in the page, not in its workers, on no host. And what the page
// keeps is what came with it.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import puppeteer from '../../web/node_modules/puppeteer-core/lib/puppeteer/puppeteer-core.js';
import { chromiumFile, launch, openPage } from './support/browser.mjs';
import { dist, serveSite } from './support/site.mjs';
import { makeBundle, skipWithout, temporaryFolder, tools } from './support/tools.mjs';

const firefox = process.env.CATDOG_FIREFOX ?? '/usr/bin/firefox-esr';
skipWithout(path.join(dist, 'index.html'), chromiumFile, firefox, tools.makeBundle);

const work = temporaryFolder();
const patience = { timeout: 60_000 };
const heard = [];
let browser, bundle, stranger, foreign;

before(async () => {
  bundle = makeBundle(path.join(work, 'bundle'), '--size', '32');
  // A server that would let anybody read and write.
  stranger = http.createServer((request, response) => {
    heard.push(request.url);
    response.writeHead(200, { 'Access-Control-Allow-Origin': '*' }).end('secret');
  });
  await new Promise((resolve) => stranger.listen(0, '127.0.0.1', resolve));
  foreign = `http://127.0.0.1:${stranger.address().port}/`;
  browser = await launch();
});

after(async () => {
  await browser?.close();
  stranger.close();
  stranger.closeAllConnections();
});

// In the page or a worker: all ways out, and whether they led there.
async function tryEverything(address) {
  const outcome = async (attempt) => {
    try {
      await attempt();
      return 'done';
    } catch {
      return 'refused';
    }
  };
  return {
    get: await outcome(() => fetch(address)),
    post: await outcome(() => fetch(address, { method: 'POST', mode: 'no-cors', body: 'photo' })),
    socket: await outcome(() => new Promise((resolve, reject) => {
      const socket = new WebSocket(address.replace('http', 'ws'));
      socket.onopen = resolve;
      socket.onerror = reject;
    })),
    code: await outcome(() => import(`${address}script.js`)),
    eval: await outcome(() => (0, eval)('1')),
    Function: await outcome(() => new Function('return 1')()),
  };
}
const allRefused = { get: 'refused', post: 'refused', socket: 'refused', code: 'refused', eval: 'refused', Function: 'refused' };

async function assertConfined(page) {
  const worker = page.workers().find((one) => one.url().startsWith('blob:') || one.url().includes('worker-'));
  assert.ok(worker, 'the page has workers');
  assert.deepEqual(await worker.evaluate(tryEverything, foreign), allRefused);
  assert.deepEqual(heard, []);
}

for (const bare of [false, true]) {
  test(`workers are confined on the first visit, ${bare ? 'on a host that sends no headers' : 'on a host that sends them'}`, async (t) => {
    const site = await serveSite(bundle, dist, { bare });
    t.after(() => site.close());
    const page = await openPage(browser, site);
    await assertConfined(page);
    assert.deepEqual(await page.evaluate(tryEverything, foreign), allRefused);
    assert.deepEqual(heard, []);
    await page.context().close();
  });
}

test('workers are confined in Firefox too, on a host that sends no headers', async (t) => {
  // Firefox lets nobody look into a worker: its script itself tells what it may do.
  const folder = path.join(work, 'telling');
  fs.cpSync(dist, folder, { recursive: true });
  const script = path.join(folder, 'assets', fs.readdirSync(path.join(folder, 'assets')).find((name) => /^worker-.*js$/.test(name)));
  const tell = `self.addEventListener('message', async (event) => {
    if (!event.data.tryEverything) return;
    event.stopImmediatePropagation();
    self.postMessage({ told: await (${tryEverything})(event.data.tryEverything) });
  });`;
  fs.writeFileSync(script, tell + fs.readFileSync(script, 'utf8'));
  const site = await serveSite(bundle, folder, { bare: true });
  t.after(() => site.close());
  const other = await puppeteer.launch({ browser: 'firefox', executablePath: firefox, headless: true });
  t.after(() => other.close());
  const page = await other.newPage();
  await page.evaluateOnNewDocument(() => {
    const { Worker } = window;
    window.workers = [];
    window.Worker = class extends Worker {
      constructor(...words) {
        super(...words);
        window.workers.push(this);
      }
    };
  });
  await page.goto(site.address);
  await page.waitForSelector('main[data-model="ready"]', patience);
  const told = await page.evaluate((address) => new Promise((resolve) => {
    const [worker] = window.workers;
    worker.addEventListener('message', ({ data }) => data.told && resolve(data.told));
    worker.postMessage({ tryEverything: address });
  }), foreign);
  assert.deepEqual(told, allRefused);
  assert.deepEqual(heard, []);
});

const wanted = {
  'content-security-policy': /default-src 'none'; script-src 'self' 'wasm-unsafe-eval';.*connect-src 'self';.*frame-ancestors 'none'/,
  'x-content-type-options': /^nosniff$/,
  'cross-origin-opener-policy': /^same-origin$/,
  'referrer-policy': /^no-referrer$/,
};

function assertHeaders(headers, what) {
  for (const [name, value] of Object.entries(wanted)) assert.match(headers[name] ?? 'none', value, `${name} of ${what}`);
}

test('the file for hosts that read headers from one, and our own server, have them', async (t) => {
  const [first, ...lines] = fs.readFileSync(path.join(dist, '_headers'), 'utf8').trim().split('\n');
  assert.equal(first, '/*');
  assertHeaders(Object.fromEntries(lines.map((line) => line.trim().split(/: (.*)/)).map(([name, value]) => [name.toLowerCase(), value])), '_headers');
  const site = await serveSite(bundle);
  t.after(() => site.close());
  for (const file of ['', 'service-worker.js', 'nothing.js']) {
    const { headers } = await fetch(site.address + file);
    assertHeaders(Object.fromEntries(headers), file);
  }
  assert.ok(!fs.readFileSync(path.join(dist, 'service-worker.js'), 'utf8').includes('"_headers"'), 'hosts do not serve it');
});

/** A page that its service worker serves, from a host without headers. */
async function keptPage(site) {
  const page = await openPage(browser, site, { serviceWorkers: 'allow' });
  await page.locator('footer[data-kept="yes"]').waitFor(patience);
  await page.reload();
  await page.locator('main[data-model="ready"]').waitFor(patience);
  return page;
}

test('the service worker sends them with whatever it serves', async (t) => {
  const site = await serveSite(bundle, dist, { bare: true });
  t.after(() => site.close());
  const page = await keptPage(site);
  const found = await page.evaluate(async () => {
    const files = [...performance.getEntriesByType('resource').map(({ name }) => name), './', 'index.html'];
    const kept = files.filter((name) => !name.startsWith('blob:'));
    return Object.fromEntries(await Promise.all(kept.map(async (name) => [name, Object.fromEntries((await fetch(name)).headers)])));
  });
  assert.ok(Object.keys(found).length > 5);
  for (const [name, headers] of Object.entries(found)) assertHeaders(headers, name);
  await assertConfined(page);
  await page.context().close();
});

test('a kept file that was changed is not used, with a network or without', async (t) => {
  const site = await serveSite(bundle, dist, { bare: true });
  t.after(() => site.close());
  const page = await keptPage(site);
  const session = await page.context().newCDPSession(page);
  await session.send('ServiceWorker.enable');
  // In the page: as another page of the same origin could do it.
  const spoil = (ending) => page.evaluate(async (wantedEnding) => {
    let spoilt = 0;
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        if (!request.url.endsWith(wantedEnding)) continue;
        const { headers } = await cache.match(request);
        await cache.put(request, new Response('document.documentElement.dataset.evil = "yes";', { headers }));
        spoilt += 1;
      }
    }
    return spoilt;
  }, ending);
  const reload = async () => {
    await session.send('ServiceWorker.stopAllWorkers');
    await page.reload();
  };
  const size = () => page.evaluate(async () => {
    const caught = await Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).match('model/model.onnx')));
    return (await caught.find((one) => one)?.blob())?.size;
  });
  for (const ending of ['.js', '.wasm', 'model.onnx']) {
    assert.ok((await spoil(ending)) > 0, ending);
    await reload();
    await page.locator('main[data-model="ready"]').waitFor(patience);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.evil), undefined, ending);
  }
  assert.equal(await size(), fs.statSync(path.join(bundle, 'model.onnx')).size, 'kept again, as it should be');
  await page.context().setOffline(true);
  assert.ok((await spoil('.js')) > 0);
  await reload();
  await page.waitForTimeout(1000);
  assert.equal(await page.evaluate(() => document.documentElement.dataset.evil), undefined);
  await page.context().close();
});
