import type { Location } from '../../src/model/location.js';
import type { DataSource } from '../../src/model/run-data.js';

/** What a run trains on, or is measured on. */
export interface Rows {
  /** At least one. */
  readonly sources: readonly Row[];
}

/** A source, with where its split stands or could stand. */
export interface Row extends DataSource {
  /** The key that names the data set, behind which a split can be written; null in code. */
  readonly nameAt: Location | null;
  /** Whether the split is written out, and not the stack's default. */
  readonly splitStated: boolean;
}

/** Null where there are none, or not all of them could be read. */
export interface RunRows {
  readonly training: Rows | null;
  readonly evaluation: Rows | null;
}
