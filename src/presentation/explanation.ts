import type { RuleId } from '../model/identifiers.js';
import type { Detector, WeightedRule } from '../model/rule.js';
import type { Playbook } from '../playbook/load-playbook.js';
import { COMPOSITE_TITLES, KEY_PREFIX, METRICS, type Metric } from '../playbook/metrics.js';
import { percentWords } from './wording.js';

/** What an explanation is about: one metric, one rule, or the list of them all. */
export type Topic =
  | { readonly kind: 'all' }
  | { readonly kind: 'metric'; readonly metric: Metric }
  | { readonly kind: 'rule'; readonly rule: RuleId };

/**
 * The topic that words name: a metric by its key, with or without its prefix, by its detector or by its title; a rule by its
 * id, or by the part behind the slash where no other has it. Else names that come near, possibly none.
 */
export function topicOf(
  words: string,
  detectors: readonly Detector[],
):
  | { readonly state: 'found'; readonly topic: Topic }
  | { readonly state: 'unknown'; readonly near: readonly string[] } {
  const wanted = words.trim().toLowerCase();
  const metric = METRICS.find(({ key, detector, title }) =>
    [key, key.slice(KEY_PREFIX.length), detector, title.toLowerCase()].includes(wanted),
  );
  if (metric !== undefined) return { state: 'found', topic: { kind: 'metric', metric } };
  const rules = detectors.flatMap((detector) => detector.rules.map(({ rule }) => rule.id));
  const [rule, ...others] = rules.filter((id) => id === wanted || id.endsWith(`/${wanted}`));
  if (rule !== undefined && others.length === 0) return { state: 'found', topic: { kind: 'rule', rule } };
  const names = [...METRICS.map(({ detector }): string => detector), ...rules];
  return { state: 'unknown', near: nearest(wanted, names) };
}

/** Most words in common first. */
function nearest(wanted: string, names: readonly string[]): readonly string[] {
  const words = wanted.split(/[^a-z0-9]+/).filter((word) => word.length > 2 && word !== 'score');
  const shared = (name: string): number => words.filter((word) => name.includes(word)).length;
  return names
    .filter((name) => shared(name) > 0)
    .sort((a, b) => shared(b) - shared(a))
    .slice(0, 5);
}

/** The explanation as Markdown, which reads as it is on a terminal. */
export function explain(topic: Topic, detectors: readonly Detector[], playbook: Playbook): string {
  switch (topic.kind) {
    case 'all':
      return explainAll(detectors);
    case 'metric':
      return explainMetric(topic.metric, detectors, playbook);
    case 'rule':
      return explainRule(topic.rule, detectors, playbook);
  }
}

function explainAll(detectors: readonly Detector[]): string {
  const metrics = METRICS.flatMap(({ key, title, detector }) => {
    const own = detectors.find((it) => it.metric === key);
    return own === undefined ? [] : [`${title} (${detector})`, ...own.rules.map(({ rule }) => `  ${rule.id}`), ''];
  });
  return ['Metrics and their rules. `tunelint explain NAME` tells more of any of them.', '', ...metrics].join('\n');
}

/** What a metric protects, its fix, and the rules that it is made of. */
export function explainMetric(metric: Metric, detectors: readonly Detector[], playbook: Playbook): string {
  const detector = detectors.find((it) => it.metric === metric.key);
  const page = playbook.pages.find((it) => it.metric.key === metric.key);
  const rules = detector === undefined ? [] : ruleTable(detector);
  return [
    `## ${metric.title}`,
    '',
    page?.protects ?? '',
    '',
    `- Metric: \`${metric.key}\`, from 0 to 1, higher is better`,
    ...(detector === undefined
      ? []
      : [`- Counts towards: ${COMPOSITE_TITLES[detector.composite]}, and the overall score`]),
    `- Minimal fix: "${metric.minimalFix}"`,
    '',
    ...rules,
    '',
  ].join('\n');
}

function ruleTable({ rules }: Detector): string[] {
  const rows = rules.map((weighted) => {
    const { rule } = weighted;
    return `| \`${rule.id}\` | ${rule.title} | ${rule.severity} | ${percentWords(shareOf(weighted, rules))} |`;
  });
  return ['| Rule | What it finds | Severity | Share of the metric |', '|---|---|---|---|', ...rows];
}

/** A rule's part of its metric where all rules of it apply. */
function shareOf({ weight }: WeightedRule, rules: readonly WeightedRule[]): number {
  return weight / rules.reduce((sum, it) => sum + it.weight, 0);
}

function explainRule(id: RuleId, detectors: readonly Detector[], playbook: Playbook): string {
  const detector = detectors.find((it) => it.rules.some(({ rule }) => rule.id === id));
  const weighted = detector?.rules.find(({ rule }) => rule.id === id);
  const metric = METRICS.find(({ key }) => key === detector?.metric);
  const entry = playbook.entry(id);
  if (detector === undefined || weighted === undefined || metric === undefined || entry === null)
    throw new RangeError(`"${id}" is not a rule of the catalog`);
  const { rule } = weighted;
  const share = percentWords(shareOf(weighted, detector.rules));
  return [
    `## ${rule.id}: ${rule.title}`,
    '',
    `- Severity: ${rule.severity}, where the finding says nothing else`,
    `- Weighs ${share} of ${metric.title} (\`${metric.key}\`)`,
    `- Minimal fix: "${metric.minimalFix}"`,
    '',
    ...[
      ['Why', entry.why],
      ['Edit', entry.edit],
      ['Verify', entry.verify],
      ['Leave it when', entry.leaveItWhen],
    ].flatMap(([title, text]) => [`### ${title}`, '', text ?? '', '']),
    `Examples, which are its tests: detectors/${rule.id.replace('/', '/rules/')}.md`,
    '',
  ].join('\n');
}
