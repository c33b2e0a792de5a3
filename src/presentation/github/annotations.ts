import type { Finding } from '../../model/comparison.js';
import type { Fingerprint } from '../../model/identifiers.js';
import type { Severity } from '../../model/verdict.js';
import { fixDiff } from '../fix-diff.js';
import type { MarkdownTelling } from '../markdown-places.js';
import { clipBytes, unformatted } from '../markdown-text.js';
import { severityOf } from '../wording.js';
import { LIMITS } from './limits.js';

/** One remark beside a line of the head, in GitHub's terms. It is shown as plain text. */
export interface Annotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: 'failure' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
  readonly raw_details?: string;
}

/** New findings that are not told of otherwise, worst first. Notices are for the summary alone, where they disturb nobody. */
export function annotationsOf(
  told: ReadonlySet<Fingerprint>,
  most: number,
  telling: MarkdownTelling,
): { readonly annotations: readonly Annotation[]; readonly leftOut: number } {
  const found = telling.review.comparison.findings.filter(
    (finding) => finding.state === 'new' && severityOf(finding) !== 'notice' && !told.has(finding.fingerprint),
  );
  const annotations = found.slice(0, most).map((finding) => annotation(finding, telling));
  return { annotations, leftOut: found.length - annotations.length };
}

const LEVELS: Readonly<Record<Severity, Annotation['annotation_level']>> = {
  error: 'failure',
  warning: 'warning',
  notice: 'notice',
};

function annotation(finding: Finding, telling: MarkdownTelling): Annotation {
  const { review, playbook } = telling;
  const { fault, anchor, rule, metric, fingerprint } = finding;
  // Annotations stand on the head only; a new fault does too, whatever line of the base it is told at.
  const place = anchor?.side === 'head' ? anchor : fault.at;
  const words = [fault.message, ...(fault.deviation === null ? [] : [fault.deviation])].map(unformatted);
  const message = [...words, `Minimal fix: ${playbook.minimalFix(metric)}`].join('\n\n');
  const fix = review.fixes.get(fingerprint);
  const diff = fix === undefined ? null : fixDiff(fix, review.texts.head.get(fix.path));
  return {
    path: place.path,
    start_line: place.startLine,
    end_line: place.endLine,
    annotation_level: LEVELS[severityOf(finding)],
    title: clipBytes(rule, LIMITS.annotationTitle),
    message: clipBytes(message, LIMITS.annotationMessage),
    ...(diff === null || Buffer.byteLength(diff) > LIMITS.annotationDetails ? {} : { raw_details: diff }),
  };
}
