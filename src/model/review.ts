import type { Snapshot } from './change.js';
import type { Comparison } from './comparison.js';
import type { PartialReading } from './fact.js';
import type { ProvenFix } from './fix.js';
import type { Fingerprint, RepoPath } from './identifiers.js';

/** Everything a presentation needs, as data. */
export interface Review {
  readonly snapshot: Snapshot;
  readonly comparison: Comparison;
  readonly fixes: ReadonlyMap<Fingerprint, ProvenFix>;
  readonly files: FileCoverage;
  /** Texts of the files that findings stand in, for code frames and diffs. */
  readonly texts: { readonly base: ReadonlyMap<RepoPath, string>; readonly head: ReadonlyMap<RepoPath, string> };
  /** Milliseconds by step. The only part of a review that two runs may differ in. */
  readonly timings: Readonly<Record<string, number>>;
}

/** What was read of the head. */
export interface FileCoverage {
  readonly analysed: readonly RepoPath[];
  readonly partial: readonly { readonly path: RepoPath; readonly reading: PartialReading }[];
  readonly skipped: readonly { readonly path: RepoPath; readonly reading: PartialReading }[];
}
