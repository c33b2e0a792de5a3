import { Lexer } from 'marked';
import type { Finding } from '../model/comparison.js';
import type { ProvenFix } from '../model/fix.js';
import type { MetricKey, RuleId, RunId } from '../model/identifiers.js';
import type { Stack } from '../model/run.js';
import { METRICS } from '../playbook/metrics.js';
import type { PlaybookEntry } from '../playbook/page.js';
import { cellWords } from './cell-words.js';
import { codeFrame } from './code-frame.js';
import { fixDiff } from './fix-diff.js';
import { renderLines } from './lines.js';
import { type MarkdownTelling, placeLink } from './markdown-places.js';
import { code, fenced, proseWithCode } from './markdown-text.js';
import { toldAt } from './place.js';
import { chainWords, count, listed, severityOf } from './wording.js';

/** Findings that say the same in two lines: how bad, where, which rule; and what to do. */
export function findingLines([first, ...others]: Alike, telling: MarkdownTelling): string {
  return `${findingTitle(first, telling, others)}<br>${findingMessage(first)}`;
}

/** Findings of one rule and one message, at several places. */
export type Alike = readonly [Finding, ...Finding[]];

/** Findings that say the same together, where the first of them stood. What a reviewer resolved stands by itself. */
export function alike(findings: readonly Finding[], { asides }: Pick<MarkdownTelling, 'asides'>): readonly Alike[] {
  const groups = new Map<string, [Finding, ...Finding[]]>();
  for (const finding of findings) {
    const aside = asides.get(finding.fingerprint) ?? null;
    const key = JSON.stringify([finding.rule, severityOf(finding), findingMessage(finding), aside]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()];
}

/** A finding whose place and rule say enough. */
export function findingMention(finding: Finding, telling: MarkdownTelling): string {
  return `${placeLink(toldAt(finding), telling)} · \`${finding.rule}\``;
}

/**
 * A new finding with all that helps to judge and mend it, as paragraphs. The minimal fix of a degraded metric stands with
 * the metric, where it is read once.
 */
export function wholeFinding(finding: Finding, telling: MarkdownTelling): readonly string[] {
  const { deviation } = finding.fault;
  return [
    findingTitle(finding, telling),
    findingMessage(finding),
    ...present(frameOf(finding, telling)),
    ...present(originOf(finding, telling)),
    ...(isDegraded(finding.metric, telling) ? [] : [minimalFixQuote(finding.metric, telling)]),
    ...(deviation === null ? [] : [proseWithCode(deviation)]),
    ...editParagraphs(finding, telling),
  ];
}

/** ` (cell 3, line 2)` for a notebook, whose lines nobody sees; empty for any other file. */
export function inCell(finding: Finding, { review }: MarkdownTelling): string {
  const words = cellWords(finding, review);
  return words === '' ? '' : ` (${words})`;
}

export function findingMessage({ fault, habit }: Finding): string {
  const doubt = fault.confidence === 'high' ? '' : ` (${fault.confidence} confidence)`;
  return proseWithCode(fault.message) + doubt + (habit === null ? '' : ` (${proseWithCode(habit)})`);
}

/** Where the value comes from, where the fault is if it is told elsewhere, and which runs it reaches; null if all is here. */
export function originOf(finding: Finding, telling: MarkdownTelling): string | null {
  const { at, chain } = finding.fault;
  const place = toldAt(finding);
  const here = place.side === 'head' && place.path === at.path && place.startLine <= at.startLine;
  const elsewhere = here && at.endLine <= place.endLine ? null : `Found at ${placeLink(at, telling)}`;
  const link = (location: (typeof chain)[number]) => placeLink(location, telling);
  const came = chainWords(chain, link)?.replace(/^s/, 'S') ?? elsewhere;
  const own = finding.runs.length === 1 && finding.runs.every((run) => run.startsWith(`${place.path}#`));
  const reaches = own ? null : reachWords(finding.runs, telling);
  const parts = [came, reaches].filter((part) => part !== null);
  return parts.length === 0 ? null : `${parts.join('; ').replace(/^r/, 'R')}.`;
}

/** `reaches 3 runs: a, b and c`, with the names as code. */
export function reachWords(runs: readonly RunId[], { names }: MarkdownTelling): string {
  return `reaches ${count(runs.length, 'run')}: ${listed(runs.map((run) => code(names.get(run) ?? run)))}`;
}

/** The playbook's words for a metric, which are never changed, with the metric's name. */
export function minimalFixQuote(metric: MetricKey, { playbook }: MarkdownTelling): string {
  const title = METRICS.find(({ key }) => key === metric)?.title ?? metric;
  return `> **Minimal fix** (${title}): ${playbook.minimalFix(metric)}`;
}

/** What a proven edit does, for which of several rules, and that it changes a run where it does. */
export function fixTitle({ applicability, title }: ProvenFix, rules: readonly RuleId[] = []): string {
  const what = rules.length === 0 ? '' : ` for ${listed(rules.map((rule) => `\`${rule}\``))}`;
  const caution = applicability === 'unsafe' ? ' (changes what the run does)' : '';
  return `**Fix**${what}${caution}: ${proseWithCode(title)}`;
}

/** A proven edit as a diff; null where there is no text, or too much of it to be read. */
export function diffFence(fix: ProvenFix, { review }: MarkdownTelling): string | null {
  const diff = fixDiff(fix, review.texts.head.get(fix.path));
  return diff === null || !diff.includes('\n@@')
    ? null
    : short(fenced('diff', diff.replaceAll('\r\n', '\n').replace(/\n$/, '')));
}

/**
 * What the playbook says of a rule, collapsed, in these of its parts; empty for a rule without an entry. Of the edit, what the
 * stacks of the runs that these findings reach have use for.
 */
export function playbookDetails(
  rule: RuleId,
  parts: readonly (keyof typeof PART_TITLES)[],
  findings: readonly Finding[],
  telling: MarkdownTelling,
): string {
  const entry = telling.playbook.entry(rule);
  if (entry === null) return '';
  const text = (part: keyof typeof PART_TITLES) =>
    part === 'edit' ? editFor(entry, stacksOf(rule, findings, telling)) : entry[part];
  const body = parts.map((part) => `**${PART_TITLES[part]}.** ${unwrapped(text(part))}`);
  return `<details><summary>Playbook: ${rule}</summary>\n\n${body.join('\n\n')}\n\n</details>`;
}

/** The whole edit where no part of it is for these stacks. */
function editFor({ edit, edits }: PlaybookEntry, stacks: ReadonlySet<Stack>): string {
  const own = edits.filter((part) => part.stacks === null || [...part.stacks].some((stack) => stacks.has(stack)));
  return own.length === 0 ? edit : own.map(({ text }) => text).join('\n\n');
}

function stacksOf(rule: RuleId, findings: readonly Finding[], { review }: MarkdownTelling): ReadonlySet<Stack> {
  const reached = new Set(findings.filter((it) => it.rule === rule).flatMap(({ runs }) => runs));
  const { base, head } = review.comparison;
  // The head's run takes the place of the base's.
  const stacks = new Map([...base.runs, ...head.runs].map(({ run }) => [run.id, run.stack]));
  return new Set([...reached].flatMap((run) => stacks.get(run) ?? []));
}

const PART_TITLES = {
  why: 'Why',
  edit: 'How to mend it',
  verify: 'How to see that it worked',
  leaveItWhen: 'Leave it when',
} as const;

/** GitHub makes a break of every line end in a comment, also of those that only keep a source narrow. */
function unwrapped(markdown: string): string {
  const blocks = Lexer.lex(markdown).filter(({ type }) => type !== 'space');
  return blocks
    .map(({ type, raw }) => (type === 'paragraph' ? raw.trim().replaceAll(/\s*\n\s*/g, ' ') : raw.trim()))
    .join('\n\n');
}

function isDegraded(metric: MetricKey, { review }: MarkdownTelling): boolean {
  return review.comparison.metrics.some((compared) => compared.metric === metric && compared.degraded);
}

const FRAME_WIDTH = 110;
/** Nobody reads a longer fence in a review, and one line of a notebook or of minified JSON can be a whole file. */
const LONGEST_FENCE = 6000;

function findingTitle(finding: Finding, telling: MarkdownTelling, others: readonly Finding[] = []): string {
  const where = listed([...new Set([finding, ...others].map((it) => whereWords(it, telling)))], MOST_PLACES);
  const aside = telling.asides.get(finding.fingerprint);
  return `**${severityOf(finding)}** ${where} · \`${finding.rule}\`${aside === undefined ? '' : ` · ${aside}`}`;
}

/** Places of one rule or one message named in one line. */
export const MOST_PLACES = 8;

function whereWords(finding: Finding, telling: MarkdownTelling): string {
  const place = toldAt(finding);
  const side = place.side === 'base' ? ' (line of the base)' : '';
  return placeLink(place, telling) + inCell(finding, telling) + side;
}

function frameOf(finding: Finding, { review }: MarkdownTelling): string | null {
  const place = toldAt(finding);
  const text = review.texts[place.side].get(place.path);
  if (text === undefined) return null;
  const side = place.side === 'base' ? 'removed' : 'kept';
  const lines = codeFrame({ ...place, text, underline: null, side }, FRAME_WIDTH);
  return lines.length === 0 ? null : short(fenced('text', renderLines(lines, false).trimEnd()));
}

function editParagraphs(finding: Finding, telling: MarkdownTelling): readonly string[] {
  const fix = telling.review.fixes.get(finding.fingerprint);
  return fix === undefined ? [] : [fixTitle(fix), ...present(diffFence(fix, telling))];
}

function short(fence: string): string | null {
  return fence.length > LONGEST_FENCE ? null : fence;
}

function present(part: string | null): string[] {
  return part === null ? [] : [part];
}
