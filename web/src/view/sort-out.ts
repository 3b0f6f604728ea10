// The dialog that copies or moves photos into folders of their classes: choose a folder, look at the list, go.
import { canPickFolders, mayUse, pickFolder } from '../files/folder';
import { planSorting, sortOut, type Step } from '../files/sort-out';
import { groupOf, type Row } from '../state/results';
import type { SessionStore } from '../state/session';
import { language } from '../text/language';
import { byId, make } from './dom';

const mostListed = 500;

export class SortOut {
  private readonly dialog = byId<HTMLDialogElement>('sort-out');
  private rows: readonly Row[] = [];
  private target: FileSystemDirectoryHandle | undefined;
  private steps: Step[] = [];
  private working: AbortController | undefined;

  constructor(
    private readonly labels: readonly string[],
    private readonly session: SessionStore,
  ) {
    byId('open-sort-out').hidden = !canPickFolders();
    byId('sort-out-folder').addEventListener('click', () => void this.chooseTarget());
    byId('sort-out-go').addEventListener('click', () => void this.go());
    byId('sort-out-close').addEventListener('click', () => this.dialog.close());
    this.dialog.addEventListener('close', () => this.working?.abort());
  }

  open(rows: readonly Row[]): void {
    this.rows = rows.filter((row) => row.state === 'classified');
    this.target = undefined;
    this.steps = [];
    const movable = this.rows.every((row) => row.parent);
    byId<HTMLInputElement>('sort-out-move').disabled = !movable;
    byId<HTMLInputElement>('sort-out-copy').checked = true;
    byId('sort-out-why').hidden = movable;
    this.say(language.texts.sortOutIntro(language.number(this.rows.length)));
    byId('sort-out-list').replaceChildren();
    byId('sort-out-go').toggleAttribute('disabled', true);
    this.dialog.showModal();
  }

  private say(text: string): void {
    byId('sort-out-state').textContent = text;
  }

  private folderOf(row: Row): string {
    const group = groupOf(row);
    if (group.kind === 'label') return this.labels[group.classId] ?? '';
    return group.kind === 'unsure' || group.kind === 'neither' ? group.kind : '';
  }

  private async chooseTarget(): Promise<void> {
    try {
      const target = await pickFolder('readwrite');
      if (!target || !(await mayUse(target, 'readwrite'))) return;
      this.target = target;
      this.steps = await planSorting(this.rows, (row) => this.folderOf(row), target);
    } catch (error) {
      this.say(error instanceof Error ? error.message : String(error));
      return;
    }
    this.list(this.steps.map(({ path, folder, name }) => `${path} → ${folder}/${name}`));
    this.say(language.texts.sortOutPlan(language.number(this.steps.length), this.target.name));
    byId('sort-out-go').toggleAttribute('disabled', this.steps.length === 0);
  }

  private list(lines: readonly string[]): void {
    const items = lines.slice(0, mostListed).map((line) => make('li', '', line));
    const more = lines.length - items.length;
    if (more > 0) items.push(make('li', 'muted', language.texts.andMore(language.number(more))));
    byId('sort-out-list').replaceChildren(...items);
  }

  private async go(): Promise<void> {
    if (!this.target || this.working) return;
    const move = byId<HTMLInputElement>('sort-out-move').checked;
    if (move && !(await this.mayTake())) return;
    const all = language.number(this.steps.length);
    this.working = new AbortController();
    byId('sort-out-go').toggleAttribute('disabled', true);
    byId('sort-out-folder').toggleAttribute('disabled', true);
    const outcome = await sortOut(this.steps, this.target, {
      move,
      signal: this.working.signal,
      progress: (done) => this.say(language.texts.progress(language.number(done), all)),
    });
    this.working = undefined;
    byId('sort-out-folder').toggleAttribute('disabled', false);
    const done = language.number(outcome.done);
    this.say(move ? language.texts.sortOutMoved(done, all) : language.texts.sortOutCopied(done, all));
    this.list(outcome.failures);
    if (move && outcome.done > 0) await this.session.forget(); // the photos have left their place
  }

  private async mayTake(): Promise<boolean> {
    for (const folder of this.session.inUse) {
      if (!(await mayUse(folder, 'readwrite'))) {
        this.say(language.texts.sortOutNotAllowed);
        return false;
      }
    }
    return true;
  }
}
