// The results as a CSV file, by the writer that the native tool uses too.
import type { CatdogCore, Thresholds } from '../core/core';
import type { Row } from '../state/results';

export function toCsv(core: CatdogCore, rows: readonly Row[], labels: readonly string[], thresholds: Thresholds): string[] {
  const lines = [core.csvHeader(labels)];
  for (const row of rows) {
    if (row.state !== 'classified' && row.state !== 'failed') continue;
    const { path, probabilities, presence, width, height, error } = row;
    lines.push(core.csvRow({ path, probabilities, presence, width, height, error }, labels, thresholds));
  }
  return lines;
}

export function save(parts: string[], name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob(parts, { type: 'text/csv;charset=utf-8' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
