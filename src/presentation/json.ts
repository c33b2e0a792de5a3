import type { CompositeComparison, Finding, MetricComparison } from '../model/comparison.js';
import type { PartialReading } from '../model/fact.js';
import type { RepoPath, RunId } from '../model/identifiers.js';
import type { Location } from '../model/location.js';
import type { JudgedRun, Scores } from '../model/report.js';
import type { Review } from '../model/review.js';
import type { Playbook } from '../playbook/load-playbook.js';
import { KEY_PREFIX, METRICS } from '../playbook/metrics.js';
import { toldAt } from './place.js';
import { type ReviewDocument, SCHEMA_VERSION, SCORE_KEYS } from './review-schema.js';
import { safeJson } from './safe-json.js';
import { withoutSecrets } from './without-secrets.js';
import { readingWords, severityOf } from './wording.js';

/**
 * A review as `schemas/review.schema.json` describes it, without secrets. Apart from `timings`, the same review gives the
 * same bytes.
 */
export function presentJson(made: Review, playbook: Playbook): string {
  const review = withoutSecrets(made);
  const { comparison, snapshot, files } = review;
  const document: ReviewDocument = {
    schemaVersion: SCHEMA_VERSION,
    base: snapshot.base.commit,
    head: snapshot.head.commit,
    scores: { base: scoreMap(comparison.base.scores), head: scoreMap(comparison.head.scores) },
    metrics: METRICS.flatMap(({ key, title }) => {
      const compared = comparison.metrics.find(({ metric }) => metric === key);
      return compared === undefined ? [] : [metricChange(title, compared, playbook)];
    }),
    composites: comparison.composites.map(compositeChange),
    findings: comparison.findings.map((finding) => findingEntry(finding, review, playbook)),
    runs: runEntries(review),
    files: {
      analysed: [...files.analysed],
      partial: files.partial.map(({ path, reading }) => unread(path, reading, 'in part')),
      skipped: files.skipped.map(({ path, reading }) => unread(path, reading, 'not at all')),
      unaddressable: snapshot.unaddressable,
    },
    timings: Object.fromEntries(Object.entries(review.timings).map(([step, time]) => [step, rounded(time)])),
  };
  return safeJson(document);
}

type Entry<Key extends 'metrics' | 'composites' | 'findings' | 'runs'> = ReviewDocument[Key][number];

function scoreMap(scores: Scores): Record<string, number | null> {
  const known = new Map<string, number | null>([
    ...scores.metrics,
    ...[...scores.composites].map(([key, score]) => [KEY_PREFIX + key, score] as const),
  ]);
  return Object.fromEntries(SCORE_KEYS.map((key) => [key, roundedOrNull(known.get(key) ?? null)]));
}

function metricChange(title: string, compared: MetricComparison, playbook: Playbook): Entry<'metrics'> {
  return {
    metric: compared.metric,
    title,
    base: roundedOrNull(compared.base),
    head: roundedOrNull(compared.head),
    delta: roundedOrNull(compared.delta),
    degraded: compared.degraded,
    minimalFix: playbook.minimalFix(compared.metric),
    worsened: compared.worsened.map(({ run, rule, from, to }) => ({ run, rule, from: rounded(from), to: rounded(to) })),
  };
}

function compositeChange({ composite, base, head, delta }: CompositeComparison): Entry<'composites'> {
  return {
    composite: KEY_PREFIX + composite,
    base: roundedOrNull(base),
    head: roundedOrNull(head),
    delta: roundedOrNull(delta),
  };
}

function findingEntry(finding: Finding, review: Review, playbook: Playbook): Entry<'findings'> {
  const { fault } = finding;
  const { path, startLine, endLine, side } = toldAt(finding);
  return {
    metric: finding.metric,
    rule: finding.rule,
    severity: severityOf(finding),
    confidence: fault.confidence,
    path,
    startLine,
    endLine,
    side,
    state: finding.state,
    message: fault.message,
    minimalFix: playbook.minimalFix(finding.metric),
    suggestion: suggestionFor(finding, review),
    fingerprint: finding.fingerprint,
    runs: [...finding.runs],
    inline: finding.inline,
    kind: finding.kind,
    key: fault.key,
    value: fault.value,
    gone: finding.gone,
    habit: finding.habit,
    deviation: fault.deviation,
    at: place(fault.at),
    chain: fault.chain.map(place),
  };
}

function suggestionFor(finding: Finding, review: Review): Entry<'findings'>['suggestion'] {
  const fix = review.fixes.get(finding.fingerprint);
  if (fix === undefined) return null;
  const { applicability, title, path, startLine, endLine, replacement, deletesLines } = fix;
  return { applicability, title, path, startLine, endLine, replacement, deletesLines };
}

function place({ path, startLine, endLine }: Location): { path: string; startLine: number; endLine: number } {
  return { path, startLine, endLine };
}

/** The runs of the head, then those of the base that are gone. */
function runEntries({ comparison }: Review): Entry<'runs'>[] {
  const continued = new Set(comparison.continued.values());
  const head = comparison.head.runs.map((judged) => {
    const base = comparison.continued.get(judged.run.id) ?? null;
    return runEntry(judged, base === null ? 'new' : 'continued', base);
  });
  const gone = comparison.base.runs.filter(({ run }) => !continued.has(run.id));
  return [...head, ...gone.map((judged) => runEntry(judged, 'removed', null))];
}

function runEntry({ run }: JudgedRun, state: Entry<'runs'>['state'], base: RunId | null): Entry<'runs'> {
  const { id, name, at, stack, method, role, adapters } = run;
  return { id, name, state, base, path: at.path, line: at.startLine, stack, method, role, adapters };
}

function unread(path: RepoPath, reading: PartialReading, extent: 'in part' | 'not at all') {
  const { reason, line, detail } = reading;
  return { path, reason, line, detail, message: readingWords(path, reading, extent) };
}

function roundedOrNull(value: number | null): number | null {
  return value === null ? null : rounded(value);
}

/** To four decimals. Adding zero turns -0 into 0, which would otherwise be written the same and read differently. */
function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000 + 0;
}
