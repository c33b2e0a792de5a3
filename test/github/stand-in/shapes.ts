import { createRequire } from 'node:module';
import type { Call } from './answer.js';
import { differenceOf } from './differences.js';
import { type ChangedFile, type CommitData, timestamp } from './git-data.js';
import type {
  Account,
  HostedAnnotation,
  HostedCheck,
  HostedComment,
  HostedInstallation,
  HostedPull,
  HostedRepository,
  HostedReview,
  HostedSuite,
  World,
} from './world.js';
import { nameOf } from './world.js';

type Json = Record<string, unknown>;

/** What shapes are made with: the addresses, and what is known. */
export type Setting = Pick<Call, 'world' | 'apiUrl'>;

interface ExampleSet {
  readonly name: string;
  readonly examples: readonly Json[];
}

const examples = createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly ExampleSet[];

/**
 * A real payload (https://github.com/octokit/webhooks), of which what a test is about is changed and the rest stays as
 * GitHub sends it. Rather one that was sent to an App. Fails where there is none.
 */
export function exampleOf(event: string, action: string | null): Json {
  const all = examples.find(({ name }) => name === event)?.examples ?? [];
  const fitting = all.filter((it) => action === null || it.action === action);
  const example = fitting.find((it) => 'installation' in it) ?? fitting[0];
  if (example === undefined) throw new Error(`there is no example of "${event}" ${action ?? ''}`);
  return structuredClone(example);
}

const PULL = exampleOf('pull_request', 'opened');
const CHECK = exampleOf('check_run', 'created').check_run as Json;
const SUITE = exampleOf('check_suite', 'completed').check_suite as Json;
const COMMENT = exampleOf('pull_request_review_comment', 'created').comment as Json;
const REVIEW = exampleOf('pull_request_review', 'submitted').review as Json;
const USER = PULL.sender as Json;
const REPOSITORY = PULL.repository as Json;
const PULL_REQUEST = PULL.pull_request as Json;

export function user({ id, login, type }: Account): Json {
  const example = withWords(USER, { [String(USER.login)]: encodeURIComponent(login) });
  return { ...example, id, node_id: `U_${id}`, login, type };
}

/** As it stands in lists and payloads. */
export function repository({ apiUrl }: Setting, it: HostedRepository): Json {
  const shown = withWords(REPOSITORY, {
    'https://api.github.com': apiUrl,
    [String(REPOSITORY.full_name)]: nameOf(it),
  });
  const open = [...it.pulls.values()].filter((pull) => pull.open).length;
  return {
    ...shown,
    id: it.id,
    node_id: `R_${it.id}`,
    name: it.name,
    full_name: nameOf(it),
    private: it.private,
    visibility: it.private ? 'private' : 'public',
    owner: user(owner(it.owner)),
    default_branch: it.defaultBranch,
    open_issues: open,
    open_issues_count: open,
  };
}

/** As it is answered on its own. */
export function fullRepository(setting: Setting, it: HostedRepository): Json {
  return { ...repository(setting, it), has_discussions: false, network_count: 0, subscribers_count: 0 };
}

export function repositoryUrl({ apiUrl }: Setting, it: HostedRepository): string {
  return `${apiUrl}/repos/${nameOf(it)}`;
}

/** The same number for the same name. */
export function owner(login: string): Account {
  const id = [...login.toLowerCase()].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_000, 7) + 1;
  return { id, login, type: 'Organization' };
}

/** As it stands in lists. */
export function pullRequest(setting: Setting, owning: HostedRepository, pull: HostedPull): Json {
  const whole = fullPullRequest(setting, owning, pull);
  return Object.fromEntries(Object.entries(whole).filter(([key]) => !ONLY_WHOLE.has(key)));
}

const ONLY_WHOLE = new Set([
  'merged',
  'mergeable',
  'rebaseable',
  'mergeable_state',
  'merged_by',
  'comments',
  'review_comments',
  'maintainer_can_modify',
  'commits',
  'additions',
  'deletions',
  'changed_files',
]);

