// Does the page stay usable, and its memory flat, over very many photos? soak.mjs [COUNT] [OUT.csv] [BUNDLE] [HOW]
// COUNT: photos (20,000), drawn ones under many names. HOW: chosen (the folder, in the browser's dialog; default) or dropped. OUT.csv: the curve: seconds, done, heap of the page in MB, memory of
// all of the browser in MB, longest task of the main thread in ms since the line before. Prints a summary as JSON.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { chooseFolder, drop, launch, openPage } from './support/browser.mjs';
import { serveSite } from './support/site.mjs';
import { repository, temporaryFolder } from './support/tools.mjs';

const [count = '20000', out = path.join(repository, 'build/soak.csv'), bundle = path.join(repository, 'web/public/model'), how = 'chosen'] = process.argv.slice(2);
const samples = path.join(repository, 'web/public/samples');
const folder = path.join(temporaryFolder(), 'many');
const longTask = 50; // milliseconds: what browsers call a long one

const drawn = fs.readdirSync(samples);
for (let i = 0; i < Number(count); i += 1) {
  const place = path.join(folder, String(Math.floor(i / 1000)).padStart(3, '0'));
  if (i % 1000 === 0) fs.mkdirSync(place, { recursive: true });
  fs.linkSync(path.join(samples, drawn[i % drawn.length]), path.join(place, `${String(i).padStart(6, '0')}.jpg`));
}

// Resident memory of a process and all that it started, in MB.
function memoryOf(root) {
  const all = execFileSync('ps', ['-eo', 'pid=,ppid=,rss='], { encoding: 'utf8' }).trim().split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const family = new Set([root]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const [pid, parent] of all) if (family.has(parent) && !family.has(pid)) grown = Boolean(family.add(pid));
  }
  return all.reduce((sum, [pid, , rss]) => sum + (family.has(pid) && pid !== process.pid ? rss : 0), 0) / 1024;
}

const site = await serveSite(bundle);
const browser = await launch();
try {
  const page = await openPage(browser, site);
  await page.evaluate((least) => {
    window.tasks = [];
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map(({ duration }) => duration).filter((ms) => ms >= least))).observe({ type: 'longtask' });
  }, longTask);
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.enable');
  const chosen = performance.now();
  if (how === 'dropped') await drop(page, [folder]);
  else await chooseFolder(page, folder);
  await page.locator('main:not([data-state="empty"])').waitFor({ timeout: 600_000 });
  const begun = performance.now();
  const choosingTasks = await page.evaluate(() => window.tasks.splice(0));
  await page.locator('.row[data-state="classified"]').first().waitFor({ timeout: 120_000 });
  const first = performance.now() - chosen;
  const lines = ['seconds,done,heap_mb,browser_mb,longest_task_ms'];
  const curve = [];
  for (let state = 'working'; state === 'working'; ) {
    await page.waitForTimeout(3000);
    state = await page.locator('#page').getAttribute('data-state');
    await session.send('HeapProfiler.collectGarbage');
    const { usedSize } = await session.send('Runtime.getHeapUsage');
    const tasks = await page.evaluate(() => window.tasks.splice(0));
    const done = Number((await page.locator('#figures').innerText()).split(' of ')[0].replaceAll(/\D/g, ''));
    const point = [(performance.now() - begun) / 1000, done, usedSize / 2 ** 20, memoryOf(process.pid), Math.max(0, ...tasks)];
    curve.push(point);
    lines.push(point.map((value) => value.toFixed(1)).join(','));
    fs.mkdirSync(path.dirname(out), { recursive: true });
    fs.writeFileSync(out, `${lines.join('\n')}\n`);
    process.stderr.write(`\r${lines.at(-1)}   `);
  }
  // The person goes on using the page with all rows there.
  const using = async (work) => {
    await page.evaluate(() => window.tasks.splice(0));
    await work();
    await page.waitForTimeout(500);
    return Math.max(0, ...(await page.evaluate(() => window.tasks.splice(0))));
  };
  const afterwards = {
    sort: await using(() => page.locator('#order').selectOption('least')),
    search: await using(() => page.locator('#search').fill('77')),
    grid: await using(() => page.locator('#view').selectOption('grid')),
    threshold: await using(() => page.locator('#confidence-threshold').evaluate((slider) => {
      slider.value = '0.99';
      slider.dispatchEvent(new Event('input', { bubbles: true }));
    })),
  };
  const half = curve[Math.floor(curve.length / 2)];
  const end = curve.at(-1);
  console.log(JSON.stringify({
    photos: Number(count), how, photosPerSecond: end[1] / end[0], firstResultMs: first, choosingMs: begun - chosen,
    heapMb: { half: half[2], end: end[2] }, browserMb: { half: half[3], end: end[3] },
    longestTaskMs: { choosing: Math.max(0, ...choosingTasks), working: Math.max(...curve.map((point) => point[4])), ...afterwards },
    curve: out,
  }, null, 1));
} finally {
  await browser.close();
  site.close();
}
