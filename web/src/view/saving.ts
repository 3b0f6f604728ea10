// Downloads: which rows, in which form, and whether what was said by hand is in a file.
import type { CatdogCore, Thresholds } from '../core/core';
import { save, toCsv, toJson, type CsvForm } from '../state/csv';
import type { Row } from '../state/results';
import { byId } from './dom';

export interface SavingNeeds {
  core: CatdogCore;
  labels: readonly string[];
  all(): readonly Row[];
  shown(): readonly Row[];
  thresholds(): Thresholds;
}

export class Saving {
  /** Something was said by hand since the last download. */
  unsaved = false;

  constructor(private readonly needs: SavingNeeds) {
    const { core, labels, thresholds } = needs;
    byId('download').addEventListener('click', () => {
      save(toCsv(core, this.rows, labels, thresholds(), csvForm()), 'predictions.csv');
      this.unsaved = false;
    });
    byId('save-json').addEventListener('click', () => {
      save([toJson(this.rows, labels, thresholds())], 'predictions.json', 'application/json');
      this.unsaved = false;
    });
  }

  /** What is to be saved: all rows, or only those that are shown. */
  get rows(): readonly Row[] {
    return byId<HTMLInputElement>('only-shown').checked ? this.needs.shown() : this.needs.all();
  }
}

// The separator, and + for a byte order mark, which spreadsheets want.
function csvForm(): CsvForm {
  const [separator, mark] = byId<HTMLSelectElement>('separator').value;
  return { separator: separator as CsvForm['separator'], byteOrderMark: mark === '+' };
}
