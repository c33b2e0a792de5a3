import type { Finding } from '../model/comparison.js';
import type { RunId } from '../model/identifiers.js';
import type { Review } from '../model/review.js';
import type { Playbook } from '../playbook/load-playbook.js';
import { cellWords } from './cell-words.js';
import { codeFrame } from './code-frame.js';
import { diffLines, fixDiff } from './fix-diff.js';
import { EMPTY_LINE, indent, type Line, span, wrap } from './lines.js';
import { type Place, toldAt } from './place.js';
import { chainWords, placeWords, reachWords, severityOf } from './wording.js';

/** What telling a finding needs besides the finding. */
export interface Telling {
  readonly review: Review;
  readonly playbook: Playbook;
  readonly names: ReadonlyMap<RunId, string>;
  readonly width: number;
}

/** A finding with all that helps to judge and mend it. */
export function wholeFinding(finding: Finding, telling: Telling): readonly Line[] {
  const width = telling.width - INDENT;
  const body = [
    ...wrap(finding.fault.message, width).map((line) => [line]),
    ...spaced(frameOf(finding, telling.review, width)),
    ...origin(finding),
    [reachWords(finding, telling.names)],
    [span('strong', 'Minimal fix: '), `"${telling.playbook.minimalFix(finding.metric)}"`],
    ...(finding.fault.deviation === null ? [] : wrap(finding.fault.deviation, width).map((line) => [line])),
    ...fixOf(finding, telling.review),
  ];
  return [titleOf(finding, telling.review), ...indent(body, INDENT)];
}

/** A finding that is only mentioned: where, which rule, what, and why it does not weigh more. */
export function shortFinding(finding: Finding, { review, width }: Telling): readonly Line[] {
  const habit = finding.habit === null ? '' : ` (${finding.habit})`;
  const message = wrap(finding.fault.message + habit, width - INDENT);
  return [
    titleOf(finding, review),
    ...indent(
      message.map((line) => [line]),
      INDENT,
    ),
  ];
}

/** A finding that is gone, in one line: mended, or gone with the run it was in. */
export function goneFinding({ gone, rule, fault }: Finding): Line {
  const mark = gone === 'fixed' ? span('good', '✓') : span('faint', '·');
  return [mark, ` ${rule}  `, span('faint', placeWords(fault.at))];
}

const INDENT = 2;

function titleOf(finding: Finding, review: Review): Line {
  const { confidence } = finding.fault;
  const severity = severityOf(finding);
  const place = toldAt(finding);
  const doubt = confidence === 'high' ? '' : `  (${confidence} confidence)`;
  const side = place.side === 'base' ? '  (line of the base)' : '';
  const cell = cellWords(finding, review);
  return [
    span(severity, severity),
    `  ${finding.rule}  `,
    span('strong', placeWords(place)),
    span('faint', (cell === '' ? '' : `  (${cell})`) + side + doubt),
  ];
}

function frameOf(finding: Finding, review: Review, width: number): readonly Line[] {
  const place = toldAt(finding);
  const { at } = finding.fault;
  const text = review.texts[place.side].get(place.path);
  if (text === undefined) return [];
  const shows = place.side === 'head' && place.path === at.path && encloses(place, at);
  const lines = shows ? at : place;
  const side = place.side === 'base' && finding.state !== 'absent' ? 'removed' : 'kept';
  return codeFrame({ ...lines, text, underline: shows ? at : null, side }, width);
}

function encloses(outer: Place, inner: { readonly startLine: number; readonly endLine: number }): boolean {
  return outer.startLine <= inner.startLine && inner.endLine <= outer.endLine;
}

/** How the value came to where it is used; or where the fault is, if it is told at another place. */
function origin(finding: Finding): Line[] {
  const { at, chain } = finding.fault;
  const words = chainWords(chain);
  if (words !== null) return [[words]];
  const place = toldAt(finding);
  const elsewhere = place.side === 'base' || place.path !== at.path || !encloses(place, at);
  return elsewhere ? [[`found at ${placeWords(at)}`]] : [];
}

function fixOf(finding: Finding, review: Review): Line[] {
  const fix = review.fixes.get(finding.fingerprint);
  if (fix === undefined) return [];
  const caution = fix.applicability === 'unsafe' ? ' (changes what the run does)' : '';
  const diff = fixDiff(fix, review.texts.head.get(fix.path));
  return [
    [span('strong', `Fix${caution}: `), fix.title],
    ...(diff === null ? [] : spaced(diffLines(diff)).slice(0, -1)),
  ];
}

function spaced(lines: readonly Line[]): readonly Line[] {
  return lines.length === 0 ? [] : [EMPTY_LINE, ...lines, EMPTY_LINE];
}
