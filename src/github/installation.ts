import type { Installation } from '../app/hosting.js';
import { commitSha } from '../model/identifiers.js';
import { createCheckRuns } from './check-runs.js';
import { asking, statusOf } from './host-errors.js';
import { type HostedChangeOptions, openCommitTree, openPullRequestChange } from './hosted-change.js';
import { identityOf, pullRequestOf } from './identities.js';
import { addressOf } from './repository-address.js';
import { createReviews } from './reviews.js';

export interface InstallationOptions extends HostedChangeOptions {
  readonly id: number;
  readonly appId: number;
}

/** What one installation of the App may read and write. */
export function createInstallation(options: InstallationOptions): Installation {
  const { access, id, appId } = options;
  const { client, signal } = access;
  return {
    repositories: async () => {
      const repositories = await asking(signal, () =>
        client.paginate(client.rest.apps.listReposAccessibleToInstallation, { per_page: 100 }),
      );
      return repositories.map(identityOf);
    },
    openPullRequests: async (repository) => {
      const address = { ...addressOf(repository), state: 'open', per_page: 100 } as const;
      const pullRequests = await asking(signal, () => client.paginate(client.rest.pulls.list, address));
      return pullRequests.map((answer) => pullRequestOf(answer, identityOf(answer.base.repo), id));
    },
    pullRequest: async (repository, number) => {
      const address = { ...addressOf(repository), pull_number: number };
      const answer = await asking(signal, () => unless([404], client.rest.pulls.get(address)));
      return answer === null ? null : pullRequestOf(answer.data, identityOf(answer.data.base.repo), id);
    },
    mayWrite: async (repository, login) => {
      const address = { ...addressOf(repository), username: login };
      const answer = await asking(signal, () =>
        unless([404], client.rest.repos.getCollaboratorPermissionLevel(address)),
      );
      return WRITERS.has(answer?.data.permission ?? '');
    },
    defaultHead: async (repository) => {
      const address = { ...addressOf(repository), ref: `heads/${repository.defaultBranch}` };
      // An empty repository is a conflict with what was asked for.
      const answer = await asking(signal, () => unless([404, 409], client.rest.git.getRef(address)));
      return answer === null ? null : commitSha(answer.data.object.sha);
    },
    pullRequestChange: (pullRequest) => openPullRequestChange(pullRequest, options),
    commitTree: (repository, commit) => openCommitTree(repository, commit, options),
    checks: createCheckRuns(access, appId),
    reviews: createReviews(access),
  };
}

/** `maintain` is told as `write`, `triage` as `read`: https://docs.github.com/en/rest/collaborators/collaborators */
const WRITERS: ReadonlySet<string> = new Set(['admin', 'write']);

async function unless<T>(statuses: readonly number[], answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (statuses.includes(statusOf(error) ?? 0)) return null;
    throw error;
  }
}
