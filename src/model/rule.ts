import type { Scalar } from './expression.js';
import {
  type DetectorId,
  detectorId,
  type MetricKey,
  metricKey,
  type RuleId,
  type RunId,
  ruleId,
} from './identifiers.js';
import type { Location } from './location.js';
import type { TrainingRun } from './run.js';
import type { Severity, Verdict } from './verdict.js';

/**
 * Names the state of all rules together: their verdicts, words, weights and playbook entries. It goes up by hand with
 * every change to one of these, so that a report tells by which rules it was made.
 */
export const RULE_SET_VERSION = '3';

/** One control over a run. */
export interface Rule {
  readonly id: RuleId;
  /** The fault in a few words, as a heading. */
  readonly title: string;
  /** The severity of its faults where a verdict says nothing else. */
  readonly severity: Severity;
  /**
   * What the rule has to know of a run when it judges another one of the same tree; null for a run that concerns no
   * other. Null in place of the function: the rule judges every run alone.
   */
  readonly project: ((run: TrainingRun, options: JudgeOptions) => Projection | null) | null;
  /** Pure: the same run, options and siblings give the same verdict. */
  readonly judge: (run: TrainingRun, options: JudgeOptions, siblings: readonly Sibling[]) => Verdict;
}

/** What a rule keeps of a run for its siblings: plain data, since a kept verdict holds only while it stays the same. */
export type Projection = Scalar | Location | readonly Projection[] | { readonly [name: string]: Projection };

/** Another run of the tree as a rule sees it, the others of a run in the order of their ids. */
export interface Sibling<P extends Projection = Projection> {
  readonly run: RunId;
  /** For people. */
  readonly name: string;
  readonly projection: P;
}

/** What an operator or a repository may set for rules. Read from a settings file later; defaults until then. */
export interface JudgeOptions {
  /** Hub owners whose code may run, in lower case. Default: none. */
  readonly trustedOwners: ReadonlySet<string>;
  /** Whether the data is personal, so that training needs differential privacy and a record of its budget. Default: no. */
  readonly privacyRequired: boolean;
}

export const DEFAULT_JUDGE_OPTIONS: JudgeOptions = { trustedOwners: new Set(), privacyRequired: false };

/** One metric and the rules behind it, before anybody says what weighs how much. */
export interface DetectorDefinition {
  readonly id: DetectorId;
  readonly metric: MetricKey;
  readonly composite: Composite;
  readonly rules: readonly Rule[];
}

/** One metric and the weighted rules behind it. */
export interface Detector extends Omit<DetectorDefinition, 'rules'> {
  /** Of the metric in its composite and in `overall_finetuning_health`; only ratios matter. */
  readonly weight: number;
  readonly rules: readonly WeightedRule[];
}

/** A rule with its weight in the metric, a positive number; only ratios matter. */
export interface WeightedRule {
  readonly rule: Rule;
  readonly weight: number;
}

/** What counts how much: positive numbers by the id of a rule, and by the id of the detector of a metric. */
export interface Weights {
  readonly rules: Readonly<Record<string, number>>;
  /** A metric that is not listed weighs 1. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** The composite a metric counts towards, besides `overall_finetuning_health`, which takes them all. */
export type Composite = 'reproducibility_score' | 'data_integrity_score' | 'safety_governance_score';

export const COMPOSITES: readonly Composite[] = [
  'reproducibility_score',
  'data_integrity_score',
  'safety_governance_score',
];

type RuleInput = Pick<Rule, 'title' | 'severity'> & { readonly id: string };

/** A rule that judges every run alone. */
export function defineRule(
  rule: RuleInput & { readonly judge: (run: TrainingRun, options: JudgeOptions) => Verdict },
): Rule {
  return { ...rule, id: ruleId(rule.id), project: null };
}

/** A rule that compares a run with the others of its tree. It sees of them what `project` keeps, and nothing else. */
export function defineComparingRule<P extends Projection>(
  rule: RuleInput & {
    readonly project: (run: TrainingRun, options: JudgeOptions) => P | null;
    readonly judge: (run: TrainingRun, options: JudgeOptions, siblings: readonly Sibling<P>[]) => Verdict;
  },
): Rule {
  // The engine hands a rule nothing but its own projections.
  const judge = rule.judge as Rule['judge'];
  return { ...rule, id: ruleId(rule.id), judge };
}

export function defineDetector(
  detector: Omit<DetectorDefinition, 'id' | 'metric'> & { readonly id: string; readonly metric: string },
): DetectorDefinition {
  const id = detectorId(detector.id);
  for (const rule of detector.rules) {
    if (!rule.id.startsWith(`${id}/`)) throw new RangeError(`rule "${rule.id}" does not belong to detector "${id}"`);
  }
  return { ...detector, id, metric: metricKey(detector.metric) };
}

/** The detectors with their weights. Every rule needs one, and every weight a rule or a detector that it is for. */
export function weighDetectors(definitions: readonly DetectorDefinition[], weights: Weights): readonly Detector[] {
  const rules = definitions.flatMap((detector) => detector.rules.map(({ id }): string => id));
  const ids = definitions.map(({ id }): string => id);
  for (const [name, known] of [
    ...Object.keys(weights.rules).map((it) => [it, rules] as const),
    ...Object.keys(weights.metrics).map((it) => [it, ids] as const),
  ]) {
    if (!known.includes(name)) throw new RangeError(`there is a weight for "${name}", which is not in the catalog`);
  }
  return definitions.map((detector) => ({
    ...detector,
    weight: positive(detector.id, weights.metrics[detector.id] ?? 1),
    rules: detector.rules.map((rule) => ({ rule, weight: positive(rule.id, weights.rules[rule.id]) })),
  }));
}

function positive(name: string, weight: number | undefined): number {
  if (weight !== undefined && weight > 0) return weight;
  throw new RangeError(`"${name}" needs a positive weight, not ${weight}`);
}
