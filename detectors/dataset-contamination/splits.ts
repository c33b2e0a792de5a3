import type { DataSource } from '../../src/model/run-data.js';

/** What two sets of rows have in common. */
export type Relation = 'same' | 'overlapping' | 'disjoint' | 'unknown';

/** Whether two uses of data share rows, by their names and splits. */
export function relationOf(a: DataSource, b: DataSource): Relation {
  if (a.name !== b.name || (a.configuration ?? '') !== (b.configuration ?? '')) return 'disjoint';
  // All splits at once hold each of them, and which of them a trainer takes is not known.
  if (a.split === null || b.split === null) return 'unknown';
  const [left, right] = [sliceOf(a.split), sliceOf(b.split)];
  if (left === null || right === null) return 'unknown';
  if (left.base !== right.base) return 'disjoint';
  if (a.part !== null && b.part !== null) return a.part === b.part ? 'unknown' : 'disjoint';
  if (a.isSubset || b.isSubset || a.part !== null || b.part !== null) return 'unknown';
  if (left.from === right.from && left.to === right.to && left.unit === right.unit) return 'same';
  if (left.unit !== right.unit && isPartial(left) && isPartial(right)) return 'unknown';
  return left.from < right.to && right.from < left.to ? 'overlapping' : 'disjoint';
}

interface Slice {
  readonly base: string;
  readonly unit: '%' | 'rows';
  readonly from: number;
  readonly to: number;
}

/** `train[10%:20%]`, as the library datasets reads it; null for what counts from the end or joins several. */
export function sliceOf(split: string): Slice | null {
  const match = /^([\w.-]+)(?:\[(?:(\d+)(%?))?:(?:(\d+)(%?))?\])?$/.exec(split.trim());
  if (match === null) return null;
  const [, base = '', from, fromUnit, to, toUnit] = match;
  const unit = fromUnit === '%' || toUnit === '%' ? '%' : 'rows';
  const end = unit === '%' ? 100 : Number.POSITIVE_INFINITY;
  return { base, unit, from: from === undefined ? 0 : Number(from), to: to === undefined ? end : Number(to) };
}

function isPartial({ from, to, unit }: Slice): boolean {
  return from > 0 || to < (unit === '%' ? 100 : Number.POSITIVE_INFINITY);
}

/** Whether a split's name says that it is kept for measuring. */
export function isHeldOut(split: string): boolean {
  const base = sliceOf(split)?.base ?? split;
  return /(?:^|[_.-])(?:test|tests|testing|validation|valid|val|dev|eval|evaluation|heldout|held_out)(?:[_.-]|$)/i.test(
    base,
  );
}
