// A pool of workers. Photos are read here and handed out in groups; each worker has the next group while it is at one, so
// that it never waits. A worker that dies or stalls costs the photo that it was at, and is replaced.
import { isNamedAsPicture } from '../files/found';
import { readFile } from '../files/read';
import type { ModelBundle } from '../model/bundle';
import { groupLength } from './groups';
import type { ClassActivation, FromWorker, Outcome, Thumbnail, ToWorker, Wish } from './messages';

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
  /** Of a file that is read. */
  mostBytes: number;
  create: () => Worker;
  /** Whether a person looks at the photo's row: then its thumbnail is made with it. */
  isSeen: (id: number) => boolean;
}

type Reply = { outcome: Outcome } | { thumbnail: Thumbnail | null } | { found: ClassActivation | null } | { lost: string };

interface Job {
  id: number;
  file: File;
  wish?: Wish;
  suspect: boolean; // a worker died over its group: it goes alone, so that no other is taken for the culprit
  done: (reply: Reply) => void;
}

interface Member {
  worker: Worker;
  groups: Job[][]; // what is not answered of those that it was given, in their order
  handed: Promise<void>; // when all of them were read and sent
  ready: boolean;
  timer: ReturnType<typeof setTimeout> | undefined;
}

const crashed = 'expected a result, found that the photo crashed its worker';
const ranOutOfMemory = 'expected memory for the photo, found that its worker ran out of it';
const neverStarted = 'expected a worker that starts, found that it crashed';

const groupsAtOnce = 2;
const mostStarts = 3; // of a worker that dies, or hangs, before it is ready

export class Pool {
  private readonly members: Member[] = [];
  private readonly waiting: Job[] = [];
  private readonly urgent: Job[] = [];
  private paused = false;
  private failedStarts = 0;
  private ended = ''; // why no worker is left; empty while there is one
  private nextWish = -1; // below zero: never a photo's id

  constructor(
    private readonly model: ModelBundle,
    private readonly events: PoolEvents,
    private readonly options: PoolOptions,
  ) {
    for (let i = 0; i < options.workers; i += 1) this.hire();
  }

  /** Begins with the first of them. */
  classify(photos: readonly { id: number; file: File }[]): void {
    for (const { id, file } of photos) {
      const done = (reply: Reply) => {
        if ('outcome' in reply) this.events.classified(id, named(reply.outcome, file));
        if ('lost' in reply) this.events.classified(id, { kind: 'failed', error: reply.lost, transient: true });
      };
      this.waiting.push({ id, file, suspect: false, done });
    }
    this.assign();
  }

  /** Made before any waiting photo. Null where there is none. */
  async thumbnail(file: File, size: number): Promise<Thumbnail | null> {
    const reply = await this.wish(file, { type: 'thumbnail', size });
    return 'thumbnail' in reply ? reply.thumbnail : null;
  }

  /** Where the signs of a class are, made before any waiting photo. Null where the network does not tell. */
  async classActivation(file: File, classId: number): Promise<ClassActivation | null> {
    const reply = await this.wish(file, { type: 'class-activation', classId });
    return 'found' in reply ? reply.found : null;
  }

  /** While paused no waiting photo is begun. */
  pause(paused: boolean): void {
    this.paused = paused;
    this.assign();
  }

  /** Forgets the photos that no worker was given; gives their ids. */
  cancelWaiting(): number[] {
    return this.waiting.splice(0).map(({ id }) => id);
  }

  private wish(file: File, wish: Wish): Promise<Reply> {
    return new Promise((done) => {
      this.urgent.push({ id: this.nextWish, file, wish, suspect: false, done });
      this.nextWish -= 1;
      this.assign();
    });
  }

  private hire(): void {
    const worker = this.options.create();
    const member: Member = { worker, groups: [], handed: Promise.resolve(), ready: false, timer: undefined };
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
    switch (message.type) {
      case 'unusable':
        this.dismiss(member);
        return this.endWithout(message.message); // others may have room for the network
      case 'ready':
        member.ready = true;
        this.failedStarts = 0;
        this.watch(member);
        this.events.ready(message.engine, message.why);
        break;
      case 'spent':
        this.renew(member);
        break;
      case 'classified':
        for (const [id, outcome] of message.outcomes) this.settle(member, id, { outcome });
        break;
      default:
        this.settle(member, message.id, message);
    }
    this.assign();
  }

