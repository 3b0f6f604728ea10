// Milliseconds from opening a page, nothing kept by the browser, to its network's being ready, in headless Chromium;
// JSON on stdout: a median for each page. The pages take turns; every visit is another visitor's.
//
// usage: ready.mjs ROUNDS NAME=PAGE…
//   PAGE: a folder, a built page of ours
import fs from 'node:fs';
import http from 'node:http';
import { chromium } from '../../web/node_modules/playwright-core/index.mjs';
import { answer } from '../../scripts/static-files.mjs';

const READY_MS = 120_000;

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

// In the page, before anything of its own; its clock runs since it was opened.
function watch() {
  window.ready = new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      if (document.getElementById('page')?.dataset.model !== 'ready') return;
      observer.disconnect();
      resolve(performance.now());
    });
    observer.observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-model'] });
  });
}

async function visit(browser, address) {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(READY_MS);
    await page.addInitScript(watch);
    await page.goto(address);
    await page.locator('main[data-model="ready"]').waitFor();
    return await page.evaluate(() => window.ready);
  } finally {
    await context.close();
  }
}

function serve(folder) {
  const real = fs.realpathSync(folder);
  const server = http.createServer((request, response) => answer(real, request, response));
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ server, address: `http://127.0.0.1:${server.address().port}/` }));
  });
}

const [rounds, ...arguments_] = process.argv.slice(2);
const pages = [];
for (const argument of arguments_) {
  const [name, folder] = argument.split(/=(.*)/s);
  pages.push({ name, times: [], ...(await serve(folder)) });
}
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  for (const { address } of pages) await visit(browser, address); // the browser itself warms up
  for (let round = 0; round < Number(rounds); ++round) {
    for (const { address, times } of pages) times.push(await visit(browser, address));
  }
  console.log(JSON.stringify(Object.fromEntries(pages.map(({ name, times }) => [name, median(times)]))));
} finally {
  await browser.close();
  for (const { server } of pages) server.close();
}
