// The work on one page: lets the pool, the results and the views know of each other.
import type { CatdogCore } from './core/core';
import type { FoundFile } from './files/found';
import type { ModelBundle } from './model/bundle';
import { Pool } from './pool/pool';
import { createWorker, workerCount } from './pool/workers';
import { Pace } from './state/pace';
import { Results, type Correction, type Row } from './state/results';
import { select, type Order } from './state/selection';
import { keptFrom, SessionStore } from './state/session';
import { language } from './text/language';
import type { Offer } from './view/choose';
import { byId, hideNotice, showBroken, showNotice } from './view/dom';
import { Drawing } from './view/drawing';
import { SessionRestore } from './view/session-restore';
import { showNetwork, type Runs } from './view/network';
import { Saving } from './view/saving';
import { SortOut } from './view/sort-out';
import { Status, type WorkState } from './view/status';
import { Summary } from './view/summary';
import { Table, type View } from './view/table';
import { ThresholdSliders } from './view/thresholds';
import { Thumbnails } from './view/thumbnails';
import { Viewer } from './view/viewer';

const stallSeconds = 60;
const startSeconds = 180;
const patience = 400; // milliseconds until a word that files are being looked for

export class Page {
  private readonly results: Results;
  private readonly pool: Pool;
  private readonly status = new Status();
  private readonly summary: Summary;
  private readonly table: Table;
  private readonly thumbnails: Thumbnails;
  private readonly sliders: ThresholdSliders;
  private readonly viewer: Viewer;
  private readonly session: SessionStore;
  private readonly sessionRestore: SessionRestore;
  private readonly sortOut: SortOut;
  private readonly saving: Saving;
  private shown: readonly Row[] = [];
  private pace = new Pace();
  private state: WorkState = 'finished';
  private readonly coming = new Set<Offer>(); // whose files are still being found, and wanted
  private fresh = false; // none of the files of the last offer has come
  private offered = 0; // files, by the offers that are coming
  private added = 0; // of them, those that were not in the list
  private looking: ReturnType<typeof setTimeout> | undefined;
  private readonly drawing = new Drawing(() => this.draw());
  private runs: Runs = { engine: '', why: '' };
  private deciding = false; // again, with other thresholds, before the next drawing

  constructor(
    private readonly core: CatdogCore,
    private readonly bundle: ModelBundle,
    private readonly own: boolean,
  ) {
    const { card } = bundle;
    this.sliders = new ThresholdSliders(card.labels.length, card.thresholds, card.presence !== null);
    this.results = new Results(card.labels.length, {
      predict: (probabilities, presence) => core.predict(probabilities, presence, this.sliders.values),
      decide: (confidences, presences) => core.decide(confidences, presences, this.sliders.values),
    });
    this.pool = new Pool(
      bundle,
      {
        ready: (engine, why) => {
          byId('page').dataset['model'] = 'ready';
          this.runs = { engine, why };
          this.showModel();
        },
        unusable: (message) => (this.results.rows.length > 0 ? showNotice(message) : showBroken(message, own)),
        classified: (id, outcome) => {
          if (outcome.kind === 'classified' && outcome.thumbnail) this.thumbnails.keep(id, Promise.resolve(outcome.thumbnail));
          const row = this.results.settle(id, outcome);
          if (row && !(outcome.kind === 'failed' && outcome.transient)) this.keep(row);
          this.pace.mark(this.results.summary.done);
        },
      },
      {
        workers: workerCount,
        stallSeconds,
        startSeconds,
        mostBytes: core.maxFileBytes(),
        isSeen: (id) => this.table.shows(id),
        create: createWorker,
      },
    );
    this.summary = new Summary(card.labels);
    this.thumbnails = new Thumbnails((file, size) => this.pool.thumbnail(file, size));
    this.viewer = new Viewer({
      labels: card.labels,
      tellsPresence: card.presence !== null,
      tellsMap: card.classActivation !== null,
      thumbnails: this.thumbnails,
      items: () => this.shown,
      classActivation: (file, classId) => this.pool.classActivation(file, classId),
      correct: (id, correction) => this.correct(id, correction),
      undo: () => this.undo(),
    });
    this.table = new Table(card.labels, this.thumbnails, (row) => this.viewer.open(row));
    this.session = new SessionStore(card.onnx.sha256);
    this.sessionRestore = new SessionRestore(this.session, this);
    this.sortOut = new SortOut(card.labels, this.session, ({ id }, { file, folder }) => this.results.relocate(id, file, folder));
    const rows = { all: () => this.results.rows, shown: () => this.shown };
    this.saving = new Saving({ core, labels: card.labels, ...rows, thresholds: () => this.sliders.values });
    this.listen();
    void this.sessionRestore.offer();
  }

