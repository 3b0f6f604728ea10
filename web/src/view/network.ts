// Choosing a network of one's own, and going back to that of the page. Either loads the page again.
import { forgetOwnNetwork, keepOwnNetwork } from '../model/own';
import { language } from '../text/language';
import { byId, showNotice } from './dom';

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
