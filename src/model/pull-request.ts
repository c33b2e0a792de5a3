import type { CommitSha } from './identifiers.js';

/** A repository on a code host. The number outlives renames and transfers; the names are those of this moment. */
export interface RepositoryIdentity {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly private: boolean;
  readonly defaultBranch: string;
}

/** What names a pull request for as long as it exists. */
export interface PullRequestKey {
  readonly installation: number;
  readonly repository: number;
  readonly number: number;
}

/** A pull request as the code host last told of it. */
export interface PullRequest {
  readonly installation: number;
  readonly repository: RepositoryIdentity;
  readonly number: number;
  readonly head: CommitSha;
  /** The tip of the base branch, not the merge base. */
  readonly base: CommitSha;
  readonly open: boolean;
  readonly draft: boolean;
  /** When the host last changed it: of two tellings the later holds, whatever order they came in. */
  readonly updatedAt: Date;
}

export function keyOf(pullRequest: PullRequest): PullRequestKey {
  const { installation, repository, number } = pullRequest;
  return { installation, repository: repository.id, number };
}
