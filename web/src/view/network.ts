// The network: its card, choosing one of one's own, and going back to that of the page. Either loads the page again.
import type { CatdogCore } from '../core/core';
import type { ModelBundle } from '../model/bundle';
import { forgetOwnNetwork, keepOwnNetwork } from '../model/custom-model';
import { language } from '../text/language';
import { byId, make, showNotice } from './dom';

/** `own`: a network of the person's own is in use. */
export function offerNetworks(core: CatdogCore, own: boolean): void {
  const input = byId<HTMLInputElement>('network-input');
  byId('choose-network').hidden = false;
  byId('choose-network').addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    const chosen = [...(input.files ?? [])];
    input.value = '';
    keepOwnNetwork(core, chosen).then(
      () => location.reload(),
      (error: unknown) => showNotice(language.texts.ownRefused(error instanceof Error ? error.message : String(error))),
    );
  });
  for (const id of ['drop-network', 'drop-broken-network']) {
    byId(id).hidden = !own;
    byId(id).addEventListener('click', () => void forgetOwnNetwork().then(() => location.reload()));
  }
}

/** What runs the network. */
export interface Runs {
  /** Another engine's name, or the precision in which the core computes. */
  engine: string;
  /** That another engine than the core's does; empty where none does. */
  why: string;
}

/** One sentence on the network, and all that is known of it behind a click. */
export function showNetwork({ card, onnx }: ModelBundle, own: boolean, runs: Runs): void {
  const { texts } = language;
  const { accuracy, accuracyInterval, photos } = card;
  const labels = card.labels.join(' · ');
  const right = accuracy === null ? '' : language.percent(accuracy, 1);
  const sentence = [texts.tellsApart(labels)];
  if (right) sentence.push(texts.accuracy(right));
  if (own) sentence.push(texts.ownInUse);
  if (runs.why) sentence.push(texts.runsOn(runs.engine));
  byId('model').textContent = sentence.join(' – ');
  const measured = [right];
  if (accuracyInterval) measured.push(texts.interval(language.percent(accuracyInterval[0], 1), language.percent(accuracyInterval[1], 1)));
  if (photos !== null) measured.push(texts.cardPhotos(language.number(photos)));
  const facts: [string, string][] = [
    [texts.cardName, card.name],
    [texts.cardLabels, labels],
    [texts.cardAccuracy, right ? measured.join(', ') : ''],
    [texts.cardMade, dated(card.created)],
    [texts.cardSize, onnx.length < 1e5 ? `${language.number(onnx.length / 1e3, 1)} KB` : `${language.number(onnx.length / 1e6, 1)} MB`],
    [texts.cardEngine, runs.why ? `${runs.engine} (${runs.why})` : `catdog (${runs.engine})`],
    [texts.cardLicence, card.licence],
  ];
  byId('card-facts').replaceChildren(...facts.filter(([, fact]) => fact).flatMap(([name, fact]) => [make('dt', '', name), make('dd', '', fact)]));
  byId('card').hidden = false;
}

// Empty where it is no date.
function dated(created: string): string {
  const date = new Date(created);
  return Number.isNaN(date.getTime()) ? '' : language.date(date);
}
