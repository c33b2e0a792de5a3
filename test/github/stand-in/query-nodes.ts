import { GraphQLError } from 'graphql';
import { type Caller, isVisible } from './callers.js';
import { timestamp } from './git-data.js';
import { CONTENTS, type Need, PULL_REQUESTS, requireNeed } from './permissions.js';
import { connection, type PageArguments } from './query-pages.js';
import {
  type Account,
  type HostedComment,
  type HostedPull,
  type HostedRepository,
  type HostedReview,
  isPending,
  nameOf,
  threadsOf,
  type World,
} from './world.js';

interface Setting {
  readonly world: World;
  readonly caller: Caller;
  /** Who asks, as an account. */
  readonly viewer: Account;
}

/** The root of what can be asked for. */
export function rootOf(world: World, caller: Caller): object {
  const viewer = caller.kind === 'person' ? caller.account : world.bot;
  const setting: Setting = { world, caller, viewer };
  return {
    // The account of an App counts as a person here.
    viewer: { __typename: 'User', id: `U_${viewer.id}`, login: viewer.login, databaseId: viewer.id },
    rateLimit: { cost: 1, remaining: 4999, limit: 5000, used: 1, resetAt: '2030-01-01T00:00:00Z' },
    repository: ({ owner, name }: { owner: string; name: string }) => {
      const found = world.repository(owner, name) ?? world.formerly(owner, name);
      if (found === null || !isVisible(found, caller))
        throw typed('NOT_FOUND', `Could not resolve to a Repository with the name '${owner}/${name}'.`);
      return repositoryNode(found, setting);
    },
  };
}

function typed(type: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { type } });
}

function requireOf(repository: HostedRepository, { caller }: Setting, need: Need): void {
  try {
    requireNeed(repository, caller, need);
  } catch {
    throw typed('FORBIDDEN', 'Resource not accessible by integration');
  }
}

function repositoryNode(repository: HostedRepository, setting: Setting): object {
  const { git, defaultBranch } = repository;
  return {
    __typename: 'Repository',
    id: `R_${repository.id}`,
    databaseId: repository.id,
    name: repository.name,
    owner: { __typename: 'Organization', id: `O_${repository.owner}`, login: repository.owner },
    isPrivate: repository.private,
    nameWithOwner: nameOf(repository),
    defaultBranchRef: () => refNode(repository, `refs/heads/${defaultBranch}`),
    ref: ({ qualifiedName }: { qualifiedName: string }) => refNode(repository, qualifiedName),
    object: async ({ oid, expression }: { oid?: string; expression?: string }) => {
      requireOf(repository, setting, CONTENTS);
      const found = await git.object(oid ?? expression ?? '');
      return found === null ? null : objectNode(found, setting.world);
    },
    pullRequest: ({ number }: { number: number }) => {
      requireOf(repository, setting, PULL_REQUESTS);
      const pull = repository.pulls.get(number);
      if (pull === undefined)
        throw typed('NOT_FOUND', `Could not resolve to a PullRequest with the number of ${number}.`);
      return pullNode(pull, repository, setting);
    },
    pullRequests: (args: PageArguments & { states?: readonly string[] | null }) => {
      requireOf(repository, setting, PULL_REQUESTS);
      const pulls = [...repository.pulls.values()].filter((it) => args.states?.includes(stateOf(it)) ?? true);
      return connection(pulls, args, (it) => pullNode(it, repository, setting));
    },
  };
}

