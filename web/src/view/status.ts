// How far the work is: in the page, in the title, and now and then for screen readers.
import type { Pace } from '../state/pace';
import type { Counts } from '../state/results';
import { language } from '../text/language';
import { byId } from './dom';

export type WorkState = 'working' | 'paused' | 'finished' | 'stopped';

const quiet = 15_000; // milliseconds between two announcements
const still = 200; // milliseconds between two drawings: what changes faster cannot be read

export class Status {
  private announced = 0;
  private shown = 0;
  private shownState: WorkState | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `looking`: more files may be found. */
  show(state: WorkState, counts: Readonly<Counts>, pace: Pace, looking: boolean): void {
    clearTimeout(this.timer);
    const wait = this.shown + still - performance.now();
    if (state === this.shownState && wait > 0) {
      this.timer = setTimeout(() => this.show(state, counts, pace, looking), wait);
      return;
    }
    this.shown = performance.now();
    this.shownState = state;
    this.draw(state, counts, pace, looking);
  }

  /** Shows nothing more until it is asked to. */
  rest(): void {
    clearTimeout(this.timer);
  }

  private draw(state: WorkState, counts: Readonly<Counts>, pace: Pace, looking: boolean): void {
    const { texts } = language;
    const heading = { working: texts.working, paused: texts.paused, finished: texts.finished, stopped: texts.stopped }[state];
    const done = texts.progress(language.number(counts.done), language.number(counts.all));
    const figures = [done];
    if (pace.rate > 0) figures.push(texts.rate(language.number(pace.rate, pace.rate < 10 ? 1 : 0)));
    const left = state === 'working' ? pace.timeLeft(counts.all - counts.done) : null;
    if (looking) figures.push(texts.looking);
    else if (left !== null) figures.push(texts.left(language.duration(left)));
    byId('state').textContent = heading;
    byId('figures').textContent = figures.join(' · ');
    const progress = byId<HTMLProgressElement>('progress');
    progress.max = Math.max(counts.all, 1);
    progress.value = counts.done;
    progress.setAttribute('aria-label', texts.progressLabel);
    document.title = state === 'working' ? `${done} – catdog` : `${heading} – catdog`;
    byId('cancel').toggleAttribute('disabled', state !== 'working' && state !== 'paused');
    byId('pause').textContent = state === 'working' ? texts.pause : texts.resume;
    byId('save-json').toggleAttribute('disabled', counts.done === 0);
    byId('download').toggleAttribute('disabled', counts.done === 0);
    this.announce(state, `${heading} ${figures.join(', ')}`);
  }

  private announce(state: WorkState, text: string): void {
    const now = performance.now();
    if (state === 'working' && now - this.announced < quiet) return;
    const announcement = byId('announcement');
    if (announcement.textContent !== text) announcement.textContent = text;
    this.announced = now;
  }
}
