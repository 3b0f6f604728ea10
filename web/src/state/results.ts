// The results: one row for every file offered, in path order. Whoever shows them listens to changes.
import { comparePaths, type FoundFile } from '../files/found';
import type { Outcome } from '../pool/messages';

export type Group = { kind: 'label'; classId: number } | { kind: 'unsure' } | { kind: 'neither' } | { kind: 'failed' } | { kind: 'waiting' };

export interface Row {
  id: number;
  path: string;
  file: File;
  state: 'waiting' | 'classified' | 'failed' | 'cancelled';
  probabilities: Float32Array | null;
  presence: number | null;
  classId: number;
  confidence: number;
  decision: 'class' | 'unsure' | 'neither';
  width: number;
  height: number;
  error: string;
  warning: string; // not empty: the file is damaged
}

export interface Counts {
  all: number;
  done: number;
  labels: number[];
  unsure: number;
  neither: number;
  failed: number;
}

export type Predict = (probabilities: Float32Array, presence: number | null) => { classId: number; confidence: number; decision: 'class' | 'unsure' | 'neither' };

export class Results extends EventTarget {
  private byId = new Map<number, Row>();
  private ordered: Row[] = [];
  private counts: Counts;
  private nextId = 0;

  constructor(
    private readonly labels: number,
    private readonly predict: Predict,
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

  /** Adds files; the same file offered again is left out. Gives the new rows, in path order. */
  add(found: FoundFile[]): Row[] {
    const known = new Set(this.ordered.map(identity));
    const added: Row[] = [];
    for (const { path, file } of found) {
      const key = identity({ path, file });
      if (known.has(key)) continue;
      known.add(key);
      const row: Row = {
        id: this.nextId++,
        path,
        file,
        state: 'waiting',
        probabilities: null,
        presence: null,
        classId: 0,
        confidence: 0,
        decision: 'unsure',
        width: 0,
        height: 0,
        error: '',
        warning: '',
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

  settle(id: number, outcome: Outcome): void {
    const row = this.byId.get(id);
    if (!row || row.state !== 'waiting') return;
    if (outcome.kind === 'failed') {
      row.state = 'failed';
      row.error = outcome.error;
      this.counts.failed += 1;
    } else {
      Object.assign(row, this.predict(outcome.probabilities, outcome.presence));
      row.state = 'classified';
      row.probabilities = outcome.probabilities;
      row.presence = outcome.presence;
      row.width = outcome.width;
      row.height = outcome.height;
      row.warning = outcome.warning;
      if (row.decision === 'class') this.counts.labels[row.classId]! += 1;
      else this.counts[row.decision] += 1;
    }
    this.counts.done += 1;
    this.changed();
  }

  /** Takes out the files that were never looked at. */
  drop(ids: number[]): void {
    for (const id of ids) {
      const row = this.byId.get(id);
      if (row) row.state = 'cancelled';
      this.byId.delete(id);
    }
    this.ordered = this.ordered.filter((row) => row.state !== 'cancelled');
    this.counts.all = this.ordered.length;
    this.changed();
  }

  /** Forgets everything; what is still on its way is not wanted any more. */
  clear(): void {
    this.byId.clear();
    this.ordered = [];
    this.counts = noCounts(this.labels);
    this.changed();
  }

  private changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}

function noCounts(labels: number): Counts {
  return { all: 0, done: 0, labels: new Array<number>(labels).fill(0), unsure: 0, neither: 0, failed: 0 };
}

// Photos of different folders may have the same name; the same name, size and time are the same photo.
function identity({ path, file }: FoundFile): string {
  return `${path}\0${file.size}\0${file.lastModified}`;
}

/** Where a row is counted. */
export function groupOf(row: Row): Group {
  if (row.state === 'failed') return { kind: 'failed' };
  if (row.state !== 'classified') return { kind: 'waiting' };
  return row.decision === 'class' ? { kind: 'label', classId: row.classId } : { kind: row.decision };
}
