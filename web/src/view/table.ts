// The results as a table or a grid, of which only the rows in view exist.
import {
  Virtualizer,
  elementScroll,
  observeElementOffset,
  observeElementRect,
  type VirtualItem,
} from '@tanstack/virtual-core';

import { groupOf, type Row } from '../state/results';
import { language } from '../text/language';
import { byId, make } from './dom';
import type { Thumbnails } from './thumbnails';

// CSS pixels, as in table.css and grid.css.
const rowHeight = 72;
const tileHeight = 216;
const tileWidth = 168; // at least

export type View = 'table' | 'grid';

export class Table {
  private readonly rows = byId('rows');
  private readonly space = make('div', 'space');
  // Looks and place are kept, so that what stays as it is costs nothing in a frame.
  private readonly shown = new Map<number, { element: HTMLElement; looks: string; place: string }>();
  private items: readonly Row[] = [];
  private view: View = 'table';
  private laidOut: View = 'table';
  private readonly virtualizer: Virtualizer<HTMLElement, HTMLElement>;

  constructor(
    private readonly labels: readonly string[],
    private readonly thumbnails: Thumbnails,
    open: (row: Row) => void,
  ) {
    this.rows.replaceChildren(this.space);
    this.virtualizer = new Virtualizer<HTMLElement, HTMLElement>({
      count: 0,
      getScrollElement: () => this.rows,
      estimateSize: () => (this.view === 'grid' ? tileHeight : rowHeight),
      overscan: 6,
      scrollToFn: elementScroll,
      observeElementRect,
      observeElementOffset,
      onChange: () => this.draw(),
    });
    this.rows.addEventListener('click', (event) => {
      const element = (event.target as HTMLElement).closest('.row');
      for (const [id, shown] of this.shown) {
        const row = shown.element === element ? this.items.find((item) => item.id === id) : undefined;
        if (row) open(row);
      }
    });
    new ResizeObserver(() => this.layOut()).observe(this.rows);
    this.virtualizer._didMount();
    this.virtualizer._willUpdate();
  }

  /** Shows these rows; what has not changed stays as it is. */
  show(items: readonly Row[]): void {
    this.items = items;
    byId('table').setAttribute('aria-rowcount', String(items.length + 1));
    this.layOut();
  }

  /** Whether the row is drawn. Before anything is, nobody knows: what comes first will be at the top. */
  shows(id: number): boolean {
    return this.shown.size === 0 || this.shown.has(id);
  }

  choose(view: View): void {
    this.view = view;
    byId('table').dataset['view'] = view;
    this.rows.scrollTop = 0;
    this.layOut();
  }

  private layOut(): void {
    const lanes = this.view === 'grid' ? Math.max(2, Math.floor(this.rows.clientWidth / tileWidth)) : 1;
    const changed = lanes !== this.virtualizer.options.lanes || this.view !== this.laidOut;
    this.laidOut = this.view;
    this.virtualizer.setOptions({ ...this.virtualizer.options, count: this.items.length, lanes });
    if (changed) this.virtualizer.measure();
    this.virtualizer._willUpdate();
    this.draw();
  }

  /** Draws all rows in view again, in another language say. */
  refresh(): void {
    this.shown.clear();
    this.space.replaceChildren();
    this.draw();
  }

  private draw(): void {
    this.space.style.height = `${this.virtualizer.getTotalSize()}px`;
    const inView = this.virtualizer.getVirtualItems();
    const wanted = new Set(inView.map((item) => this.items[item.index]?.id));
    for (const [id, { element }] of this.shown) {
      if (wanted.has(id)) continue;
      element.remove();
      this.shown.delete(id);
    }
    for (const item of inView) this.place(item);
    // Whoever reads without looking meets the rows in their order.
    inView.forEach((item, at) => {
      const element = this.shown.get(this.items[item.index]?.id ?? -1)?.element;
      const there = this.space.children[at] ?? null;
      if (element && element !== there) this.space.insertBefore(element, there);
    });
  }

