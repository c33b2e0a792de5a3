import type { CompositeComparison, Finding, MetricComparison, WorsenedPair } from '../model/comparison.js';
import type { MetricKey, RuleId, RunId } from '../model/identifiers.js';
import type { JudgedRun, Report } from '../model/report.js';
import type { Detector } from '../model/rule.js';
import { mean, runScore, scoreComposites, shareOf } from '../model/score.js';

export interface SidesToCompare {
  readonly base: Report;
  readonly head: Report;
  readonly continued: ReadonlyMap<RunId, RunId>;
  readonly detectors: readonly Detector[];
  readonly findings: readonly Finding[];
}

/** Metrics and composites of both sides. Deltas count only the (run, rule) pairs that are judged on both. */
export function compareMetrics(sides: SidesToCompare): {
  metrics: MetricComparison[];
  composites: CompositeComparison[];
} {
  const pairs = continuedPairs(sides);
  const metrics = sides.detectors.map((detector) => compareMetric(detector, pairs, sides));
  const deltas = new Map<MetricKey, number | null>(metrics.map((it) => [it.metric, it.delta]));
  const composites = [...scoreComposites(sides.detectors, deltas)].map(([composite, delta]) => ({
    composite,
    base: sides.base.scores.composites.get(composite) ?? null,
    head: sides.head.scores.composites.get(composite) ?? null,
    delta,
  }));
  return { metrics, composites };
}

interface RunPair {
  readonly base: JudgedRun;
  readonly head: JudgedRun;
}

function continuedPairs({ base, head, continued }: SidesToCompare): RunPair[] {
  const byId = new Map(base.runs.map((run) => [run.run.id, run]));
  return head.runs.flatMap((run) => {
    const before = byId.get(continued.get(run.run.id) as RunId);
    return before === undefined ? [] : [{ base: before, head: run }];
  });
}

function compareMetric(detector: Detector, pairs: readonly RunPair[], sides: SidesToCompare): MetricComparison {
  const worsened = pairs.flatMap((pair) => worsenedRules(detector, pair));
  const gained = sides.findings.some(
    ({ metric, state, fault }) =>
      metric === detector.metric && state === 'new' && fault.confidence === 'high' && fault.severity !== 'notice',
  );
  return {
    metric: detector.metric,
    base: sides.base.scores.metrics.get(detector.metric) ?? null,
    head: sides.head.scores.metrics.get(detector.metric) ?? null,
    delta: mean(pairs.map((pair) => deltaOf(detector, pair))),
    degraded: worsened.length > 0 || gained,
    worsened,
  };
}

function deltaOf(detector: Detector, { base, head }: RunPair): number | null {
  const both = new Set<RuleId>(
    detector.rules.flatMap(({ rule }) =>
      shareOf(base.verdicts.get(rule.id)) === null || shareOf(head.verdicts.get(rule.id)) === null ? [] : [rule.id],
    ),
  );
  const before = runScore(detector, base.verdicts, both);
  const after = runScore(detector, head.verdicts, both);
  return before === null || after === null ? null : after - before;
}

function worsenedRules(detector: Detector, { base, head }: RunPair): WorsenedPair[] {
  return detector.rules.flatMap(({ rule }) => {
    const from = shareOf(base.verdicts.get(rule.id));
    const to = shareOf(head.verdicts.get(rule.id));
    return from === null || to === null || to >= from ? [] : [{ run: head.run.id, rule: rule.id, from, to }];
  });
}
