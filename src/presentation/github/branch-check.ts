import type { Review } from '../../model/review.js';
import { COMPOSITE_TITLES, METRICS } from '../../playbook/metrics.js';
import { coverageCounts, failureSentences, unreadSentences } from '../coverage-words.js';
import { paragraph, renderDocument, type Section } from '../markdown-document.js';
import { ruleSetWords } from '../markdown-summary.js';
import { code, prose } from '../markdown-text.js';
import { withoutSecrets } from '../without-secrets.js';
import { count, scoreWords, severityOf } from '../wording.js';
import { LIMITS } from './limits.js';

/** The check of a commit of a branch, which is scored and not judged: it never fails. */
export interface BranchCheck {
  readonly conclusion: 'success' | 'neutral' | 'skipped';
  readonly output: { readonly title: string; readonly summary: string };
}

/** `badge`: the address of the branch's badge, with its token where it needs one; null where nobody serves it. */
export function presentBranch(made: Review, badge: string | null): BranchCheck {
  const review = withoutSecrets(made);
  const { head } = review.comparison;
  const sections: readonly Section[] = [
    paragraph(`**${runWords(review)}**`),
    ...(head.runs.length === 0 ? [] : scoreTables(review)),
    ...failureSentences(review).map((sentence) => paragraph(prose(sentence))),
    unreadFiles(review),
    paragraph(ruleSetWords()),
    ...(badge === null ? [] : [paragraph(`Badge: ${code(badge)}`)]),
  ];
  return {
    conclusion: head.runs.length === 0 ? 'skipped' : head.failures.length > 0 ? 'neutral' : 'success',
    output: { title: titleOf(review), summary: renderDocument(sections, LIMITS.summary) },
  };
}

function titleOf(review: Review): string {
  const { runs, scores } = review.comparison.head;
  if (runs.length === 0) return 'Nothing in this repository trains a model';
  return `${scoreWords(scores.composites.get('overall_finetuning_health') ?? null)} health · ${runWords(review)}`;
}

function runWords({ comparison }: Review): string {
  const findings = comparison.findings.filter(
    (finding) => finding.state !== 'absent' && severityOf(finding) !== 'notice',
  );
  return `${count(comparison.head.runs.length, 'training run')}, ${count(findings.length, 'finding')}`;
}

function scoreTables({ comparison: { head } }: Review): readonly Section[] {
  const metrics = METRICS.flatMap(({ key, title }) =>
    head.scores.metrics.has(key) ? [{ title, score: head.scores.metrics.get(key) ?? null }] : [],
  );
  const composites = Object.entries(COMPOSITE_TITLES).map(([key, title]) => {
    return { title, score: head.scores.composites.get(key as keyof typeof COMPOSITE_TITLES) ?? null };
  });
  return [paragraph(table('Metric', metrics)), paragraph(table('Composite', composites))];
}

function table(heading: string, rows: readonly { readonly title: string; readonly score: number | null }[]): string {
  const body = rows.map(({ title, score }) => `| ${title} | ${scoreWords(score)} |`);
  return [`| ${heading} | Score |`, '|---|--:|', ...body].join('\n');
}

function unreadFiles(review: Review): Section {
  const pieces = unreadSentences(review).map(prose);
  return pieces.length === 0
    ? paragraph(`Files: ${coverageCounts(review)}.`)
    : { heading: `Files: ${coverageCounts(review)}`, pieces, layout: 'collapsed-list', noun: 'file', yields: 0 };
}
