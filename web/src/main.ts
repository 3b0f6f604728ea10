// The page: loads the network, takes photos in, and lets the pool, the results and the views know of each other.
import { loadCore, type CatdogCore } from './core/core';
import { save, toCsv, toJson, type CsvForm } from './files/csv';
import type { FoundFile } from './files/found';
import { fetchBundle, type ModelBundle } from './model/bundle';
import { ownNetwork } from './model/own';
import { Pool } from './pool/pool';
import { mountOffline } from './offline/footer';
import { Pace } from './state/pace';
import { Results, type Row } from './state/results';
import { select, type Order } from './state/selection';
import { language } from './text/language';
import { languages } from './text/texts';
import { listenForPhotos } from './view/choose';
import { byId, fillTexts, hideNotice, make, showNotice } from './view/dom';
import { offerNetworks } from './view/network';
import { Status, type WorkState } from './view/status';
import { Summary } from './view/summary';
import { Table, type View } from './view/table';
import { ThresholdSliders } from './view/thresholds';
import { Thumbnails } from './view/thumbnails';
import { Viewer } from './view/viewer';

const stallSeconds = 60;
const mostWorkers = 8;

class Page {
  private readonly results: Results;
  private readonly pool: Pool;
  private readonly status = new Status();
  private readonly summary: Summary;
  private readonly table: Table;
  private readonly thumbnails: Thumbnails;
  private readonly sliders: ThresholdSliders;
  private readonly viewer: Viewer;
  private shown: readonly Row[] = [];
  private pace = new Pace();
  private state: WorkState = 'finished';
  private drawing = false;
  private deciding = false; // again, with other thresholds, before the next drawing

  constructor(
    private readonly core: CatdogCore,
    private readonly bundle: ModelBundle,
    private readonly own: boolean,
  ) {
    const { model, thresholds } = bundle;
    this.sliders = new ThresholdSliders(model.labels.length, thresholds, model.presenceName !== null);
    this.results = new Results(model.labels.length, (probabilities, presence) => core.predict(probabilities, presence, this.sliders.values));
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
    this.summary = new Summary(model.labels);
    this.thumbnails = new Thumbnails((file, size) => this.pool.thumbnail(file, size));
    this.viewer = new Viewer({
      labels: model.labels,
      tellsPresence: model.presenceName !== null,
      tellsMap: model.mapName !== null,
      thumbnails: this.thumbnails,
      items: () => this.shown,
      map: (file) => this.pool.map(file),
      correct: (id, correction) => this.results.correct(id, correction),
      undo: () => this.results.undo(),
    });
    this.table = new Table(model.labels, this.thumbnails, (row) => this.viewer.open(row));
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
    this.pool.pause(false);
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
      this.pool.pause(false);
      this.results.drop(this.pool.cancelWaiting());
      this.state = 'stopped';
      this.draw();
    });
    byId('download').addEventListener('click', () => {
      save(toCsv(this.core, this.toSave(), this.bundle.model.labels, this.sliders.values, this.csvForm()), 'predictions.csv');
    });
    byId('save-json').addEventListener('click', () => {
      save([toJson(this.toSave(), this.bundle.model.labels, this.sliders.values)], 'predictions.json', 'application/json');
    });
    byId('pause').addEventListener('click', () => {
      this.state = this.state === 'paused' ? 'working' : 'paused';
      this.pace = new Pace();
      this.pace.mark(this.results.summary.done);
      this.pool.pause(this.state === 'paused');
      this.draw();
    });
    byId('undo').addEventListener('click', () => this.results.undo());
    byId('search').addEventListener('input', () => this.draw());
    byId('order').addEventListener('change', () => this.draw());
    byId('view').addEventListener('change', () => this.table.choose(byId<HTMLSelectElement>('view').value as View));
    this.sliders.addEventListener('change', () => {
      this.deciding = true;
      this.draw();
    });
    byId('again').addEventListener('click', () => this.startOver());
    window.addEventListener('beforeunload', (event) => {
      if (this.state === 'working' || this.state === 'paused') event.preventDefault();
    });
  }

  private toSave(): readonly Row[] {
    return byId<HTMLInputElement>('only-shown').checked ? this.shown : this.results.rows;
  }

  // Semicolons and tabs are for spreadsheets, which want the mark too.
  private csvForm(): CsvForm {
    const separator = byId<HTMLSelectElement>('separator').value as CsvForm['separator'];
    return { separator, mark: separator !== ',' };
  }

  private startOver(): void {
    byId<HTMLInputElement>('search').value = '';
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
    if (this.deciding) {
      this.deciding = false;
      this.results.redecide();
    }
    const counts = this.results.summary;
    if (counts.all === 0) return;
    if (['working', 'paused'].includes(this.state) && counts.done === counts.all) this.state = 'finished';
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
    const { interval, name, licence, created } = this.bundle;
    if (interval) words.push(language.texts.interval(language.percent(interval[0], 1), language.percent(interval[1], 1)));
    const size = `${language.number(this.bundle.model.onnx.length / 1e6, 1)} MB`;
    const made = created ? language.date(created) : '';
    words.push([this.own ? language.texts.ownInUse : '', name, made, size, licence].filter((word) => word !== '').join(', '));
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
    const version = core.preprocessingVersion();
    const kept = await ownNetwork(version).catch((error: unknown) => {
      offerNetworks(true, version);
      throw error;
    });
    offerNetworks(kept !== null, version);
    page = new Page(core, kept ?? (await fetchBundle(new URL('model/', document.baseURI), version)), kept !== null);
    for (const files of early) page.add(files);
  } catch (error) {
    showBroken(error instanceof Error ? error.message : String(error));
  }
  mountOffline(byId('offline'), language); // last: what is needed now is not to wait for what is kept for later
}

void start();
