import type { Fingerprint } from '../model/identifiers.js';
import type { CommentOutcome } from '../presentation/github/check-run.js';
import { CommentableLines } from '../presentation/github/commentable-lines.js';
import { mendedComment } from '../presentation/github/mended-comment.js';
import { reviewComment } from '../presentation/github/review-comment.js';
import type { GithubTelling, WrittenComment } from '../presentation/github/tell-on-github.js';
import { HostError, type OwnThread, type StandingReview } from './hosting.js';
import { type CommentPlan, type CommentSituation, type NewComment, planComments } from './plan-comments.js';
import { assertCurrent, assertSameHead, type PullRequestWork } from './pull-request-work.js';

/** What a review has to say in comments. */
export type CommentsToTell = Pick<CommentSituation, 'live' | 'onBase' | 'unsure'> &
  Pick<GithubTelling, 'places' | 'write'>;

/** A review that finds nothing: what stands of ours has nothing to tell any more. */
export const NO_COMMENTS: CommentsToTell = {
  places: [],
  live: [],
  onBase: new Set(),
  unsure: new Set(),
  write: () => [],
};

/**
 * Brings the comments of a pull request to what a review has to say, with as few requests as there are differences. What
 * GitHub refuses or has no room for is left to the check run, which tells all of it anyway.
 */
export async function publishComments(work: PullRequestWork, comments: CommentsToTell): Promise<PublishedComments> {
  const outcome: MutableOutcome = { commented: new Set(), resolved: new Set(), hindrance: null };
  try {
    await publishInto(outcome, work, comments);
  } catch (error) {
    if (!isHindrance(error)) throw error;
    work.log.warn({ err: error }, 'comments were left out');
    outcome.hindrance = `Comments are missing. ${error.advice}`;
  }
  return outcome;
}

export type PublishedComments = Omit<CommentOutcome, 'annotations'>;

interface MutableOutcome extends PublishedComments {
  commented: Set<Fingerprint>;
  resolved: ReadonlySet<Fingerprint>;
  hindrance: string | null;
}

/** Keeps what was done by the time that something fails. */
async function publishInto(outcome: MutableOutcome, work: PullRequestWork, comments: CommentsToTell): Promise<void> {
  const standing = await standingReview(work);
  const plan = planFor(work, comments, standing);
  const bodies = comments.write([...plan.fresh, ...plan.kept.map(placedAtThread)]);
  outcome.commented = new Set([...plan.kept.flatMap(({ fingerprints }) => fingerprints), ...plan.untouched]);
  outcome.resolved = plan.resolved;
  if (await postNew(work, comments, { standing, fresh: plan.fresh, bodies })) {
    for (const { fingerprints } of plan.fresh) for (const finding of fingerprints) outcome.commented.add(finding);
  } else outcome.hindrance = 'GitHub did not take the comments of this review, so that all of it stands here.';
  await tidy(work, plan, bodies.slice(plan.fresh.length));
}

/** What ends the comments and not the review: trying again would not help, or would have to wait for too long. */
function isHindrance(error: unknown): error is HostError {
  return error instanceof HostError && ['forbidden', 'rate-limited', 'invalid'].includes(error.code);
}

async function standingReview(work: PullRequestWork): Promise<StandingReview> {
  const { pullRequest } = work.claim;
  const standing = await work.installation.reviews.standing(pullRequest);
  if (standing.head === pullRequest.head) return standing;
  await assertSameHead(work);
  throw new HostError({
    code: 'unavailable',
    message: 'the code host tells of two heads at once',
    advice: 'Nothing to do: it is tried again by itself.',
  });
}

function planFor(work: PullRequestWork, comments: CommentsToTell, { threads }: StandingReview): CommentPlan {
  const { head } = work.claim.pullRequest;
  return planComments({ ...comments, threads, head, project: '', limits: work.policy.comments });
}

function placedAtThread({ thread, fingerprints }: CommentPlan['kept'][number]) {
  const { at, path } = thread;
  return { fingerprints, at: at === null ? null : { ...at, path } };
}

interface NewComments {
  readonly standing: StandingReview;
  readonly fresh: readonly NewComment[];
  /** Those of the new ones first. */
  readonly bodies: readonly WrittenComment[];
}

