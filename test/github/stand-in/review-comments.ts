import { type Call, fieldsOf, type Handler, paged, pullOf, repositoryOf } from './answer.js';
import { checkedBody } from './bodies.js';
import { notAccessible, notFound, unprocessable } from './refusal.js';
import { authorOf } from './reviews.js';
import { reviewComment } from './shapes.js';
import type { Account, HostedComment, HostedPull, HostedRepository, HostedReview, World } from './world.js';
import { isPending } from './world.js';

export const reviewCommentHandlers: Readonly<Record<string, Handler>> = {
  'pulls/list-review-comments': (call) => {
    const { repository, pull } = pullOf(call);
    const { items, headers } = paged(
      call,
      sorted(
        pull.comments.filter((it) => !isPending(pull, it)),
        call.query,
      ),
    );
    return { status: 200, headers, body: items.map((it) => reviewComment(call, repository, pull, it)) };
  },
  'pulls/get-review-comment': (call) => {
    const { repository, pull, comment } = commentOf(call);
    return { status: 200, body: reviewComment(call, repository, pull, comment) };
  },
  'pulls/update-review-comment': (call) => {
    const { repository, pull, comment } = ownCommentOf(call);
    edit(comment, bodyOf(call));
    return { status: 200, body: reviewComment(call, repository, pull, comment) };
  },
  'pulls/delete-review-comment': (call) => {
    const { pull, comment } = ownCommentOf(call);
    pull.comments.splice(pull.comments.indexOf(comment), 1);
    return { status: 204 };
  },
  'pulls/create-reply-for-review-comment': (call) => {
    const { repository, pull } = pullOf(call);
    const comment = pull.comments.find((it) => it.id === Number(call.operation.parameters.comment_id));
    if (comment === undefined) throw notFound();
    const reply = addReply(call.world, pull, comment, { author: authorOf(call), body: bodyOf(call) });
    return { status: 201, body: reviewComment(call, repository, pull, reply) };
  },
};

export function edit(comment: HostedComment, body: string): void {
  comment.body = body;
  comment.edits += 1;
  comment.updatedAt = new Date();
}

/** An answer within a thread. It is a review of its own, as on GitHub. */
export function addReply(
  world: World,
  pull: HostedPull,
  comment: HostedComment,
  given: { readonly author: Account; readonly body: string },
): HostedComment {
  const now = new Date();
  const review: HostedReview = {
    id: world.nextId(),
    author: given.author,
    state: 'COMMENTED',
    commit: comment.commit,
    body: '',
    submittedAt: now,
  };
  const reply = {
    ...comment,
    ...given,
    id: world.nextId(),
    review: review.id,
    inReplyTo: comment.inReplyTo ?? comment.id,
    edits: 0,
    createdAt: now,
    updatedAt: now,
  };
  pull.reviews.push(review);
  pull.comments.push(reply);
  return reply;
}

function bodyOf(call: Call): string {
  const { body = '' } = fieldsOf<{ body: string }>(call.body);
  const wrong = checkedBody(body);
  if (wrong !== null) throw unprocessable([wrong]);
  return body;
}

interface CommentPlace {
  readonly repository: HostedRepository;
  readonly pull: HostedPull;
  readonly comment: HostedComment;
}

function commentOf(call: Call): CommentPlace {
  const repository = repositoryOf(call);
  const id = Number(call.operation.parameters.comment_id);
  for (const pull of repository.pulls.values()) {
    const comment = pull.comments.find((it) => it.id === id);
    if (comment !== undefined) return { repository, pull, comment };
  }
  throw notFound();
}

/** Stricter than GitHub, where who may write may change what others wrote: the App has no reason to. */
function ownCommentOf(call: Call): CommentPlace {
  const place = commentOf(call);
  if (place.comment.author.id !== authorOf(call).id) throw notAccessible();
  return place;
}

/** Oldest first by their numbers, unless an order is asked for. */
function sorted(comments: readonly HostedComment[], query: URLSearchParams): HostedComment[] {
  const since = new Date(query.get('since') ?? 0);
  const by = query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt';
  const isDescending = query.get('direction') === 'desc' && query.has('sort');
  const ordered = comments
    .filter(({ updatedAt }) => updatedAt >= since)
    .sort((a, b) => (query.has('sort') ? a[by].getTime() - b[by].getTime() : 0) || a.id - b.id);
  return isDescending ? ordered.reverse() : ordered;
}
