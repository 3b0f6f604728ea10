// Draws the sample pictures of the page, web/public/samples: nobody's photos. Needs Chromium, and scripts/build-web for the
// packages: web/node_modules/.bin/node scripts/draw-samples.mjs
import fs from 'node:fs';
import path from 'node:path';
import { launch } from '../tests/web/support/browser.mjs';

const out = path.resolve(import.meta.dirname, '../web/public/samples');

const garden = [[96, 132, 78], [134, 160, 92], [70, 104, 60], [190, 200, 150]];
const room = [[150, 118, 92], [186, 158, 130], [104, 80, 66], [210, 192, 170]];
const beach = [[168, 196, 214], [214, 200, 166], [196, 214, 224], [226, 214, 188]];

const samples = {
  tabby: { kind: 'cat', fur: [150, 124, 98], dark: [52, 40, 32], light: [232, 222, 206], iris: [150, 168, 70], stripes: 0.6, scene: garden },
  ginger: { kind: 'cat', fur: [206, 138, 74], dark: [150, 82, 34], light: [246, 230, 208], iris: [196, 150, 52], stripes: 0.85, scene: room },
  grey: { kind: 'cat', fur: [124, 126, 132], dark: [58, 60, 66], light: [214, 214, 216], iris: [206, 178, 60], stripes: 0.6, scene: room },
  golden: { kind: 'dog', fur: [206, 158, 96], dark: [140, 92, 48], light: [240, 218, 180], ears: [168, 112, 60], scene: beach, soft: 6 },
  pied: { kind: 'dog', fur: [52, 46, 44], dark: [24, 20, 20], light: [240, 234, 224], ears: [38, 33, 32], scene: garden },
  spaniel: { kind: 'dog', fur: [146, 92, 54], dark: [78, 46, 28], light: [246, 238, 226], ears: [98, 58, 34], scene: beach },
  garden: { kind: 'none', scene: garden },
};

fs.mkdirSync(out, { recursive: true });
const browser = await launch();
try {
  const page = await browser.newPage();
  await page.addScriptTag({ path: path.join(import.meta.dirname, 'paint.js') });
  let seed = 1;
  for (const [name, picture] of Object.entries(samples)) {
    const address = await page.evaluate(([painted, number]) => {
      const canvas = document.createElement('canvas');
      paint(canvas, painted, number);
      return canvas.toDataURL('image/jpeg', 0.82);
    }, [picture, seed]);
    seed += 1;
    fs.writeFileSync(path.join(out, `${name}.jpg`), Buffer.from(address.split(',')[1], 'base64'));
  }
} finally {
  await browser.close();
}
