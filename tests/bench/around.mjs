// Photos a second of our page, and of another version of it, around a network that costs next to nothing: what reading,
// decoding, messages and drawing leave. JSON on stdout: {"page": 300, "before": 200}, medians over the rounds.
//
// usage: around.mjs BUNDLE PHOTOS ROUNDS NAME=PAGE…
//   BUNDLE: with a tiny network; PHOTOS: a folder of photos; PAGE: a folder, a built page of ours
import { chromium } from '../../web/node_modules/playwright-core/index.mjs';
import { serveSite } from '../web/support/site.mjs';
import { openOurs } from './pages/catdog.mjs';
import { photosIn, photosPerSecond } from './turns.mjs';

const [bundle, photos, rounds, ...pages] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const sites = [];
try {
  const classifiers = {};
  for (const page of pages) {
    const [name, folder] = page.split(/=(.*)/s);
    const site = await serveSite(bundle, folder);
    sites.push(site);
    classifiers[name] = await openOurs(browser, site.address);
  }
  console.log(JSON.stringify(await photosPerSecond(classifiers, photosIn(photos), Number(rounds))));
} finally {
  await browser.close();
  for (const site of sites) site.close();
}
