import { type Call, fieldsOf, type Handler, paged, pullOf, Refusal, repositoryOf } from './answer.js';
import { commentableLines } from './git-data.js';
import { review, reviewComment } from './shapes.js';
import type { HostedComment, HostedPull, HostedRepository, HostedReview } from './world.js';

const LONGEST_BODY = 65_536;

type Side = 'LEFT' | 'RIGHT';

interface ReviewBody {
  readonly commit_id: string;
  readonly body: string;
  readonly event: 'APPROVE' | 'REQUEST_CHANGES' | 'COMMENT';
  readonly comments: readonly {
    readonly path: string;
    readonly body: string;
    readonly line?: number;
    readonly side?: Side;
    readonly start_line?: number;
    readonly start_side?: Side;
  }[];
}

export const reviewHandlers: Readonly<Record<string, Handler>> = {
  'pulls/list-reviews': (call) => {
    const { repository, pull } = pullOf(call);
    // A pending review is seen by its author alone.
    const seen = pull.reviews.filter((it) => it.state !== 'PENDING' || it.author.id === call.world.bot.id);
    const { items, headers } = paged(call, seen, pathOf(repository, `/pulls/${pull.number}/reviews`));
    return { status: 200, headers, body: items.map((it) => review(it, pull, repository, call.apiUrl)) };
  },
  'pulls/create-review': (call) => {
    const { repository, pull } = pullOf(call);
    const body = fieldsOf<ReviewBody>(call.body);
    const { bot } = call.world;
    if (pull.reviews.some((it) => it.state === 'PENDING' && it.author.id === bot.id)) {
      throw new Refusal(422, 'Unprocessable Entity', ['User can only have one pending review per pull request']);
    }
    if (body.event === 'APPROVE' && pull.author.id === bot.id)
      throw new Refusal(422, 'Unprocessable Entity', ['Can not approve your own pull request']);
    if ((body.comments ?? []).length === 0 && (body.body ?? '') === '' && body.event !== 'APPROVE')
      throw new Refusal(422, 'Unprocessable Entity', ['Body is required']);
    const commit = body.commit_id ?? pull.head;
    // All or nothing: one line that is not in the difference refuses the whole review.
    const places = (body.comments ?? []).map((it) => ({ it, place: placeOf(it, pull, repository, commit) }));
    const made: HostedReview = {
      id: call.world.nextId(),
      author: bot,
      state: body.event === undefined ? 'PENDING' : STATES[body.event],
      commit,
      body: body.body ?? '',
    };
    pull.reviews.push(made);
    for (const { it, place } of places) {
      pull.comments.push({
        id: call.world.nextId(),
        review: made.id,
        author: bot,
        body: it.body,
        path: it.path,
        ...place,
        originalLine: place.line,
        originalStartLine: place.startLine,
        commit,
        originalCommit: commit,
        inReplyTo: null,
        resolved: false,
        edits: 0,
      });
    }
    return { status: 200, body: review(made, pull, repository, call.apiUrl) };
  },
  'pulls/delete-pending-review': (call) => {
    const { repository, pull } = pullOf(call);
    const at = pull.reviews.findIndex((it) => it.id === Number(call.operation.parameters.review_id));
    const found = pull.reviews[at];
    if (found === undefined) throw new Refusal(404, 'Not Found');
    if (found.state !== 'PENDING') throw new Refusal(422, 'Can not delete a non-pending pull request review');
    pull.reviews.splice(at, 1);
    return { status: 200, body: review(found, pull, repository, call.apiUrl) };
  },
  'pulls/list-review-comments': (call) => {
    const { repository, pull } = pullOf(call);
    const { items, headers } = paged(call, pull.comments, pathOf(repository, `/pulls/${pull.number}/comments`));
    return { status: 200, headers, body: items.map((it) => reviewComment(it, pull, repository, call.apiUrl)) };
  },
  'pulls/get-review-comment': (call) => {
    const { repository, pull, comment } = commentOf(call);
    return { status: 200, body: reviewComment(comment, pull, repository, call.apiUrl) };
  },
  'pulls/update-review-comment': (call) => {
    const { repository, pull, comment } = commentOf(call);
    if (comment.author.id !== call.world.bot.id) throw new Refusal(403, 'Resource not accessible by integration');
    comment.body = checkedBody(fieldsOf<{ body: string }>(call.body).body ?? '');
    comment.edits += 1;
    return { status: 200, body: reviewComment(comment, pull, repository, call.apiUrl) };
  },
  'pulls/delete-review-comment': (call) => {
    const { pull, comment } = commentOf(call);
    pull.comments.splice(pull.comments.indexOf(comment), 1);
    return { status: 204 };
  },
  'pulls/create-reply-for-review-comment': (call) => {
    const { repository, pull } = pullOf(call);
    const first = pull.comments.find((it) => it.id === Number(call.operation.parameters.comment_id));
    if (first === undefined) throw new Refusal(404, 'Not Found');
    const body = checkedBody(fieldsOf<{ body: string }>(call.body).body ?? '');
    const reply = replyTo(first, { id: call.world.nextId(), author: call.world.bot, body });
    pull.comments.push(reply);
    return { status: 201, body: reviewComment(reply, pull, repository, call.apiUrl) };
  },
};

