import type { CommitSha } from '../model/identifiers.js';
import { commitSha } from '../model/identifiers.js';
import type { PullRequest, RepositoryIdentity } from '../model/pull-request.js';

/** What is used of a repository in GitHub's answers and events. */
export interface HostedRepositoryAnswer {
  readonly id: number;
  readonly name: string;
  readonly private: boolean;
  readonly default_branch: string;
  readonly owner: { readonly login: string };
}

export function identityOf(repository: HostedRepositoryAnswer): RepositoryIdentity {
  const { id, name, owner, default_branch: defaultBranch } = repository;
  return { id, owner: owner.login, name, private: repository.private, defaultBranch };
}

/** What is used of a pull request in GitHub's answers and events. */
export interface HostedPullRequestAnswer {
  readonly number: number;
  readonly state: string;
  readonly draft?: boolean | undefined;
  readonly updated_at: string;
  readonly head: { readonly sha: string };
  readonly base: { readonly sha: string };
}

export function pullRequestOf(
  answer: HostedPullRequestAnswer,
  repository: RepositoryIdentity,
  installation: number,
): PullRequest {
  return {
    installation,
    repository,
    number: answer.number,
    head: shaOf(answer.head),
    base: shaOf(answer.base),
    open: answer.state === 'open',
    draft: answer.draft ?? false,
    updatedAt: new Date(answer.updated_at),
  };
}

function shaOf({ sha }: { readonly sha: string }): CommitSha {
  return commitSha(sha);
}
