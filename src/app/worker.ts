import { assertNever } from '../model/expression.js';
import type { AppDependencies } from './dependencies.js';
import type { Job, JobOrigin } from './keeping.js';
import { createRecheck } from './recheck-commit.js';
import { createPullRequestReview } from './review-pull-request.js';
import { createBranchScoring } from './score-branch.js';
import { sweepInstallation } from './sweeps.js';

/** Does a job of the queue. Rejects where it is to be tried again. */
export type Worker = (job: Job, signal: AbortSignal, origin: JobOrigin) => Promise<void>;

export function createWorker(deps: AppDependencies): Worker {
  const reviewPullRequest = createPullRequestReview(deps);
  const scoreBranch = createBranchScoring(deps);
  const recheckCommit = createRecheck(deps, scoreBranch);
  return async function work(job, signal, origin) {
    const log = deps.log.child({ job: origin.id, delivery: origin.delivery });
    switch (job.kind) {
      case 'review': {
        const { repository, number } = job.pullRequest;
        await reviewPullRequest(job.pullRequest, signal, log.child({ repository, pullRequest: number }));
        break;
      }
      case 'score':
        await scoreBranch(job, signal, log.child({ repository: job.repository }));
        break;
      case 'recheck':
        await recheckCommit(job, signal, log.child({ repository: job.repository, head: job.head }));
        break;
      case 'survey':
        await sweepInstallation({ ...deps, log }, job.installation, signal);
        break;
      default:
        assertNever(job);
    }
  };
}
