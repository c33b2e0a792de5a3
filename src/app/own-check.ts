import type { CommitSha } from '../model/identifiers.js';
import type { PullRequest } from '../model/pull-request.js';
import { type CheckOutcome, supersededOutcome } from '../presentation/github/check-outcomes.js';
import { type CheckIdentity, findCheck, identityOfPullRequest, openIdOf } from './check-identity.js';
import { type CheckRuns, type CompletedCheck, HostError, type Installation, type StandingCheck } from './hosting.js';
import type { Claim, UnfinishedCheck } from './keeping.js';
import { assertCurrent, type PullRequestWork } from './pull-request-work.js';
import { startCheck } from './start-check.js';

/** The check run that stands for the head of a pull request: there is one, whatever happened before. */
export interface OwnCheck {
  readonly id: number;
  readonly identity: CheckIdentity;
  /** It tells already all that there is to tell. */
  readonly isWhole: boolean;
}

/**
 * Finds the check run of the head, or begins one. One that is completed stays as it is and is followed by another, since
 * GitHub takes no other status or conclusion for it: https://github.com/orgs/community/discussions/24761
 */
export async function openCheck(work: PullRequestWork): Promise<OwnCheck> {
  const { claim, policy, deps } = work;
  const identity = identityOfPullRequest(claim.pullRequest, policy);
  const standing = mayStand(claim) ? await standingCheck(work, identity) : null;
  if (standing?.completed === false) {
    await deps.store.pullRequests.checkStarted(claim, standing.id);
    return { id: standing.id, identity, isWhole: false };
  }
  if (standing !== null && isWhole(standing, identity, claim)) return { id: standing.id, identity, isWhole: true };
  await assertCurrent(work);
  await deps.store.pullRequests.checkStarting(claim);
  const { repository, head } = claim.pullRequest;
  const toStart = { repository, head, externalId: identity.open };
  const id = await startCheck(work.installation.checks, toStart, () => assertCurrent(work));
  await deps.store.pullRequests.checkStarted(claim, id);
  return { id, identity, isWhole: false };
}

/** Whether there may be a check run on the head that is still good. */
function mayStand({ check, unfamiliar }: Claim): boolean {
  return check.state === 'none' ? unfamiliar : check.state !== 'again';
}

/** One that was to be begun and has no number yet is not among those that are completed. */
function isWhole(standing: StandingCheck, identity: CheckIdentity, { check }: Claim): boolean {
  if (check.state === 'started' && check.id === null) return false;
  return standing.externalId === identity.whole;
}

/** Completes the check run of the head. `tellsAll`: a review of the same commits would say the same. */
export async function completeCheck(
  work: PullRequestWork,
  check: OwnCheck,
  completed: Omit<CompletedCheck, 'externalId'> & { readonly tellsAll: boolean },
): Promise<void> {
  const { claim, installation, deps } = work;
  const { repository, head } = claim.pullRequest;
  const { tellsAll, ...outcome } = completed;
  const externalId = tellsAll ? check.identity.whole : check.identity.open;
  await installation.checks.complete(repository, check.id, { ...outcome, externalId });
  await deps.store.pullRequests.checkCompleted(claim, head, check.id);
}

/** Completes the check runs of older heads, as far as they exist. These are ours to write whatever has come since. */
export async function cancelSuperseded(work: PullRequestWork): Promise<void> {
  const { claim, deps } = work;
  const { pullRequest, superseded } = claim;
  for (const { head, check } of superseded) {
    const id = await endCheck(work.installation, pullRequest, { head, check }, supersededOutcome(pullRequest.head));
    await deps.store.pullRequests.checkSwept({ pullRequest, head, check: id });
  }
}

/** Completes a check run that was begun and that no review will complete. Gives its number; null where there is none. */
export async function endCheck(
  { checks }: Installation,
  pullRequest: PullRequest,
  { head, check }: Pick<UnfinishedCheck, 'head' | 'check'>,
  outcome: CheckOutcome,
): Promise<number | null> {
  const { repository, number } = pullRequest;
  try {
    const id = check ?? (await unfinished(checks, pullRequest, head));
    if (id !== null) await checks.complete(repository, id, { ...outcome, externalId: openIdOf(number) });
    return id;
  } catch (error) {
    if (error instanceof HostError && error.code === 'gone') return null;
    throw error;
  }
}

async function unfinished(checks: CheckRuns, pullRequest: PullRequest, head: CommitSha): Promise<number | null> {
  const standing = findCheck(await checks.list(pullRequest.repository, head), openIdOf(pullRequest.number));
  return standing === null || standing.completed ? null : standing.id;
}

async function standingCheck(work: PullRequestWork, identity: CheckIdentity): Promise<StandingCheck | null> {
  const { repository, head } = work.claim.pullRequest;
  return findCheck(await work.installation.checks.list(repository, head), identity.open);
}
