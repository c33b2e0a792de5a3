import type { Finding } from '../../model/comparison.js';
import type { Fingerprint } from '../../model/identifiers.js';
import type { Review } from '../../model/review.js';
import type { Playbook } from '../../playbook/load-playbook.js';
import { createTelling, type MarkdownTelling } from '../markdown-places.js';
import { withoutSecrets } from '../without-secrets.js';
import { type CheckRun, type CommentOutcome, checkRun } from './check-run.js';
import { commentPlaces, withSuggestions } from './comment-groups.js';
import { CommentableLines, type GithubLines } from './commentable-lines.js';
import { commentBody } from './review-comment.js';

/** A comment by what it tells of, worst first, and where it stands. */
export interface PlacedComment {
  /** At least one. */
  readonly fingerprints: readonly Fingerprint[];
  /** Null for a comment whose lines are gone from the diff. */
  readonly at: GithubLines | null;
}

export interface WrittenComment {
  readonly body: string;
  /** The same without anything to commit, for a host that does not take it otherwise. */
  readonly plainBody: string;
}

/** A review on its way to GitHub. Which of its comments are posted is for others to say; the check run tells of that. */
export interface GithubTelling {
  /** Where the review would comment, worst first. */
  readonly places: readonly (PlacedComment & { readonly at: GithubLines })[];
  /** The bodies of comments on any of the findings at any place, in the same order. */
  readonly write: (comments: readonly PlacedComment[]) => readonly WrittenComment[];
  readonly checkRun: (outcome: CommentOutcome) => CheckRun;
}

/** Where things are to be found; what is left out is not linked. */
export interface TellingOptions extends Partial<Pick<MarkdownTelling, 'repository' | 'rulePage'>> {
  /** The project that the comments are for, in a repository with several. */
  readonly project?: string;
}

export function tellOnGithub(made: Review, playbook: Playbook, options: TellingOptions): GithubTelling {
  const { project = '', ...hosted } = options;
  const telling = createTelling(withoutSecrets(made), playbook, hosted);
  const { review } = telling;
  const lines = new CommentableLines(review.snapshot.changes);
  const findings = presentFindings(review);
  return {
    places: commentPlaces(review).map(({ findings, range }) => ({
      fingerprints: findings.map(({ fingerprint }) => fingerprint),
      at: lines.githubLines(range),
    })),
    write: (comments) => {
      const placed = comments.map(({ fingerprints, at }) => ({
        findings: fingerprints.flatMap((fingerprint) => findings.get(fingerprint) ?? []),
        range: at === null ? null : lines.rangeAt(at),
      }));
      return withSuggestions(placed, review).map((group) => ({
        body: commentBody(group, telling, project),
        plainBody: commentBody({ ...group, suggestion: null }, telling, project),
      }));
    },
    checkRun: (outcome) => checkRun(outcome, telling),
  };
}

function presentFindings({ comparison }: Review): ReadonlyMap<Fingerprint, Finding> {
  const present = comparison.findings.filter(({ state }) => state !== 'absent');
  return new Map(present.map((finding) => [finding.fingerprint, finding]));
}
