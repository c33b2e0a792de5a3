import { type Answer, type Call, type Handler, paged, positive, repositoryOf } from './answer.js';
import { shownFiles } from './differences.js';
import { notFound, Refusal } from './refusal.js';
import { commit, diffEntry, repositoryUrl } from './shapes.js';
import type { HostedRepository } from './world.js';

/** Commits, trees and blobs, and what is between two commits. */
export const contentHandlers: Readonly<Record<string, Handler>> = {
  'repos/compare-commits-with-basehead': compare,
  'repos/get-commit': (call) => {
    const repository = repositoryOf(call);
    const [shown] = showCommits(call, repository, [commitOr422(repository, call.operation.parameters.ref ?? '')]);
    return { status: 200, body: shown };
  },
  'repos/get-branch': (call) => {
    const repository = repositoryOf(call);
    const name = call.operation.parameters.branch ?? '';
    const sha = repository.git.commit(`refs/heads/${name}`);
    if (sha === null) throw new Refusal(404, 'Branch not found');
    const [shown] = showCommits(call, repository, [sha]);
    const url = `${repositoryUrl(call, repository)}/branches/${name}`;
    const body = {
      name,
      commit: shown,
      _links: { html: url, self: url },
      protected: false,
      protection: { enabled: false },
      protection_url: `${url}/protection`,
    };
    return { status: 200, body };
  },
  'git/get-ref': (call) => {
    const repository = repositoryOf(call);
    const ref = `refs/${call.operation.parameters.ref ?? ''}`;
    const sha = repository.git.commit(ref);
    if (sha === null) throw notFound();
    const url = repositoryUrl(call, repository);
    const object = { type: 'commit', sha, url: `${url}/git/commits/${sha}` };
    return { status: 200, body: { ref, node_id: ref, url: `${url}/git/${ref}`, object } };
  },
  'git/get-tree': getTree,
  'git/get-blob': getBlob,
};

function getTree(call: Call): Answer {
  const repository = repositoryOf(call);
  const { limits } = call.world;
  if (repository.git.isEmpty()) throw new Refusal(409, 'Git Repository is empty.');
  const name = call.operation.parameters.tree_sha ?? '';
  const sha = repository.git.commit(name) ?? name;
  const all = repository.git.tree(sha);
  if (all === null) throw notFound();
  // Any value means that it goes down, `0` and `false` too.
  const isDeep = call.query.has('recursive');
  const wanted = isDeep ? all : all.filter(({ path }) => !path.includes('/'));
  const url = `${repositoryUrl(call, repository)}/git`;
  const shown = wanted.slice(0, limits.treeEntries).map((entry) => ({
    ...entry,
    ...(entry.type === 'commit' ? {} : { url: `${url}/${entry.type}s/${entry.sha}` }),
  }));
  const tree = withinBytes(shown, limits.treeBytes);
  return { status: 200, body: { sha, url: `${url}/trees/${sha}`, tree, truncated: tree.length < wanted.length } };
}

function withinBytes<T>(entries: readonly T[], most: number): readonly T[] {
  let bytes = 0;
  const end = entries.findIndex((entry) => {
    bytes += JSON.stringify(entry).length + 1;
    return bytes > most;
  });
  return end === -1 ? entries : entries.slice(0, end);
}

const RAW = /application\/vnd\.github(?:\.v3)?\.raw(?:\+json)?/;

async function getBlob(call: Call): Promise<Answer> {
  const repository = repositoryOf(call);
  const name = call.operation.parameters.file_sha ?? '';
  const found = /^[0-9a-f]{40}$/.test(name) ? await repository.git.blob(name) : null;
  if (found === null) throw notFound();
  const { sha, bytes } = found;
  if (bytes.length > call.world.limits.blobBytes) {
    const errors = [{ resource: 'Blob', field: 'data', code: 'too_large' }];
    throw new Refusal(403, 'The requested blob is too large to fetch via the API.', { errors });
  }
  if (RAW.test(call.accept))
    return { status: 200, raw: bytes, headers: { 'content-type': 'application/vnd.github.raw; charset=utf-8' } };
  const url = `${repositoryUrl(call, repository)}/git/blobs/${sha}`;
  // GitHub breaks base64 into lines.
  const content = bytes.toString('base64').replace(/.{1,60}/g, '$&\n');
  return { status: 200, body: { sha, node_id: sha, size: bytes.length, url, content, encoding: 'base64' } };
}

function compare(call: Call): Answer {
  const repository = repositoryOf(call);
  const { git } = repository;
  const { limits } = call.world;
  const [from = '', to = ''] = (call.operation.parameters.basehead ?? '').split('...');
  const [base, head] = [commitOf(repository, from), commitOf(repository, to)];
  const merge = git.mergeBase(base, head);
  if (merge === null) throw new Refusal(404, `No common ancestor between ${from} and ${to}.`);
  const [ahead, behind] = [git.commitsBetween(base, head), git.commitsBetween(head, base)];
  const isPaged = call.query.has('page') || call.query.has('per_page');
  const page = isPaged ? paged(call, ahead) : { items: ahead.slice(-limits.comparedCommits), headers: {} };
  // They come with the first page alone, whatever its size.
  const isFirst = positive(call.query.get('page'), 1) === 1;
  const files = isFirst ? shownFiles(git.difference(merge, head).slice(0, limits.comparedFiles), limits) : [];
  const [baseCommit, mergeCommit] = showCommits(call, repository, [base, merge]);
  const url = `${repositoryUrl(call, repository)}/compare/${base}...${head}`;
  return {
    status: 200,
    headers: page.headers,
    body: {
      url,
      html_url: url,
      permalink_url: url,
      diff_url: `${url}.diff`,
      patch_url: `${url}.patch`,
      base_commit: baseCommit,
      merge_base_commit: mergeCommit,
      status: statusOf(ahead.length, behind.length),
      ahead_by: ahead.length,
      behind_by: behind.length,
      total_commits: ahead.length,
      commits: showCommits(call, repository, page.items),
      files: files.map((it) => diffEntry(call, repository, head, it)),
    },
  };
}

function statusOf(ahead: number, behind: number): string {
  if (ahead === 0) return behind === 0 ? 'identical' : 'behind';
  return behind === 0 ? 'ahead' : 'diverged';
}

function showCommits(call: Call, repository: HostedRepository, ids: readonly string[]): object[] {
  // Git tells of a commit once, however often it is named.
  const known = new Map<string, object>();
  for (const it of repository.git.commits(ids)) known.set(it.sha, commit(call, repository, it));
  return ids.flatMap((id) => known.get(id) ?? []);
}

/** The commit that a path names. `owner:branch` is a branch of a fork, which lies in the same git repository here. */
export function commitOf({ git }: HostedRepository, name: string): string {
  const sha = git.commit(name.includes(':') ? name.slice(name.indexOf(':') + 1) : name);
  if (sha === null) throw notFound();
  return sha;
}

/** Where a name must be one of a commit, GitHub says that it found none. */
export function commitOr422({ git }: HostedRepository, name: string): string {
  const sha = git.commit(name);
  if (sha === null) throw new Refusal(422, `No commit found for SHA: ${name}`);
  return sha;
}
