import { type GivenComment, type Place, placeOf } from './anchors.js';
import { type Answer, type Call, fieldsOf, type Handler, paged, pullOf } from './answer.js';
import { lengthFault } from './bodies.js';
import { differenceOf } from './differences.js';
import { notAccessible, notFound, unprocessable } from './refusal.js';
import { review, reviewComment } from './shapes.js';
import type { Account, HostedPull, HostedRepository, HostedReview, World } from './world.js';

interface ReviewBody {
  readonly commit_id: string;
  readonly body: string;
  readonly event: keyof typeof STATES;
  readonly comments: readonly GivenComment[];
}

const STATES = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;

export const reviewHandlers: Readonly<Record<string, Handler>> = {
  'pulls/list-reviews': (call) => {
    const { repository, pull } = pullOf(call);
    const { items, headers } = paged(call, visibleReviews(pull, authorOf(call)));
    return { status: 200, headers, body: items.map((it) => review(call, repository, pull, it)) };
  },
  'pulls/get-review': (call) => {
    const { repository, pull, found } = reviewOf(call);
    return { status: 200, body: review(call, repository, pull, found) };
  },
  'pulls/list-comments-for-review': (call) => {
    const { repository, pull, found } = reviewOf(call);
    const { items, headers } = paged(
      call,
      pull.comments.filter((it) => it.review === found.id),
    );
    return { status: 200, headers, body: items.map((it) => reviewComment(call, repository, pull, it)) };
  },
  'pulls/create-review': createReview,
  'pulls/submit-review': (call) => {
    const { repository, pull, found } = ownReviewOf(call);
    const { event, body } = fieldsOf<ReviewBody>(call.body);
    if (found.state !== 'PENDING') throw unprocessable(['Can not submit a non-pending pull request review']);
    if (event === undefined) throw unprocessable(['Event is required']);
    found.body = body ?? found.body;
    submit(found, event);
    return { status: 200, body: review(call, repository, pull, found) };
  },
  'pulls/delete-pending-review': (call) => {
    const { repository, pull, found } = ownReviewOf(call);
    if (found.state !== 'PENDING') throw unprocessable(['Can not delete a non-pending pull request review']);
    pull.reviews.splice(pull.reviews.indexOf(found), 1);
    for (const comment of pull.comments.filter((it) => it.review === found.id))
      pull.comments.splice(pull.comments.indexOf(comment), 1);
    return { status: 200, body: review(call, repository, pull, found) };
  },
};

/** All or nothing: one comment that cannot stand refuses the whole review. */
function createReview(call: Call): Answer {
  const { world } = call;
  const { repository, pull } = pullOf(call);
  const author = authorOf(call);
  const given = fieldsOf<ReviewBody>(call.body);
  const faults = reviewFaults(given, pull, author);
  if (faults.length > 0) throw unprocessable(faults);
  const commit = given.commit_id ?? pull.head;
  const { base, files } = differenceOf(pull, repository.git, commitOfPull(commit, pull, repository));
  const places = (given.comments ?? []).map((it) => ({ given: it, place: placeOf(it, files, world.limits) }));
  const refused = places.flatMap(({ place }) => (typeof place === 'string' ? [place] : []));
  if (refused.length > 0) throw unprocessable(refused);
  if (base === null && places.length > 0) throw unprocessable(['Line could not be resolved']);
  const made = addReview(world, pull, { author, commit, body: given.body ?? '' });
  for (const {
    given: { path, body },
    place,
  } of places)
    addComment(world, pull, made, { path, body, place: place as Place });
  if (given.event !== undefined) submit(made, given.event);
  return { status: 200, body: review(call, repository, pull, made) };
}

function reviewFaults(
  { body = '', event, comments = [] }: Partial<ReviewBody>,
  pull: HostedPull,
  author: Account,
): string[] {
  if (pull.reviews.some((it) => it.state === 'PENDING' && it.author.id === author.id))
    return ['User can only have one pending review per pull request'];
  if (event !== undefined && event !== 'COMMENT' && pull.author.id === author.id)
    return [`Can not ${event.toLowerCase().replace('_', ' ')} on your own pull request`];
  const tooLong = lengthFault(body);
  if (tooLong !== null) return [tooLong];
  const isEmpty = body.trim() === '' && comments.length === 0;
  return isEmpty && event !== undefined && event !== 'APPROVE' ? ["Body can't be blank"] : [];
}

/** A commit that the pull request has: one that a force-push took out of it is none any more. */
function commitOfPull(commit: string, pull: HostedPull, { git }: HostedRepository): string {
  const sha = git.commit(commit);
  const own = sha !== null && (sha === pull.head || git.commitsBetween(pull.baseRef, pull.head).includes(sha));
  if (!own) throw unprocessable(['The commitOID is not part of the pull request']);
  return sha;
}

function submit(given: HostedReview, event: keyof typeof STATES): void {
  given.state = STATES[event];
  given.submittedAt = new Date();
}

export function addReview(
  world: World,
  pull: HostedPull,
  given: Pick<HostedReview, 'author' | 'commit' | 'body'>,
): HostedReview {
  const made: HostedReview = { ...given, id: world.nextId(), state: 'PENDING', submittedAt: null };
  pull.reviews.push(made);
  return made;
}

export function addComment(
  world: World,
  pull: HostedPull,
  { id, author, commit }: HostedReview,
  { path, body, place }: { readonly path: string; readonly body: string; readonly place: Place },
) {
  const now = new Date();
  const made = {
    id: world.nextId(),
    review: id,
    author,
    body,
    path,
    ...place,
    originalPath: path,
    originalLine: place.line,
    originalStartLine: place.startLine,
    commit,
    originalCommit: commit,
    inReplyTo: null,
    resolved: false,
    edits: 0,
    createdAt: now,
    updatedAt: now,
  };
  pull.comments.push(made);
  return made;
}

/** The account that a caller writes as. */
export function authorOf({ caller, world }: Call): Account {
  return caller.kind === 'person' ? caller.account : world.bot;
}

export function visibleReviews(pull: HostedPull, viewer: Account): HostedReview[] {
  return pull.reviews.filter((it) => it.state !== 'PENDING' || it.author.id === viewer.id);
}

interface ReviewPlace {
  readonly repository: HostedRepository;
  readonly pull: HostedPull;
  readonly found: HostedReview;
}

function reviewOf(call: Call): ReviewPlace {
  const { repository, pull } = pullOf(call);
  const id = Number(call.operation.parameters.review_id);
  const found = visibleReviews(pull, authorOf(call)).find((it) => it.id === id);
  if (found === undefined) throw notFound();
  return { repository, pull, found };
}

function ownReviewOf(call: Call): ReviewPlace {
  const place = reviewOf(call);
  if (place.found.author.id !== authorOf(call).id) throw notAccessible();
  return place;
}
