import type { Location } from './location.js';

/** The rows that a run trains on and those that it is measured on. Null for what is not handed to the trainer in code. */
export interface RunData {
  readonly training: DataUse | null;
  readonly evaluation: DataUse | null;
}

/** One argument of a trainer that takes rows. */
export interface DataUse {
  readonly at: Location;
  /** As an author would call it, `rows["train"]`; null for what is more than a name or a part of one. */
  readonly written: string | null;
  /** Where the rows come from; null where they could not be followed at all. */
  readonly sources: readonly DataSource[] | null;
}

/** Rows of one data set. */
export interface DataSource {
  /** The name on the hub, or the files that it is read from; null where it is computed, or code makes the rows. */
  readonly name: string | null;
  readonly configuration: string | null;
  /** What tells one data set from the others of the run, also where it has no name: equal for two sources of one. */
  readonly origin: string;
  /** As it is written, `train[:90%]`; null for all splits at once, and where none is known. */
  readonly split: string | null;
  /** What was taken of the split, first to last; empty where all of it is. */
  readonly taken: readonly Taking[];
  /** The split where it is written, else what loads or makes the rows. */
  readonly at: Location;
}

/** A step that leaves some of the rows away. Two steps of one run that have the same `of` or `by` begin with the same rows. */
export type Taking =
  /** One part of a random split, `train` or `test`. Two parts of one split have no row in common. */
  | {
      readonly kind: 'part';
      readonly of: string;
      readonly name: string;
      /** What was done to the rows before, so that one document may be in both parts; null where nothing is known. */
      readonly mixed: Mixing | null;
      readonly at: Location;
    }
  /** Rows by their place: from the first, which is part of it, to the last, which is not; null for the end. */
  | {
      readonly kind: 'range';
      readonly of: string;
      readonly from: Bound;
      readonly to: Bound | null;
      /** The call that put the rows in another order before, at random. */
      readonly shuffled: Location | null;
      readonly at: Location;
    }
  /** Which rows is not told, perhaps all: a filter, a sample, rows that are taken under a condition. */
  | { readonly kind: 'some'; readonly by: string; readonly at: Location };

/**
 * A step after which one document stands in several rows. `packed`: documents are joined and cut anew. `windowed`: a
 * long one becomes several rows. `repeated`: rows stand there more than once. `by` is the function that does it.
 */
export interface Mixing {
  readonly kind: 'packed' | 'windowed' | 'repeated';
  readonly by: string;
  readonly at: Location;
}

/** A number of rows, or the expression that stands for one. */
export type Bound = number | string;

/** The origin of a data set that has a name: the same for whoever names it. */
export function originNamed(name: string, configuration: string | null): string {
  return configuration === null ? name : `${name} ${configuration}`;
}