function refNode({ git }: HostedRepository, name: string): object | null {
  const oid = git.commit(name);
  if (oid === null) return null;
  return { __typename: 'Ref', id: name, name: name.replace(/^refs\/heads\//, ''), target: commitNode(oid) };
}

function commitNode(oid: string): object {
  return { __typename: 'Commit', id: `C_${oid}`, oid };
}

function objectNode({ sha, type, bytes }: { sha: string; type: string; bytes: Buffer }, { limits }: World): object {
  if (type !== 'blob') return { __typename: type === 'commit' ? 'Commit' : 'Tree', id: sha, oid: sha };
  const isBinary = bytes.subarray(0, 8_000).includes(0);
  const isTruncated = !isBinary && bytes.length > limits.blobTextBytes;
  const text = isBinary ? null : bytes.subarray(0, limits.blobTextBytes).toString('utf8');
  return { __typename: 'Blob', id: sha, oid: sha, byteSize: bytes.length, isBinary, isTruncated, text };
}

function stateOf({ open, merged }: HostedPull): string {
  if (open) return 'OPEN';
  return merged ? 'MERGED' : 'CLOSED';
}

function pullNode(pull: HostedPull, { git }: HostedRepository, setting: Setting): object {
  return {
    __typename: 'PullRequest',
    id: `PR_${pull.id}`,
    fullDatabaseId: String(pull.id),
    number: pull.number,
    title: pull.title,
    state: stateOf(pull),
    closed: !pull.open,
    merged: pull.merged,
    isDraft: pull.draft,
    isCrossRepository: pull.fork !== null,
    headRefName: pull.headRef,
    headRefOid: pull.head,
    baseRefName: pull.baseRef,
    baseRefOid: git.commit(pull.baseRef),
    updatedAt: timestamp(pull.updatedAt),
    author: actor(pull.author),
    reviewThreads: (args: PageArguments) =>
      connection(threadsSeen(pull, setting), args, (it) => threadNode(it, setting)),
    reviews: (args: PageArguments & { states?: readonly string[] | null }) => {
      const seen = pull.reviews.filter(
        (it) =>
          (it.state !== 'PENDING' || it.author.id === setting.viewer.id) && (args.states?.includes(it.state) ?? true),
      );
      return connection(seen, args, reviewNode);
    },
  };
}

function reviewNode(it: HostedReview): object {
  return {
    __typename: 'PullRequestReview',
    id: `PRR_${it.id}`,
    databaseId: shortId(it.id),
    fullDatabaseId: String(it.id),
    state: it.state,
    body: it.body,
    author: actor(it.author),
    commit: commitNode(it.commit),
  };
}

type Thread = readonly [HostedComment, ...HostedComment[]];

/** Comments of a review that is not sent yet are seen by who writes it. */
function threadsSeen(pull: HostedPull, { viewer }: Setting): Thread[] {
  return threadsOf(pull).flatMap((thread) => {
    const [first, ...rest] = thread.filter((it) => it.author.id === viewer.id || !isPending(pull, it));
    return first === undefined ? [] : [[first, ...rest] as const];
  });
}

function threadNode(thread: Thread, setting: Setting): object {
  const [first] = thread;
  return {
    __typename: 'PullRequestReviewThread',
    id: `PRRT_${first.inReplyTo ?? first.id}`,
    isResolved: first.resolved,
    isOutdated: first.line === null,
    isCollapsed: first.resolved || first.line === null,
    path: first.path,
    line: first.line,
    startLine: first.startLine,
    originalLine: first.originalLine,
    originalStartLine: first.originalStartLine,
    diffSide: first.side,
    startDiffSide: first.startSide,
    subjectType: 'LINE',
    comments: (args: PageArguments) => connection(thread, args, (it) => commentNode(it, setting)),
  };
}

function commentNode(comment: HostedComment, { viewer }: Setting): object {
  return {
    __typename: 'PullRequestReviewComment',
    id: `PRRC_${comment.id}`,
    databaseId: shortId(comment.id),
    fullDatabaseId: String(comment.id),
    author: actor(comment.author),
    body: comment.body,
    path: comment.path,
    line: comment.line,
    startLine: comment.startLine,
    originalLine: comment.originalLine,
    originalStartLine: comment.originalStartLine,
    outdated: comment.line === null,
    viewerDidAuthor: comment.author.id === viewer.id,
    isMinimized: false,
    commit: commitNode(comment.commit),
    originalCommit: commitNode(comment.originalCommit),
    replyTo:
      comment.inReplyTo === null ? null : { __typename: 'PullRequestReviewComment', id: `PRRC_${comment.inReplyTo}` },
    createdAt: timestamp(comment.createdAt),
    updatedAt: timestamp(comment.updatedAt),
  };
}

/** The older field has 32 bits, which the numbers have outgrown. */
function shortId(id: number): number | null {
  return id < 2 ** 31 ? id : null;
}

/** GraphQL tells a bot by its bare name, REST with `[bot]` behind it. */
function actor({ id, login, type }: Account): object {
  if (type === 'Bot') return { __typename: 'Bot', id: `B_${id}`, login: login.replace(/\[bot\]$/, ''), databaseId: id };
  return { __typename: type, id: `U_${id}`, login, databaseId: id };
}
