import type { RestEndpointMethodTypes } from '@octokit/rest';
import type { Review } from '../../model/review.js';
import type { Playbook } from '../../playbook/load-playbook.js';
import type { CheckRun } from './check-run.js';
import { LIMITS, MOST_COMMENTS } from './limits.js';
import type { Body } from './request-body.js';
import { type ReviewComment, reviewComment } from './review-comment.js';
import { type TellingOptions, tellOnGithub } from './tell-on-github.js';

/** What the App posts for a review: the bodies of two requests to GitHub, but for the names in their addresses. */
export interface GithubReview {
  readonly checkRun: CheckRun;
  /** Null where there is nothing to comment on: an empty review would be noise. */
  readonly review: PullRequestReview | null;
}

/** `POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews`. Tunelint never approves and never requests changes. */
export interface PullRequestReview {
  readonly commit_id: string;
  readonly event: 'COMMENT';
  readonly comments: ReviewComment[];
}

/**
 * The check run and the comments of a review, exactly as they are posted where none of ours stands yet. The same review
 * gives the same bytes.
 */
export function presentGithub(made: Review, playbook: Playbook, options: TellingOptions): GithubReview {
  const telling = tellOnGithub(made, playbook, options);
  const places = telling.places.slice(0, MOST_COMMENTS);
  const comments = telling.write(places).flatMap(({ body }, index) => {
    const at = places[index]?.at;
    return at === undefined ? [] : [reviewComment(at, body)];
  });
  const commented = new Set(places.flatMap(({ fingerprints }) => fingerprints));
  const outcome = { commented, resolved: new Set<never>(), hindrance: null, annotations: LIMITS.annotations };
  const head = made.snapshot.head.commit;
  const review = comments.length === 0 ? null : ({ commit_id: head, event: 'COMMENT', comments } as const);
  return { checkRun: telling.checkRun(outcome), review: review satisfies ReviewRequest | null };
}

type ReviewRequest = Body<RestEndpointMethodTypes['pulls']['createReview']['parameters']>;
