import { setTimeout as pause } from 'node:timers/promises';
import type PgBoss from 'pg-boss';
import { HostError } from '../app/hosting.js';
import type { Job, JobOrigin } from '../app/keeping.js';
import type { Database, Session } from '../store/database.js';
import { sessionForBoss } from './boss-session.js';
import { giveBack, keepActive } from './job-rows.js';
import { KINDS, type QueuedJob } from './kinds.js';
import type { Pace } from './pace.js';

export interface DispatcherOptions {
  readonly boss: PgBoss;
  readonly database: Database;
  readonly slots: number;
  readonly pace: Pace;
  /** The queue of what had its last try. */
  readonly exhausted: string;
  readonly send: (boss: PgBoss, queued: QueuedJob, within: Session, startAfter: Date) => Promise<void>;
  readonly onExhausted: (job: Job) => void;
  readonly onError: (error: unknown) => void;
}

export type Work = (job: Job, signal: AbortSignal, origin: JobOrigin) => Promise<void>;

interface ActiveJob {
  readonly abort: (reason: Error) => void;
  /** Settles when the job is done with and the queue knows. */
  readonly settled: Promise<void>;
}

/** So many pauses in one, while the queue cannot be asked. */
const FAILURE_PAUSES = 5;
/** How long a job that was told to stop may take to leave things in order. */
const TIDYING_MILLISECONDS = 5_000;

/** The process stops: the job goes back to the queue. */
export class Stopping extends Error {
  override readonly name = 'Stopping';

  constructor() {
    super('the process stops');
  }
}

/**
 * Takes jobs out of the queue and tells it what became of them. A loop of our own, since pg-boss's ends the process when
 * the database does not answer while it says that a job is done.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions;
  readonly #active = new Map<string, ActiveJob>();
  #stopping = false;
  #loop: Promise<void> | null = null;
  /** Whether there was a reason to look again since the last look. */
  #woken = false;
  #endRest: () => void = () => {};
  #signsOfLife: NodeJS.Timeout | null = null;

  constructor(options: DispatcherOptions) {
    this.#options = options;
  }

  start(work: Work): void {
    this.#loop = this.#run(work);
    const every = (this.#options.pace.silenceSeconds * 1000) / 4;
    this.#signsOfLife = setInterval(() => void this.#guarded(() => this.#showLife()), every);
  }

  /** There will be something to do in so long, which need not wait until it is looked for. */
  wakeIn(milliseconds: number): void {
    setTimeout(() => this.#wakeUp(), milliseconds).unref();
  }

  async stop(graceMilliseconds: number): Promise<void> {
    this.#stopping = true;
    this.#wakeUp();
    await this.#loop;
    await this.#settledWithin(graceMilliseconds);
    for (const job of this.#active.values()) job.abort(new Stopping());
    await this.#settledWithin(TIDYING_MILLISECONDS);
    if (this.#signsOfLife !== null) clearInterval(this.#signsOfLife);
    await this.#guarded(() => giveBack(this.#options.database.queries, [...this.#active.keys()]));
  }

  async #run(work: Work): Promise<void> {
    const { pollMilliseconds } = this.#options.pace;
    while (!this.#stopping) {
      this.#woken = false;
      const full = await this.#guarded(() => this.#takeJobs(work));
      await this.#guarded(() => this.#hearOfExhausted());
      // A full hand may not be all there is, so that it is looked at again as soon as a slot is free.
      if (full === true) void this.#slotFreed().then(() => this.#wakeUp());
      await this.#rest(full === null ? FAILURE_PAUSES * pollMilliseconds : pollMilliseconds);
    }
  }

  async #slotFreed(): Promise<void> {
    await Promise.race([...this.#active.values()].map((job) => job.settled));
  }

  #wakeUp(): void {
    this.#woken = true;
    this.#endRest();
  }

  /** Until the time is over, or there is a reason to look again. */
  async #rest(milliseconds: number): Promise<void> {
    if (this.#woken) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#endRest = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** True where there may be more. */
  async #takeJobs(work: Work): Promise<boolean> {
    for (const kind of KINDS) {
      const free = this.#options.slots - this.#active.size;
      if (free === 0) return true;
      for (const job of await this.#fetch(kind, free)) this.#begin(job, work);
    }
    return this.#active.size === this.#options.slots;
  }

  async #fetch(name: string, batchSize: number): Promise<PgBoss.Job<QueuedJob>[]> {
    const { boss, database } = this.#options;
    // pg-boss takes every failure of this statement for one of those that other policies provoke, and says nothing.
    let failure: unknown = null;
    const executeSql: PgBoss.Db['executeSql'] = (text, values) =>
      database.executeSql(text, values).catch((error) => {
        failure = error;
        throw error;
      });
    const jobs = await boss.fetch<QueuedJob>(name, { batchSize, db: { executeSql } });
    if (failure !== null) throw failure;
    return jobs;
  }

  async #hearOfExhausted(): Promise<void> {
    const { boss, exhausted, onExhausted } = this.#options;
    for (const { id, data } of await this.#fetch(exhausted, 10)) {
      onExhausted(data.job);
      await boss.complete(exhausted, id);
    }
  }

  #begin({ id, name, data }: PgBoss.Job<QueuedJob>, work: Work): void {
    const controller = new AbortController();
    const settled = this.#perform(id, name, data, work, controller)
      .catch(this.#options.onError)
      .finally(() => this.#active.delete(id));
    this.#active.set(id, { abort: (reason) => controller.abort(reason), settled });
  }

  async #perform(id: string, name: string, queued: QueuedJob, work: Work, controller: AbortController): Promise<void> {
    const { boss, database, pace } = this.#options;
    const bound = setTimeout(() => controller.abort(new Error('the job took too long')), pace.jobMilliseconds);
    try {
      await work(queued.job, controller.signal, { id, delivery: queued.delivery });
    } catch (error) {
      if (controller.signal.reason instanceof Stopping) await giveBack(database.queries, [id]);
      else if (error instanceof HostError && error.retryAt !== null) await this.#postpone(id, queued, error.retryAt);
      else await boss.fail(name, id, namesOf(error));
      return;
    } finally {
      clearTimeout(bound);
    }
    await boss.complete(name, id);
  }

  /** Not a try that failed, since nothing is wrong: done with, and put in again for later. */
  async #postpone(id: string, queued: QueuedJob, until: Date): Promise<void> {
    const { boss, database, send } = this.#options;
    await database.transaction(async (session) => {
      await boss.complete(queued.job.kind, id, {}, { db: sessionForBoss(session) });
      await send(boss, queued, session, until);
    });
  }

  async #showLife(): Promise<void> {
    await keepActive(this.#options.database.queries, [...this.#active.keys()]);
  }

  async #settledWithin(milliseconds: number): Promise<void> {
    const settled = Promise.all([...this.#active.values()].map((job) => job.settled));
    const late = new AbortController();
    await Promise.race([settled, pause(milliseconds, undefined, { signal: late.signal }).catch(() => {})]);
    late.abort();
  }

  async #guarded<T>(step: () => Promise<T>): Promise<T | null> {
    try {
      return await step();
    } catch (error) {
      this.#options.onError(error);
      return null;
    }
  }
}

/** What is kept of a failure. Not its words, which may quote a repository. */
function namesOf(error: unknown): { name: string; code: string | null } {
  if (!(error instanceof Error)) return { name: typeof error, code: null };
  const { code } = error as Error & { code?: unknown };
  return { name: error.name, code: typeof code === 'string' ? code : null };
}
