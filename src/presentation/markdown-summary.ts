import type { Finding, WorsenedPair } from '../model/comparison.js';
import type { RuleId } from '../model/identifiers.js';
import { RULE_SET_VERSION } from '../model/rule.js';
import { COMPOSITE_TITLES, METRICS } from '../playbook/metrics.js';
import { coverageCounts, failureSentences, unreadSentences } from './coverage-words.js';
import { type DegradedMetric, degradedMetrics, stalledWords } from './degraded-metrics.js';
import { paragraph, type Section } from './markdown-document.js';
import { alike, findingLines, findingMention, MOST_PLACES, reachWords } from './markdown-finding.js';
import { type MarkdownTelling, placeLink } from './markdown-places.js';
import { code, prose } from './markdown-text.js';
import { toldAt } from './place.js';
import { count, deltaWords, listed, rangeOf, scoreWords, severityOf, touchesRuns, verdictOf } from './wording.js';

/** What stands in the place of the new findings, and sentences that only one host has use for. */
export interface SummaryParts {
  readonly newFindings: readonly Section[];
  /** Under the verdict, as paragraphs. */
  readonly remarks: readonly string[];
}

/** All of a review in the order in which it is read: what to do first, what is only for the record last. */
export function summarySections(telling: MarkdownTelling, parts: SummaryParts): readonly Section[] {
  const { review } = telling;
  const verdict = paragraph(`**${verdictOf(review)}** · ${rangeOf(review)}`);
  const head = [verdict, ...parts.remarks.map(paragraph)];
  if (!touchesRuns(review)) return [...head, ...failures(telling), ...files(telling), paragraph(ruleSetWords())];
  return [
    ...head,
    ...metricTable(telling),
    ...degradedMetrics(review.comparison).map((metric) => degraded(metric, telling)),
    ...parts.newFindings,
    ...otherFindings(telling),
    ...failures(telling),
    ...files(telling),
    paragraph(ruleSetWords()),
    ...composites(telling),
  ];
}

/** New findings in two lines each: those of weight, then what is worth knowing. */
export function shortNewFindings(telling: MarkdownTelling): readonly Section[] {
  const weighty = freshFindings(telling).filter((finding) => severityOf(finding) !== 'notice');
  const pieces = alike(weighty, telling).map((findings) => findingLines(findings, telling));
  return [list('#### New findings', pieces, 'finding', YIELDS.fresh), ...notices(telling)].filter(hasPieces);
}

/** What is worth knowing and asks for nothing. */
export function notices(telling: MarkdownTelling): readonly Section[] {
  const found = freshFindings(telling).filter((finding) => severityOf(finding) === 'notice');
  const pieces = [...alike(found, telling).map((findings) => findingLines(findings, telling)), ...brokenLinks(telling)];
  return [list('#### Worth knowing', pieces, 'notice', YIELDS.notices)].filter(hasPieces);
}

export function freshFindings({ review }: MarkdownTelling): readonly Finding[] {
  return review.comparison.findings.filter(({ state }) => state === 'new');
}

/** What loses pieces first where there is not enough room, from 0 upwards. */
export const YIELDS = { before: 0, gone: 1, files: 2, notices: 3, updated: 4, causes: 5, fresh: 6 } as const;

function metricTable({ review }: MarkdownTelling): readonly Section[] {
  const rows = METRICS.flatMap(({ key, title }) => {
    const compared = review.comparison.metrics.find(({ metric }) => metric === key);
    return compared === undefined ? [] : [{ title, ...compared }];
  });
  const scored = rows.filter(({ base, head }) => base !== null || head !== null);
  const others = rows.filter(({ base, head }) => base === null && head === null).map(({ title }) => title);
  const remarks = [
    ...(scored.some(isPuzzling) ? [DELTA_REMARK] : []),
    ...(others.length === 0
      ? []
      : [`Without a score, since nothing applies or is known: ${listed(others, others.length)}.`]),
  ];
  const parts = [...(scored.length === 0 ? [] : [scoreTable('Metric', scored)]), ...remarks];
  return parts.map(paragraph);
}

/** Base and head differ, and not by the delta. */
function isPuzzling({ base, head, delta }: ScoreRow): boolean {
  return base !== null && head !== null && Math.abs(head - base - (delta ?? 0)) > 0.0005;
}

const DELTA_REMARK =
  'Deltas compare what was judged on both sides: runs and rules that came or went move the scores beside them alone.';

function composites({ review }: MarkdownTelling): readonly Section[] {
  const rows = Object.entries(COMPOSITE_TITLES).flatMap(([key, title]) => {
    const compared = review.comparison.composites.find(({ composite }) => composite === key);
    return compared === undefined ? [] : [{ title, ...compared, degraded: false }];
  });
  const stalled = stalledWords(review.comparison);
  return [
    ...(rows.length === 0 ? [] : [paragraph(scoreTable('Composite', rows))]),
    ...(stalled === null ? [] : [paragraph(stalled)]),
  ];
}

interface ScoreRow {
  readonly title: string;
  readonly base: number | null;
  readonly head: number | null;
  readonly delta: number | null;
  readonly degraded: boolean;
}

