// Milliseconds from offering photos to the page's first result, in headless Chromium, the page being there already, as JSON on
// stdout: {"small": 210, …}. Medians over the rounds; every round is another visitor's.
//
// usage: first-result.mjs PAGE ROUNDS NAME=PHOTOS…
//   PAGE: our built page; PHOTOS: a folder that is chosen file by file, or, where it ends in '/', dropped as a whole
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { chromium } from '../../web/node_modules/playwright-core/index.mjs';
import { answer } from '../../scripts/static-files.mjs';

const READY_MS = 120_000;

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

// In the page: the clock runs from here to the first row that holds a result.
function watch() {
  const start = performance.now();
  window.firstResult = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (!document.querySelector('.row[data-state="classified"]')) return;
      observer.disconnect();
      resolve(performance.now() - start);
    });
    observer.observe(document.getElementById('rows'), { subtree: true, childList: true, attributes: true, attributeFilter: ['data-state'] });
  });
}

async function dropFolder(page, folder) {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files: [path.resolve(folder)], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await session.send('Input.dispatchDragEvent', { type, x: 200, y: 200, data });
  }
}

async function visit(browser, address, photos) {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  await page.goto(address);
  await page.locator('main[data-model="ready"]').waitFor({ timeout: READY_MS });
  await page.evaluate(watch);
  if (photos.endsWith('/')) await dropFolder(page, photos);
  else await page.locator('#files-input').setInputFiles(fs.readdirSync(photos).map((name) => path.join(photos, name)));
  const first = await page.evaluate(() => window.firstResult);
  await context.close();
  return first;
}

const [pageFolder, rounds, ...sets] = process.argv.slice(2);
const real = fs.realpathSync(pageFolder);
const server = http.createServer((request, response) => answer(real, request, response));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  const times = {};
  for (let round = 0; round < Number(rounds); ++round) {
    for (const set of sets) {
      const [name, photos] = set.split(/=(.*)/s);
      (times[name] ??= []).push(await visit(browser, `http://127.0.0.1:${server.address().port}/`, photos));
    }
  }
  console.log(JSON.stringify(Object.fromEntries(Object.entries(times).map(([name, values]) => [name, median(values)]))));
} finally {
  await browser.close();
  server.close();
}
