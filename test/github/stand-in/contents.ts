import { type Call, type Handler, paged, pullOf, Refusal, repositoryOf } from './answer.js';
import type { ChangedFile } from './git-data.js';
import { commit, pullRequest, treeEntry } from './shapes.js';
import type { HostedRepository } from './world.js';

/** A comparison lists no more files, and a pull request none beyond these (docs.github.com, REST, pulls and commits). */
const MOST_COMPARED = 300;
const MOST_LISTED = 3000;
const MOST_TREE_ENTRIES = 100_000;

/** Commits, trees, blobs, and what is between two commits. */
export const contentHandlers: Readonly<Record<string, Handler>> = {
  'pulls/list': (call) => {
    const repository = repositoryOf(call);
    const state = call.query.get('state') ?? 'open';
    const pulls = [...repository.pulls.values()].filter((it) => state === 'all' || it.open === (state === 'open'));
    const { items, headers } = paged(call, pulls, pathOf(repository, '/pulls'));
    return { status: 200, headers, body: items.map((it) => pullRequest(it, repository, call.apiUrl)) };
  },
  'pulls/get': (call) => {
    const { repository, pull } = pullOf(call);
    return { status: 200, body: pullRequest(pull, repository, call.apiUrl) };
  },
  'pulls/list-files': (call) => {
    const { repository, pull } = pullOf(call);
    const base = repository.git.mergeBase(pull.baseRef, pull.head) ?? pull.baseRef;
    const files = repository.git.difference(base, pull.head);
    const path = pathOf(repository, `/pulls/${pull.number}/files`);
    const { items, headers } = paged(call, files, path, MOST_LISTED);
    return { status: 200, headers, body: items.map((it) => diffEntry(it, call)) };
  },
  'repos/compare-commits-with-basehead': compare,
  'repos/get-commit': (call) => {
    const repository = repositoryOf(call);
    return {
      status: 200,
      body: commit(commitOf(repository, call.operation.parameters.ref ?? ''), repository, call.apiUrl),
    };
  },
  'repos/list-pull-requests-associated-with-commit': (call) => {
    const repository = repositoryOf(call);
    const sha = call.operation.parameters.commit_sha;
    const pulls = [...repository.pulls.values()].filter((it) => it.head === sha);
    return { status: 200, body: pulls.map((it) => pullRequest(it, repository, call.apiUrl)) };
  },
  'repos/get-branch': (call) => {
    const repository = repositoryOf(call);
    const name = call.operation.parameters.branch ?? '';
    const sha = repository.git.commit(`refs/heads/${name}`);
    if (sha === null) throw new Refusal(404, 'Branch not found');
    const url = `${call.apiUrl}${pathOf(repository, `/branches/${name}`)}`;
    const protection = { enabled: false };
    const body = {
      name,
      commit: commit(sha, repository, call.apiUrl),
      _links: { html: url, self: url },
      protected: false,
      protection,
      protection_url: url,
    };
    return { status: 200, body };
  },
  'git/get-ref': (call) => {
    const repository = repositoryOf(call);
    const ref = `refs/${call.operation.parameters.ref ?? ''}`;
    const sha = repository.git.commit(ref);
    if (sha === null) throw new Refusal(404, 'Not Found');
    const url = `${call.apiUrl}${pathOf(repository, `/git/${ref}`)}`;
    return { status: 200, body: { ref, node_id: ref, url, object: { type: 'commit', sha, url } } };
  },
  'git/get-tree': (call) => {
    const repository = repositoryOf(call);
    const sha = commitOf(repository, call.operation.parameters.tree_sha ?? '');
    const all = repository.git.tree(sha);
    const isDeep = call.query.has('recursive');
    const entries = (isDeep ? all : all.filter(({ path }) => !path.includes('/'))).slice(
      0,
      call.world.mostTreeEntries ?? MOST_TREE_ENTRIES,
    );
    const url = `${call.apiUrl}${pathOf(repository, `/git/trees/${sha}`)}`;
    const tree = entries.map((entry) => treeEntry(entry, call.apiUrl));
    return {
      status: 200,
      body: { sha: repository.git.treeId(sha), url, tree, truncated: isDeep && entries.length < all.length },
    };
  },
  'git/get-blob': (call) => {
    const repository = repositoryOf(call);
    const found = repository.git.blob(call.operation.parameters.file_sha ?? '');
    if (found === null) throw new Refusal(404, 'Not Found');
    if (/\braw\b/.test(call.accept)) return { status: 200, raw: found.bytes };
    const url = `${call.apiUrl}${pathOf(repository, `/git/blobs/${found.sha}`)}`;
    const content = found.bytes.toString('base64');
    const body = { sha: found.sha, node_id: found.sha, size: found.bytes.length, url, content, encoding: 'base64' };
    return { status: 200, body };
  },
  'repos/download-tarball-archive': (call) => {
    const repository = repositoryOf(call);
    const sha = commitOf(repository, call.operation.parameters.ref ?? '');
    const location = `${call.archiveUrl}/${repository.owner}/${repository.name}/legacy.tar.gz/${sha}?token=${sha.slice(0, 8)}`;
    return { status: 302, headers: { location } };
  },
};

function compare(call: Call): ReturnType<Handler> {
  const repository = repositoryOf(call);
  const [from = '', to = ''] = (call.operation.parameters.basehead ?? '').split('...');
  const [base, head] = [commitOf(repository, from), commitOf(repository, to)];
  const merge = repository.git.mergeBase(base, head);
  if (merge === null) throw new Refusal(404, 'No common ancestor between the two commits.');
  const page = Number(call.query.get('page') ?? 1);
  const files = page === 1 ? repository.git.difference(merge, head).slice(0, MOST_COMPARED) : [];
  const [ahead, behind] = [repository.git.count(`${base}..${head}`), repository.git.count(`${head}..${base}`)];
  const url = `${call.apiUrl}${pathOf(repository, '/compare')}`;
  const status = ahead === 0 ? (behind === 0 ? 'identical' : 'behind') : behind === 0 ? 'ahead' : 'diverged';
  return {
    status: 200,
    body: {
      url,
      html_url: url,
      permalink_url: url,
      diff_url: url,
      patch_url: url,
      base_commit: commit(base, repository, call.apiUrl),
      merge_base_commit: commit(merge, repository, call.apiUrl),
      status,
      ahead_by: ahead,
      behind_by: behind,
      total_commits: ahead,
      commits: [],
      files: files.map((it) => diffEntry(it, call)),
    },
  };
}

function diffEntry(file: ChangedFile, { apiUrl, world }: Call): object {
  const url = `${apiUrl}/files/${encodeURIComponent(file.filename)}`;
  const tooLarge = (file.patch?.length ?? 0) > (world.longestPatch ?? 500_000);
  const { patch, ...rest } = file;
  return {
    ...rest,
    ...(patch === undefined || tooLarge ? {} : { patch }),
    blob_url: url,
    raw_url: url,
    contents_url: url,
  };
}

function commitOf(repository: HostedRepository, name: string): string {
  // `owner:branch` names a branch of a fork, which lies in the same git repository here.
  const sha = repository.git.commit(name.includes(':') ? name.slice(name.indexOf(':') + 1) : name);
  if (sha === null) throw new Refusal(404, 'Not Found');
  return sha;
}

function pathOf({ owner, name }: HostedRepository, rest: string): string {
  return `/repos/${owner}/${name}${rest}`;
}
