// The page begins here: its language, photos that are offered, the network, and then the work.
import { loadCore } from './core/core';
import { fetchBundle } from './model/bundle';
import { ownNetwork } from './model/custom-model';
import { mountOffline } from './offline/footer';
import { Page } from './page';
import { prepareWorkers } from './pool/workers';
import { language } from './text/language';
import { languages } from './text/texts';
import { listenForPhotos } from './view/choose';
import { byId, fillTexts, make, showBroken } from './view/dom';
import { offerNetworks } from './view/network';

function offerLanguages(): void {
  const select = byId<HTMLSelectElement>('language');
  for (const [code, name] of Object.entries(languages)) {
    const option = make('option', '', name) as HTMLOptionElement;
    option.value = code;
    option.lang = code;
    select.append(option);
  }
  select.value = language.code;
  select.addEventListener('change', () => language.choose(select.value));
  language.addEventListener('change', fillTexts);
  fillTexts();
}

async function start(): Promise<void> {
  offerLanguages();
  byId('model').textContent = language.texts.loading;
  // Photos may be offered before the network is there: they wait.
  let page: Page | undefined;
  const early: ((page: Page) => void)[] = [];
  const tell = (what: (page: Page) => void) => (page ? what(page) : void early.push(what));
  listenForPhotos({
    begin: (offer) => tell((there) => there.begin(offer)),
    found: (offer, files, folder) => tell((there) => there.found(offer, files, folder)),
    end: (offer, unreadable) => tell((there) => there.end(offer, unreadable)),
  });
  let own = false;
  try {
    prepareWorkers();
    const core = await loadCore();
    const kept = await ownNetwork(core).catch((error: unknown) => {
      own = true;
      offerNetworks(core, own);
      throw error;
    });
    own = kept !== null;
    offerNetworks(core, own);
    page = new Page(core, kept ?? (await fetchBundle(core, new URL('model/', document.baseURI))), own);
    for (const what of early) what(page);
  } catch (error) {
    showBroken(error instanceof Error ? error.message : String(error), own);
  }
  mountOffline(byId('offline'), language); // last: what is needed now is not to wait for what is kept for later
}

void start();