/** As it is answered on its own, and told of in payloads. */
export function fullPullRequest(setting: Setting, owning: HostedRepository, pull: HostedPull): Json {
  const shown = withWords(PULL_REQUEST, {
    'https://api.github.com': setting.apiUrl,
    [String(REPOSITORY.full_name)]: nameOf(owning),
    [`/pulls/${PULL.number}`]: `/pulls/${pull.number}`,
    [`/pull/${PULL.number}`]: `/pull/${pull.number}`,
    [`/issues/${PULL.number}`]: `/issues/${pull.number}`,
  });
  const { git } = owning;
  const { files } = differenceOf(pull, git);
  const base = git.commit(pull.baseRef) ?? NO_COMMIT;
  const headOwner = pull.fork?.owner ?? owning.owner;
  const headRepository = pull.fork === null ? owning : { ...owning, owner: pull.fork.owner, id: pull.fork.id };
  return {
    ...shown,
    id: pull.id,
    node_id: `PR_${pull.id}`,
    number: pull.number,
    title: pull.title,
    state: pull.open ? 'open' : 'closed',
    draft: pull.draft,
    user: user(pull.author),
    labels: pull.labels.map((name) => ({ ...LABEL, name, node_id: `LA_${name}` })),
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    created_at: timestamp(pull.createdAt),
    updated_at: timestamp(pull.updatedAt),
    closed_at: pull.open ? null : timestamp(pull.updatedAt),
    merged_at: pull.merged ? timestamp(pull.updatedAt) : null,
    merged: pull.merged,
    auto_merge: null,
    head: {
      ref: pull.headRef,
      label: `${headOwner}:${pull.headRef}`,
      sha: pull.head,
      user: user(owner(headOwner)),
      repo: { ...repository(setting, headRepository), fork: pull.fork !== null },
    },
    base: {
      ref: pull.baseRef,
      label: `${owning.owner}:${pull.baseRef}`,
      sha: base,
      user: user(owner(owning.owner)),
      repo: repository(setting, owning),
    },
    comments: 0,
    review_comments: pull.comments.length,
    commits: base === NO_COMMIT ? 1 : git.commitsBetween(base, pull.head).length,
    additions: files.reduce((sum, { additions }) => sum + additions, 0),
    deletions: files.reduce((sum, { deletions }) => sum + deletions, 0),
    changed_files: files.length,
  };
}

const NO_COMMIT = '0'.repeat(40);
const LABEL = { id: 1, url: 'https://example.com/label', description: null, color: 'ededed', default: false };

/** As checks tell of it. */
export function pullRequestAt(setting: Setting, owning: HostedRepository, pull: HostedPull): Json {
  const repo = { id: owning.id, url: repositoryUrl(setting, owning), name: owning.name };
  return {
    id: pull.id,
    number: pull.number,
    url: `${repo.url}/pulls/${pull.number}`,
    head: { ref: pull.headRef, sha: pull.head, repo },
    base: { ref: pull.baseRef, sha: owning.git.commit(pull.baseRef) ?? NO_COMMIT, repo },
  };
}

/** The open pull requests of a commit, as checks name them: GitHub leaves out those of forks. */
export function pullRequestsAt(setting: Setting, owning: HostedRepository, head: string): Json[] {
  const pulls = [...owning.pulls.values()].filter((it) => it.open && it.fork === null && it.head === head);
  return pulls.map((it) => pullRequestAt(setting, owning, it));
}

export function commit(setting: Setting, owning: HostedRepository, { sha, tree, parents, ...it }: CommitData): Json {
  const root = repositoryUrl(setting, owning);
  const url = `${root}/commits/${sha}`;
  return {
    url,
    sha,
    node_id: `C_${sha}`,
    html_url: url,
    comments_url: `${url}/comments`,
    commit: { ...it, url, comment_count: 0, tree: { sha: tree, url: `${root}/git/trees/${tree}` } },
    author: null,
    committer: null,
    parents: parents.map((parent) => ({
      sha: parent,
      url: `${root}/commits/${parent}`,
      html_url: `${root}/commits/${parent}`,
    })),
  };
}

export function diffEntry(setting: Setting, owning: HostedRepository, head: string, file: ChangedFile): Json {
  const path = file.filename.split('/').map(encodeURIComponent).join('/');
  const url = `${repositoryUrl(setting, owning)}/contents/${path}?ref=${head}`;
  return { ...file, changes: file.additions + file.deletions, blob_url: url, raw_url: url, contents_url: url };
}

export function checkRun(setting: Setting, owning: HostedRepository, check: HostedCheck): Json {
  const url = `${repositoryUrl(setting, owning)}/check-runs/${check.id}`;
  return {
    ...CHECK,
    id: check.id,
    node_id: `CR_${check.id}`,
    name: check.name,
    head_sha: check.head,
    external_id: check.externalId,
    url,
    html_url: url,
    details_url: check.detailsUrl ?? url,
    status: check.status,
    conclusion: check.conclusion,
    started_at: timestamp(check.startedAt),
    completed_at: check.completedAt === null ? null : timestamp(check.completedAt),
    output: {
      title: check.title,
      summary: check.summary,
      text: check.text,
      annotations_count: check.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: check.suite },
    app: application(setting.world, setting.apiUrl),
    pull_requests: pullRequestsAt(setting, owning, check.head),
  };
}

export function checkAnnotation(
  setting: Setting,
  owning: HostedRepository,
  { head }: HostedCheck,
  it: HostedAnnotation,
): Json {
  return {
    start_column: null,
    end_column: null,
    title: null,
    raw_details: null,
    ...it,
    blob_href: `${repositoryUrl(setting, owning)}/contents/${encodeURI(it.path)}?ref=${head}`,
  };
}

