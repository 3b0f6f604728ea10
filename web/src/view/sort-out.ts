// The dialog that copies or moves photos into folders of their classes: choose a folder, look at the list, go.
import { canPickFolders, mayUse, pickFolder } from '../files/folder';
import { moveBack, planSorting, sortOut, type Moved, type Outcome, type Place, type Step } from '../files/sort-out';
import { groupOf, type Row } from '../state/results';
import type { SessionStore } from '../state/session';
import { language } from '../text/language';
import { byId, make } from './dom';

const mostListed = 500;

export class SortOut {
  private readonly dialog = byId<HTMLDialogElement>('sort-out');
  private rows: readonly Row[] = [];
  private target: FileSystemDirectoryHandle | undefined;
  private steps: Step<Row>[] = [];
  private moved: Moved<Row>[] = []; // by the last move
  private working: AbortController | undefined;

  constructor(
    private readonly labels: readonly string[],
    private readonly session: SessionStore,
    private readonly relocate: (row: Row, place: Place) => void,
  ) {
    byId('open-sort-out').hidden = !canPickFolders();
    byId('sort-out-folder').addEventListener('click', () => void this.chooseTarget());
    byId('sort-out-go').addEventListener('click', () => void this.go());
    byId('sort-out-back').addEventListener('click', () => void this.goBack());
    byId('sort-out-close').addEventListener('click', () => this.dialog.close());
    this.dialog.addEventListener('close', () => this.working?.abort());
  }

  /** Photos are on their way. */
  get busy(): boolean {
    return this.working !== undefined;
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
    byId('sort-out-back').hidden = this.moved.length === 0;
    this.dialog.showModal();
  }

  private say(text: string): void {
    byId('sort-out-state').textContent = text;
  }

  private folderOf(row: Row): string {
    const group = groupOf(row);
    if (group.kind === 'label') return this.labels[group.classId] ?? '';
    return group.kind === 'uncertain' || group.kind === 'none' ? group.kind : '';
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
    this.list(this.steps.map(({ photo, folder, name }) => `${photo.path} → ${folder}/${name}`));
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
    const { steps, target } = this;
    this.begin(); // before anything is waited for: a second click comes soon
    if (move && !(await this.mayTake())) {
      this.end();
      byId('sort-out-go').toggleAttribute('disabled', false);
      return;
    }
    const outcome = await this.work(steps.length, (watch) => sortOut(steps, target, { move, ...watch }));
    const counts = [language.number(outcome.done), language.number(steps.length)] as const;
    this.say(move ? language.texts.sortOutMoved(...counts) : language.texts.sortOutCopied(...counts));
    if (!move) return;
    this.moved = outcome.moved;
    byId('sort-out-back').hidden = this.moved.length === 0;
    if (outcome.done > 0) await this.session.forget(); // the photos have left their place
  }

  private async goBack(): Promise<void> {
    if (this.working) return;
    const { moved } = this;
    this.begin();
    const outcome = await this.work(moved.length, (watch) => moveBack(moved, watch));
    this.say(language.texts.sortOutBack(language.number(outcome.done), language.number(moved.length)));
    const back = new Set(outcome.moved.map(({ photo }) => photo));
    this.moved = moved.filter(({ photo }) => !back.has(photo));
    byId('sort-out-back').hidden = this.moved.length === 0;
    if (this.moved.length === 0) byId('sort-out-close').focus();
  }

  private begin(): void {
    this.working = new AbortController();
    for (const id of ['sort-out-go', 'sort-out-folder', 'sort-out-back']) byId(id).toggleAttribute('disabled', true);
  }

  // A list is gone through once: for more, the folder is chosen again.
  private end(): void {
    this.working = undefined;
    for (const id of ['sort-out-folder', 'sort-out-back']) byId(id).toggleAttribute('disabled', false);
  }

  private async work(
    count: number,
    begin: (watch: { signal: AbortSignal; progress(done: number): void }) => Promise<Outcome<Row>>,
  ): Promise<Outcome<Row>> {
    const all = language.number(count);
    const outcome = await begin({
      signal: this.working!.signal,
      progress: (done) => this.say(language.texts.progress(language.number(done), all)),
    });
    this.end();
    for (const { photo, now } of outcome.moved) this.relocate(photo, now);
    this.list(outcome.failures);
    return outcome;
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
