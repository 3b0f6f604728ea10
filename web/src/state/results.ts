// The results: one row for every file offered, in path order. Whoever shows them listens to changes.
import { comparePaths, identity, type FoundFile } from '../files/found';
import type { Outcome } from '../pool/messages';

/** What became of a photo, but for its thumbnail. */
export type Settled = Omit<Extract<Outcome, { kind: 'classified' }>, 'thumbnail'> | Exclude<Outcome, { kind: 'classified' }>;

export type Group = { kind: 'label'; classId: number } | { kind: 'uncertain' } | { kind: 'none' } | { kind: 'failed' } | { kind: 'notAnImage' } | { kind: 'waiting' };

/** A class, or that none of them is there. */
export type Correction = number | 'none';

export interface Row {
  id: number;
  path: string;
  file: File;
  parent: FileSystemDirectoryHandle | undefined; // where it can be taken out of, or found again
  state: 'waiting' | 'classified' | 'failed' | 'notAnImage' | 'skipped';
  probabilities: Float32Array | null;
  presence: number | null;
  classId: number;
  confidence: number;
  decision: Decision;
  width: number;
  height: number;
  error: string;
  correction: Correction | null; // by hand
  warning: string; // not empty: the file is damaged
}

export interface Counts {
  all: number;
  done: number;
  labels: number[];
  uncertain: number;
  none: number;
  failed: number;
  notAnImage: number;
  skipped: number; // not to be looked at, for now; neither done nor on their way
  changed: number; // by hand; counted under what they were changed to as well
}

const decisions = ['class', 'uncertain', 'none'] as const;
type Decision = (typeof decisions)[number];

/** How the network's numbers are judged, with the thresholds of the moment. */
export interface Judge {
  predict(probabilities: Float32Array, presence: number | null): { classId: number; confidence: number; decision: Decision };
  /** Of many photos: for each the place of its decision among 'class', 'uncertain', 'none'. */
  decide(confidences: Float32Array, presences: Float32Array): ArrayLike<number>;
}

export class Results extends EventTarget {
  private byId = new Map<number, Row>();
  private readonly known = new Map<string, FoundFile[]>();
  private ordered: Row[] = [];
  private counts: Counts;
  private nextId = 0;
  private corrections: { id: number; before: Correction | null }[] = [];

  constructor(
    private readonly labels: number,
    private readonly judge: Judge,
  ) {
    super();
    this.counts = noCounts(labels);
  }

  get rows(): readonly Row[] {
    return this.ordered;
  }

  get summary(): Readonly<Counts> {
    return this.counts;
  }

  /** Every file is done or skipped. */
  get isSettled(): boolean {
    return this.counts.done + this.counts.skipped === this.counts.all;
  }

  /** Adds files; the same file offered again is left out. Gives the new rows, in path order. */
  add(found: FoundFile[]): Row[] {
    const added: Row[] = [];
    for (const offered of found) {
      const { path, file, parent } = offered;
      // Size and time are asked for only where paths are the same: browsers look at the disk for them.
      const namesakes = this.known.get(path);
      if (namesakes?.some((other) => identity(other) === identity(offered))) continue;
      this.known.set(path, namesakes ? [...namesakes, offered] : [offered]);
      const row: Row = {
        id: this.nextId++,
        path,
        file,
        parent,
        state: 'waiting',
        probabilities: null,
        presence: null,
        classId: 0,
        confidence: 0,
        decision: 'uncertain',
        width: 0,
        height: 0,
        error: '',
        warning: '',
        correction: null,
      };
      this.byId.set(row.id, row);
      added.push(row);
    }
    added.sort((a, b) => comparePaths(a.path, b.path));
    this.ordered = [...this.ordered, ...added].sort((a, b) => comparePaths(a.path, b.path));
    this.counts.all = this.ordered.length;
    this.changed();
    return added;
  }

