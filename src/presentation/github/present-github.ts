import type { RestEndpointMethodTypes } from '@octokit/rest';
import type { Finding } from '../../model/comparison.js';
import type { Review } from '../../model/review.js';
import type { Playbook } from '../../playbook/load-playbook.js';
import { paragraph, renderDocument, type Section } from '../markdown-document.js';
import { playbookDetails, wholeFinding } from '../markdown-finding.js';
import { createTelling, type HostedRepository, type MarkdownTelling } from '../markdown-places.js';
import { freshFindings, shortNewFindings, summarySections } from '../markdown-summary.js';
import { clipBytes } from '../markdown-text.js';
import { withoutSecrets } from '../without-secrets.js';
import { count, deltaWords, isFirstRun, scoreWords, severityOf, touchesRuns, verdictOf } from '../wording.js';
import { type Annotation, annotationsOf } from './annotations.js';
import { type CheckConclusion, checkConclusion, unreadChanges } from './check-conclusion.js';
import { commentGroups } from './comment-groups.js';
import { LIMITS } from './limits.js';
import { type ReviewComment, reviewComment } from './review-comment.js';

/** What the App posts for a review: the bodies of two requests to GitHub, but for the names in their addresses. */
export interface GithubReview {
  readonly checkRun: CheckRun;
  /** Null where there is nothing to comment on: an empty review would be noise. */
  readonly review: PullRequestReview | null;
}

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

/** `POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews`. Tunelint never approves and never requests changes. */
export interface PullRequestReview {
  readonly commit_id: string;
  readonly event: 'COMMENT';
  readonly comments: ReviewComment[];
}

export interface GithubOptions {
  /** For links to lines; null gives places as plain text. */
  readonly repository: HostedRepository | null;
}

/** The check run and the comments of a review, exactly as they are posted. The same review gives the same bytes. */
export function presentGithub(made: Review, playbook: Playbook, options: GithubOptions): GithubReview {
  const telling = createTelling(withoutSecrets(made), playbook, options.repository);
  const groups = commentGroups(telling.review);
  const commented = new Set(groups.flatMap(({ findings }) => findings));
  const comments = groups.map((group) => reviewComment(group, telling));
  const checkRun = createCheckRun(commented, telling);
  const head = telling.review.snapshot.head.commit;
  const review = comments.length === 0 ? null : ({ commit_id: head, event: 'COMMENT', comments } as const);
  return { checkRun: checkRun satisfies CheckRequest, review: review satisfies ReviewRequest | null };
}

type Rest = RestEndpointMethodTypes;
type CheckRequest = Body<Rest['checks']['create']['parameters']>;
type ReviewRequest = Body<Rest['pulls']['createReview']['parameters']>;
/** What goes into a request besides its address. Octokit lets any key pass, which would hold nothing to its shape. */
type Body<Parameters> = Parameters extends unknown
  ? {
      [Key in keyof Parameters as string extends Key
        ? never
        : Key extends 'owner' | 'repo' | 'pull_number'
          ? never
          : Key]: Parameters[Key];
    }
  : never;

function createCheckRun(commented: ReadonlySet<Finding>, telling: MarkdownTelling): CheckRun {
  const { review } = telling;
  const { annotations, leftOut } = annotationsOf(commented, telling);
  const remarks = [...unreadRemark(review), ...commentRemark(commented, telling), ...annotationRemark(leftOut)];
  const sections = summarySections(telling, { newFindings: shortNewFindings(telling), remarks });
  const text = renderDocument(textSections(telling), LIMITS.summary);
  return {
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
}

/** The numbers first, since a merge box shows little more. */
function titleOf(review: Review): string {
  if (!touchesRuns(review)) return verdictOf(review);
  const overall = review.comparison.composites.find(({ composite }) => composite === 'overall_finetuning_health');
  const score = scoreWords(overall?.head ?? null);
  if (isFirstRun(review)) return `${verdictOf(review)} · health ${score}`;
  return `${score} health (${deltaWords(overall?.delta ?? null)}) · ${verdictOf(review)}`;
}

function unreadRemark(review: Review): readonly string[] {
  const unread = touchesRuns(review) ? unreadChanges(review).length : 0;
  if (unread === 0) return [];
  const were = unread === 1 ? 'was' : 'were';
  return [
    `${count(unread, 'changed file')} of a training run ${were} not read as a whole, so this review may lack findings.`,
  ];
}

/** Findings that would be comments and are not, because there were too many. */
function commentRemark(commented: ReadonlySet<Finding>, telling: MarkdownTelling): readonly string[] {
  const rest = freshFindings(telling).filter((finding) => finding.inline && !commented.has(finding)).length;
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
    .map((rule) => playbookDetails(rule, ['why', 'edit', 'verify', 'leaveItWhen'], telling))
    .filter((entry) => entry !== '');
  return [
    paragraph('#### New findings in full'),
    { heading: '', pieces, layout: 'paragraphs', noun: 'finding', yields: 1 },
    { heading: '', pieces: entries, layout: 'paragraphs', noun: 'explanation', yields: 0 },
  ];
}