function scoreTable(heading: string, rows: readonly ScoreRow[]): string {
  const body = rows.map(({ title, base, head, delta, degraded }) => {
    return `| ${title} | ${scoreWords(base)} | ${scoreWords(head)} | ${deltaWords(delta)}${degraded ? ' ▼' : ''} |`;
  });
  return [`| ${heading} | Base | Head | Delta |`, '|---|--:|--:|--:|', ...body].join('\n');
}

/** A metric's minimal fix stays in any case; the lines behind it may be cut, since they stand with the findings too. */
function degraded(metric: DegradedMetric, telling: MarkdownTelling): Section {
  const { title, compared, causes, silent } = metric;
  const heading = `#### ▼ ${title}\n\n> **Minimal fix:** ${telling.playbook.minimalFix(compared.metric)}`;
  const pieces = [...causesByRule(causes, telling), ...silent.map((pair) => pairLine(pair, telling))];
  return list(heading, pieces, 'cause', YIELDS.causes);
}

function causesByRule(causes: readonly Finding[], telling: MarkdownTelling): readonly string[] {
  const byRule = new Map<RuleId, readonly Finding[]>();
  for (const cause of causes) byRule.set(cause.rule, [...(byRule.get(cause.rule) ?? []), cause]);
  return [...byRule].map(([rule, findings]) => {
    const places = findings.map(toldAt);
    const links = [...new Set(places.map((place) => placeLink(place, telling)))];
    const runs = [...new Set(findings.flatMap((finding) => finding.runs))];
    // A run in a file that is named already has nothing to add but its number.
    const named = runs.every((run) => places.some(({ path }) => run.startsWith(`${path}#`)));
    const reach = named ? `reaches ${count(runs.length, 'run')}` : reachWords(runs, telling);
    const alone = named && runs.length <= places.length;
    return `${listed(links, MOST_PLACES)} · \`${rule}\`${alone ? '' : `, ${reach}`}`;
  });
}

/** A pair that no finding tells of is half right: another rule tells what it lacks, or nobody has to do anything. */
function pairLine({ run, rule, from, to }: WorsenedPair, telling: MarkdownTelling): string {
  const judged = telling.review.comparison.head.runs.find((it) => it.run.id === run);
  const verdict = judged?.verdicts.get(rule);
  const [at] = verdict !== undefined && 'evidence' in verdict ? verdict.evidence : [];
  const where = at === undefined ? code(telling.names.get(run) ?? run) : placeLink(at, telling);
  return `${where} · \`${rule}\` fell from ${scoreWords(from)} to ${scoreWords(to)}`;
}

function brokenLinks(telling: MarkdownTelling): readonly string[] {
  return telling.review.comparison.brokenLinks.map(({ run, path, at }) => {
    const name = code(telling.names.get(run) ?? run);
    return `**notice** ${placeLink(at, telling)} names ${code(path)}, which this change deletes.<br>Point ${name} at a file that stays.`;
  });
}

function otherFindings(telling: MarkdownTelling): readonly Section[] {
  const { findings } = telling.review.comparison;
  const mentions = (told: readonly Finding[]) => told.map((finding) => findingMention(finding, telling));
  const updated = findings.filter(({ state }) => state === 'updated');
  const fixed = findings.filter(({ gone }) => gone === 'fixed');
  const removed = findings.filter(({ gone }) => gone === 'removed');
  const untold = findings.filter(({ gone }) => gone === 'unknown');
  const before = findings.filter(({ state }) => state === 'unchanged');
  const were = before.length === 1 ? 'was' : 'were';
  return [
    list(
      '#### Changed, and still to mend',
      alike(updated, telling).map((findings) => findingLines(findings, telling)),
      'finding',
      YIELDS.updated,
    ),
    list('#### Fixed', mentions(fixed), 'finding', YIELDS.gone),
    list('#### Removed with its run', mentions(removed), 'finding', YIELDS.gone),
    list('#### Can no longer be told', mentions(untold), 'finding', YIELDS.gone),
    {
      ...list(
        `${count(before.length, 'finding')} ${were} there before this change`,
        mentions(before),
        'finding',
        YIELDS.before,
      ),
      layout: 'collapsed-list' as const,
    },
  ].filter(hasPieces);
}

function files(telling: MarkdownTelling): readonly Section[] {
  const { review } = telling;
  const sentences = unreadSentences(review).map(prose);
  const counts = `Files: ${coverageCounts(review)}`;
  if (sentences.length === 0) return touchesRuns(review) ? [paragraph(`${counts}.`)] : [];
  return [{ ...list(counts, sentences, 'file', YIELDS.files), layout: 'collapsed-list' }];
}

function failures({ review }: MarkdownTelling): readonly Section[] {
  return failureSentences(review).map((sentence) => paragraph(prose(sentence)));
}

/** By what a review was made. */
export function ruleSetWords(): string {
  return `Settings: defaults. Rule set ${RULE_SET_VERSION}.`;
}

function list(heading: string, pieces: readonly string[], noun: string, yields: number): Section {
  return { heading, pieces, layout: 'list', noun, yields };
}

function hasPieces({ pieces }: Section): boolean {
  return pieces.length > 0;
}
