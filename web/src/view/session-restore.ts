// The offer to go on with folders of an earlier visit.
import { fromFolder, mayUse } from '../files/folder';
import { identity, type FoundFile } from '../files/found';
import type { Kept, Session, SessionStore } from '../state/session';
import { language } from '../text/language';
import { offer, type Offers } from './choose';
import { byId, showNotice } from './dom';

export class SessionRestore {
  private earlier: Session | null = null;
  private going = false; // the person goes on with that

  constructor(
    private readonly store: SessionStore,
    private readonly offers: Offers,
  ) {
    byId('go-on').addEventListener('click', () => void this.goOn());
    byId('forget-session').addEventListener('click', () => {
      void this.store.forget();
      this.forget();
    });
    language.addEventListener('change', () => this.draw());
  }

  async offer(): Promise<void> {
    this.earlier = await this.store.load();
    byId('session').hidden = this.earlier === null;
    this.draw();
  }

  /** What the earlier visit said of this photo, if the person goes on with that. */
  keptOf(photo: FoundFile): Kept | undefined {
    return this.going && photo.parent ? this.earlier?.kept.get(identity(photo)) : undefined;
  }

  /** The earlier visit is not gone on with, or not any more. */
  forget(): void {
    byId('session').hidden = true;
    this.earlier = null;
    this.going = false;
  }

  private draw(): void {
    if (!this.earlier) return;
    const names = this.earlier.folders.map(({ name }) => name).join(', ');
    byId('go-on').textContent = language.texts.goOn(names, language.number(this.earlier.kept.size));
  }

  private async goOn(): Promise<void> {
    byId('session').hidden = true;
    this.going = true;
    this.store.goOn();
    for (const folder of this.earlier?.folders ?? []) {
      if (!this.going) return;
      if (!(await mayUse(folder, 'read').catch(() => false))) {
        showNotice(language.texts.notAllowedAgain);
        continue;
      }
      await offer(this.offers, (take, unreadable) => fromFolder(folder, take, unreadable), folder);
    }
  }
}
