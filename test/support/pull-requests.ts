import { commitSha } from '../../src/model/identifiers.js';
import type { PullRequest, RepositoryIdentity } from '../../src/model/pull-request.js';

export function repository(changes: Partial<RepositoryIdentity> = {}): RepositoryIdentity {
  return { id: 7, owner: 'acme', name: 'tuning', private: false, defaultBranch: 'main', ...changes };
}

export function pullRequest(changes: Partial<PullRequest> = {}): PullRequest {
  return {
    installation: 3,
    repository: repository(),
    number: 12,
    head: sha('a'),
    base: sha('b'),
    open: true,
    draft: false,
    updatedAt: at(0),
    ...changes,
  };
}

/** A commit id of one repeated hexadecimal digit. */
export function sha(digit: string) {
  return commitSha(digit.repeat(40));
}

/** Seconds after a moment that means nothing. */
export function at(seconds: number): Date {
  return new Date(Date.UTC(2025, 0, 1) + seconds * 1000);
}