/** All new comments in one review. False where GitHub takes them in no form. */
async function postNew(work: PullRequestWork, comments: CommentsToTell, added: NewComments): Promise<boolean> {
  const { installation, claim } = work;
  const { standing, fresh, bodies } = added;
  if (fresh.length === 0) return true;
  if (standing.pending !== null) {
    await assertCurrent(work);
    await installation.reviews.discardPending(claim.pullRequest, standing.pending);
  }
  try {
    const posted = await post(work, bodiesOf(fresh, bodies, 'body'));
    return posted || (await postPlainly(work, added));
  } catch (error) {
    if (!(error instanceof HostError) || error.code !== 'unavailable') throw error;
    // The answer was lost: what was posted stands there now.
    const now = await standingReview(work);
    if (planFor(work, comments, now).fresh.length === 0) return true;
    throw error;
  }
}

/** After a refusal: on the lines that the diff shows now, each comment on one line and without anything to commit. */
async function postPlainly(work: PullRequestWork, { fresh, bodies }: NewComments): Promise<boolean> {
  const { claim, log } = work;
  await assertSameHead(work);
  const lines = new CommentableLines(await changesNow(work));
  const plain = bodiesOf(fresh, bodies, 'plainBody')
    .map(({ at, body }) => ({ at: { ...at, startLine: at.endLine }, body }))
    .filter(({ at }) => lines.holds(lines.rangeAt(at)));
  log.warn({ head: claim.pullRequest.head, comments: fresh.length, again: plain.length }, 'a review was refused');
  return plain.length > 0 && (await post(work, plain));
}

async function changesNow({ installation, claim }: PullRequestWork) {
  const source = installation.pullRequestChange(claim.pullRequest);
  try {
    return (await source.snapshot()).changes;
  } finally {
    await source.close();
  }
}

async function post(
  work: PullRequestWork,
  comments: readonly { readonly at: NewComment['at']; readonly body: string }[],
): Promise<boolean> {
  const { pullRequest } = work.claim;
  await assertCurrent(work);
  const review = {
    commit_id: pullRequest.head,
    event: 'COMMENT',
    comments: comments.map(({ at, body }) => reviewComment(at, body)),
  } as const;
  return (await work.installation.reviews.post(pullRequest, review)) === 'posted';
}

function bodiesOf(fresh: readonly NewComment[], bodies: readonly WrittenComment[], kind: keyof WrittenComment) {
  return fresh.flatMap(({ at }, index) => {
    const body = bodies[index]?.[kind];
    return body === undefined ? [] : [{ at, body }];
  });
}

/** Edits what says something else now, and takes away what nobody has answered and says nothing any more. */
async function tidy(work: PullRequestWork, plan: CommentPlan, bodies: readonly WrittenComment[]): Promise<void> {
  const { claim, installation } = work;
  const { pullRequest } = claim;
  for (const [index, { thread }] of plan.kept.entries()) await edit(work, thread, bodies[index]?.body ?? null);
  for (const { thread, settled } of plan.gone) {
    if (thread.answered) await edit(work, thread, mendedComment(thread.body, settled, pullRequest.head));
    else {
      await assertCurrent(work);
      await installation.reviews.remove(pullRequest, thread.comment);
    }
  }
}

async function edit(work: PullRequestWork, thread: OwnThread, body: string | null): Promise<void> {
  if (body === null || isSameBody(body, thread.body)) return;
  await assertCurrent(work);
  try {
    await work.installation.reviews.edit(work.claim.pullRequest, thread.comment, body);
  } catch (error) {
    // Somebody deleted it meanwhile.
    if (!(error instanceof HostError) || error.code !== 'gone') throw error;
  }
}

/**
 * GitHub may store other line ends than were sent, and none at the end. Links to lines name the head of their day: the
 * same lines of an older one are as good.
 */
function isSameBody(a: string, b: string): boolean {
  const plain = (body: string) =>
    body
      .replaceAll('\r\n', '\n')
      .replaceAll(/\/blob\/[0-9a-f]{40,64}\//g, '/blob/')
      .trimEnd();
  return plain(a) === plain(b);
}
