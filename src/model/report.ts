import type { MetricKey, RuleId } from './identifiers.js';
import type { Composite } from './rule.js';
import type { TrainingRun } from './run.js';
import type { Verdict } from './verdict.js';

/** One side of a change, judged: every run with every rule's verdict, and the scores. */
export interface Report {
  readonly runs: readonly JudgedRun[];
  readonly scores: Scores;
  /** Rules that threw. The others are complete. */
  readonly failures: readonly RuleFailure[];
}

export interface JudgedRun {
  readonly run: TrainingRun;
  readonly verdicts: ReadonlyMap<RuleId, Verdict>;
}

/** From 0 to 1, higher is better; null where nothing applies or nothing is known. */
export interface Scores {
  readonly metrics: ReadonlyMap<MetricKey, number | null>;
  readonly composites: ReadonlyMap<Composite | 'overall_finetuning_health', number | null>;
}

export interface RuleFailure {
  readonly rule: RuleId;
  readonly run: string;
  readonly cause: unknown;
}
