import type { Fingerprint, LineNumber, MetricKey, RepoPath, RuleId, RunId } from './identifiers.js';
import type { Location } from './location.js';
import type { Report } from './report.js';
import type { Composite } from './rule.js';
import type { Fault } from './verdict.js';

/** SARIF's four. `updated`: the same setting is still at fault, with another bad value than on the base. */
export type BaselineState = 'new' | 'unchanged' | 'updated' | 'absent';

/** One rule matched at one place. The runs it was seen in are listed, not part of what it is. */
export interface Finding {
  readonly fingerprint: Fingerprint;
  readonly rule: RuleId;
  readonly metric: MetricKey;
  readonly state: BaselineState;
  /** Why an absent finding is gone: mended, its run was deleted, or it can no longer be told. Null for the others. */
  readonly gone: 'fixed' | 'removed' | 'unknown' | null;
  readonly kind: 'missing' | 'violated';
  readonly fault: Fault;
  readonly runs: readonly RunId[];
  /** Where to tell it: the first place in the diff that has to do with it; null for the summary alone. */
  readonly anchor: Anchor | null;
  /** Whether the App would post it as a comment: new, high confidence, warning or error, and anchored. */
  readonly inline: boolean;
  /** "as in 31 of 40 runs": why a fault of weight is only a notice here; null where it is not. */
  readonly habit: string | null;
}

/** A line range of the diff. `base` is the left side, for lines that were removed. */
export interface Anchor {
  readonly side: 'base' | 'head';
  readonly path: RepoPath;
  readonly startLine: LineNumber;
  readonly endLine: LineNumber;
}

/** One metric on both sides. */
export interface MetricComparison {
  readonly metric: MetricKey;
  /** Over all runs of each tree, those that came and went included. */
  readonly base: number | null;
  readonly head: number | null;
  /** Over the (run, rule) pairs judged on both sides alone; null where there are none. */
  readonly delta: number | null;
  /** A rule's verdict on a run fell, or a new finding of weight appeared. */
  readonly degraded: boolean;
  /** Pairs whose share fell, for the summary. */
  readonly worsened: readonly WorsenedPair[];
}

export interface WorsenedPair {
  readonly run: RunId;
  readonly rule: RuleId;
  readonly from: number;
  readonly to: number;
}

export interface CompositeComparison {
  readonly composite: Composite | 'overall_finetuning_health';
  readonly base: number | null;
  readonly head: number | null;
  readonly delta: number | null;
}

/** Base report and head report as one: what is new, what is gone, what got worse. */
export interface Comparison {
  readonly base: Report;
  readonly head: Report;
  /** Worst first, then by path and line. */
  readonly findings: readonly Finding[];
  readonly metrics: readonly MetricComparison[];
  readonly composites: readonly CompositeComparison[];
  /** Head run to the base run it continues; runs that are new are not in it. */
  readonly continued: ReadonlyMap<RunId, RunId>;
  /** Surviving runs that name a file which the change deletes. */
  readonly brokenLinks: readonly { readonly run: RunId; readonly path: RepoPath; readonly at: Location }[];
}
