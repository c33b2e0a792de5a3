import type { PullRequest, RepositoryIdentity } from '../model/pull-request.js';
import { closedOutcome, supersededOutcome, unfinishedOutcome } from '../presentation/github/check-outcomes.js';
import type { AppDependencies } from './dependencies.js';
import type { Installation } from './hosting.js';
import type { Request, UnfinishedCheck } from './keeping.js';
import { endCheck } from './own-check.js';

type SweepDependencies = Pick<AppDependencies, 'host' | 'store' | 'log' | 'now'>;

/** A check run that nobody works on is given so long; then it is completed without a review. */
const UNFINISHED_MILLISECONDS = 10 * 60_000;

/** Completes check runs of ours that were begun and that nobody works on any more. */
export async function sweepChecks(deps: SweepDependencies): Promise<void> {
  const { host, store, now } = deps;
  const left = await store.pullRequests.unfinished(new Date(now().getTime() - UNFINISHED_MILLISECONDS));
  for (const unfinished of left) {
    const { pullRequest, head } = unfinished;
    await eachOnItsOwn(deps, { pullRequest: pullRequest.number, head }, async () => {
      const installation = host.installation(pullRequest.installation);
      const check = await endCheck(installation, pullRequest, unfinished, outcomeFor(unfinished));
      await store.pullRequests.checkSwept({ pullRequest, head, check });
    });
  }
}

function outcomeFor({ pullRequest, head }: UnfinishedCheck) {
  if (!pullRequest.open) return closedOutcome();
  if (pullRequest.head !== head) return supersededOutcome(pullRequest.head);
  return unfinishedOutcome('It took too long or was interrupted. Re-run this check to try again.');
}

/** Asks for deliveries again that did not reach us. What was seen all the same does nothing the second time. */
export async function sweepDeliveries(deps: SweepDependencies, since: Date): Promise<void> {
  for (const delivery of await deps.host.failedDeliveries(since)) {
    await eachOnItsOwn(deps, { delivery: delivery.guid }, () => deps.host.redeliver(delivery));
  }
}

/**
 * Asks for a review of every open head that has no completed check run as far as is known here, and for a score of
 * every repository that has none. With an empty database that is all of them; what was reviewed before is found to be so.
 */
export async function sweepHeads(deps: SweepDependencies): Promise<void> {
  for (const id of await deps.host.installations()) {
    await eachOnItsOwn(deps, { installation: id }, () => sweepInstallation(deps, id));
  }
}

/** The same for all repositories of one installation. */
export async function sweepInstallation(deps: SweepDependencies, id: number, signal?: AbortSignal): Promise<void> {
  const installation = deps.host.installation(id, signal);
  for (const repository of await installation.repositories()) {
    signal?.throwIfAborted();
    await eachOnItsOwn(deps, { installation: id, repository: repository.id }, () =>
      sweepRepository(deps, { id, installation, repository }),
    );
  }
}

interface SweptRepository {
  readonly id: number;
  readonly installation: Installation;
  readonly repository: RepositoryIdentity;
}

async function sweepRepository({ store }: SweepDependencies, swept: SweptRepository): Promise<void> {
  const { id, installation, repository } = swept;
  const owed = await store.pullRequests.unreviewed(await installation.openPullRequests(repository));
  const requests: Request[] = [{ kind: 'know', installation: id, repository }];
  if ((await store.scores.latest(repository.id, null)) === null) {
    requests.push({ kind: 'score', installation: id, repository });
  }
  requests.push(...owed.map((pullRequest: PullRequest) => ({ kind: 'review', pullRequest, opened: false }) as const));
  await store.deliveries.request(requests);
}

/** One that fails stops no other. */
async function eachOnItsOwn({ log }: SweepDependencies, fields: object, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.warn({ ...fields, err: error }, 'a sweep left something out');
  }
}
