// With 20,000 rows the page works on those that are seen, and on little at a time. What that takes scripts/bench measures.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chromiumFile, launch, openPage, untilDone } from './support/browser.mjs';
import { offerFiles, puppetWorkers } from './support/puppet-worker.mjs';
import { dist, serveSite } from './support/site.mjs';
import { makeBundle, skipWithout, temporaryFolder, tools } from './support/tools.mjs';

skipWithout(path.join(dist, 'index.html'), chromiumFile, tools.makeBundle);

const many = 20_000;
const inView = 40; // rows, at most, in the window of the tests, with those just out of sight
let browser, site, page;

before(async () => {
  browser = await launch();
  site = await serveSite(makeBundle(path.join(temporaryFolder(), 'bundle')));
  page = await openPage(browser, site, { prepare: (opened) => opened.addInitScript(puppetWorkers) });
  await page.evaluate(() => {
    window.mostRows = 0;
    window.touched = 0; // changes of rows
    new MutationObserver((changes) => {
      window.mostRows = Math.max(window.mostRows, document.querySelectorAll('.row').length);
      window.touched += changes.length;
    }).observe(document.getElementById('rows'), { subtree: true, childList: true, attributes: true, characterData: true });
  });
});

after(async () => {
  await browser?.close();
  site?.close();
});

const counts = () => page.locator('.chip').evaluateAll((chips) => Object.fromEntries(chips.map((chip) => [chip.children[1].textContent, Number(chip.children[2].textContent.replaceAll(',', ''))])));
// All that is to be drawn has been.
const touched = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done([window.touched, (window.touched = 0)][0]))))));

test('photos go to the workers in small groups, and a row that nobody sees is not drawn', async () => {
  await page.evaluate(offerFiles, many);
  await untilDone(page);
  const groups = await page.evaluate(() => window.groups);
  assert.equal(groups.reduce((a, b) => a + b, 0), many);
  assert.ok(Math.max(...groups) <= 8, 'whoever cancels does not wait for long');
  assert.ok(groups.length < many / 4, 'several in a message');
  const rows = await page.evaluate(() => window.mostRows);
  assert.ok(rows > 5 && rows <= inView, `expected at most ${inView} rows in the page, found ${rows}`);
  // Each is made, placed, and written on when its photo is done: not in every frame.
  const changes = await touched();
  assert.ok(changes > 0 && changes < 20 * inView, `expected each row to be changed a few times, found ${changes} changes`);
  assert.equal((await counts()).All, many);
  assert.ok((await page.locator('.row canvas').evaluateAll((all) => all.filter(({ width }) => width === 32).length)) > 5, 'those that are seen have pictures');
});

test('a threshold that moves changes the counts, and the rows in view at most', async () => {
  await page.locator('.thresholds summary').click();
  await touched();
  for (const [threshold, uncertain] of [['0.9', 15_980], ['0.5', 0], ['1', 19_980]]) {
    await page.locator('#confidence-threshold').fill(threshold);
    const changes = await touched();
    const { All, Unsure, Cat, Dog, Neither } = await counts();
    assert.equal(All, many);
    assert.equal(Unsure, uncertain, threshold);
    assert.equal(Cat + Dog + Unsure + Neither, many);
    assert.ok(changes <= 10 * inView, `expected changes of the rows in view, found ${changes}`);
  }
});

test('nothing was complained about', () => assert.deepEqual(page.complaints, []));
