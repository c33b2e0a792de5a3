import webhookExamples from '@octokit/webhooks-examples';
import type { TreeEntry } from './git-data.js';
import type {
  Account,
  HostedCheck,
  HostedComment,
  HostedPull,
  HostedRepository,
  HostedReview,
  World,
} from './world.js';

type Json = Record<string, unknown>;

/** Real payloads, of which what a test is about is changed and the rest stays as GitHub sends it. */
export function exampleOf(event: string, action: string | null): Json {
  const found = (webhookExamples as unknown as { name: string; examples: Json[] }[]).find(({ name }) => name === event);
  const example = found?.examples.find((it) => action === null || it.action === action) ?? found?.examples[0];
  if (example === undefined) throw new Error(`there is no example of "${event}"`);
  return structuredClone(example);
}

const PULL = exampleOf('pull_request', 'opened');
const CHECK = exampleOf('check_run', 'created').check_run as Json;
const COMMENT = exampleOf('pull_request_review_comment', null).comment as Json;
const REVIEW = exampleOf('pull_request_review', null).review as Json;
const USER = (PULL.sender as Json) ?? {};
const REPOSITORY = PULL.repository as Json;
const PULL_REQUEST = PULL.pull_request as Json;

export function user(account: Account): Json {
  const url = `https://api.github.com/users/${encodeURIComponent(account.login)}`;
  return { ...USER, id: account.id, login: account.login, type: account.type, url };
}

export function repository(it: HostedRepository): Json {
  const owner = user({ id: ownerId(it.owner), login: it.owner, type: 'Organization' });
  const visibility = it.private ? 'private' : 'public';
  return {
    ...REPOSITORY,
    id: it.id,
    name: it.name,
    full_name: `${it.owner}/${it.name}`,
    private: it.private,
    visibility,
    owner,
    default_branch: it.defaultBranch,
    has_discussions: false,
    network_count: 0,
    subscribers_count: 0,
  };
}

/** The same number for the same name. */
export function ownerId(name: string): number {
  return [...name.toLowerCase()].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_000, 7) + 1;
}

export function pullRequest(pull: HostedPull, owning: HostedRepository, apiUrl: string): Json {
  const base = { ...(PULL_REQUEST.base as Json), ref: pull.baseRef, label: `${owning.owner}:${pull.baseRef}` };
  const headOwner = pull.fork?.owner ?? owning.owner;
  const headRepository = pull.fork === null ? owning : { ...owning, owner: pull.fork.owner, id: pull.fork.id };
  return {
    ...PULL_REQUEST,
    id: owning.id * 1000 + pull.number,
    number: pull.number,
    url: `${apiUrl}/repos/${owning.owner}/${owning.name}/pulls/${pull.number}`,
    state: pull.open ? 'open' : 'closed',
    draft: pull.draft,
    user: user(pull.author),
    updated_at: pull.updatedAt.toISOString(),
    auto_merge: null,
    head: {
      ...(PULL_REQUEST.head as Json),
      ref: pull.headRef,
      label: `${headOwner}:${pull.headRef}`,
      sha: pull.head,
      repo: repository(headRepository),
    },
    base: { ...base, sha: owning.git.commit(pull.baseRef) ?? '0'.repeat(40), repo: repository(owning) },
    comments: 0,
    review_comments: pull.comments.length,
  };
}

export function commit(sha: string, owning: HostedRepository, apiUrl: string): Json {
  const url = `${apiUrl}/repos/${owning.owner}/${owning.name}/commits/${sha}`;
  const [tree = '', parents = ''] = owning.git.text('log', '-1', '--format=%T%n%P', sha).trim().split('\n');
  const person = { name: 'Ada Example', email: 'ada@example.com', date: '2026-01-02T03:04:05Z' };
  return {
    url,
    sha,
    node_id: `C_${sha}`,
    html_url: url,
    comments_url: `${url}/comments`,
    commit: { url, author: person, committer: person, message: 'change', comment_count: 0, tree: { sha: tree, url } },
    author: null,
    committer: null,
    parents: parents
      .split(' ')
      .filter((it) => it !== '')
      .map((it) => ({ sha: it, url, html_url: url })),
  };
}

export function treeEntry(entry: TreeEntry, apiUrl: string): Json {
  return { ...entry, url: `${apiUrl}/git/${entry.sha}` };
}

export function checkRun(check: HostedCheck, owning: HostedRepository, world: World, apiUrl: string): Json {
  const url = `${apiUrl}/repos/${owning.owner}/${owning.name}/check-runs/${check.id}`;
  return {
    ...CHECK,
    id: check.id,
    node_id: `CR_${check.id}`,
    name: check.name,
    head_sha: check.head,
    external_id: check.externalId,
    url,
    html_url: url,
    details_url: url,
    status: check.status,
    conclusion: check.conclusion,
    started_at: check.startedAt.toISOString(),
    completed_at: check.completedAt?.toISOString() ?? null,
    output: {
      title: check.title,
      summary: check.summary,
      text: check.text,
      annotations_count: check.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: check.id + 1 },
    app: application(world),
    pull_requests: [],
  };
}

export function application(world: World): Json {
  return {
    ...(CHECK.app as Json),
    id: world.app.id,
    slug: world.app.slug,
    name: 'Tunelint',
    permissions: world.app.permissions,
    events: world.app.events,
  };
}

export function reviewComment(
  comment: HostedComment,
  pull: HostedPull,
  owning: HostedRepository,
  apiUrl: string,
): Json {
  const url = `${apiUrl}/repos/${owning.owner}/${owning.name}/pulls/comments/${comment.id}`;
  const { in_reply_to_id: _, ...example } = COMMENT;
  return {
    ...example,
    id: comment.id,
    node_id: `PRRC_${comment.id}`,
    url,
    html_url: url,
    pull_request_review_id: comment.review,
    pull_request_url: `${apiUrl}/repos/${owning.owner}/${owning.name}/pulls/${pull.number}`,
    user: user(comment.author),
    body: comment.body,
    path: comment.path,
    side: comment.side,
    ...(comment.line === null ? {} : { line: comment.line }),
    original_line: comment.originalLine,
    start_line: comment.startLine,
    original_start_line: comment.originalStartLine,
    start_side: comment.startSide,
    commit_id: comment.commit,
    original_commit_id: comment.originalCommit,
    ...(comment.inReplyTo === null ? {} : { in_reply_to_id: comment.inReplyTo }),
  };
}

export function review(it: HostedReview, pull: HostedPull, owning: HostedRepository, apiUrl: string): Json {
  const url = `${apiUrl}/repos/${owning.owner}/${owning.name}/pulls/${pull.number}/reviews/${it.id}`;
  return {
    ...REVIEW,
    id: it.id,
    node_id: `PRR_${it.id}`,
    user: user(it.author),
    body: it.body,
    state: it.state,
    commit_id: it.commit,
    html_url: url,
    pull_request_url: url,
  };
}
