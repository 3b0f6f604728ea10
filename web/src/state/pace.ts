// How fast it goes, and how long it will take.

const window = 10_000; // milliseconds that the rate looks back

export class Pace {
  private readonly marks: { at: number; done: number }[] = [];

  constructor(private readonly now: () => number = () => performance.now()) {
    this.mark(0);
  }

  mark(done: number): void {
    const at = this.now();
    this.marks.push({ at, done });
    while (this.marks.length > 2 && at - this.marks[1]!.at > window) this.marks.shift();
  }

  /** Photos a second; 0 where nothing is known yet. */
  get rate(): number {
    const first = this.marks[0]!;
    const last = this.marks.at(-1)!;
    const seconds = (last.at - first.at) / 1000;
    return seconds > 0 ? (last.done - first.done) / seconds : 0;
  }

  /** Seconds until `left` more are done; null where nothing is known yet. */
  timeLeft(left: number): number | null {
    return this.rate > 0 ? left / this.rate : null;
  }
}
