// The results as files: CSV by the writer that the native tool uses too, and JSON.
import type { CatdogCore, Thresholds } from '../core/core';
import type { Correction, Row } from '../state/results';

export interface CsvForm {
  separator: ',' | ';' | '\t';
  /** A byte order mark first: without it some spreadsheets take UTF-8 for something else. */
  mark: boolean;
}

const plain: CsvForm = { separator: ',', mark: false };

/** Lines as catdog-classify writes them; a last column `corrected` only where something was corrected by hand. */
export function toCsv(
  core: CatdogCore,
  rows: readonly Row[],
  labels: readonly string[],
  thresholds: Thresholds,
  form: CsvForm = plain,
): string[] {
  const corrected = rows.some((row) => row.correction !== null);
  const finish = (line: string, last: string): string => {
    const whole = corrected ? `${line.slice(0, -2)},${quoted(disarmed(last), ',')}\r\n` : line;
    return form.separator === ',' ? whole : separated(whole, form.separator, labels.length);
  };
  const lines = [finish(core.csvHeader(labels), 'corrected')];
  for (const row of rows) {
    const { path, probabilities, presence, width, height } = row;
    const line = core.csvRow({ path, probabilities, presence, width, height, error: errorOf(row) }, labels, thresholds);
    lines.push(finish(line, correctionName(row.correction, labels)));
  }
  if (form.mark) lines.unshift('\uFEFF');
  return lines;
}

export function toJson(rows: readonly Row[], labels: readonly string[], thresholds: Thresholds): string {
  const photos = rows.map((row) => {
    const { path, width, height } = row;
    if (row.state !== 'classified') return { path, error: errorOf(row) };
    const decision = row.decision === 'class' ? labels[row.classId] : row.decision;
    const probabilities = Object.fromEntries(labels.map((label, i) => [label, row.probabilities?.[i]]));
    const corrected = correctionName(row.correction, labels) || undefined;
    return { path, label: labels[row.classId], confidence: row.confidence, probabilities, presence: row.presence, decision, corrected, width, height };
  });
  return `${JSON.stringify({ labels, thresholds, photos }, null, 1)}\n`;
}

export function correctionName(correction: Correction | null, labels: readonly string[]): string {
  if (correction === null) return '';
  return correction === 'neither' ? correction : (labels[correction] ?? '');
}

export function save(parts: string[], name: string, type: 'text/csv' | 'application/json' = 'text/csv'): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(parts, { type: `${type};charset=utf-8` }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// Every file that was offered has its row, those too that were not looked at (yet).
function errorOf(row: Row): string {
  if (row.state === 'waiting') return 'expected a result, found that this file still waits';
  if (row.state === 'skipped') return 'expected a result, found that the work was cancelled before this file';
  return row.error;
}

// As the core does it: what a spreadsheet would run as a formula is text.
function disarmed(text: string): string {
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

function quoted(text: string, separator: string): string {
  return text.includes(separator) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

// The same line with another separator; its cells are quoted anew, for that separator. Where that is a semicolon, numbers
// have decimal commas: spreadsheets that want the one want the other.
function separated(line: string, separator: string, labels: number): string {
  const cells: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (let found = cell.exec(line); found; found = cell.exec(line)) {
    cells.push(found[1] === undefined ? (found[2] ?? '') : found[1].replaceAll('""', '"'));
  }
  const first = 3; // path, label, class_id, then the confidence and a probability for each label
  const isNumber = (at: number) => separator === ';' && at >= first && at <= first + labels;
  const told = cells.map((text, at) => quoted(isNumber(at) && /^\d+\.\d+$/.test(text) ? text.replace('.', ',') : text, separator));
  return `${told.join(separator)}\r\n`;
}
