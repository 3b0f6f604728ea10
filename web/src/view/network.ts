// The network: its card, choosing one of one's own, and going back to that of the page. Either loads the page again.
import type { ModelBundle } from '../model/bundle';
import { forgetOwnNetwork, keepOwnNetwork } from '../model/own';
import { language } from '../text/language';
import { byId, make, showNotice } from './dom';

/** `own`: a network of the person's own is in use. */
export function offerNetworks(own: boolean, preprocessingVersion: number): void {
  const input = byId<HTMLInputElement>('network-input');
  byId('choose-network').hidden = false;
  byId('choose-network').addEventListener('click', () => input.click());
  input.addEventListener('change', () => {
    const chosen = [...(input.files ?? [])];
    input.value = '';
    keepOwnNetwork(chosen, preprocessingVersion).then(
      () => location.reload(),
      (error: unknown) => showNotice(language.texts.ownRefused(error instanceof Error ? error.message : String(error))),
    );
  });
  for (const id of ['drop-network', 'drop-broken-network']) {
    byId(id).hidden = !own;
    byId(id).addEventListener('click', () => void forgetOwnNetwork().then(() => location.reload()));
  }
}

/** One sentence on the network, and all that is known of it behind a click. */
export function showNetwork({ model, accuracy, interval, photos, ...bundle }: ModelBundle, own: boolean): void {
  const { texts } = language;
  const labels = model.labels.join(' · ');
  const right = accuracy === null ? '' : language.percent(accuracy, 1);
  const sentence = [texts.tellsApart(labels)];
  if (right) sentence.push(texts.accuracy(right));
  if (own) sentence.push(texts.ownInUse);
  byId('model').textContent = sentence.join(' – ');
  const measured = [right];
  if (interval) measured.push(texts.interval(language.percent(interval[0], 1), language.percent(interval[1], 1)));
  if (photos !== null) measured.push(texts.cardPhotos(language.number(photos)));
  const facts: [string, string][] = [
    [texts.cardName, bundle.name],
    [texts.cardLabels, labels],
    [texts.cardAccuracy, right ? measured.join(', ') : ''],
    [texts.cardMade, bundle.created ? language.date(bundle.created) : ''],
    [texts.cardSize, `${language.number(model.onnx.length / 1e6, 1)} MB`],
    [texts.cardLicence, bundle.licence],
  ];
  byId('card-facts').replaceChildren(...facts.filter(([, fact]) => fact).flatMap(([name, fact]) => [make('dt', '', name), make('dd', '', fact)]));
  byId('card').hidden = false;
}
