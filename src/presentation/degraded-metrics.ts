import type { Comparison, Finding, MetricComparison, WorsenedPair } from '../model/comparison.js';
import { METRICS } from '../playbook/metrics.js';
import { listed, scoreWords } from './wording.js';

/** A metric that got worse, and by what. */
export interface DegradedMetric {
  readonly title: string;
  readonly compared: MetricComparison;
  /** The findings behind it. */
  readonly causes: readonly Finding[];
  /** Pairs that fell without a finding that tells of them. */
  readonly silent: readonly WorsenedPair[];
}

/** In the playbook's order. */
export function degradedMetrics({ metrics, findings }: Comparison): readonly DegradedMetric[] {
  return METRICS.flatMap(({ key, title }) => {
    const compared = metrics.find(({ metric, degraded }) => metric === key && degraded);
    if (compared === undefined) return [];
    const causes = findings.filter(({ metric, state }) => metric === key && (state === 'new' || state === 'updated'));
    return [{ title, compared, causes, silent: compared.worsened.filter((pair) => !isTold(pair, causes)) }];
  });
}

/** Where mending did not lift the whole, the metrics that hold it down as one sentence; else null. */
export function stalledWords({ findings, composites, metrics }: Comparison): string | null {
  const overall = composites.find(({ composite }) => composite === 'overall_finetuning_health');
  if (!findings.some(({ gone }) => gone === 'fixed') || overall === undefined || (overall.delta ?? 0) > 0) return null;
  const lowest = METRICS.flatMap(({ key, title }) => {
    const head = metrics.find(({ metric }) => metric === key)?.head ?? null;
    return head === null ? [] : [{ title, head }];
  }).sort((a, b) => a.head - b.head);
  const names = lowest.slice(0, 3).map(({ title, head }) => `${title} (${scoreWords(head)})`);
  return `Findings were fixed and the overall score did not rise. Lowest now: ${listed(names)}.`;
}

function isTold({ run, rule }: WorsenedPair, causes: readonly Finding[]): boolean {
  return causes.some((cause) => cause.rule === rule && cause.runs.includes(run));
}
