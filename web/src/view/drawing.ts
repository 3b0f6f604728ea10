// When the page is drawn.
const unseenPause = 1000; // milliseconds between two drawings that nobody sees
const still = 200; // milliseconds between two drawings that nobody asked for: more would take time from the photos

export class Drawing {
  private due = false;
  private last = -Infinity;
  private later: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly draw: () => void,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** For what a person did: in the next frame. A tab that nobody sees has no frames, but a title. */
  request(): void {
    if (this.due) return;
    this.due = true;
    if (document.hidden) setTimeout(() => this.now(), unseenPause);
    else requestAnimationFrame(() => this.now());
  }

  /** For what comes by itself, such as photos that are done: a few times a second. */
  requestSoon(): void {
    this.later ??= setTimeout(() => this.request(), Math.max(0, this.last + still - this.clock()));
  }

  now(): void {
    this.due = false;
    clearTimeout(this.later);
    this.later = undefined;
    this.last = this.clock();
    this.draw();
  }
}
