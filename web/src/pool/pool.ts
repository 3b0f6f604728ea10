// A pool of workers. Each has at most two photos, so that it never waits for the next; a worker that dies or stalls
// costs the photo that it was at, and is replaced.
import type { ModelBundle } from '../model/bundle';
import type { ClassActivation, FromWorker, Outcome, Thumbnail, ToWorker } from './messages';

export interface PoolEvents {
  /** `why`: that another engine than the core's runs the network; empty where none does. */
  ready(engine: string, why: string): void;
  unusable(message: string): void;
  classified(id: number, outcome: Outcome): void;
}

export interface PoolOptions {
  workers: number;
  /** That a photo may take. */
  stallSeconds: number;
  /** That a worker may take until it is ready: it may have to download the network's engine first. */
  startSeconds: number;
  create: () => Worker;
}

interface Job {
  message: Extract<ToWorker, { id: number }>;
  done: (reply: Extract<FromWorker, { id: number }> | { type: 'lost'; reason: string }) => void;
}

interface Member {
  worker: Worker;
  jobs: Job[];
  ready: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const crashed = 'expected a result, found that the photo crashed its worker';
const ranOutOfMemory = 'expected memory for the photo, found that its worker ran out of it';
const neverStarted = 'expected a worker that starts, found that it crashed';

const jobsAtOnce = 2;
const mostStarts = 3; // of a worker that dies, or hangs, before it is ready

export class Pool {
  private readonly members: Member[] = [];
  private readonly waiting: Job[] = [];
  private readonly urgent: Job[] = [];
  private paused = false;
  private failedStarts = 0;
  private ended = ''; // why no worker is left; empty while there is one
  private nextThumbnail = -1; // below zero: never a photo's id

  constructor(
    private readonly model: ModelBundle,
    private readonly events: PoolEvents,
    private readonly options: PoolOptions,
  ) {
    for (let i = 0; i < options.workers; i += 1) this.hire();
  }

  classify(id: number, file: File): void {
    this.waiting.push({
      message: { type: 'classify', id, file },
      done: (reply) => {
        if (reply.type === 'classified') this.events.classified(id, reply.outcome);
        if (reply.type === 'lost') this.events.classified(id, { kind: 'failed', error: reply.reason, passing: true });
      },
    });
    this.assign();
  }

  /** Made before any waiting photo. Null where there is none. */
  thumbnail(file: File, size: number): Promise<Thumbnail | null> {
    return new Promise((resolve) => {
      const id = this.nextThumbnail;
      this.nextThumbnail -= 1;
      this.urgent.push({
        message: { type: 'thumbnail', id, file, size },
        done: (reply) => resolve(reply.type === 'thumbnail' ? reply.thumbnail : null),
      });
      this.assign();
    });
  }

  /** Where the signs of a class are, made before any waiting photo. Null where the network does not tell. */
  classActivation(file: File, classId: number): Promise<ClassActivation | null> {
    return new Promise((resolve) => {
      const id = this.nextThumbnail;
      this.nextThumbnail -= 1;
      this.urgent.push({
        message: { type: 'class-activation', id, file, classId },
        done: (reply) => resolve(reply.type === 'class-activation' ? reply.found : null),
      });
      this.assign();
    });
  }

  /** While paused no waiting photo is begun. */
  pause(paused: boolean): void {
    this.paused = paused;
    this.assign();
  }

  /** Forgets the photos that no worker has begun; gives their ids. */
  cancelWaiting(): number[] {
    return this.waiting.splice(0).map((job) => job.message.id);
  }

  private hire(): void {
    const worker = this.options.create();
    const member: Member = { worker, jobs: [], ready: false, timer: undefined };
    this.members.push(member);
    worker.addEventListener('message', (event: MessageEvent<FromWorker>) => this.hear(member, event.data));
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      const outOfMemory = member.ready && isOutOfMemory(event.message);
      this.replace(member, outOfMemory ? ranOutOfMemory : member.ready ? crashed : neverStarted);
    });
    member.timer = setTimeout(
      () => this.replace(member, `expected a worker that starts within ${this.options.startSeconds} s, found none`),
      1000 * this.options.startSeconds,
    );
    worker.postMessage({ type: 'start', model: this.model } satisfies ToWorker);
  }

  private hear(member: Member, message: FromWorker): void {
    if (message.type === 'unusable') {
      this.dismiss(member);
      this.endWithout(message.message); // others may have room for the network
      return;
    }
    if (message.type === 'ready') {
      member.ready = true;
      this.failedStarts = 0;
      this.watch(member);
      this.events.ready(message.engine, message.why);
    } else if (message.type === 'spent') {
      this.renew(member);
    } else {
      const at = member.jobs.findIndex((job) => job.message.id === message.id);
      const [job] = at < 0 ? [] : member.jobs.splice(at, 1);
      this.watch(member);
      job?.done(message);
    }
    this.assign();
  }

  // Without workers nothing more is done: whoever waits is told so.
  private endWithout(reason: string): void {
    if (this.members.length > 0) return;
    const told = this.ended !== '';
    this.ended = reason;
    for (const job of [...this.urgent.splice(0), ...this.waiting.splice(0)]) job.done({ type: 'lost', reason });
    if (!told) this.events.unusable(reason);
  }

  private assign(): void {
    if (this.ended) return this.endWithout(this.ended);
    for (let round = 0; round < jobsAtOnce; round += 1) {
      for (const member of this.members) {
        if (!member.ready || member.jobs.length > round) continue;
        const job = this.urgent.shift() ?? (this.paused ? undefined : this.waiting.shift());
        if (!job) return;
        member.jobs.push(job);
        if (member.jobs.length === 1) this.watch(member);
        member.worker.postMessage(job.message);
      }
    }
  }

  // Restarts the clock for the photo that the worker is at.
  private watch(member: Member): void {
    clearTimeout(member.timer);
    member.timer = undefined;
    if (member.jobs.length === 0) return;
    const seconds = this.options.stallSeconds;
    member.timer = setTimeout(
      () => this.replace(member, `expected a result within ${seconds} s, found none`),
      1000 * seconds,
    );
  }

  private replace(member: Member, reason: string): void {
    if (!this.dismiss(member)) return;
    const [guilty, ...innocent] = member.jobs;
    this.requeue(innocent);
    guilty?.done({ type: 'lost', reason });
    if (!member.ready) this.failedStarts += 1;
    if (this.failedStarts < mostStarts) this.hire();
    this.endWithout(reason);
    this.assign();
  }

  // Another worker in the place of one that did its work, but holds much memory: that is only given back as a whole.
  private renew(member: Member): void {
    if (!this.dismiss(member)) return;
    this.requeue(member.jobs);
    this.hire();
    this.assign();
  }

  private requeue(jobs: Job[]): void {
    for (const job of jobs.reverse()) (job.message.type === 'classify' ? this.waiting : this.urgent).unshift(job);
  }

  // False where it has gone already.
  private dismiss(member: Member): boolean {
    const at = this.members.indexOf(member);
    if (at < 0) return false;
    clearTimeout(member.timer);
    member.worker.terminate();
    this.members.splice(at, 1);
    return true;
  }
}

// What browsers say of a script, or of WebAssembly, that gets no more memory.
function isOutOfMemory(message: string | undefined): boolean {
  return /memory|allocat|array buffer|\boom\b/i.test(message ?? '');
}
