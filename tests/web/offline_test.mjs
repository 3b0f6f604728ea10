// After the first visit everything works without a network; a new version waits until the person wants it; all that is
// kept can be forgotten.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { chooseFolder, chromiumFile, downloadCsv, launch, openPage, untilDone } from './support/browser.mjs';
import { dist, serveSite } from './support/site.mjs';
import { makeOddFolder } from './support/odd-files.mjs';
import { makeBundle, skipWithout, temporaryFolder, tools } from './support/tools.mjs';

skipWithout(path.join(dist, 'index.html'), chromiumFile, tools.makeBundle, tools.makePictures);

const kept = '#offline[data-kept="yes"]';
const patience = { timeout: 60_000 };
const work = temporaryFolder();
const bundle = makeBundle(path.join(work, 'bundle'), '--presence');
const pictures = path.join(work, 'pictures');
makeOddFolder(pictures);

async function classified(page) {
  await chooseFolder(page, pictures);
  await untilDone(page);
  return (await downloadCsv(page)).toString();
}

/** A first visit that lasts until all is kept. */
async function firstVisit(browser, site) {
  const page = await openPage(browser, site, { serviceWorkers: 'allow' });
  await page.locator(kept).waitFor(patience);
  return page;
}

const cacheNames = (page) => page.evaluate(() => caches.keys());

test('offline after the first visit', async () => {
  const site = await serveSite(bundle);
  const browser = await launch();
  try {
    const page = await firstVisit(browser, site);
    assert.match(await page.locator('#offline').innerText(), /keeps the page and its network \(\d+ MB\)/);
    const online = await classified(page);
    site.close();
    await page.context().setOffline(true);
    await page.goto(`${site.address}?again`);
    await page.locator('main[data-model="ready"]').waitFor(patience);
    assert.equal(await classified(page), online);
    assert.deepEqual(page.complaints, []);
    assert.deepEqual(page.strangers, []);
  } finally {
    await browser.close();
    site.close();
  }
});

test('offline too where the host leads from index.html to its folder', async () => {
  const site = await serveSite(bundle, dist, { redirectsIndex: true });
  const browser = await launch();
  try {
    const page = await firstVisit(browser, site);
    site.close();
    await page.context().setOffline(true);
    for (const address of [site.address, `${site.address}index.html`]) {
      await page.goto(address);
      await page.locator('main[data-model="ready"]').waitFor(patience);
    }
    assert.deepEqual(page.complaints, []);
  } finally {
    await browser.close();
    site.close();
  }
});

test('a tab that is at work goes on when another one takes a new version', async () => {
  const folder = path.join(work, 'two-tabs');
  fs.cpSync(dist, folder, { recursive: true });
  const site = await serveSite(bundle, folder);
  const browser = await launch();
  try {
    const page = await firstVisit(browser, site);
    const other = await page.context().newPage();
    await other.goto(site.address);
    await other.locator('main[data-model="ready"]').waitFor(patience);
    // The next build has its worker's script under another name.
    const [name] = fs.readdirSync(path.join(folder, 'assets')).filter((file) => /^worker-.*js$/.test(file));
    fs.renameSync(path.join(folder, 'assets', name), path.join(folder, 'assets', 'worker-next.js'));
    const script = path.join(folder, 'service-worker.js');
    const build = (await cacheNames(page))[0].split(' ').at(-1);
    const next = fs.readFileSync(script, 'utf8').replaceAll(build, 'next-build').replaceAll(name, 'worker-next.js');
    fs.writeFileSync(script, next);
    await page.reload();
    const update = page.getByRole('button', { name: 'Update now' });
    await update.waitFor(patience);
    await Promise.all([page.waitForEvent('load'), update.click()]);
    assert.equal(await other.evaluate(async (file) => (await fetch(`assets/${file}`)).status, 'worker-next.js'), 200);
    assert.equal(await other.evaluate(async (file) => (await fetch(`assets/${file}`)).status, name), 200, 'its own is still there');
    assert.equal(await other.evaluate(async () => (await fetch('assets/nothing.js')).status), 404);
  } finally {
    await browser.close();
    site.close();
  }
});

test('a new version waits until it is wanted', async () => {
  const folder = path.join(work, 'site');
  fs.cpSync(dist, folder, { recursive: true });
  const worker = path.join(folder, 'service-worker.js');
  const site = await serveSite(bundle, folder);
  const browser = await launch();
  try {
    const page = await firstVisit(browser, site);
    const [old] = await cacheNames(page);
    const build = old.split(' ').at(-1);
    const script = fs.readFileSync(worker, 'utf8');
    assert.ok(script.includes(build));
    fs.writeFileSync(worker, script.replaceAll(build, 'another-build'));
    await page.reload();
    const update = page.getByRole('button', { name: 'Update now' });
    await update.waitFor(patience);
    assert.ok((await cacheNames(page)).includes(old), 'the old version is in use');
    await Promise.all([page.waitForEvent('load'), update.click()]);
    await page.locator(kept).waitFor(patience);
    assert.deepEqual(await cacheNames(page), [old.replace(build, 'another-build')]);
    assert.deepEqual(page.complaints, []);
  } finally {
    await browser.close();
    site.close();
  }
});

test('all that is kept can be forgotten', async () => {
  const site = await serveSite(bundle);
  const browser = await launch();
  try {
    const page = await firstVisit(browser, site);
    await page.locator('#language').selectOption('es');
    assert.ok(await page.evaluate(() => localStorage.length) > 0);
    await page.getByRole('button', { name: 'Olvidar todo' }).click();
    await page.getByText('Todo está olvidado').waitFor(patience);
    const left = await page.evaluate(async () => [
      await caches.keys(), localStorage.length, (await navigator.serviceWorker.getRegistrations()).length,
    ]);
    assert.deepEqual(left, [[], 0, 0]);
    assert.deepEqual(page.complaints, []);
  } finally {
    await browser.close();
    site.close();
  }
});
