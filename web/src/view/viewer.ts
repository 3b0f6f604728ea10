// One photo, large: what the network says of it, where it looked, and a person's correction. Keys: arrows, 1 2 …, 0, u, h.
import type { ClassActivation } from '../pool/messages';
import type { Correction, Row } from '../state/results';
import { language } from '../text/language';
import { byId, make } from './dom';
import type { Thumbnails } from './thumbnails';

export interface ViewerNeeds {
  labels: readonly string[];
  tellsPresence: boolean;
  tellsMap: boolean;
  thumbnails: Thumbnails;
  /** The rows that are seen behind it, in their order. */
  items(): readonly Row[];
  classActivation(file: File, classId: number): Promise<ClassActivation | null>;
  correct(id: number, correction: Correction | null): void;
  undo(): void;
}

export class Viewer {
  private readonly dialog = byId<HTMLDialogElement>('viewer');
  private readonly image = byId<HTMLImageElement>('viewer-photo');
  private readonly small = byId<HTMLCanvasElement>('viewer-small');
  private readonly heat = byId<HTMLCanvasElement>('viewer-heat');
  private row: Row | undefined;
  private place = 0; // of the row when it was last seen among the items
  private heatOn = false;
  private readonly choices: [HTMLElement, Correction][];

  constructor(private readonly needs: ViewerNeeds) {
    this.choices = this.makeChoices();
    byId('viewer-close').addEventListener('click', () => this.dialog.close());
    byId('viewer-previous').addEventListener('click', () => this.move(-1));
    byId('viewer-next').addEventListener('click', () => this.move(1));
    byId('viewer-look').addEventListener('click', () => this.toggleHeat());
    byId('viewer-look').hidden = !needs.tellsMap;
    byId('viewer-error').lang = 'en'; // the core's words
    this.dialog.addEventListener('keydown', (event) => this.press(event));
    this.dialog.addEventListener('close', () => this.leave());
    this.image.addEventListener('error', () => this.showSmall()); // a format that only the core reads
    this.image.addEventListener('load', () => {
      const { naturalWidth, naturalHeight } = this.image;
      const { width = 0, height = 0 } = this.row ?? {};
      // Some formats the browser does not turn upright.
      if (width !== height && width === naturalHeight && height === naturalWidth) this.showSmall();
    });
  }

  open(row: Row): void {
    this.show(row);
    if (!this.dialog.open) this.dialog.showModal();
  }

  /** Says again what may have changed: correction, thresholds, language. */
  refresh(): void {
    const { row } = this;
    if (!row || !this.dialog.open) return;
    byId('viewer-name').textContent = row.path;
    byId('viewer-facts').textContent = row.width ? `${language.number(row.width)} × ${language.number(row.height)}` : '';
    byId('viewer-error').textContent = row.error || row.warning;
    byId('viewer-bars').replaceChildren(...this.bars(row));
    this.showChoices(row);
  }

  private show(row: Row): void {
    this.leave();
    this.row = row;
    this.place = Math.max(0, this.needs.items().indexOf(row));
    this.image.hidden = false;
    this.image.alt = row.path;
    this.image.src = URL.createObjectURL(row.file);
    byId('viewer-look').toggleAttribute('disabled', row.state !== 'classified');
    queueMicrotask(() => this.refresh());
    if (this.heatOn) void this.showHeat();
  }

  // The photo is let go.
  private leave(): void {
    if (this.image.src) URL.revokeObjectURL(this.image.src);
    this.image.removeAttribute('src');
    this.image.hidden = true;
    this.small.hidden = true;
    this.heat.hidden = true;
    this.row = undefined;
  }

  private showSmall(): void {
    if (!this.row || !this.image.getAttribute('src')) return;
    this.image.hidden = true;
    if (this.row.state !== 'classified') return;
    this.small.hidden = false;
    void this.needs.thumbnails.show(this.row, this.small).then(() => this.fitHeat());
  }

  // Over the photo, or over the small picture in its place.
  private fitHeat(): void {
    for (const side of ['width', 'height'] as const) this.heat.style[side] = this.small.hidden ? '' : this.small.style[side];
  }

