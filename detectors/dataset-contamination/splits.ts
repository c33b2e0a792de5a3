import type { Bound, DataSource, Taking } from '../../src/model/run-data.js';

/**
 * What the rows that a model is measured on have in common with rows that it learns. `within`: each of them is learnt.
 * `around`: more are measured on than are learnt.
 */
export type Relation = 'same' | 'within' | 'around' | 'overlapping' | 'disjoint' | 'unknown';

/** Whether two uses of data share rows, by where they come from and what was taken of it. */
export function relationOf(held: DataSource, learnt: DataSource): Relation {
  if (held.origin !== learnt.origin) return relationOfDataSets(held, learnt);
  const ofSplits = relationOfSplits(held.split, learnt.split);
  if (ofSplits === 'same') return relationOfTakings(held.taken, learnt.taken);
  if (ofSplits === 'disjoint' || ofSplits === 'unknown') return ofSplits;
  if (held.taken.length === 0 && learnt.taken.length === 0) return ofSplits;
  // Some of the rows of a slice are in the other slice, if that is whole and holds all of the first.
  if (ofSplits === 'within' && learnt.taken.length === 0) return 'within';
  return ofSplits === 'around' && held.taken.length === 0 ? 'around' : 'unknown';
}

/** Two names are two data sets, and so are two splits; one data set in two configurations is often the same rows. */
function relationOfDataSets(held: DataSource, learnt: DataSource): Relation {
  if (held.name === null || learnt.name === null) return 'unknown';
  if (held.name !== learnt.name) return 'disjoint';
  return relationOfSplits(held.split, learnt.split) === 'disjoint' ? 'disjoint' : 'unknown';
}

function relationOfSplits(held: string | null, learnt: string | null): Relation {
  if (held === learnt) return 'same';
  // All splits at once hold each of them, and which of them a trainer takes is not known.
  if (held === null || learnt === null) return 'unknown';
  const [a, b] = [sliceOf(held), sliceOf(learnt)];
  if (a === null || b === null) return 'unknown';
  if (a.base !== b.base) return 'disjoint';
  // Percents and rows cannot be compared, but for all of them.
  return a.unit !== b.unit && isPartial(a) && isPartial(b) ? 'unknown' : relationOfStretches(a, b);
}

/** Steps that begin with the same rows are compared one by one. */
function relationOfTakings(held: readonly Taking[], learnt: readonly Taking[]): Relation {
  const [first, ...others] = held;
  const [second, ...rest] = learnt;
  if (first === undefined) return second === undefined ? 'same' : 'around';
  if (second === undefined) return 'within';
  const steps = relationOfSteps(first, second);
  if (steps === 'same') return relationOfTakings(others, rest);
  if (steps === 'disjoint') return 'disjoint';
  return others.length === 0 && rest.length === 0 ? steps : 'unknown';
}

function relationOfSteps(held: Taking, learnt: Taking): Relation {
  if (held.kind === 'part' && learnt.kind === 'part' && held.of === learnt.of)
    return held.name === learnt.name ? 'same' : 'disjoint';
  if (held.kind === 'some' && learnt.kind === 'some') return held.by === learnt.by ? 'same' : 'unknown';
  if (held.kind !== 'range' || learnt.kind !== 'range' || held.of !== learnt.of) return 'unknown';
  if (held.from === learnt.from && held.to === learnt.to) return 'same';
  // Where one begins by the same name as the other ends, they touch.
  if (held.from === learnt.to || learnt.from === held.to) return 'disjoint';
  const [a, b] = [held, learnt].map(({ from, to }) => ({ from: numberOf(from), to: numberOf(to) }));
  return a === undefined || b === undefined || [a.from, a.to, b.from, b.to].some(Number.isNaN)
    ? 'unknown'
    : relationOfStretches(a, b);
}

/** Not a number where a name stands for it. */
function numberOf(bound: Bound | null): number {
  if (bound === null) return Number.POSITIVE_INFINITY;
  return typeof bound === 'number' ? bound : Number.NaN;
}

interface Stretch {
  readonly from: number;
  readonly to: number;
}

function relationOfStretches(held: Stretch, learnt: Stretch): Relation {
  if (held.from >= learnt.to || learnt.from >= held.to) return 'disjoint';
  if (held.from === learnt.from && held.to === learnt.to) return 'same';
  if (learnt.from <= held.from && held.to <= learnt.to) return 'within';
  return held.from <= learnt.from && learnt.to <= held.to ? 'around' : 'overlapping';
}

interface Slice extends Stretch {
  readonly base: string;
  readonly unit: '%' | 'rows';
}

/** `train[10%:20%]`, as the library datasets reads it; null for what counts from the end or joins several. */
export function sliceOf(split: string): Slice | null {
  const match = /^([\w.-]+)(?:\[(?:(\d+)(%?))?:(?:(\d+)(%?))?\])?$/.exec(split.trim());
  if (match === null) return null;
  const [, base = '', from, fromUnit, to, toUnit] = match;
  const unit = fromUnit === '%' || toUnit === '%' ? '%' : 'rows';
  const end = to === undefined || (unit === '%' && Number(to) >= 100) ? Number.POSITIVE_INFINITY : Number(to);
  return { base, unit, from: from === undefined ? 0 : Number(from), to: end };
}

function isPartial({ from, to }: Slice): boolean {
  return from > 0 || to < Number.POSITIVE_INFINITY;
}

/** Whether a split's name says that it is kept for measuring. */
export function isHeldOut(split: string): boolean {
  const base = sliceOf(split)?.base ?? split;
  return /(?:^|[_.-])(?:test|tests|testing|validation|valid|val|dev|eval|evaluation|heldout|held_out)(?:[_.-]|$)/i.test(
    base,
  );
}
