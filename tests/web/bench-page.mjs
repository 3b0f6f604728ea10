// Photos a second of the whole page in headless Chromium, as JSON on stdout: bench-page.mjs FOLDER [BUNDLE]
import path from 'node:path';
import { chooseFolder, launch, openPage, untilDone } from './support/browser.mjs';
import { countFiles } from './support/odd-files.mjs';
import { serveSite } from './support/site.mjs';
import { repository } from './support/tools.mjs';

const [folder, bundle = path.join(repository, 'web/public/model')] = process.argv.slice(2);
if (!folder) {
  console.error('usage: bench-page.mjs FOLDER [BUNDLE]');
  process.exit(2);
}
const site = await serveSite(bundle);
const browser = await launch();
try {
  const page = await openPage(browser, site);
  const start = performance.now();
  await chooseFolder(page, path.resolve(folder));
  await untilDone(page, 3_600_000);
  const seconds = (performance.now() - start) / 1000;
  const photos = countFiles(folder);
  console.log(JSON.stringify({ photos, seconds, photosPerSecond: photos / seconds }));
} finally {
  await browser.close();
  site.close();
}