  private move(step: number): void {
    const items = this.needs.items();
    const at = this.row ? items.indexOf(this.row) : -1;
    // A row that left the list by its correction has left its place to the next one.
    const next = items[at >= 0 ? at + step : step > 0 ? this.place : this.place - 1];
    if (next) this.show(next);
  }

  private press(event: KeyboardEvent): void {
    if (event.altKey || (event.target as HTMLElement).matches('input, select')) return;
    const key = event.key.toLowerCase();
    const digit = /^\d$/.test(key) ? Number(key) : -1;
    if ((event.ctrlKey || event.metaKey) && key !== 'z') return;
    if (key === 'arrowleft') this.move(-1);
    else if (key === 'arrowright') this.move(1);
    else if (key === 'u' || key === 'z') this.needs.undo();
    else if (key === 'h' && this.needs.tellsMap) this.toggleHeat();
    else if (digit > 0 && digit <= this.needs.labels.length) this.correct(digit - 1);
    else if (digit === 0) this.correct('none');
    else return;
    event.preventDefault();
  }

  private correct(correction: Correction): void {
    if (this.row?.state !== 'classified') return;
    this.needs.correct(this.row.id, this.row.correction === correction ? null : correction);
  }

  private toggleHeat(): void {
    this.heatOn = !this.heatOn;
    byId('viewer-look').setAttribute('aria-pressed', String(this.heatOn));
    if (this.heatOn) void this.showHeat();
    else this.heat.hidden = true;
  }

  private async showHeat(): Promise<void> {
    const { row } = this;
    if (row?.state !== 'classified') return;
    const found = await this.needs.classActivation(row.file, row.classId);
    if (!found || row !== this.row || !this.heatOn) return;
    drawHeat(found, this.heat);
    this.fitHeat();
    this.heat.hidden = false;
  }

  private bars(row: Row): HTMLElement[] {
    const bars = this.needs.labels.map((label, i) => bar(label, row.probabilities?.[i] ?? 0, String(i % 6)));
    if (row.presence !== null) bars.push(bar(language.texts.present, row.presence, ''));
    return row.state === 'classified' ? bars : [];
  }

  // Made once, so that none loses the focus.
  private makeChoices(): [HTMLElement, Correction][] {
    const corrections: Correction[] = [...this.needs.labels.keys(), 'none'];
    return corrections.map((correction) => {
      const key = correction === 'none' ? '0' : String(correction + 1);
      const button = make('button', 'choice') as HTMLButtonElement;
      button.type = 'button';
      const hint = make('kbd', '', key);
      hint.setAttribute('aria-hidden', 'true');
      button.setAttribute('aria-keyshortcuts', key);
      button.append(make('span'), hint);
      button.addEventListener('click', () => this.correct(correction));
      byId('viewer-choices').append(button);
      return [button, correction];
    });
  }

  private showChoices(row: Row): void {
    for (const [button, correction] of this.choices) {
      button.firstElementChild!.textContent =
        correction === 'none' ? language.texts.none : (this.needs.labels[correction] ?? '');
      button.setAttribute('aria-pressed', String(row.correction === correction));
      button.toggleAttribute('disabled', row.state !== 'classified');
    }
  }
}

function bar(name: string, share: number, hue: string): HTMLElement {
  const line = make('div', 'bar-line');
  const meter = make('span', 'meter');
  const filled = make('span', 'bar');
  filled.style.width = `${100 * share}%`;
  if (hue) line.dataset['class'] = hue;
  meter.append(filled);
  line.append(make('span', 'bar-name', name), meter, make('span', 'number', language.percent(share, 1)));
  return line;
}

// What speaks for the class, the strongest place at full strength; all else is left clear.
function drawHeat({ values, width, height }: ClassActivation, canvas: HTMLCanvasElement): void {
  const image = new ImageData(width, height);
  values.forEach((strength, i) => {
    image.data.set([255, Math.round(220 * (1 - strength)), 40, Math.round(190 * strength)], 4 * i);
  });
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.putImageData(image, 0, 0);
}
