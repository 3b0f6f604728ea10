// The results as files: CSV by the writer that the native tool uses too, and JSON.
import type { CatdogCore, CsvFormat, Thresholds } from '../core/core';
import type { Correction, Row } from './results';

export type CsvForm = Pick<CsvFormat, 'separator' | 'byteOrderMark'>;

const plain: CsvForm = { separator: ',', byteOrderMark: false };

/** Lines as catdog-classify writes them; a last column `corrected` only where something was corrected by hand. */
export function toCsv(
  core: CatdogCore,
  rows: readonly Row[],
  labels: readonly string[],
  thresholds: Thresholds,
  form: CsvForm = plain,
): BlobPart[] {
  const corrected = rows.some((row) => row.correction !== null);
  const format = { ...form, extraColumns: corrected ? ['corrected'] : [] };
  const lines = [core.csvHeader(labels, format)];
  for (const row of rows) {
    const { path, probabilities, presence, width, height } = row;
    const extra = [correctionName(row.correction, labels)];
    lines.push(core.csvRow({ path, probabilities, presence, width, height, error: errorOf(row), extra }, labels, thresholds, format));
  }
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
  return correction === 'none' ? correction : (labels[correction] ?? '');
}

export function save(parts: BlobPart[], name: string, type: 'text/csv' | 'application/json' = 'text/csv'): void {
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