  private place(item: VirtualItem): void {
    const row = this.items[item.index];
    if (!row) return;
    let shown = this.shown.get(row.id);
    if (!shown) {
      const element = make('div', 'row');
      element.setAttribute('role', 'row');
      const canvas = document.createElement('canvas');
      canvas.width = canvas.height = 0;
      const frame = make('span', 'thumbnail');
      frame.setAttribute('role', 'cell');
      frame.append(canvas);
      element.append(frame, ...this.cells(row));
      element.dataset['state'] = row.state;
      shown = { element, looks: looksOf(row), place: '' };
      this.shown.set(row.id, shown);
      this.space.append(element);
      if (row.state === 'classified') void this.thumbnails.show(row, canvas);
    } else if (shown.looks !== looksOf(row)) {
      // The path's button stays: it may have the focus.
      const [frame, , label, confidence] = shown.element.children;
      const [, ...said] = this.cells(row);
      label!.replaceWith(said[0]!);
      confidence!.replaceWith(said[1]!);
      shown.looks = looksOf(row);
      shown.element.dataset['state'] = row.state;
      if (row.state === 'classified') void this.thumbnails.show(row, frame!.querySelector('canvas')!);
    }
    const { lanes } = this.virtualizer.options;
    const place = `${item.index} ${item.start} ${item.lane}/${lanes}`;
    if (shown.place === place) return;
    shown.place = place;
    shown.element.setAttribute('aria-rowindex', String(item.index + 2));
    shown.element.style.width = `${100 / lanes}%`;
    shown.element.style.transform = `translate(${100 * item.lane}%, ${item.start}px)`;
  }

  private cells(row: Row): HTMLElement[] {
    const path = make('span', 'path');
    const slash = row.path.lastIndexOf('/') + 1;
    const open = make('button', 'open') as HTMLButtonElement;
    open.type = 'button';
    open.append(make('span', 'folder', row.path.slice(0, slash)), make('bdi', 'name', row.path.slice(slash)));
    path.append(open);
    path.title = row.path;
    const label = make('span', 'label');
    const confidence = make('span', 'confidence');
    for (const cell of [path, label, confidence]) cell.setAttribute('role', 'cell');
    this.describe(row, label, confidence);
    return [path, label, confidence];
  }

  private describe(row: Row, label: HTMLElement, confidence: HTMLElement): void {
    const { texts } = language;
    if (row.state === 'waiting' || row.state === 'skipped') {
      label.append(make('span', 'muted', row.state === 'waiting' ? texts.waiting : texts.skippedOne));
    } else if (row.state === 'notAnImage') {
      const word = make('span', 'muted', texts.notAnImage);
      word.title = row.error;
      label.append(word);
    } else if (row.state === 'failed') {
      label.append(make('span', 'tag tag-failed', texts.notReadable));
      const reason = make('span', 'error', row.error);
      reason.lang = 'en'; // the core's words
      reason.title = row.error;
      label.append(reason);
    } else {
      const name = this.labels[row.classId] ?? '';
      const group = groupOf(row);
      const tag = make('span', group.kind === 'label' ? 'tag' : `tag tag-${group.kind}`);
      if (group.kind === 'label') tag.dataset['class'] = String(group.classId % 6);
      if (group.kind === 'label') tag.textContent = this.labels[group.classId] ?? '';
      else tag.textContent = group.kind === 'uncertain' ? texts.probably(name) : texts.noneOne;
      label.append(tag);
      if (row.correction !== null) label.append(make('span', 'error', texts.changedOne));
      if (row.warning) {
        const damaged = make('span', 'error', texts.damaged);
        damaged.title = row.warning;
        label.append(damaged);
      }
      const meter = make('span', 'meter');
      const bar = make('span', 'bar');
      bar.style.width = `${100 * row.confidence}%`;
      meter.append(bar);
      meter.setAttribute('aria-hidden', 'true');
      confidence.append(meter, make('span', 'number', language.percent(row.confidence, 1)));
    }
  }
}

// What of a row decides on how it looks.
function looksOf(row: Row): string {
  return `${row.state} ${row.decision} ${String(row.correction)}`;
}