  // See Offers for these three.
  begin(offer: Offer): void {
    if (this.coming.size === 0) this.offered = this.added = 0;
    this.coming.add(offer);
    this.fresh = true;
    clearTimeout(this.looking);
    this.looking = setTimeout(() => showNotice(language.texts.looking), patience);
  }

  found(offer: Offer, files: FoundFile[], folder?: FileSystemDirectoryHandle | undefined): void {
    if (!this.coming.has(offer)) return;
    if (folder) void this.session.addFolder(folder);
    const offered = files.filter(({ path }) => !this.core.isHiddenOrSystemFile(path));
    const added = this.results.add(offered);
    this.offered += offered.length;
    this.added += added.length;
    if (added.length === 0) return;
    if (this.fresh) this.goToWork();
    this.fresh = false;
    // What is still found after the person has cancelled is listed, no more.
    if (this.state === 'stopped') this.results.skip(added.map(({ id }) => id));
    else this.start(added);
    this.drawing.request();
  }

  end(offer: Offer, unreadable: readonly string[]): void {
    if (!this.coming.delete(offer) || this.coming.size > 0) return;
    clearTimeout(this.looking);
    if (unreadable[0] !== undefined) showNotice(language.texts.folderUnreadable(unreadable[0]));
    else if (this.added > 0) hideNotice();
    else showNotice(this.offered > 0 ? language.texts.allThere : language.texts.nothingFound);
    this.drawing.request();
  }

  private goToWork(): void {
    clearTimeout(this.looking);
    hideNotice();
    if (this.state !== 'working') this.pace = new Pace();
    this.pace.mark(this.results.summary.done);
    this.pool.pause(false);
    this.state = 'working';
    const first = byId('work').hidden;
    byId('welcome').hidden = true;
    byId('work').hidden = false;
    byId('page').dataset['state'] = 'working';
    if (first) byId('state').focus();
  }

  // Asks the network, unless an earlier visit did.
  private start(rows: readonly Row[]): void {
    const unknown = rows.filter((row) => {
      const kept = this.sessionRestore.keptOf(row);
      if (!kept) return true;
      this.results.settle(row.id, kept.outcome);
      this.results.correct(row.id, kept.correction);
      this.keep(row);
      return false;
    });
    this.pool.classify(unknown);
  }

