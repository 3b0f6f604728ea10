// axe-core finds nothing to complain about in any state of the page, light and dark, wide and narrow, in each language.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chooseFiles, chooseFolder, chromiumFile, launch, openPage, untilDone } from './support/browser.mjs';
import { makeOddFolder } from './support/odd-files.mjs';
import { dist, serveSite } from './support/site.mjs';
import { makeBundle, repository, skipWithout, temporaryFolder, tools } from './support/tools.mjs';

skipWithout(path.join(dist, 'index.html'), chromiumFile, tools.makeBundle, tools.makePictures);

const axe = fs.readFileSync(path.join(repository, 'web/node_modules/axe-core/axe.min.js'), 'utf8');
const work = temporaryFolder();
const folder = path.join(work, 'photos');
let browser, site, spoiltSite;

before(async () => {
  makeOddFolder(folder);
  browser = await launch();
  site = await serveSite(makeBundle(path.join(work, 'bundle'), '--size', '32', '--presence'));
  const spoilt = makeBundle(path.join(work, 'spoilt'));
  fs.appendFileSync(path.join(spoilt, 'model.onnx'), 'x');
  spoiltSite = await serveSite(spoilt);
});

after(async () => {
  await browser?.close();
  site?.close();
  spoiltSite?.close();
});

async function assertAccessible(page, state) {
  await page.evaluate(axe); // by the debugger: the page's own policy admits no such script
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => undefined))));
  const { violations } = await page.evaluate(() => window.axe.run());
  const told = violations.map(({ id, help, nodes }) => `${id} (${help}): ${nodes.map(({ html, failureSummary }) => `${html}\n${failureSummary}`).join('\n')}`);
  assert.deepEqual(told, [], state);
}

// Workers that stop answering after some photos: the page stays at work.
function workSlowly() {
  const Sound = window.Worker;
  let photos = 0;
  window.Worker = class extends Sound {
    postMessage(message, ...rest) {
      if (message.type !== 'classify' || (photos += message.photos.length) < 60) super.postMessage(message, ...rest);
    }
  };
}

const wide = { viewport: { width: 1280, height: 800 } };
const narrow = { viewport: { width: 360, height: 740 }, hasTouch: true };
const looks = {
  'wide, light, English': { ...wide, colorScheme: 'light', locale: 'en-GB' },
  'narrow, dark, Spanish': { ...narrow, colorScheme: 'dark', locale: 'es-ES' },
  'wide, dark, English, large letters': { viewport: { width: 640, height: 400 }, colorScheme: 'dark', locale: 'en-GB' },
};

for (const [name, look] of Object.entries(looks)) {
  test(`${name}: before, during and after the work`, async () => {
    const page = await openPage(browser, site, look);
    await assertAccessible(page, 'empty');
    await page.locator('#card summary').click();
    await assertAccessible(page, 'the card of the network');
    await page.locator('#veil').evaluate((veil) => (veil.hidden = false));
    await assertAccessible(page, 'dragging');
    await page.locator('#veil').evaluate((veil) => (veil.hidden = true));
    await page.locator('#network-input').setInputFiles(path.join(work, 'bundle/model.json'));
    await page.locator('#notice').waitFor();
    await assertAccessible(page, 'a word on what did not work');
    await chooseFolder(page, folder);
    await untilDone(page);
    await assertAccessible(page, 'done');
    for (const kind of ['label', 'uncertain', 'failed', 'notAnImage']) {
      await page.locator(`.chip[data-kind="${kind}"]`).first().click();
      await assertAccessible(page, `filtered: ${kind}`);
    }
    await page.locator('.chip[data-kind="all"]').click();
    for (const drawer of ['thresholds', 'saving']) await page.locator(`.${drawer} summary`).click();
    await assertAccessible(page, 'thresholds, ways to save');
    await page.locator('#search').fill('nothing is called so');
    await assertAccessible(page, 'nothing found');
    await page.locator('#search').fill('');
    await page.locator('#view').selectOption('grid');
    await assertAccessible(page, 'grid');
    await page.locator('.row[data-state="classified"] .open').first().click();
    await page.locator('#viewer-look').click();
    await page.locator('#viewer-heat').waitFor();
    await page.keyboard.press('1');
    await assertAccessible(page, 'large view');
    await page.locator('#viewer-close').click();
    await page.locator('#open-sort-out').click();
    await assertAccessible(page, 'sorting into folders');
    await page.context().close();
  });

  test(`${name}: at work, paused, stopped, broken`, async () => {
    const page = await openPage(browser, site, { ...look, prepare: (opened) => opened.addInitScript(workSlowly) });
    await chooseFolder(page, folder);
    await page.locator('.row[data-state="classified"]').first().waitFor();
    await assertAccessible(page, 'working');
    await page.locator('#pause').click();
    await assertAccessible(page, 'paused');
    await page.locator('#cancel').click();
    await assertAccessible(page, 'stopped');
    await page.context().close();
    const broken = await openPage(browser, spoiltSite, { ...look, waitForModel: false });
    await broken.locator('#broken').waitFor();
    await assertAccessible(broken, 'broken');
    await broken.context().close();
  });
}

test('the keyboard alone reaches everything', async () => {
  const page = await openPage(browser, site, looks['wide, light, English']);
  await chooseFiles(page, fs.readdirSync(path.join(folder, 'png')).slice(0, 5).map((name) => path.join(folder, 'png', name)));
  await untilDone(page);
  const reached = new Set();
  for (let i = 0; i < 60; i += 1) {
    await page.keyboard.press('Tab');
    reached.add(await page.evaluate(() => document.activeElement?.id || document.activeElement?.className));
  }
  const wanted = await page.locator('button:visible, select:visible, input:visible, summary:visible').evaluateAll((all) => all
    .filter((element) => !element.disabled).map((element) => element.id || element.className));
  for (const name of wanted) assert.ok(reached.has(name), `${name} is not reached by Tab`);
  await page.locator('.open').first().focus();
  await page.keyboard.press('Enter');
  await page.locator('#viewer[open]').waitFor();
  const first = await page.locator('#viewer-name').innerText();
  await page.keyboard.press('ArrowRight');
  assert.notEqual(await page.locator('#viewer-name').innerText(), first);
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('#viewer[open]').count(), 0);
  await page.context().close();
});
