// The foot of the page: what this device keeps, a button to forget it, and word of a new version.
import { forgetEverything, keptBytes } from './stored';
import { offlineTexts } from './texts';
import { Updates } from './updates';

/** The page's language: its code, and a 'change' event. */
export interface PageLanguage extends EventTarget {
  readonly code: 'en' | 'es';
}

/** Fills `parent` (a <footer>), and keeps it in the page's language. */
export function mountOffline(parent: HTMLElement, language: PageLanguage): Updates {
  const updates = new Updates();
  const title = document.createElement('h2');
  title.className = 'visually-hidden';
  const kept = document.createElement('p');
  const forget = button('forget');
  const news = document.createElement('p');
  news.className = 'update';
  news.setAttribute('role', 'status');
  const update = button('update');
  let bytes = 0;
  let forgotten = false;

  const draw = () => {
    const texts = offlineTexts[language.code];
    const size = (bytes / 1e6).toLocaleString(language.code, { style: 'unit', unit: 'megabyte', maximumFractionDigits: 0 });
    title.textContent = texts.title;
    kept.textContent = forgotten ? texts.forgotten : bytes > 0 ? texts.kept(size) : texts.notKept;
    forget.textContent = texts.forget;
    forget.hidden = forgotten;
    update.textContent = texts.update;
    news.replaceChildren(...(updates.available && !forgotten ? [texts.updateReady, ' ', update] : []));
  };
  const measure = async () => {
    bytes = await keptBytes();
    if (bytes > 0 && !forgotten) parent.dataset['kept'] = 'yes';
    draw();
  };

  forget.addEventListener('click', () => {
    void forgetEverything().then(() => {
      forgotten = true;
      delete parent.dataset['kept'];
      draw();
    });
  });
  update.addEventListener('click', () => updates.apply());
  updates.addEventListener('update', draw);
  updates.addEventListener('kept', () => void measure());
  language.addEventListener('change', draw);
  parent.append(news, title, kept, forget);
  draw();
  void updates.start();
  return updates;
}

function button(id: string): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.id = id;
  return made;
}
