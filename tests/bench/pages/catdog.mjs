// Our own page, as a person uses it: photos go in through its file input, and it is done when it says so.
const READY_MS = 120_000;

// Opens the page; gives a function that resolves when the given photos are classified.
export async function openOurs(browser, address) {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(`catdog: ${error.message}`));
  await page.goto(address);
  await page.locator('main[data-model="ready"], #broken:not([hidden])').waitFor({ timeout: READY_MS });
  if (await page.locator('#broken').isVisible()) throw new Error(`catdog: ${await page.locator('#reason').innerText()}`);
  page.setDefaultTimeout(0);
  return async (photos) => {
    if (await page.locator('#again').isVisible()) await page.locator('#again').click();
    await page.locator('#files-input').setInputFiles(photos);
    // Told by the page: whoever looks in each frame makes it draw sixty times a second.
    await page.evaluate(() => new Promise((finished) => {
      const main = document.querySelector('main');
      const observer = new MutationObserver(look);
      observer.observe(main, { attributes: true, attributeFilter: ['data-state'] });
      look();
      function look() {
        if (main.dataset.state !== 'finished') return;
        observer.disconnect();
        finished();
      }
    }));
  };
}
