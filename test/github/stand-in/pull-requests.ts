import { type Answer, type Call, type Handler, paged, pullOf, repositoryOf } from './answer.js';
import { differenceOf, shownFiles } from './differences.js';
import { diffEntry, fullPullRequest, pullRequest } from './shapes.js';
import type { HostedPull, HostedRepository } from './world.js';

export const pullRequestHandlers: Readonly<Record<string, Handler>> = {
  'pulls/list': listPulls,
  'pulls/get': (call) => {
    const { repository, pull } = pullOf(call);
    return { status: 200, body: fullPullRequest(call, repository, pull) };
  },
  'pulls/list-files': (call) => {
    const { repository, pull } = pullOf(call);
    const { files } = differenceOf(pull, repository.git);
    const { items, headers } = paged(call, files.slice(0, call.world.limits.listedFiles));
    const shown = shownFiles(items, call.world.limits);
    return { status: 200, headers, body: shown.map((it) => diffEntry(call, repository, pull.head, it)) };
  },
  'repos/list-pull-requests-associated-with-commit': (call) => {
    const repository = repositoryOf(call);
    const sha = call.operation.parameters.commit_sha;
    const pulls = [...repository.pulls.values()].filter((it) => it.head === sha);
    const { items, headers } = paged(call, pulls);
    return { status: 200, headers, body: items.map((it) => pullRequest(call, repository, it)) };
  },
};

function listPulls(call: Call): Answer {
  const { query } = call;
  const repository = repositoryOf(call);
  const state = query.get('state') ?? 'open';
  const [head, base] = [query.get('head'), query.get('base')];
  const pulls = [...repository.pulls.values()].filter(
    (it) =>
      (state === 'all' || it.open === (state === 'open')) &&
      (head === null || labelOf(it, repository) === head) &&
      (base === null || it.baseRef === base),
  );
  const { items, headers } = paged(call, sorted(pulls, query));
  return { status: 200, headers, body: items.map((it) => pullRequest(call, repository, it)) };
}

function labelOf({ fork, headRef }: HostedPull, { owner }: HostedRepository): string {
  return `${fork?.owner ?? owner}:${headRef}`;
}

/** Newest first, unless an order is asked for by name. */
function sorted(pulls: readonly HostedPull[], query: URLSearchParams): HostedPull[] {
  const ascending = (query.get('direction') ?? (query.has('sort') ? 'asc' : 'desc')) === 'asc';
  const key = (it: HostedPull) => (query.get('sort') === 'updated' ? it.updatedAt.getTime() : it.number);
  return [...pulls].sort((a, b) => (ascending ? key(a) - key(b) : key(b) - key(a)));
}
