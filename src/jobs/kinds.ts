import type { Job } from '../app/keeping.js';
import { assertNever } from '../model/expression.js';

/** A job as it lies in the queue. */
export interface QueuedJob {
  readonly job: Job;
  /** The delivery that put it in; null for a sweep. */
  readonly delivery: string | null;
}

export type Kind = Job['kind'];

/** A queue a kind, in the order in which they are served. */
export const KINDS = ['review', 'recheck', 'score', 'survey'] as const satisfies readonly Kind[];

export function isKind(name: string): name is Kind {
  return (KINDS as readonly string[]).includes(name);
}

/** Two jobs of one key are for the same work, so that one of them is enough to wait. */
export function keyOfJob(job: Job): string {
  switch (job.kind) {
    case 'review':
      return `${job.pullRequest.repository}/${job.pullRequest.number}`;
    case 'score':
      return `${job.repository}`;
    case 'recheck':
      // One who may not ask does not stand in for one who may.
      return `${job.repository}/${job.head}${job.by === undefined ? '' : `/${job.by}`}`;
    case 'survey':
      return `${job.installation}`;
    default:
      return assertNever(job);
  }
}
