import type { MetricKey, RuleId } from './identifiers.js';
import type { JudgedRun, Scores } from './report.js';
import { COMPOSITES, type Composite, type Detector } from './rule.js';
import type { Verdict } from './verdict.js';

/** The repository's scores: of each metric the mean over its runs, of each composite the weighted mean of its metrics. */
export function scoreRuns(detectors: readonly Detector[], runs: readonly JudgedRun[]): Scores {
  const metrics = new Map<MetricKey, number | null>(
    detectors.map((detector) => [detector.metric, mean(runs.map((run) => runScore(detector, run.verdicts)))]),
  );
  return { metrics, composites: scoreComposites(detectors, metrics) };
}

/**
 * A run's score for one metric: the weighted share of `met` among the rules that are known and apply. Null where
 * there are none. `only` narrows it to some rules, for a comparison of like with like.
 */
export function runScore(
  detector: Detector,
  verdicts: ReadonlyMap<RuleId, Verdict>,
  only: ReadonlySet<RuleId> | null = null,
): number | null {
  let share = 0;
  let weights = 0;
  for (const { rule, weight } of detector.rules) {
    const met = only === null || only.has(rule.id) ? shareOf(verdicts.get(rule.id)) : null;
    if (met === null) continue;
    share += weight * met;
    weights += weight;
  }
  return weights === 0 ? null : share / weights;
}

/** The part of a rule that is met; null where it does not apply or is not known. */
export function shareOf(verdict: Verdict | undefined): number | null {
  if (verdict === undefined || verdict.state === 'unknown' || verdict.state === 'not-applicable') return null;
  return verdict.share;
}

/** Composites of any figures by metric: scores of one side, or differences between two. */
export function scoreComposites(
  detectors: readonly Detector[],
  metrics: ReadonlyMap<MetricKey, number | null>,
): Scores['composites'] {
  const composites = new Map<Composite | 'overall_finetuning_health', number | null>();
  composites.set('overall_finetuning_health', weightedMean(detectors, metrics));
  for (const composite of COMPOSITES) {
    composites.set(
      composite,
      weightedMean(
        detectors.filter((it) => it.composite === composite),
        metrics,
      ),
    );
  }
  return composites;
}

export function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function weightedMean(detectors: readonly Detector[], metrics: ReadonlyMap<MetricKey, number | null>): number | null {
  let sum = 0;
  let weights = 0;
  for (const { metric, weight } of detectors) {
    const value = metrics.get(metric) ?? null;
    if (value === null) continue;
    sum += weight * value;
    weights += weight;
  }
  return weights === 0 ? null : sum / weights;
}
