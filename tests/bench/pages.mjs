// Photos a second of the whole page in headless Chromium, beside transformers.js and nsfwjs, as JSON on stdout:
// {"small": {"catdog": 1.5, …}, …}, medians over the rounds. The pages take turns, so that they see the same machine.
//
// usage: pages.mjs PAGE OTHERS ROUNDS NAME=PHOTOS…
//   PAGE: our built page; OTHERS: the other pages, built; PHOTOS: a folder of photos, taken as NAME
import fs from 'node:fs';
import http from 'node:http';
import { chromium } from 'playwright-core';
import { answer } from '../../scripts/static-files.mjs';
import { openOurs } from './pages/catdog.mjs';
import { photosIn, photosPerSecond } from './turns.mjs';

const READY_MS = 120_000;
// The others may use threads, for which a page must be isolated; ours does without.
const ISOLATION = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' };
const OTHERS = ['transformers', 'nsfwjs'];

function serve(folder, headers) {
  const real = fs.realpathSync(folder);
  const server = http.createServer((request, response) => answer(real, request, response, headers));
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve({ server, origin: `http://127.0.0.1:${server.address().port}` }));
  });
}

// Opens another classifier's page; gives a function that resolves when the given photos are classified.
async function openOther(browser, origin, name) {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`${name}: ${error.message}`));
  await page.goto(`${origin}/${name}.html`);
  await page.waitForFunction(() => window.classify !== undefined, undefined, { timeout: READY_MS });
  page.setDefaultTimeout(0);
  return async (photos) => {
    await page.setInputFiles('input', photos);
    await page.evaluate(() => window.classify([...document.querySelector('input').files]));
  };
}

const [pageFolder, othersFolder, rounds, ...sets] = process.argv.slice(2);
const ours = await serve(pageFolder, {});
const others = await serve(othersFolder, ISOLATION);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  const classifiers = { catdog: await openOurs(browser, `${ours.origin}/`) };
  for (const name of OTHERS) classifiers[name] = await openOther(browser, others.origin, name);
  const report = {};
  for (const set of sets) {
    const [name, folder] = set.split(/=(.*)/s);
    report[name] = await photosPerSecond(classifiers, photosIn(folder), Number(rounds));
  }
  console.log(JSON.stringify(report));
} finally {
  await browser.close();
  ours.server.close();
  others.server.close();
}
