import type { RepositoryIdentity } from '../model/pull-request.js';

/** A repository as the parameters of Octokit name it. */
export interface RepositoryAddress {
  readonly owner: string;
  readonly repo: string;
}

export function addressOf({ owner, name }: Pick<RepositoryIdentity, 'owner' | 'name'>): RepositoryAddress {
  return { owner, repo: name };
}
