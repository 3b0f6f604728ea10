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
  return order === 'path' ? chosen : byConfidence(chosen, order);
}

const last = 2 ** 30; // more than the bits of any float up to 1

// Each row's confidence and place in one number: numbers alone are sorted many times faster than rows. The bits of floats
// that are not below 0 have the order of the floats.
function byConfidence(rows: readonly Row[], order: 'least' | 'most'): Row[] {
  const bits = new Uint32Array(Float32Array.from(rows, ({ confidence }) => confidence).buffer);
  const keys = Float64Array.from(rows, ({ state }, at) => {
    const rank = order === 'least' ? bits[at]! : last - 1 - bits[at]!;
    return (state === 'classified' ? rank : last) * rows.length + at;
  });
  return Array.from(keys.sort(), (key) => rows[key % rows.length]!);
}