export function checkSuite(setting: Setting, owning: HostedRepository, suite: HostedSuite): Json {
  const url = `${repositoryUrl(setting, owning)}/check-suites/${suite.id}`;
  const runs = owning.checks.filter((it) => it.suite === suite.id);
  const isOver = runs.length > 0 && runs.every((it) => it.status === 'completed');
  const conclusions = new Set(runs.map((it) => it.conclusion));
  const [data] = owning.git.commits([suite.head]);
  const pull = [...owning.pulls.values()].find((it) => it.head === suite.head && it.fork === null);
  return {
    ...SUITE,
    id: suite.id,
    node_id: `CS_${suite.id}`,
    head_branch: pull?.headRef ?? null,
    head_sha: suite.head,
    status: isOver ? 'completed' : 'queued',
    conclusion: isOver ? (WORST_FIRST.find((it) => conclusions.has(it)) ?? null) : null,
    url,
    before: data?.parents[0] ?? null,
    after: suite.head,
    pull_requests: pullRequestsAt(setting, owning, suite.head),
    app: application(setting.world, setting.apiUrl),
    repository: repository(setting, owning),
    created_at: timestamp(suite.createdAt),
    updated_at: timestamp(suite.createdAt),
    head_commit: {
      id: suite.head,
      tree_id: data?.tree ?? '',
      message: data?.message ?? '',
      timestamp: data?.committer.date ?? '',
      author: { name: data?.author.name ?? '', email: data?.author.email ?? '' },
      committer: { name: data?.committer.name ?? '', email: data?.committer.email ?? '' },
    },
    latest_check_runs_count: runs.length,
    check_runs_url: `${url}/check-runs`,
  };
}

const WORST_FIRST = ['failure', 'timed_out', 'action_required', 'cancelled', 'neutral', 'skipped', 'success'];

export function application({ app }: World, apiUrl: string): Json {
  return {
    ...withWords(CHECK.app as Json, { 'https://api.github.com': apiUrl }),
    id: app.id,
    slug: app.slug,
    name: 'Tunelint',
    permissions: { ...app.permissions, metadata: 'read' },
    events: app.events,
  };
}

export function installation({ world, apiUrl }: Setting, it: HostedInstallation): Json {
  const url = `${apiUrl}/app/installations/${it.id}`;
  const account = owner(it.account);
  return {
    id: it.id,
    account: user(account),
    repository_selection: 'selected',
    access_tokens_url: `${url}/access_tokens`,
    repositories_url: `${apiUrl}/installation/repositories`,
    html_url: url,
    app_id: world.app.id,
    app_slug: world.app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: world.permissionsOf(it),
    events: world.app.events,
    created_at: timestamp(it.createdAt),
    updated_at: timestamp(it.createdAt),
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: it.suspended ? timestamp(it.createdAt) : null,
  };
}

export function reviewComment(setting: Setting, owning: HostedRepository, pull: HostedPull, it: HostedComment): Json {
  const root = repositoryUrl(setting, owning);
  const url = `${root}/pulls/comments/${it.id}`;
  const { in_reply_to_id: _, ...example } = COMMENT;
  const links = { self: { href: url }, html: { href: url }, pull_request: { href: `${root}/pulls/${pull.number}` } };
  return {
    ...example,
    id: it.id,
    node_id: `PRRC_${it.id}`,
    url,
    html_url: url,
    pull_request_review_id: it.review,
    pull_request_url: links.pull_request.href,
    _links: links,
    diff_hunk: it.diffHunk,
    user: user(it.author),
    body: it.body,
    path: it.path,
    position: it.line === null ? null : 1,
    side: it.side,
    line: it.line,
    original_line: it.originalLine,
    start_line: it.startLine,
    original_start_line: it.originalStartLine,
    start_side: it.startSide,
    commit_id: it.commit,
    original_commit_id: it.originalCommit,
    created_at: timestamp(it.createdAt),
    updated_at: timestamp(it.updatedAt),
    ...(it.inReplyTo === null ? {} : { in_reply_to_id: it.inReplyTo }),
  };
}

export function review(setting: Setting, owning: HostedRepository, pull: HostedPull, it: HostedReview): Json {
  const url = `${repositoryUrl(setting, owning)}/pulls/${pull.number}`;
  const { submitted_at: _, ...example } = REVIEW;
  return {
    ...example,
    id: it.id,
    node_id: `PRR_${it.id}`,
    user: user(it.author),
    body: it.body,
    state: it.state,
    commit_id: it.commit,
    html_url: `${url}#pullrequestreview-${it.id}`,
    pull_request_url: url,
    _links: { html: { href: url }, pull_request: { href: url } },
    ...(it.submittedAt === null ? {} : { submitted_at: timestamp(it.submittedAt) }),
  };
}

/** An example with other words in its texts. */
function withWords(example: Json, words: Readonly<Record<string, string>>): Json {
  const text = Object.entries(words).reduce(
    (changed, [from, to]) => changed.replaceAll(from, JSON.stringify(to).slice(1, -1)),
    JSON.stringify(example),
  );
  return JSON.parse(text) as Json;
}
