// Pictures of every state of the page, light and dark, from a phone to 4K, in each language, for a person to look at:
// screenshots.mjs [OUT] (default: build/screenshots). Only generated pictures are in them. OUT/screenshot.png is that of docs/page.md
// (the drawn samples and the shipped model).
import fs from 'node:fs';
import path from 'node:path';
import { chooseFolder, launch, openPage, untilDone } from './support/browser.mjs';
import { makeOddFolder } from './support/odd-files.mjs';
import { serveSite } from './support/site.mjs';
import { makeBundle, repository, temporaryFolder } from './support/tools.mjs';

const out = path.resolve(process.argv[2] ?? path.join(repository, 'build/screenshots'));
const wide = { viewport: { width: 1280, height: 800 } };
const narrow = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true };
const looks = [
  ['wide-light-en', { ...wide, colorScheme: 'light', locale: 'en-GB' }],
  ['wide-dark-es', { ...wide, colorScheme: 'dark', locale: 'es-ES' }],
  ['narrow-light-es', { ...narrow, colorScheme: 'light', locale: 'es-ES' }],
  ['narrow-dark-en', { ...narrow, colorScheme: 'dark', locale: 'en-GB' }],
  ['4k-light-en', { viewport: { width: 3840, height: 2160 }, colorScheme: 'light', locale: 'en-GB' }],
  ['zoomed-dark-es', { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2, colorScheme: 'dark', locale: 'es-ES' }],
];

const samples = path.join(repository, 'web/public/samples');
const places = { beach: ['golden', 'spaniel'], garden: ['garden', 'pied', 'tabby'], home: ['ginger', 'grey'] };

const work = temporaryFolder();
const folder = path.join(work, 'holiday');
makeOddFolder(folder);
const bundle = makeBundle(path.join(work, 'bundle'), '--presence');
const spoilt = makeBundle(path.join(work, 'spoilt'));
fs.appendFileSync(path.join(spoilt, 'model.onnx'), 'x');
fs.mkdirSync(out, { recursive: true });

const browser = await launch();
const site = await serveSite(bundle);
const spoiltSite = await serveSite(spoilt);
const shoot = (page, name) => page.screenshot({ path: path.join(out, `${name}.png`) });

// Workers that never answer to a photo after some have been done: the page stays at work for its picture.
function workSlowly() {
  const Sound = window.Worker;
  let photos = 0;
  window.Worker = class extends Sound {
    postMessage(message, ...rest) {
      if (message.type !== 'classify' || (photos += message.photos.length) < 90) super.postMessage(message, ...rest);
    }
  };
}

async function shootStates(name, look) {
  const page = await openPage(browser, site, look);
  await shoot(page, `${name}-1-empty`);
  await page.locator('#card summary').click();
  await page.locator('#card').scrollIntoViewIfNeeded();
  await shoot(page, `${name}-11-card`);
  await page.locator('#card summary').click();
  await page.locator('#veil').evaluate((veil) => (veil.hidden = false));
  await shoot(page, `${name}-2-dragging`);
  await page.locator('#veil').evaluate((veil) => (veil.hidden = true));
  await chooseFolder(page, folder);
  await untilDone(page);
  await page.waitForTimeout(500);
  await shoot(page, `${name}-4-done`);
  await page.locator('[data-kind="failed"]').first().click();
  await page.waitForTimeout(200);
  await shoot(page, `${name}-5-failed`);
  await page.locator('[data-kind="all"]').first().click();
  await page.locator('#view').selectOption('grid');
  await page.waitForTimeout(300);
  await shoot(page, `${name}-10-grid`);
  await page.locator('#view').selectOption('table');
  await page.locator('.thresholds summary').click();
  await page.waitForTimeout(200);
  await shoot(page, `${name}-8-thresholds`);
  await page.locator('.thresholds summary').click();
  await page.locator('.saving summary').click();
  await shoot(page, `${name}-12-saving`);
  await page.locator('.row[data-state="classified"] .open').first().click();
  await page.waitForTimeout(300);
  await shoot(page, `${name}-9-large`);
  await page.locator('#viewer-close').click();
  await page.locator('#open-sort-out').click();
  await shoot(page, `${name}-13-sorting`);
  await page.context().close();

  const slow = await openPage(browser, site, { ...look, prepare: (opened) => opened.addInitScript(workSlowly) });
  await chooseFolder(slow, folder);
  await slow.waitForTimeout(2500);
  await shoot(slow, `${name}-3-working`);
  await slow.locator('#cancel').click();
  await slow.waitForTimeout(200);
  await shoot(slow, `${name}-6-stopped`);
  await slow.context().close();

  const refused = await openPage(browser, spoiltSite, { ...look, waitForModel: false });
  await refused.locator('#broken').waitFor();
  await shoot(refused, `${name}-7-broken`);
  await refused.context().close();
}

// With what is committed: the shipped model, and pictures that are nobody's photos.
async function shootForDocs() {
  const holiday = path.join(work, 'docs', 'holiday');
  for (const [place, names] of Object.entries(places)) {
    fs.mkdirSync(path.join(holiday, place), { recursive: true });
    names.forEach((name, i) => fs.copyFileSync(path.join(samples, `${name}.jpg`), path.join(holiday, place, `IMG_20${i + 41}.jpg`)));
  }
  fs.writeFileSync(path.join(holiday, 'home', 'shopping.txt'), 'milk, bread\n');
  const shipped = await serveSite(path.join(repository, 'web/public/model'));
  const page = await openPage(browser, shipped, { viewport: { width: 1120, height: 902 }, colorScheme: 'light' });
  await chooseFolder(page, holiday);
  await untilDone(page);
  await page.waitForTimeout(500);
  await shoot(page, 'table');
  await page.locator('#view').selectOption('grid');
  await page.waitForTimeout(500);
  await shoot(page, 'screenshot');
  await page.locator('.row .open').nth(4).click();
  await page.locator('#viewer-look').click();
  await page.locator('#viewer-heat').waitFor();
  await page.waitForTimeout(300);
  await shoot(page, 'large');
  await page.context().close();
  shipped.close();
}

try {
  await shootForDocs();
  for (const [name, look] of looks) await shootStates(name, look);
  console.log(out);
} finally {
  await browser.close();
  site.close();
  spoiltSite.close();
}
