// The pages of an MLflow server, as a person looks at a training: screenshots.mjs URI EXPERIMENT RUN MODEL REGISTERED OUT
// (screenshots.py starts the server and calls this).
import path from 'node:path';
import { launch } from '../web/support/browser.mjs';

const [uri, experiment, run, model, registered, out] = process.argv.slice(2);
const runPage = `/experiments/${experiment}/runs/${run}`;
const pages = {
  'runs': `/experiments/${experiment}/runs`,
  'compared': `/experiments/${experiment}/runs?compareRunsMode=CHART`,
  'run': runPage,
  'run-charts': `${runPage}/model-metrics`,
  'run-system': `${runPage}/system-metrics`,
  'run-artifacts': `${runPage}/artifacts`,
  'run-model': `${runPage}/artifacts/model`,
  'model': `/experiments/${experiment}/models/${model}`,
  'registered': `/models/${registered}`,
};
const settled = 6000; // milliseconds: the charts are drawn late, and nothing on the page says when

const browser = await launch();
const context = await browser.newContext({ viewport: { width: 1400, height: 880 }, locale: 'en-GB', colorScheme: 'light' });
for (const [name, address] of Object.entries(pages)) {
  const page = await context.newPage();
  await page.goto(`${uri}/#${address}`, { waitUntil: 'load', timeout: 120_000 });
  await page.waitForTimeout(settled);
  const assistant = page.getByRole('button', { name: 'Close' });
  if (await assistant.first().isVisible().catch(() => false)) await assistant.first().click();
  if (name === 'compared') {
    await page.getByPlaceholder('Search metric charts').fill('(train|validation)_(loss|accuracy|f1)');
    await page.waitForTimeout(settled);
  }
  await page.screenshot({ path: path.join(out, `${name}.png`) });
  await page.close();
}
await browser.close();