  /** Gives the row; nothing where it is not wanted any more. */
  settle(id: number, outcome: Settled): Row | undefined {
    const row = this.byId.get(id);
    if (!row || row.state !== 'waiting') return undefined;
    if (outcome.kind !== 'classified') {
      row.state = outcome.kind;
      row.error = outcome.error;
    } else {
      Object.assign(row, this.judge.predict(outcome.probabilities, outcome.presence));
      row.state = 'classified';
      row.probabilities = outcome.probabilities;
      row.presence = outcome.presence;
      row.width = outcome.width;
      row.height = outcome.height;
      row.warning = outcome.warning;
    }
    this.count(row, 1);
    this.counts.done += 1;
    this.changed();
    return row;
  }

  /** A person's word on a classified photo; null takes it back. Gives the row where that changes it. */
  correct(id: number, correction: Correction | null): Row | undefined {
    const row = this.byId.get(id);
    if (row?.state !== 'classified' || row.correction === correction) return undefined;
    this.corrections.push({ id, before: row.correction });
    this.put(row, correction);
    return row;
  }

  /** Takes the last correction back and gives its row; nothing where there is none. */
  undo(): Row | undefined {
    const last = this.corrections.pop();
    const row = last && this.byId.get(last.id);
    if (row) this.put(row, last.before);
    return row;
  }

  get canUndo(): boolean {
    return this.corrections.length > 0;
  }

  /** The photo lies somewhere else now; it keeps the path under which it was offered. */
  relocate(id: number, file: File, parent: FileSystemDirectoryHandle): void {
    const row = this.byId.get(id);
    if (row) Object.assign(row, { file, parent });
  }

  /** Decides on every photo again: the thresholds have changed. */
  redecide(): void {
    const rows = this.ordered.filter((row) => row.state === 'classified');
    const decided = this.judge.decide(Float32Array.from(rows, (row) => row.confidence), Float32Array.from(rows, (row) => row.presence ?? 1));
    for (const [at, row] of rows.entries()) {
      const decision = decisions[decided[at]!]!;
      if (decision === row.decision) continue;
      this.count(row, -1);
      row.decision = decision;
      this.count(row, 1);
    }
    this.changed();
  }

  /** These are not looked at, until they are taken up again. */
  skip(ids: readonly number[]): void {
    for (const id of ids) {
      const row = this.byId.get(id);
      if (row?.state !== 'waiting') continue;
      row.state = 'skipped';
      this.counts.skipped += 1;
    }
    this.changed();
  }

  /** Whatever was skipped waits again; gives those rows, in path order. */
  takeUp(): Row[] {
    const rows = this.ordered.filter((row) => row.state === 'skipped');
    for (const row of rows) row.state = 'waiting';
    this.counts.skipped = 0;
    this.changed();
    return rows;
  }

  /** Forgets everything; what is still on its way is not wanted any more. */
  clear(): void {
    this.byId.clear();
    this.known.clear();
    this.ordered = [];
    this.counts = noCounts(this.labels);
    this.corrections = [];
    this.changed();
  }

  private put(row: Row, correction: Correction | null): void {
    this.count(row, -1);
    row.correction = correction;
    this.count(row, 1);
    this.changed();
  }

  private count(row: Row, by: 1 | -1): void {
    const group = groupOf(row);
    if (group.kind === 'label') this.counts.labels[group.classId]! += by;
    else if (group.kind !== 'waiting') this.counts[group.kind] += by;
    if (row.correction !== null) this.counts.changed += by;
  }

  private changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}

function noCounts(labels: number): Counts {
  return { all: 0, done: 0, labels: new Array<number>(labels).fill(0), uncertain: 0, none: 0, failed: 0, notAnImage: 0, skipped: 0, changed: 0 };
}

/** Where a row is counted. */
export function groupOf(row: Row): Group {
  if (row.state === 'failed' || row.state === 'notAnImage') return { kind: row.state };
  if (row.state !== 'classified') return { kind: 'waiting' };
  if (row.correction !== null) return row.correction === 'none' ? { kind: 'none' } : { kind: 'label', classId: row.correction };
  return row.decision === 'class' ? { kind: 'label', classId: row.classId } : { kind: row.decision };
}
