// The dialog that copies or moves photos into folders of their classes: choose a folder, look at the list, go.
import { canPickFolders, mayUse, pickFolder } from '../files/folder';
import { copyOut, moveBack, moveOut, planSorting, type Done, type NotedMove, type Outcome, type Step, type Watch } from '../files/sort-out';
import { MoveJournal } from '../state/moves';
import { groupOf, type Row } from '../state/results';
import type { SessionStore } from '../state/session';
import { language } from '../text/language';
import { byId, make } from './dom';

const mostListed = 500;
const lock = 'catdog.moves'; // one page at a time moves photos

export class SortOut {
  private readonly dialog = byId<HTMLDialogElement>('sort-out');
  private readonly journal = new MoveJournal();
  private rows: readonly Row[] = [];
  private target: FileSystemDirectoryHandle | undefined;
  private steps: Step<Row>[] = [];
  private moved: NotedMove[] = []; // in this visit or an earlier one, and not moved back
  private readonly rowOf = new Map<number, Row>(); // of a noted move of this visit
  private working: AbortController | undefined;

  constructor(
    private readonly labels: readonly string[],
    private readonly session: SessionStore,
    /** A photo lies somewhere else now. */
    private readonly relocate: (row: Row, now: Done<unknown>['now']) => void,
  ) {
    byId('open-sort-out').hidden = !canPickFolders();
    byId('sort-out-folder').addEventListener('click', () => void this.chooseTarget());
    byId('sort-out-go').addEventListener('click', () => void this.go());
    byId('sort-out-back').addEventListener('click', () => void this.goBack());
    byId('moved-back').addEventListener('click', () => {
      this.open([]);
      void this.goBack();
    });
    byId('moved-keep').addEventListener('click', () => void this.journal.forget().then(() => this.readJournal()));
    byId('sort-out-close').addEventListener('click', () => this.dialog.close());
    this.dialog.addEventListener('close', () => this.working?.abort());
    language.addEventListener('change', () => this.offerBack());
    void this.readJournal();
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
    if (move && !(await this.mayUseAll([target, ...this.session.inUse]))) {
      this.end();
      byId('sort-out-go').toggleAttribute('disabled', false);
      return;
    }
    const all = language.number(steps.length);
    if (!move) {
      const outcome = await this.work(steps.length, (watch) => copyOut(steps, target, watch));
      return this.say(language.texts.sortOutCopied(language.number(outcome.done.length), all));
    }
    const outcome = await this.work(steps.length, async (watch) => {
      await this.journal.addRoots([target, ...this.session.inUse]);
      return moveOut(steps, target, this.journal, watch);
    });
    for (const { item, now } of outcome.done) {
      this.rowOf.set(item.key, item.photo);
      this.relocate(item.photo, now);
    }
    this.tell(language.texts.sortOutMoved(language.number(outcome.done.length), all), outcome);
    if (outcome.done.length > 0) await this.session.forget(); // the photos have left their place
  }

  private async goBack(): Promise<void> {
    if (this.working) return;
    this.begin();
    const { moved } = this;
    if (!(await this.mayUseAll(await this.journal.roots().catch(() => [])))) return this.end();
    const outcome = await this.work(moved.length, (watch) => moveBack(moved, this.journal, watch));
    for (const { item, now } of outcome.done) {
      const row = this.rowOf.get(item.key);
      if (row) this.relocate(row, now);
    }
    this.tell(language.texts.sortOutBack(language.number(outcome.done.length), language.number(moved.length)), outcome);
    if (this.moved.length === 0) byId('sort-out-close').focus();
  }

  // Also says how many have a new date of change, which the page cannot set.
  private tell(text: string, { done }: Outcome<unknown>): void {
    const redated = done.filter((one) => one.redated).length;
    this.say(redated > 0 ? `${text}. ${language.texts.redated(language.number(redated))}` : text);
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

  private async work<T>(count: number, begin: (watch: Watch) => Promise<Outcome<T>>): Promise<Outcome<T>> {
    const all = language.number(count);
    const watch: Watch = {
      signal: this.working!.signal,
      progress: (done) => this.say(language.texts.progress(language.number(done), all)),
    };
    const outcome = await navigator.locks
      .request(lock, () => begin(watch))
      .catch((error: unknown): Outcome<T> => ({ done: [], failures: [error instanceof Error ? error.message : String(error)] }));
    await this.readJournal();
    this.end();
    this.list(outcome.failures);
    return outcome;
  }

  private async readJournal(): Promise<void> {
    this.moved = await this.journal.all().catch(() => []);
    byId('sort-out-back').hidden = this.moved.length === 0;
    this.offerBack();
  }

  // Before there are rows.
  private offerBack(): void {
    byId('moved').hidden = this.moved.length === 0;
    byId('moved-count').textContent = language.texts.movedEarlier(language.number(this.moved.length));
  }

  private async mayUseAll(folders: readonly FileSystemDirectoryHandle[]): Promise<boolean> {
    for (const folder of folders) {
      if (await mayUse(folder, 'readwrite').catch(() => false)) continue;
      this.say(language.texts.sortOutNotAllowed);
      return false;
    }
    return true;
  }
}
