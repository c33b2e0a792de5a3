import type { AppDependencies } from './dependencies.js';
import type { Installation } from './hosting.js';
import type { Claim } from './keeping.js';
import type { Log } from './log.js';
import type { Policy } from './policy.js';

/** One claim on a pull request, with what is needed to work on it. */
export interface PullRequestWork {
  readonly claim: Claim;
  readonly installation: Installation;
  readonly policy: Policy;
  readonly deps: AppDependencies;
  readonly log: Log;
}

/** A newer state of the pull request has come, or a newer worker: nothing more is written for this one. */
export class Outdated extends Error {
  override readonly name = 'Outdated';

  constructor() {
    super('the pull request has moved on');
  }
}

/** To be asked before every write to the code host. */
export async function assertCurrent({ claim, deps }: PullRequestWork): Promise<void> {
  if (claim.signal.aborted || !(await deps.store.pullRequests.isCurrent(claim))) throw new Outdated();
}

/** Ends the work where its pull request, as the code host tells of it now, has another head. Asks for a review of that. */
export async function assertSameHead({ claim, installation, deps }: PullRequestWork): Promise<void> {
  const { repository, number, head } = claim.pullRequest;
  const now = await installation.pullRequest(repository, number);
  if (now?.open === true && now.head === head) return;
  if (now !== null) {
    const kind = now.open ? ({ kind: 'review', opened: false } as const) : ({ kind: 'stop' } as const);
    await deps.store.deliveries.request([{ ...kind, pullRequest: now }]);
  }
  throw new Outdated();
}
