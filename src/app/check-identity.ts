import { createHash } from 'node:crypto';
import type { PullRequest } from '../model/pull-request.js';
import { RULE_SET_VERSION } from '../model/rule.js';
import type { StandingCheck } from './hosting.js';
import type { Policy } from './policy.js';

/**
 * The external id of a check run says what it is for and, once it tells all, by what it was made. So it is found again
 * without a database, and what would say the same is not said again.
 */
export interface CheckIdentity {
  /** For a check run that is under way, or that does not tell all. */
  readonly open: string;
  /** For one that tells all that there is to tell of these commits under these rules. */
  readonly whole: string;
}

export function identityOfPullRequest(pullRequest: PullRequest, policy: Policy): CheckIdentity {
  const { number, base, head, draft } = pullRequest;
  return identity(openIdOf(number), [base, head, String(draft), policy.version]);
}

/** The external id of a check run of a pull request that does not tell all. */
export function openIdOf(number: PullRequest['number']): string {
  return `pull/${number}`;
}

/** What a check run is for, out of its external id. */
export function openIdIn(externalId: string): string {
  return externalId.split(':', 1)[0] ?? externalId;
}

export function identityOfBranch(branch: string, policy: Policy): CheckIdentity {
  return identity('branch', [branch, policy.version]);
}

/** The newest of the check runs that are for the same, whatever they were made by. */
export function findCheck(checks: readonly StandingCheck[], open: CheckIdentity['open']): StandingCheck | null {
  return checks.find(({ externalId }) => openIdIn(externalId) === open) ?? null;
}

function identity(open: string, madeBy: readonly string[]): CheckIdentity {
  const digest = createHash('sha256')
    .update(JSON.stringify([RULE_SET_VERSION, ...madeBy]))
    .digest('hex');
  return { open, whole: `${open}:${digest.slice(0, 16)}` };
}
