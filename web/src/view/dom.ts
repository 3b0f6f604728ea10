// The page's elements.
import { language } from '../text/language';
import type { Texts } from '../text/texts';

/** The element with this id; the page is made with all of them. */
export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const element = document.getElementById(id);
  if (!element) throw new Error(`expected an element '${id}' in the page, found none`);
  return element as T;
}

export function make(tag: string, className = '', text = ''): HTMLElement {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/** Fills every element that names its text (data-text="cancel") in the current language. */
export function fillTexts(): void {
  document.documentElement.lang = language.code;
  document.title = language.texts.title;
  for (const element of document.querySelectorAll<HTMLElement>('[data-text]')) {
    const text = language.texts[element.dataset['text'] as keyof Texts];
    if (typeof text === 'string') element.textContent = text;
  }
  byId<HTMLInputElement>('search').placeholder = language.texts.search;
}

const noticeTime = 12_000; // milliseconds
let hiding: ReturnType<typeof setTimeout> | undefined;

/** A word on what was just tried, until the next try, or for a while. */
export function showNotice(text: string): void {
  const notice = byId('notice');
  notice.textContent = text;
  notice.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(hideNotice, noticeTime);
}

export function hideNotice(): void {
  clearTimeout(hiding);
  byId('notice').hidden = true;
}

/** Instead of the page: nothing can be classified. `own`: the network is one that the person chose. */
export function showBroken(message: string, own: boolean): void {
  byId('reason').textContent = message;
  byId('model-help').dataset['text'] = own ? 'ownModelHelp' : 'modelHelp';
  fillTexts();
  byId('broken').hidden = false;
  byId('welcome').hidden = true;
  byId('work').hidden = true;
}
