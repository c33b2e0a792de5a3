import PgBoss from 'pg-boss';
import type { Job, JobQueue } from '../app/keeping.js';
import type { Database, Session } from '../store/database.js';
import type { Enqueue } from '../store/deliveries.js';
import { sessionForBoss } from './boss-session.js';
import { Dispatcher } from './dispatcher.js';
import { countJobs, reclaim } from './job-rows.js';
import { KINDS, keyOfJob, type QueuedJob } from './kinds.js';
import type { Pace } from './pace.js';

export interface JobQueueOptions {
  /** How many jobs this process does at once. */
  readonly slots: number;
  /** A job was set aside after its last try. */
  readonly onExhausted: (job: Job) => void;
  /** The queue could not be asked or told something; it goes on. */
  readonly onError: (error: unknown) => void;
  readonly pace?: Partial<Pace>;
}

const PACE: Pace = {
  debounceSeconds: 1,
  retrySeconds: 5,
  tries: 6,
  pollMilliseconds: 2_000,
  silenceSeconds: 60,
  maintenanceSeconds: 15,
  jobMilliseconds: 15 * 60_000,
};

/** What is left of a transaction when a job has been put in. */
const COMMIT_MILLISECONDS = 50;
/** Where pg-boss puts a copy of what had its last try. */
const EXHAUSTED = 'exhausted';

export interface OpenedJobQueue {
  readonly enqueue: Enqueue;
  readonly queue: JobQueue;
}

/** A queue in the database of the store, so that a job can be put in as part of a transaction. */
export async function openJobQueue(database: Database, options: JobQueueOptions): Promise<OpenedJobQueue> {
  const pace = { ...PACE, ...options.pace };
  const boss = new PgBoss({
    db: sessionForBoss(database),
    schedule: false,
    maintenanceIntervalSeconds: pace.maintenanceSeconds,
    archiveCompletedAfterSeconds: 60 * 60,
    archiveFailedAfterSeconds: 7 * 24 * 60 * 60,
    deleteAfterDays: 7,
  });
  boss.on('error', options.onError);
  // pg-boss takes a lock of its own, which was seen not to be enough for two that start on an empty database.
  await database.alone(async () => {
    await boss.start();
    await createQueues(boss, pace);
  });
  if (database.embedded) {
    for (const { name, id } of await reclaim(database.queries)) await boss.fail(name, id, { message: 'process ended' });
  }
  const dispatcher = new Dispatcher({ ...options, boss, database, pace, exhausted: EXHAUSTED, send });
  const enqueue: Enqueue = async (jobs, within, delivery) => {
    for (const job of jobs) await send(boss, { job, delivery }, within, pace.debounceSeconds);
    dispatcher.wakeIn(pace.debounceSeconds * 1000 + COMMIT_MILLISECONDS);
  };
  return {
    enqueue,
    queue: {
      start: async (work) => dispatcher.start(work),
      stop: async (graceMilliseconds) => {
        await dispatcher.stop(graceMilliseconds);
        await boss.stop({ graceful: false, close: false });
      },
      sizes: () => countJobs(database.queries, KINDS),
    },
  };
}

async function createQueues(boss: PgBoss, pace: Pace): Promise<void> {
  await boss.createQueue(EXHAUSTED);
  for (const name of KINDS) {
    const queue: PgBoss.Queue = {
      name,
      // One may wait for each key. The other policies let one busy key stop the whole queue.
      policy: 'short',
      retryLimit: pace.tries - 1,
      retryDelay: pace.retrySeconds,
      retryBackoff: true,
      expireInSeconds: pace.silenceSeconds,
      deadLetter: EXHAUSTED,
    };
    await boss.createQueue(name, queue);
    // Where the queue was created by another version.
    await boss.updateQueue(name, queue);
  }
}

/** Does nothing where a job of the same key waits already. */
async function send(boss: PgBoss, queued: QueuedJob, within: Session, startAfter: number | Date): Promise<void> {
  const options = { singletonKey: keyOfJob(queued.job), startAfter, db: sessionForBoss(within) };
  await boss.send(queued.job.kind, queued, options);
}
