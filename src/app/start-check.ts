import type { CommitSha } from '../model/identifiers.js';
import type { RepositoryIdentity } from '../model/pull-request.js';
import { findCheck, openIdIn } from './check-identity.js';
import { type CheckRuns, HostError } from './hosting.js';

export interface CheckToStart {
  readonly repository: RepositoryIdentity;
  readonly head: CommitSha;
  readonly externalId: string;
}

/** Begins a check run. Where the answer is lost there may be one now, which is taken; `beforeAgain` may end it there. */
export async function startCheck(
  checks: CheckRuns,
  { repository, head, externalId }: CheckToStart,
  beforeAgain: () => Promise<void> = async () => {},
): Promise<number> {
  const start = () => checks.start(repository, head, externalId);
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof HostError) || error.code !== 'unavailable') throw error;
    const standing = findCheck(await checks.list(repository, head), openIdIn(externalId));
    if (standing?.completed === false) return standing.id;
    await beforeAgain();
    return await start();
  }
}
