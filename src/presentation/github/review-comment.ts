import type { Finding } from '../../model/comparison.js';
import type { ProvenFix } from '../../model/fix.js';
import type { RuleId } from '../../model/identifiers.js';
import { RULE_SET_VERSION } from '../../model/rule.js';
import { paragraph, renderDocument, type Section } from '../markdown-document.js';
import {
  diffFence,
  findingMessage,
  fixTitle,
  inCell,
  minimalFixQuote,
  originOf,
  playbookDetails,
} from '../markdown-finding.js';
import { type MarkdownTelling, placeLink } from '../markdown-places.js';
import { fenced, proseWithCode } from '../markdown-text.js';
import { type Place, toldAt } from '../place.js';
import { listed, severityOf } from '../wording.js';
import { type CommentGroup, isSameEdit } from './comment-groups.js';
import type { GithubLines, LineRange } from './commentable-lines.js';
import { LIMITS } from './limits.js';
import { writeMarker } from './marker.js';

/** One comment of a pull request's review, in GitHub's terms. */
export interface ReviewComment {
  readonly path: string;
  readonly body: string;
  readonly side: 'LEFT' | 'RIGHT';
  /** The last line. */
  readonly line: number;
  readonly start_side?: 'LEFT' | 'RIGHT';
  /** Only where the comment stands on more than one line. */
  readonly start_line?: number;
}

export function reviewComment({ path, side, startLine, endLine }: GithubLines, body: string): ReviewComment {
  const start = startLine < endLine ? ({ start_line: startLine, start_side: side } as const) : {};
  return { path, ...start, side, line: endLine, body };
}

export function commentBody(group: CommentGroup, telling: MarkdownTelling, project: string): string {
  const { findings } = group;
  const fingerprints = findings.map(({ fingerprint }) => fingerprint);
  const marker = writeMarker({ fingerprints, project, mended: false });
  const messages = findings.map((finding) => message(finding, group, telling));
  const sections: readonly Section[] = [
    { heading: '', pieces: messages, layout: 'paragraphs', noun: 'finding', yields: 2 },
    ...quotes(findings, telling).map(paragraph),
    ...edits(group, telling),
    details(findings, telling),
    paragraph(entryWords(findings, telling)),
  ];
  return `${marker}\n${renderDocument(sections, LIMITS.commentBody - Buffer.byteLength(marker) - 1)}`;
}

/** What is wrong, with what helps to judge it; and where, if the comment stands elsewhere. */
function message(finding: Finding, { range, findings }: CommentGroup, telling: MarkdownTelling): string {
  const place = toldAt(finding);
  const title = [
    `**${severityOf(finding)}**${inCell(finding, telling)}`,
    ...(findings.length === 1 ? [] : [`\`${finding.rule}\``]),
    ...(isElsewhere(place, range) ? [placeLink(place, telling)] : []),
    findingMessage(finding),
  ].join(' · ');
  const origin = originOf(finding, telling);
  return origin === null ? title : `${title}\n\n${origin}`;
}

/** Not where the comment stands, nor right beside it on the other side of the diff. */
function isElsewhere(place: Place, range: LineRange | null): boolean {
  if (range === null) return true;
  if (place.side !== range.side) return false;
  return place.path !== range.path || place.startLine > range.endLine || place.endLine < range.startLine;
}

/** The minimal fix of each metric, and why an edit differs from it. */
function quotes(findings: readonly Finding[], telling: MarkdownTelling): readonly string[] {
  const metrics = [...new Set(findings.map(({ metric }) => metric))];
  return metrics.map((metric) => {
    const own = findings.filter((finding) => finding.metric === metric);
    const deviations = [...new Set(own.flatMap(({ fault }) => fault.deviation ?? []))].map(proseWithCode);
    return [minimalFixQuote(metric, telling), ...deviations].join('\n\n');
  });
}

/** One edit to be committed, or all of them to be made by hand. */
function edits({ findings, suggestion }: CommentGroup, telling: MarkdownTelling): readonly Section[] {
  if (suggestion !== null) {
    const block = fenced('suggestion', suggestion.deletesLines ? null : suggestion.replacement);
    return [paragraph(fixTitle(suggestion, mendedBy(suggestion, findings, telling))), paragraph(block)];
  }
  const pieces = distinctFixes(findings, telling).map((fix) => {
    const title = fixTitle(fix, mendedBy(fix, findings, telling));
    const diff = diffFence(fix, telling);
    return diff === null ? title : `${title}\n\n${diff}`;
  });
  return [{ heading: '', pieces, layout: 'paragraphs', noun: 'edit', yields: 1 }];
}

/** The rules of the findings that an edit mends; none where it mends them all. */
function mendedBy(edit: ProvenFix, findings: readonly Finding[], { review }: MarkdownTelling): readonly RuleId[] {
  const mended = findings.filter(({ fingerprint }) => {
    const fix = review.fixes.get(fingerprint);
    return fix !== undefined && isSameEdit(fix, edit);
  });
  return mended.length === findings.length ? [] : [...new Set(mended.map(({ rule }) => rule))];
}

function distinctFixes(findings: readonly Finding[], { review }: MarkdownTelling): readonly ProvenFix[] {
  const fixes: ProvenFix[] = [];
  for (const { fingerprint } of findings) {
    const fix = review.fixes.get(fingerprint);
    if (fix !== undefined && !fixes.some((other) => isSameEdit(other, fix))) fixes.push(fix);
  }
  return fixes;
}

function details(findings: readonly Finding[], telling: MarkdownTelling): Section {
  const { fixes } = telling.review;
  const mended = new Set(findings.filter(({ fingerprint }) => fixes.has(fingerprint)).map(({ rule }) => rule));
  const rules = [...new Set(findings.map(({ rule }) => rule))];
  const pieces = rules.map((rule) =>
    playbookDetails(
      rule,
      mended.has(rule) ? ['why', 'leaveItWhen'] : ['why', 'edit', 'leaveItWhen'],
      findings,
      telling,
    ),
  );
  const known = pieces.filter((piece) => piece !== '');
  return { heading: '', pieces: known, layout: 'paragraphs', noun: 'explanation', yields: 0 };
}

function entryWords(findings: readonly Finding[], { rulePage }: MarkdownTelling): string {
  const rules = [...new Set(findings.map(({ rule }) => rule))].map((rule) =>
    rulePage === null ? `\`${rule}\`` : `[\`${rule}\`](${rulePage(rule)})`,
  );
  return `<sub>Playbook: ${listed(rules, 10)} · rule set ${RULE_SET_VERSION}</sub>`;
}
