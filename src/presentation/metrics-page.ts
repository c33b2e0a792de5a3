import { z } from 'zod';
import { COMPOSITES, type Detector, RULE_SET_VERSION } from '../model/rule.js';
import type { Playbook } from '../playbook/load-playbook.js';
import { COMPOSITE_TITLES, METRICS } from '../playbook/metrics.js';
import { explainMetric } from './explanation.js';
import { scoreWords } from './wording.js';

/** Scores of public repositories, by which a score of one's own can be placed. */
export const quartilesSchema = z.strictObject({
  /** The rule set that they were scored with. */
  ruleSet: z.string(),
  /** `owner/name@commit`, the newest tree of each. */
  repositories: z.array(z.string()),
  /** By metric key or composite; `known` is how many of the repositories have a score there. */
  scores: z.record(
    z.string(),
    z.strictObject({
      known: z.int().min(0),
      lower: z.number().min(0).max(1),
      median: z.number().min(0).max(1),
      upper: z.number().min(0).max(1),
    }),
  ),
});
export type Quartiles = z.infer<typeof quartilesSchema>;

/** `docs/metrics.md`: every metric with its rules, the composites, and what scores public repositories have. */
export function metricsPage(detectors: readonly Detector[], playbook: Playbook, quartiles: Quartiles): string {
  return [
    '# Metrics',
    '',
    '<!-- Written by `npm run docs` from the pages of the detectors. Change those, and run it again. -->',
    '',
    'Thirteen metrics from 0 to 1; higher is better, also where a name describes a problem. A metric of a training run is the weighted share of',
    "its rules that are met, among those that apply and can be told; a repository's is the mean over its runs. A rule that looks at several places",
    'is met by the share of them that is. What cannot be told without running the code neither raises nor lowers a score. The weights are',
    "Tunelint's own.",
    '',
    ...quartileSection(quartiles),
    ...compositeSection(detectors),
    ...METRICS.map((metric) => explainMetric(metric, detectors, playbook)),
  ].join('\n');
}

function quartileSection({ repositories, ruleSet, scores }: Quartiles): string[] {
  const keys = [
    ...METRICS.map(({ key, title }) => ({ key: key as string, title })),
    ...Object.entries(COMPOSITE_TITLES).map(([key, title]) => ({ key, title })),
  ];
  const rows = keys.map(({ key, title }) => {
    const it = scores[key];
    const cells =
      it === undefined
        ? ['–', '–', '–', '0']
        : [it.lower, it.median, it.upper].map(scoreWords).concat(String(it.known));
    return `| ${title} | ${cells.join(' | ')} |`;
  });
  return [
    '## What a score means',
    '',
    `The newest trees of ${repositories.length} public repositories that fine-tune models, scored with rule set ${ruleSet}: a quarter of them lie below`,
    'the lower quartile, half below the median. The last column says how many have a score at all.',
    '',
    '| | Lower quartile | Median | Upper quartile | Repositories |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    `Repositories: ${repositories.map((name) => `\`${name}\``).join(', ')}.`,
    '',
  ];
}

function compositeSection(detectors: readonly Detector[]): string[] {
  const rows = COMPOSITES.map((composite) => {
    const titles = METRICS.flatMap(({ key, title }) =>
      detectors.some((it) => it.metric === key && it.composite === composite) ? [title] : [],
    );
    return `| ${COMPOSITE_TITLES[composite]} (\`${composite}\`) | ${titles.join(', ')} |`;
  });
  return [
    '## Composites',
    '',
    'Means of their metrics, each with the same weight, over those that have a score.',
    '',
    '| Composite | Metrics |',
    '|---|---|',
    ...rows,
    `| ${COMPOSITE_TITLES.overall_finetuning_health} (\`overall_finetuning_health\`) | all thirteen |`,
    '',
    `Rule set ${RULE_SET_VERSION}.`,
    '',
  ];
}
