// Headless Chromium, and a page that is watched: what it asks for, and everything it complains about.
import fs from 'node:fs';
import { chromium } from '../../../web/node_modules/playwright-core/index.mjs';

export const chromiumFile = process.env.CATDOG_CHROMIUM ?? '/usr/bin/chromium';
const ready = 60_000; // milliseconds

export function launch() {
  return chromium.launch({
    executablePath: chromiumFile,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
}

/**
 * Opens the site's page; `prepare` may change the browser's context before. Nothing is kept for later visits unless
 * serviceWorkers: 'allow' is given.
 */
export async function openPage(browser, site, { prepare, waitForModel = true, ...options } = {}) {
  const context = await browser.newContext({ locale: 'en-GB', acceptDownloads: true, serviceWorkers: 'block', ...options });
  const page = await context.newPage();
  const complaints = [];
  const strangers = [];
  page.on('console', (message) => {
    if (message.text() === 'Service Worker registration blocked by Playwright') return; // as asked for above
    if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  context.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'blob:' && url.protocol !== 'data:' && url.origin !== site.origin) strangers.push(request.url());
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`content policy: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  await prepare?.(page);
  await page.goto(site.address);
  if (waitForModel) await page.locator('main[data-model="ready"]').waitFor({ timeout: ready });
  return Object.assign(page, { complaints, strangers });
}

/** Waits until the page says that it is done; milliseconds. */
export async function untilDone(page, timeout = 120_000) {
  await page.locator('main[data-state="finished"]').waitFor({ timeout });
}

/** The CSV that the page gives for download, as bytes. */
export async function downloadCsv(page) {
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('#download').click()]);
  return fs.readFileSync(await download.path());
}

/** For evaluate, before photos are chosen: the work is paused as soon as it has begun. A click from here might come too late. */
export function pauseAtOnce() {
  const main = document.getElementById('page');
  const observer = new MutationObserver(() => {
    if (main.dataset.state !== 'working') return;
    observer.disconnect();
    document.getElementById('pause').click();
  });
  observer.observe(main, { attributes: true });
}

export async function chooseFolder(page, folder) {
  await page.locator('#folder-input').setInputFiles(folder);
}

export async function chooseFiles(page, files) {
  await page.locator('#files-input').setInputFiles(files);
}

/** Drops files and folders of this machine on the page, as a person would. */
export async function drop(page, files) {
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await session.send('Input.dispatchDragEvent', { type, x: 200, y: 200, data });
  }
  await session.detach();
}
