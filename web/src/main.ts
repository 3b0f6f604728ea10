// The page: loads the network, takes photos in, and lets the pool, the results and the views know of each other.
import { loadCore, type CatdogCore } from './core/core';
import { save, toCsv } from './files/csv';
import type { FoundFile } from './files/found';
import { fetchBundle, type ModelBundle } from './model/bundle';
import { Pool } from './pool/pool';
import { Pace } from './state/pace';
import { Results, groupOf } from './state/results';
import { language } from './text/language';
import { languages } from './text/texts';
import { listenForPhotos } from './view/choose';
import { byId, fillTexts, hideNotice, make, showNotice } from './view/dom';
import { Status, type WorkState } from './view/status';
import { Summary, isSame } from './view/summary';
import { Table } from './view/table';
import { Thumbnails } from './view/thumbnails';

const stallSeconds = 60;
const mostWorkers = 8;

class Page {
  private readonly results: Results;
  private readonly pool: Pool;
  private readonly status = new Status();
  private readonly summary: Summary;
  private readonly table: Table;
  private readonly thumbnails: Thumbnails;
  private pace = new Pace();
  private state: WorkState = 'finished';
  private drawing = false;

  constructor(
    private readonly core: CatdogCore,
    private readonly bundle: ModelBundle,
  ) {
    const { model, thresholds } = bundle;
    this.results = new Results(model.labels.length, (probabilities, presence) => core.predict(probabilities, presence, thresholds));
    this.pool = new Pool(
      model,
      {
        ready: () => {
          byId('page').dataset['model'] = 'ready';
          this.showModel();
        },
        unusable: (message) => (this.results.rows.length > 0 ? showNotice(message) : showBroken(message)),
        classified: (id, outcome) => {
          if (outcome.kind === 'classified') this.thumbnails.keep(id, Promise.resolve(outcome.thumbnail));
          this.results.settle(id, outcome);
          this.pace.mark(this.results.summary.done);
        },
      },
      {
        workers: Math.min(navigator.hardwareConcurrency || 2, mostWorkers),
        stallSeconds,
        create: () => new Worker(new URL('./pool/worker.ts', import.meta.url), { type: 'module' }),
      },
    );
    this.summary = new Summary(model.labels, model.presenceName !== null);
    this.thumbnails = new Thumbnails((file, size) => this.pool.thumbnail(file, size));
    this.table = new Table(model.labels, this.thumbnails);
    this.listen();
  }

  add(found: FoundFile[]): void {
    const offered = found.filter(({ path }) => !this.core.isClutter(path));
    const added = this.results.add(offered);
    if (added.length === 0) {
      showNotice(language.texts.nothingFound);
      return;
    }
    if (this.state !== 'working') this.pace = new Pace();
    this.pace.mark(this.results.summary.done);
    this.state = 'working';
    const first = byId('work').hidden;
    byId('welcome').hidden = true;
    byId('work').hidden = false;
    byId('page').dataset['state'] = 'working';
    if (first) byId('state').focus();
    for (const row of added) this.pool.classify(row.id, row.file);
    this.draw();
  }

  private listen(): void {
    this.results.addEventListener('change', () => this.draw());
    this.summary.addEventListener('change', () => this.drawNow());
    language.addEventListener('change', () => {
      this.summary.build();
      this.table.refresh();
      this.showModel();
      this.drawNow();
    });
    byId('cancel').addEventListener('click', () => {
      this.results.drop(this.pool.cancelWaiting());
      this.state = 'stopped';
      this.draw();
    });
    byId('download').addEventListener('click', () => {
      save(toCsv(this.core, this.results.rows, this.bundle.model.labels, this.bundle.thresholds), 'predictions.csv');
    });
    byId('again').addEventListener('click', () => this.startOver());
    window.addEventListener('beforeunload', (event) => {
      if (this.state === 'working') event.preventDefault();
    });
  }

  private startOver(): void {
    this.results.clear();
    this.thumbnails.clear();
    this.table.show([]);
    this.summary.choose({ kind: 'all' });
    byId('work').hidden = true;
    byId('welcome').hidden = false;
    byId('page').dataset['state'] = 'empty';
    document.title = language.texts.title;
    document.querySelector<HTMLElement>('#welcome button')?.focus();
  }

  // At most once a frame, however many photos are done in it.
  private draw(): void {
    if (this.drawing) return;
    this.drawing = true;
    requestAnimationFrame(() => this.drawNow());
  }

  private drawNow(): void {
    this.drawing = false;
    const counts = this.results.summary;
    if (counts.all === 0) return;
    if (this.state === 'working' && counts.done === counts.all) this.state = 'finished';
    byId('page').dataset['state'] = this.state;
    const { choice } = this.summary;
    const rows = this.results.rows;
    this.table.show(choice.kind === 'all' ? rows : rows.filter((row) => isSame(groupOf(row), choice)));
    this.summary.show(counts);
    this.status.show(this.state, counts, this.pace);
  }

  private showModel(): void {
    if (byId('page').dataset['model'] !== 'ready') {
      byId('model').textContent = language.texts.loading;
      return;
    }
    const { labels } = this.bundle.model;
    const words = [language.texts.tellsApart(labels.join(' · '))];
    if (this.bundle.accuracy !== null) words.push(language.texts.accuracy(language.percent(this.bundle.accuracy, 1)));
    byId('model').textContent = words.join(' – ');
  }
}

function showBroken(message: string): void {
  byId('reason').textContent = message;
  byId('broken').hidden = false;
  byId('welcome').hidden = true;
  byId('work').hidden = true;
}

function offerLanguages(): void {
  const select = byId<HTMLSelectElement>('language');
  for (const [code, name] of Object.entries(languages)) {
    const option = make('option', '', name) as HTMLOptionElement;
    option.value = code;
    option.lang = code;
    select.append(option);
  }
  select.value = language.code;
  select.addEventListener('change', () => language.choose(select.value));
  language.addEventListener('change', fillTexts);
  fillTexts();
}

async function start(): Promise<void> {
  offerLanguages();
  byId('model').textContent = language.texts.loading;
  // Photos may be offered before the network is there: they wait.
  let page: Page | undefined;
  const early: FoundFile[][] = [];
  let unread = '';
  listenForPhotos({
    offering: () => showNotice(language.texts.looking),
    found: (files) => {
      if (unread) showNotice(language.texts.folderUnreadable(unread));
      else hideNotice();
      unread = '';
      if (page) page.add(files);
      else early.push(files);
    },
    unreadable: (path) => {
      unread = path;
    },
  });
  try {
    const core = await loadCore();
    const bundle = await fetchBundle(new URL('model/', document.baseURI), core.preprocessingVersion());
    page = new Page(core, bundle);
    for (const files of early) page.add(files);
  } catch (error) {
    showBroken(error instanceof Error ? error.message : String(error));
  }
}

void start();
