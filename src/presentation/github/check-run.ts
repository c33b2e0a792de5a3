import type { RestEndpointMethodTypes } from '@octokit/rest';
import type { Fingerprint } from '../../model/identifiers.js';
import type { Review } from '../../model/review.js';
import { paragraph, renderDocument, type Section } from '../markdown-document.js';
import { playbookDetails, wholeFinding } from '../markdown-finding.js';
import type { MarkdownTelling } from '../markdown-places.js';
import { freshFindings, shortNewFindings, summarySections } from '../markdown-summary.js';
import { clipBytes, prose } from '../markdown-text.js';
import { count, deltaWords, isFirstRun, scoreWords, severityOf, touchesRuns, verdictOf } from '../wording.js';
import { type Annotation, annotationsOf } from './annotations.js';
import { type CheckConclusion, checkConclusion, unreadChanges } from './check-conclusion.js';
import { LIMITS } from './limits.js';
import type { Body } from './request-body.js';

/** `POST /repos/{owner}/{repo}/check-runs`. */
export interface CheckRun {
  readonly name: 'Tunelint';
  readonly head_sha: string;
  readonly status: 'completed';
  readonly conclusion: CheckConclusion;
  readonly output: {
    readonly title: string;
    readonly summary: string;
    /** Absent where the summary says all. */
    readonly text?: string;
    readonly annotations: Annotation[];
  };
}

/** What became of the comments of a review. */
export interface CommentOutcome {
  /** Findings that a comment tells of. */
  readonly commented: ReadonlySet<Fingerprint>;
  /** Findings whose thread a person resolved: they get neither comment nor annotation. */
  readonly resolved: ReadonlySet<Fingerprint>;
  /** Why comments are missing, as a sentence for the author; null where none is. */
  readonly hindrance: string | null;
  /** Annotations at most. */
  readonly annotations: number;
}

/** The check run of a review, which tells all of it, whatever became of the comments. */
export function checkRun(outcome: CommentOutcome, given: MarkdownTelling): CheckRun {
  const { commented, resolved, hindrance } = outcome;
  const asides = new Map([...resolved].map((fingerprint) => [fingerprint, 'resolved by reviewer']));
  const telling = { ...given, asides };
  const { review } = telling;
  const told = new Set([...commented, ...resolved]);
  const { annotations, leftOut } = annotationsOf(told, outcome.annotations, telling);
  const remarks = [
    ...baseRemark(review),
    ...unreadRemark(review),
    ...(hindrance === null ? [] : [prose(hindrance)]),
    ...commentRemark(told, telling),
    ...annotationRemark(leftOut),
  ];
  const sections = summarySections(telling, { newFindings: shortNewFindings(telling), remarks });
  const text = renderDocument(textSections(telling), LIMITS.summary);
  const made: CheckRun = {
    name: 'Tunelint',
    head_sha: review.snapshot.head.commit,
    status: 'completed',
    conclusion: checkConclusion(review),
    output: {
      title: clipBytes(titleOf(review), LIMITS.title),
      summary: renderDocument(sections, LIMITS.summary),
      ...(text === '' ? {} : { text }),
      annotations: [...annotations],
    },
  };
  return made satisfies Body<RestEndpointMethodTypes['checks']['create']['parameters']>;
}

/** The numbers first, since a merge box shows little more. */
function titleOf(review: Review): string {
  if (!touchesRuns(review)) return verdictOf(review);
  const overall = review.comparison.composites.find(({ composite }) => composite === 'overall_finetuning_health');
  const score = scoreWords(overall?.head ?? null);
  if (isFirstRun(review)) return `${verdictOf(review)} · health ${score}`;
  return `${score} health (${deltaWords(overall?.delta ?? null)}) · ${verdictOf(review)}`;
}

function baseRemark({ comparison }: Review): readonly string[] {
  const rules = new Set(comparison.base.failures.map(({ rule }) => rule));
  return rules.size === 0
    ? []
    : [`The base could not be judged by ${count(rules.size, 'rule')}, so that what is new cannot be told for sure.`];
}

function unreadRemark(review: Review): readonly string[] {
  const unread = touchesRuns(review) ? unreadChanges(review).length : 0;
  if (unread === 0) return [];
  const were = unread === 1 ? 'was' : 'were';
  return [
    `${count(unread, 'changed file')} of a training run ${were} not read as a whole, so this review may lack findings.`,
  ];
}

/** Findings that would be comments and are not. */
function commentRemark(told: ReadonlySet<Fingerprint>, telling: MarkdownTelling): readonly string[] {
  const rest = freshFindings(telling).filter(({ inline, fingerprint }) => inline && !told.has(fingerprint)).length;
  return rest === 0
    ? []
    : [`${count(rest, 'finding')} more would have had a comment and ${rest === 1 ? 'stands' : 'stand'} only here.`];
}

function annotationRemark(leftOut: number): readonly string[] {
  return leftOut === 0 ? [] : [`${count(leftOut, 'annotation')} more ${leftOut === 1 ? 'was' : 'were'} left out.`];
}

/** The findings of weight with code and edit, for when there are no comments to read; then what the playbook says. */
function textSections(telling: MarkdownTelling): readonly Section[] {
  const weighty = freshFindings(telling).filter((finding) => severityOf(finding) !== 'notice');
  if (weighty.length === 0) return [];
  const pieces = weighty.map((finding) => wholeFinding(finding, telling).join('\n\n'));
  const rules = [...new Set(weighty.map(({ rule }) => rule))];
  const entries = rules
    .map((rule) => playbookDetails(rule, ['why', 'edit', 'verify', 'leaveItWhen'], weighty, telling))
    .filter((entry) => entry !== '');
  return [
    paragraph('#### New findings in full'),
    { heading: '', pieces, layout: 'paragraphs', noun: 'finding', yields: 1 },
    { heading: '', pieces: entries, layout: 'paragraphs', noun: 'explanation', yields: 0 },
  ];
}
