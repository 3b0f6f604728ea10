// Records docs/demo.webp, the moving picture of README: the page classifies a folder of drawn samples with the shipped
// network. Needs Chromium and the built page: web/node_modules/.bin/node scripts/record-demo.mjs [FILE]
// Playwright's screenshots become WebP frames in a canvas of Chromium; they are joined to an animation here (container:
// developers.google.com/speed/webp/docs/riff_container).
import fs from 'node:fs';
import path from 'node:path';
import { chooseFolder, launch, openPage } from '../tests/web/support/browser.mjs';
import { serveSite } from '../tests/web/support/site.mjs';
import { repository, temporaryFolder } from '../tests/web/support/tools.mjs';

const out = path.resolve(process.argv[2] ?? path.join(repository, 'docs/demo.webp'));
const viewport = { width: 960, height: 720 };
const quality = 0.8; // of the frames
const pace = 350; // milliseconds between two results, so that a person can follow
const places = { beach: ['golden', 'spaniel'], garden: ['garden', 'pied', 'tabby'], home: ['ginger', 'grey'] };

// A holiday folder: the samples, and a file that is no photo.
function makeFolder() {
  const holiday = path.join(temporaryFolder(), 'holiday');
  let number = 2041;
  for (const [place, names] of Object.entries(places)) {
    fs.mkdirSync(path.join(holiday, place), { recursive: true });
    for (const name of names) {
      const sample = path.join(repository, 'web/public/samples', `${name}.jpg`);
      fs.copyFileSync(sample, path.join(holiday, place, `IMG_${number}.jpg`));
      number += 1;
    }
  }
  fs.writeFileSync(path.join(holiday, 'home', 'shopping.txt'), 'milk, bread\n');
  return holiday;
}

// For the page, before its scripts: results arrive one by one, `milliseconds` apart.
function slowResults(milliseconds) {
  let next = 0;
  const { addEventListener } = Worker.prototype;
  Worker.prototype.addEventListener = function listen(type, hear, ...rest) {
    const slow = (event) => {
      if (event.data.type !== 'classified') { hear.call(this, event); return; }
      for (const outcome of event.data.outcomes) {
        next = Math.max(next, performance.now()) + milliseconds;
        const single = new MessageEvent('message', { data: { type: 'classified', outcomes: [outcome] } });
        setTimeout(() => hear.call(this, single), next - performance.now());
      }
    };
    addEventListener.call(this, type, type === 'message' ? slow : hear, ...rest);
  };
}

// The story: screenshots (PNG) with the milliseconds that each is shown.
async function record(page, folder) {
  const frames = [];
  const shoot = async (milliseconds) => {
    const png = await page.screenshot();
    if (frames.at(-1)?.png.equals(png)) frames.at(-1).milliseconds += milliseconds;
    else frames.push({ png, milliseconds });
  };
  await shoot(1200);
  await page.locator('#veil').evaluate((veil) => (veil.hidden = false));
  await shoot(800);
  await page.locator('#veil').evaluate((veil) => (veil.hidden = true));
  await chooseFolder(page, folder);
  while (await page.locator('main[data-state="finished"]').count() === 0) {
    await shoot(300);
    await page.waitForTimeout(100);
  }
  await shoot(1500);
  await page.locator('#view').selectOption('grid');
  await page.waitForTimeout(500);
  await shoot(2000);
  await page.locator('.row .open').nth(4).click();
  await page.waitForTimeout(300);
  await shoot(1000);
  await page.locator('#viewer-look').click();
  await page.locator('#viewer-heat').waitFor();
  await page.waitForTimeout(300);
  await shoot(2500);
  return frames;
}

// PNG to still WebP, in Chromium.
async function toWebp(page, png) {
  const base64 = await page.evaluate(async ([picture, share]) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${picture}`)).blob());
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.width, image.height];
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', share).split(',')[1];
  }, [png.toString('base64'), quality]);
  return Buffer.from(base64, 'base64');
}

function chunk(name, ...parts) {
  const body = Buffer.concat(parts);
  const head = Buffer.alloc(8);
  head.write(name, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
}

const bytes24 = (...numbers) => {
  const buffer = Buffer.alloc(3 * numbers.length);
  numbers.forEach((number, i) => buffer.writeUIntLE(number, 3 * i, 3));
  return buffer;
};

// The chunk VP8 of a still WebP file, which has others beside it where the encoder wants so.
function bitstream(webp) {
  for (let at = 12; at + 8 <= webp.length;) {
    const length = webp.readUInt32LE(at + 4);
    if (webp.toString('latin1', at, at + 4) === 'VP8 ') return webp.subarray(at, at + 8 + length + length % 2);
    at += 8 + length + length % 2;
  }
  throw new Error('a frame: expected a chunk VP8, found none');
}

function animation(frames) {
  const { width, height } = viewport;
  const header = Buffer.concat([Buffer.from([2, 0, 0, 0]), bytes24(width - 1, height - 1)]); // 2: animated
  const endlessly = Buffer.alloc(6); // background, and 0: no end
  const shown = frames.map(({ webp, milliseconds }) =>
    chunk('ANMF', bytes24(0, 0, width - 1, height - 1, milliseconds), Buffer.from([2]), bitstream(webp))); // 2: no blending
  return chunk('RIFF', Buffer.from('WEBP'), chunk('VP8X', header), chunk('ANIM', endlessly), ...shown);
}

const browser = await launch();
const site = await serveSite(path.join(repository, 'web/public/model'));
try {
  const prepare = (page) => page.addInitScript(slowResults, pace);
  const page = await openPage(browser, site, { viewport, colorScheme: 'light', prepare });
  const frames = await record(page, makeFolder());
  const blank = await (await browser.newContext()).newPage();
  for (const frame of frames) frame.webp = await toWebp(blank, frame.png);
  fs.writeFileSync(out, animation(frames));
  console.log(`${out}: ${frames.length} frames, ${fs.statSync(out).size} bytes`);
} finally {
  await browser.close();
  site.close();
}