const STATES = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const;

export function replyTo(first: HostedComment, given: Pick<HostedComment, 'id' | 'author' | 'body'>): HostedComment {
  return { ...first, ...given, inReplyTo: first.id, edits: 0 };
}

function placeOf(
  comment: NonNullable<ReviewBody['comments']>[number],
  pull: HostedPull,
  repository: HostedRepository,
  commit: string,
): Pick<HostedComment, 'side' | 'startLine' | 'startSide'> & { readonly line: number } {
  checkedBody(comment.body);
  const unresolved = (what: string): Refusal =>
    new Refusal(422, 'Unprocessable Entity', [`${what} could not be resolved`]);
  const base = repository.git.mergeBase(pull.baseRef, commit);
  const file =
    base === null ? undefined : repository.git.difference(base, commit).find((it) => it.filename === comment.path);
  if (file === undefined) throw unresolved('Path');
  const {
    line,
    side = 'RIGHT',
    start_line: startLine = null,
    start_side: startSide = startLine === null ? null : side,
  } = comment;
  const lines = commentableLines(file.patch ?? '');
  const hunk = line === undefined ? undefined : lines[side].get(line);
  if (line === undefined || hunk === undefined) throw unresolved('Line');
  if (startLine !== null) {
    if (startSide === side && startLine >= line)
      throw new Refusal(422, 'Unprocessable Entity', ['start_line must precede the end line.']);
    if (lines[startSide ?? side].get(startLine) !== hunk) throw unresolved('Start line');
  }
  return { side, line, startLine, startSide };
}

/** The line that a comment stands on after a push: the same content, found again in the new difference, else none. */
export function movedLine(comment: HostedComment, pull: HostedPull, { git }: HostedRepository): number | null {
  const base = git.mergeBase(pull.baseRef, pull.head);
  const file = base === null ? undefined : git.difference(base, pull.head).find((it) => it.filename === comment.path);
  if (file?.patch === undefined) return null;
  const side = comment.side === 'RIGHT' ? pull.head : (base ?? pull.head);
  const before =
    comment.side === 'RIGHT'
      ? comment.originalCommit
      : (git.mergeBase(pull.baseRef, comment.originalCommit) ?? comment.originalCommit);
  const text = (commit: string): string[] =>
    git.blob(`${commit}:${comment.path}`)?.bytes.toString('utf8').split('\n') ?? [];
  const wanted = text(before)[comment.originalLine - 1];
  const found = text(side).flatMap((line, index) => (line === wanted ? [index + 1] : []));
  const lines = commentableLines(file.patch)[comment.side];
  return found.find((line) => lines.has(line)) ?? null;
}

function checkedBody(body: string): string {
  if (body.length > LONGEST_BODY)
    throw new Refusal(422, 'Validation Failed', ['body is too long (maximum is 65536 characters)']);
  if (body.trim() === '') throw new Refusal(422, 'Validation Failed', ['body is blank']);
  return body;
}

function commentOf(call: Call): {
  readonly repository: HostedRepository;
  readonly pull: HostedPull;
  readonly comment: HostedComment;
} {
  const repository = repositoryOf(call);
  for (const pull of repository.pulls.values()) {
    const comment = pull.comments.find((it) => it.id === Number(call.operation.parameters.comment_id));
    if (comment !== undefined) return { repository, pull, comment };
  }
  throw new Refusal(404, 'Not Found');
}

function pathOf({ owner, name }: HostedRepository, rest: string): string {
  return `/repos/${owner}/${name}${rest}`;
}
