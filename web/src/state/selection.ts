// Which rows are seen, and in which order.
import { groupOf, type Group, type Row } from './results';

export type Choice = Group | { kind: 'all' } | { kind: 'changed' };
export type Order = 'path' | 'least' | 'most';

export interface Selection {
  choice: Choice;
  /** Letters that a path must hold, whatever their case. */
  search: string;
  order: Order;
}

export function isSame(left: Choice, right: Choice): boolean {
  if (left.kind === 'label' && right.kind === 'label') return left.classId === right.classId;
  return left.kind === right.kind;
}

/** `rows` are in path order. Rows without a confidence come last where confidence decides. */
export function select(rows: readonly Row[], { choice, search, order }: Selection): readonly Row[] {
  const wanted = search.trim().toLocaleLowerCase();
  const fits = (row: Row): boolean =>
    (wanted === '' || row.path.toLocaleLowerCase().includes(wanted)) &&
    (choice.kind === 'all' || (choice.kind === 'changed' ? row.correction !== null : isSame(groupOf(row), choice)));
  const chosen = wanted === '' && choice.kind === 'all' ? rows : rows.filter(fits);
  if (order === 'path') return chosen;
  const sign = order === 'least' ? 1 : -1;
  const rank = (row: Row) => (row.state === 'classified' ? sign * row.confidence : 2);
  return [...chosen].sort((a, b) => rank(a) - rank(b));
}