  private listen(): void {
    this.results.addEventListener('change', () => (this.settled ? this.drawing.request() : this.drawing.requestSoon()));
    this.summary.addEventListener('change', () => this.drawing.now());
    language.addEventListener('change', () => {
      this.summary.build();
      this.table.refresh();
      this.showModel();
      this.drawing.now();
    });
    byId('cancel').addEventListener('click', () => {
      this.results.skip(this.pool.cancelWaiting());
      this.pool.pause(false);
      this.state = 'stopped';
      byId('state').focus(); // this button goes
      this.drawing.request();
    });
    byId('pause').addEventListener('click', () => this.pauseOrResume());
    byId('undo').addEventListener('click', () => this.undo());
    byId('search').addEventListener('input', () => this.drawing.request());
    byId('order').addEventListener('change', () => this.drawing.request());
    byId('view').addEventListener('change', () => this.table.choose(byId<HTMLSelectElement>('view').value as View));
    this.sliders.addEventListener('toggle', () => this.drawing.request());
    this.sliders.addEventListener('change', () => {
      this.deciding = true;
      this.drawing.request();
    });
    byId('open-sort-out').addEventListener('click', () => this.sortOut.open(this.saving.rows));
    byId('again').addEventListener('click', () => this.startOver());
    document.querySelector('.brand')?.addEventListener('click', (event) => {
      if (this.results.rows.length === 0) return;
      event.preventDefault(); // a new page: what was found would be gone, without a question
      this.startOver();
    });
    window.addEventListener('beforeunload', (event) => {
      const working = this.state === 'working' || this.state === 'paused' || this.sortOut.busy;
      // What lies in a folder that was picked is kept.
      const kept = this.results.rows.every((row) => row.correction === null || row.parent);
      if (working || (this.saving.unsaved && !kept)) event.preventDefault();
    });
  }

  // Also takes up again what was cancelled.
  private pauseOrResume(): void {
    this.state = this.state === 'working' ? 'paused' : 'working';
    this.pace = new Pace();
    this.pace.mark(this.results.summary.done);
    this.pool.pause(this.state === 'paused');
    if (this.state === 'working') this.start(this.results.takeUp());
    this.drawing.request();
  }

  private keep(row: Row): void {
    this.session.keep(row, keptFrom(row));
  }

  private correct(id: number, correction: Correction | null): void {
    this.corrected(this.results.correct(id, correction));
  }

  private undo(): void {
    this.corrected(this.results.undo());
  }

  private corrected(row: Row | undefined): void {
    if (!row) return;
    this.saving.unsaved = true;
    this.keep(row);
    this.drawing.request();
  }

  private startOver(): void {
    const corrections = this.saving.unsaved ? this.results.summary.changed : 0;
    if (corrections > 0 && !confirm(language.texts.reallyStartOver(language.number(corrections)))) return;
    this.saving.unsaved = false;
    byId<HTMLInputElement>('search').value = '';
    this.pool.cancelWaiting();
    this.pool.pause(false);
    this.state = 'finished';
    this.coming.clear();
    clearTimeout(this.looking);
    hideNotice();
    this.results.clear();
    void this.session.forget();
    this.sessionRestore.forget();
    this.thumbnails.clear();
    this.status.rest();
    this.table.show([]);
    this.summary.choose({ kind: 'all' });
    byId('work').hidden = true;
    byId('welcome').hidden = false;
    byId('page').dataset['state'] = 'empty';
    document.title = language.texts.title;
    document.querySelector<HTMLElement>('#welcome button')?.focus();
  }

  private draw(): void {
    if (this.deciding) {
      this.deciding = false;
      this.results.redecide();
    }
    const counts = this.results.summary;
    if (counts.all === 0) return;
    if (this.settled && this.state !== 'finished') this.state = counts.skipped > 0 ? 'stopped' : 'finished';
    byId('page').dataset['state'] = this.state;
    this.shown = select(this.results.rows, {
      choice: this.summary.choice,
      search: byId<HTMLInputElement>('search').value,
      order: byId<HTMLSelectElement>('order').value as Order,
    });
    this.table.show(this.shown);
    this.sliders.show(this.results.rows);
    this.viewer.refresh();
    byId('undo').toggleAttribute('disabled', !this.results.canUndo);
    this.summary.show(counts);
    this.status.show(this.state, counts, this.pace, this.coming.size > 0);
  }

  // Nothing more is to come.
  private get settled(): boolean {
    return this.results.isSettled && this.coming.size === 0;
  }

  private showModel(): void {
    if (byId('page').dataset['model'] === 'ready') showNetwork(this.bundle, this.own, this.runs);
    else byId('model').textContent = language.texts.loading;
  }
}
