import type { Location } from './location.js';

/** The rows that a run trains on and those that it is measured on. Null for what is not handed to the trainer in code. */
export interface RunData {
  readonly training: DataUse | null;
  readonly evaluation: DataUse | null;
}

/** One argument of a trainer that takes rows. */
export interface DataUse {
  readonly at: Location;
  /**
   * A name or a part of one, `rows["train"]`: two arguments of one call that are written alike are the same rows. Null for
   * anything else.
   */
  readonly written: string | null;
  /** Where the rows come from; null where not all of them could be followed. */
  readonly sources: readonly DataSource[] | null;
}

/** Rows of one data set. */
export interface DataSource {
  /** The name on the hub, or the files that it is read from. */
  readonly name: string;
  readonly configuration: string | null;
  /** As it is written, `train[:90%]`; null for all splits at once. */
  readonly split: string | null;
  /** The part of a random split that was made of it, `train` or `test`; null for the whole. */
  readonly part: string | null;
  /** Whether only some of its rows are taken, so that it cannot be told which. */
  readonly isSubset: boolean;
  /** The split where it is written, else the load. */
  readonly at: Location;
}