  private settle(member: Member, id: number, reply: Reply): void {
    for (const [at, group] of member.groups.entries()) {
      const place = group.findIndex((job) => job.id === id);
      if (place < 0) continue;
      const [job] = group.splice(place, 1);
      if (group.length === 0) member.groups.splice(at, 1);
      this.watch(member);
      job!.done(reply);
      return;
    }
  }

  // Without workers nothing more is done: whoever waits is told so.
  private endWithout(reason: string): void {
    if (this.members.length > 0) return;
    const told = this.ended !== '';
    this.ended = reason;
    for (const job of [...this.urgent.splice(0), ...this.waiting.splice(0)]) job.done({ lost: reason });
    if (!told) this.events.unusable(reason);
  }

  private assign(): void {
    if (this.ended) return this.endWithout(this.ended);
    for (let round = 0; round < groupsAtOnce; round += 1) {
      for (const member of this.members) {
        if (!member.ready || member.groups.length > round) continue;
        const group = this.nextGroup();
        if (group.length === 0) return;
        this.hand(member, group);
      }
    }
  }

  // Empty where nothing is to be done.
  private nextGroup(): Job[] {
    if (this.urgent.length > 0) return this.urgent.splice(0, 1);
    if (this.paused) return [];
    return this.waiting.splice(0, groupLength(this.waiting, groupsAtOnce * this.members.length));
  }

  // Reads the group while the worker is at the one before.
  private hand(member: Member, group: Job[]): void {
    member.groups.push(group);
    if (member.groups.length === 1) this.watch(member);
    const jobs = [...group];
    const reading = Promise.all(jobs.map(({ file }) => readFile(file, this.options.mostBytes)));
    member.handed = member.handed.then(async () => {
      const files = await reading;
      if (!this.members.includes(member)) return; // its work went to another
      const photos = [];
      for (const [at, { id, wish }] of jobs.entries()) {
        const bytes = files[at]!;
        if (!(bytes instanceof Uint8Array)) this.settle(member, id, { outcome: { kind: 'failed', error: bytes.error } });
        else if (wish) this.send(member, { type: 'wish', id, bytes, wish }, [bytes]);
        else photos.push({ id, bytes, seen: this.options.isSeen(id) });
      }
      if (photos.length > 0) this.send(member, { type: 'classify', photos }, photos.map(({ bytes }) => bytes));
      else this.assign();
    });
  }

  // The bytes move to the worker.
  private send({ worker }: Member, message: ToWorker, bytes: Uint8Array<ArrayBuffer>[]): void {
    worker.postMessage(message, bytes.map(({ buffer }) => buffer));
  }

  // Restarts the clock for the photo that the worker is at.
  private watch(member: Member): void {
    clearTimeout(member.timer);
    member.timer = undefined;
    if (member.groups.length === 0) return;
    const seconds = this.options.stallSeconds;
    member.timer = setTimeout(
      () => this.replace(member, `expected a result within ${seconds} s, found none`),
      1000 * seconds,
    );
  }

  private replace(member: Member, reason: string): void {
    if (!this.dismiss(member)) return;
    const [begun = [], ...later] = member.groups;
    this.requeue(later.flat());
    const [only, ...others] = begun;
    if (others.length > 0) this.requeue(begun.map((job) => Object.assign(job, { suspect: true })));
    else only?.done({ lost: reason });
    if (!member.ready) this.failedStarts += 1;
    if (this.failedStarts < mostStarts) this.hire();
    this.endWithout(reason);
    this.assign();
  }

  // Another worker in the place of one that did its work, but holds much memory: that is only given back as a whole.
  private renew(member: Member): void {
    if (!this.dismiss(member)) return;
    this.requeue(member.groups.flat());
    this.hire();
    this.assign();
  }

  private requeue(jobs: Job[]): void {
    for (const job of [...jobs].reverse()) (job.wish ? this.urgent : this.waiting).unshift(job);
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

// A file of another kind is an error where it is called a picture.
function named(outcome: Outcome, file: File): Outcome {
  return outcome.kind === 'notAnImage' && isNamedAsPicture(file.name) ? { kind: 'failed', error: outcome.error } : outcome;
}

// What browsers say of a script, or of WebAssembly, that gets no more memory.
function isOutOfMemory(message: string | undefined): boolean {
  return /memory|allocat|array buffer|\boom\b/i.test(message ?? '');
}
