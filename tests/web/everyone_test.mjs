// The page fits: a phone, a zoomed window, a 4K screen; it keeps still for whoever asks for that; it can be installed; figures
// and dates are written as the language has them.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chooseFolder, chromiumFile, launch, openPage, untilDone } from './support/browser.mjs';
import { dist, serveSite } from './support/site.mjs';
import { makeBundle, repository, skipWithout, temporaryFolder, tools } from './support/tools.mjs';

skipWithout(path.join(dist, 'index.html'), chromiumFile, tools.makeBundle);

const work = temporaryFolder();
const folder = path.join(work, 'a folder of a rather long name, as people have them');
let browser, site;

before(async () => {
  fs.cpSync(path.join(repository, 'web/public/samples'), folder, { recursive: true });
  fs.writeFileSync(path.join(folder, `${'long name '.repeat(12)}.jpg`), 'no picture');
  const bundle = makeBundle(path.join(work, 'bundle'), '--size', '32', '--presence');
  const card = JSON.parse(fs.readFileSync(path.join(bundle, 'model.json'), 'utf8'));
  Object.assign(card, { created: '2025-03-09', metrics: [{ accuracy: 0.9876, accuracy_interval: [0.985, 0.9899], photos: 4290 }] });
  fs.writeFileSync(path.join(bundle, 'model.json'), JSON.stringify(card));
  browser = await launch();
  site = await serveSite(bundle);
});

after(async () => {
  await browser?.close();
  site?.close();
});

// Nothing sticks out to the right, of the page or of the dialog that is open.
async function assertFits(page, state) {
  const tooWide = await page.evaluate(() => {
    const inView = [document.documentElement, ...document.querySelectorAll('dialog[open], .panel, .tools, .controls')];
    return inView.filter((part) => !part.closest('details:not([open])') && part.scrollWidth > part.clientWidth + 1).map((part) => `${part.id || part.className || part.tagName}: ${part.scrollWidth} > ${part.clientWidth}`);
  });
  assert.deepEqual(tooWide, [], state);
}

const screens = {
  'a phone of 360 pixels': { viewport: { width: 360, height: 740 }, hasTouch: true },
  'a window of 1280 × 800 at 200 %': { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 },
  'a 4K screen': { viewport: { width: 3840, height: 2160 } },
};

for (const [name, screen] of Object.entries(screens)) {
  for (const locale of ['en-GB', 'es-ES']) {
    test(`${name}, ${locale}: everything fits`, async () => {
      const page = await openPage(browser, site, { ...screen, locale });
      await page.locator('#card summary').click();
      await assertFits(page, 'empty');
      await chooseFolder(page, folder);
      await untilDone(page);
      await assertFits(page, 'done');
      for (const drawer of ['thresholds', 'saving']) await page.locator(`.${drawer} summary`).click();
      await assertFits(page, 'thresholds, ways to save');
      await page.locator('#view').selectOption('grid');
      await assertFits(page, 'grid');
      await page.locator('#open-sort-out').click();
      await assertFits(page, 'sorting');
      await page.locator('#sort-out-close').click();
      await page.locator('.row[data-state="classified"] .open').first().click();
      await assertFits(page, 'large view');
      const next = page.locator('#viewer-next');
      await next.scrollIntoViewIfNeeded();
      await next.click({ timeout: 5000 });
      await page.context().close();
    });
  }
}

test('the first rows are seen on a phone without scrolling', async () => {
  const page = await openPage(browser, site, screens['a phone of 360 pixels']);
  await chooseFolder(page, folder);
  await untilDone(page);
  const { bottom } = await page.locator('.row').first().evaluate((row) => row.getBoundingClientRect());
  assert.ok(bottom <= 740, `the first row ends at ${bottom}`);
  await page.context().close();
});

test('nothing moves for whoever asks for that', async () => {
  const durations = async (reducedMotion) => {
    const page = await openPage(browser, site, { reducedMotion });
    const found = await page.locator('[data-choose="folder"]').first().evaluate((button) => getComputedStyle(button).transitionDuration.split(', ').map(parseFloat));
    await page.context().close();
    return Math.max(...found);
  };
  assert.ok((await durations('no-preference')) > 0);
  assert.equal(await durations('reduce'), 0);
});

test('numbers and dates are written as each language has them', async () => {
  const wanted = { 'en-GB': ['98.8%', '98.5% to 99.0%', '4,290', 'Mar 9, 2025'], 'es-ES': ['98,8 %', '98,5 % a 99,0 %', '4290', '9 mar 2025'] };
  for (const [locale, words] of Object.entries(wanted)) {
    const page = await openPage(browser, site, { locale });
    await page.locator('#card summary').click();
    const facts = (await page.locator('#card-facts').innerText()).replaceAll('\u00a0', ' ');
    for (const word of words) assert.ok(facts.includes(word), `${word} in ${facts}`);
    await page.context().close();
  }
});

test('the page can be installed', async () => {
  const page = await openPage(browser, site, { serviceWorkers: 'allow' });
  await page.locator('footer[data-kept="yes"]').waitFor();
  const session = await page.context().newCDPSession(page);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // A test's window keeps nothing: to the browser it is a private one.
  assert.deepEqual(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito'), []);
  await page.context().close();
});
