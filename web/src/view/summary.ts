// Counts for each label, which are also the choice of what the table shows.
import type { Counts } from '../state/results';
import { isSame, type Choice } from '../state/selection';
import { language } from '../text/language';
import { byId, make } from './dom';

interface Chip {
  choice: Choice;
  button: HTMLButtonElement;
  count: HTMLElement;
}

export class Summary extends EventTarget {
  private readonly chips: Chip[] = [];
  private chosen: Choice = { kind: 'all' };
  private last: Readonly<Counts> | undefined;

  constructor(private readonly labels: readonly string[]) {
    super();
    this.build();
  }

  get choice(): Choice {
    return this.chosen;
  }

  /** Makes the buttons, again when the language has changed. */
  build(): void {
    const { texts } = language;
    const root = byId('summary');
    root.setAttribute('aria-label', texts.summary);
    root.replaceChildren();
    this.chips.length = 0;
    this.add({ kind: 'all' }, texts.all);
    this.labels.forEach((label, classId) => this.add({ kind: 'label', classId }, label));
    this.add({ kind: 'uncertain' }, texts.uncertain);
    this.add({ kind: 'none' }, texts.none);
    this.add({ kind: 'failed' }, texts.failed);
    this.add({ kind: 'notAnImage' }, texts.notAnImages);
    this.add({ kind: 'changed' }, texts.changed);
    this.add({ kind: 'waiting' }, texts.notLookedAt);
    if (this.last) this.show(this.last);
  }

  choose(choice: Choice): void {
    this.chosen = choice;
    if (this.last) this.show(this.last);
    this.dispatchEvent(new Event('change'));
  }

  show(counts: Readonly<Counts>): void {
    this.last = counts;
    for (const { choice, button, count } of this.chips) {
      const found = countOf(choice, counts);
      count.textContent = language.number(found);
      // Most folders hold nothing but photos, most photos are told right, and few people cancel.
      const rare = choice.kind === 'waiting' ? counts.skipped === 0 : found === 0 && (choice.kind === 'notAnImage' || choice.kind === 'changed');
      button.hidden = rare && !isSame(choice, this.chosen);
      button.setAttribute('aria-pressed', String(isSame(choice, this.chosen)));
    }
  }

  private add(choice: Choice, name: string): void {
    const button = make('button', 'chip') as HTMLButtonElement;
    button.type = 'button';
    button.dataset['kind'] = choice.kind;
    if (choice.kind === 'label') button.dataset['class'] = String(choice.classId % 6);
    const count = make('span', 'count', '0');
    button.append(make('span', 'dot'), make('span', '', name), count);
    button.addEventListener('click', () => this.choose(choice));
    byId('summary').append(button);
    this.chips.push({ choice, button, count });
  }
}

function countOf(choice: Choice, counts: Readonly<Counts>): number {
  switch (choice.kind) {
    case 'all':
      return counts.all;
    case 'label':
      return counts.labels[choice.classId] ?? 0;
    case 'uncertain':
      return counts.uncertain;
    case 'none':
      return counts.none;
    case 'failed':
      return counts.failed;
    case 'notAnImage':
      return counts.notAnImage;
    case 'changed':
      return counts.changed;
    case 'waiting':
      return counts.all - counts.done;
  }
}
