import { unclaimedOutcome } from '../presentation/github/check-outcomes.js';
import { openIdIn } from './check-identity.js';
import type { AppDependencies } from './dependencies.js';
import type { Job } from './keeping.js';
import type { Log } from './log.js';
import type { ScoreBranch } from './score-branch.js';
import { startCheck } from './start-check.js';

export type RecheckCommit = (job: Extract<Job, { kind: 'recheck' }>, signal: AbortSignal, log: Log) => Promise<void>;

/**
 * A person asked for the check run of a commit again, and it is not known whether they may, or which pull request has it
 * as its head: events of forks name none. Every open one that has it is reviewed; where there is none, the check run says
 * so.
 */
export function createRecheck(deps: AppDependencies, scoreBranch: ScoreBranch): RecheckCommit {
  const { host, store } = deps;
  return async function recheckCommit(job, signal, log) {
    const repository = await store.repositories.byId(job.repository);
    if (repository === null) return log.info({}, 'nothing to check again: forgotten');
    const installation = host.installation(job.installation, signal);
    if (job.by !== undefined && !(await installation.mayWrite(repository, job.by))) {
      return log.info({ by: job.by }, 'not checked again: who asks may not write');
    }
    const pullRequests = (await installation.openPullRequests(repository)).filter(({ head }) => head === job.head);
    if (pullRequests.length > 0) {
      const review = { kind: 'review', opened: false, again: true } as const;
      return await store.deliveries.request(pullRequests.map((pullRequest) => ({ ...review, pullRequest })));
    }
    if ((await installation.defaultHead(repository)) === job.head) {
      return await scoreBranch({ ...job, again: true }, signal, log);
    }
    const [check] = await installation.checks.list(repository, job.head);
    if (check === undefined) return log.info({}, 'nothing to check again: no check run of ours');
    const externalId = openIdIn(check.externalId);
    const id = await startCheck(installation.checks, { repository, head: job.head, externalId });
    await installation.checks.complete(repository, id, { ...unclaimedOutcome(), externalId });
    log.info({}, 'no pull request has this head');
  };
}
