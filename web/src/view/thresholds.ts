// The thresholds as sliders, each beside the histogram of what it decides on.
import type { Thresholds } from '../core/core';
import type { Row } from '../state/results';
import { language } from '../text/language';
import { byId, make } from './dom';

const bins = 40;

export class ThresholdSliders extends EventTarget {
  private readonly lowest: number; // confidence cannot be less: the most probable of so many labels

  constructor(
    labels: number,
    private readonly original: Readonly<Thresholds>,
    tellsPresence: boolean,
  ) {
    super();
    this.lowest = 1 / labels;
    byId('presence-control').hidden = !tellsPresence;
    for (const name of ['confidence', 'presence'] as const) {
      const slider = this.slider(name);
      slider.min = String(name === 'confidence' ? this.lowest : 0);
      slider.addEventListener('input', () => this.dispatchEvent(new Event('change')));
      byId(`${name}-bars`).replaceChildren(...Array.from({ length: bins }, () => make('span')));
    }
    byId('thresholds-reset').addEventListener('click', () => {
      this.set(this.original);
      this.dispatchEvent(new Event('change'));
    });
    this.details.addEventListener('toggle', () => this.dispatchEvent(new Event('toggle')));
    this.set(original);
  }

  private get details(): HTMLDetailsElement {
    return byId('confidence-control').closest('details')!;
  }

  get values(): Thresholds {
    return { confidence: this.value('confidence'), presence: this.value('presence') };
  }

  show(rows: readonly Row[]): void {
    for (const name of ['confidence', 'presence'] as const) {
      byId(`${name}-value`).textContent = language.percent(this.value(name), 1);
      if (!this.details.open) continue;
      const first = Number(this.slider(name).min);
      const counts = new Array<number>(bins).fill(0);
      for (const row of rows) {
        if (row.state !== 'classified') continue;
        const share = ((row[name] ?? 1) - first) / (1 - first);
        counts[Math.max(0, Math.min(bins - 1, Math.floor(share * bins)))]! += 1;
      }
      // By the logarithm: the few in the middle matter, and nearly all are at the ends.
      const most = Math.log1p(Math.max(1, ...counts));
      [...byId(`${name}-bars`).children].forEach((bar, i) => {
        const element = bar as HTMLElement;
        element.style.height = `${(100 * Math.log1p(counts[i]!)) / most}%`;
        element.classList.toggle('below', first + ((i + 0.5) / bins) * (1 - first) < this.value(name));
      });
    }
  }

  private set(thresholds: Readonly<Thresholds>): void {
    for (const name of ['confidence', 'presence'] as const) this.slider(name).value = String(thresholds[name]);
  }

  private value(name: keyof Thresholds): number {
    return Number(this.slider(name).value);
  }

  private slider(name: keyof Thresholds): HTMLInputElement {
    return byId<HTMLInputElement>(`${name}-threshold`);
  }
}
