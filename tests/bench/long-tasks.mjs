// The longest task of the page's main thread, in milliseconds, with very many rows, whose workers answer at once: while they
// come, and when a person then moves a threshold, searches, or sorts. JSON on stdout: {"working": 31, …}; below 50: 0.
//
// usage: long-tasks.mjs PAGE ROWS
import fs from 'node:fs';
import http from 'node:http';
import { chromium } from '../../web/node_modules/playwright-core/index.mjs';
import { answer } from '../../scripts/static-files.mjs';
import { offerFiles, puppetWorkers } from '../web/support/puppet-worker.mjs';

const READY_MS = 120_000;
const SETTLE_MS = 500; // until all that a person's doing leads to is done

const [pageFolder, rows] = process.argv.slice(2);
const real = fs.realpathSync(pageFolder);
const server = http.createServer((request, response) => answer(real, request, response));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  const page = await browser.newPage();
  await page.addInitScript(puppetWorkers);
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.locator('main[data-model="ready"]').waitFor({ timeout: READY_MS });
  await page.evaluate(() => {
    window.tasks = [];
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({ type: 'longtask' });
  });
  const longest = async (doing) => {
    await doing();
    await page.waitForTimeout(SETTLE_MS);
    return Math.max(0, ...(await page.evaluate(() => window.tasks.splice(0))));
  };
  await page.evaluate(offerFiles, Number(rows));
  // Making the files is not the page's work.
  await page.locator('main:not([data-state="empty"])').waitFor({ timeout: READY_MS });
  await page.evaluate(() => window.tasks.splice(0));
  const slide = (value) => page.locator('#confidence-threshold').evaluate((slider, to) => {
    slider.value = to;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
  }, value);
  const report = {
    working: await longest(() => page.locator('main[data-state="finished"]').waitFor({ timeout: READY_MS })),
    threshold: await longest(() => slide('0.9')),
    histogram: await longest(() => page.locator('.thresholds summary').click()),
    'threshold beside its histogram': await longest(() => slide('0.8')),
    search: await longest(() => page.locator('#search').fill('77')),
    sort: await longest(async () => {
      await page.locator('#search').fill('');
      await page.locator('#order').selectOption('least');
    }),
    'threshold in another order': await longest(() => slide('0.7')),
  };
  console.log(JSON.stringify(report));
} finally {
  await browser.close();
  server.close();
}
