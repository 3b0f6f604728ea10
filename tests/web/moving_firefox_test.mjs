// Moving photos in Firefox, which hands over no folders of a person's, but has their interface for its own.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import puppeteer from '../../web/node_modules/puppeteer-core/lib/puppeteer/puppeteer-core.js';
import { list } from './support/folders.mjs';
import { dist, serveSite } from './support/site.mjs';
import { makeBundle, repository, skipWithout, temporaryFolder, tools } from './support/tools.mjs';

const firefox = process.env.CATDOG_FIREFOX ?? '/usr/bin/firefox-esr';
skipWithout(path.join(dist, 'index.html'), firefox, tools.makeBundle);

const samples = path.join(repository, 'web/public/samples');

test('photos are moved, and moved back after a reload', async (t) => {
  const site = await serveSite(makeBundle(path.join(temporaryFolder(), 'bundle'), '--size', '32'));
  t.after(() => site.close());
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath: firefox, headless: true });
  t.after(() => browser.close());
  const page = await browser.newPage();
  await page.evaluateOnNewDocument(() => {
    window.showDirectoryPicker = async ({ mode }) => {
      const root = await navigator.storage.getDirectory();
      return root.getDirectoryHandle(mode === 'read' ? 'holiday' : 'sorted', { create: true });
    };
  });
  const ready = () => page.waitForSelector('main[data-model="ready"]', { timeout: 60_000 });
  const said = (words) => page.waitForFunction((wanted) => document.getElementById('sort-out-state').textContent.includes(wanted), { timeout: 30_000 }, words);
  await page.goto(site.address);
  await ready();
  const names = fs.readdirSync(samples);
  await page.evaluate(async (all) => {
    const holiday = await (await navigator.storage.getDirectory()).getDirectoryHandle('holiday', { create: true });
    for (const name of all) {
      const stream = await (await holiday.getFileHandle(name, { create: true })).createWritable();
      await stream.write(await (await fetch(`samples/${name}`)).blob());
      await stream.close();
    }
  }, names);
  const before = await list(page, 'holiday');
  await page.click('[data-choose="folder"]');
  await page.waitForSelector('main[data-state="finished"]', { timeout: 60_000 });
  await page.click('#open-sort-out');
  await page.click('#sort-out-move');
  await page.click('#sort-out-folder');
  await page.waitForSelector('#sort-out-go:not([disabled])');
  await page.click('#sort-out-go');
  await said(`${names.length} of ${names.length} photos moved`);
  assert.deepEqual(await list(page, 'holiday'), {});
  assert.equal(Object.keys(await list(page, 'sorted')).length, names.length);
  await page.reload();
  await ready();
  await page.waitForSelector('#moved:not([hidden])');
  await page.click('#moved-back');
  await said(`${names.length} of ${names.length} photos moved back`);
  assert.deepEqual(await list(page, 'holiday'), before);
});
