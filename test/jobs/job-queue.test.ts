import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HostError } from '../../src/app/hosting.js';
import type { Job, JobOrigin, QueueSize } from '../../src/app/keeping.js';
import { type OpenedJobQueue, openJobQueue } from '../../src/jobs/job-queue.js';
import type { Pace } from '../../src/jobs/pace.js';
import type { Database } from '../../src/store/database.js';
import { openServerDatabase } from '../../src/store/server-database.js';
import { KINDS_OF_DATABASE, openDatabase, useServer } from '../support/databases.js';
import { until } from '../support/until.js';

const server = useServer();
const PACE: Partial<Pace> = { debounceSeconds: 0, retrySeconds: 1, tries: 2, pollMilliseconds: 20 };

describe.each(KINDS_OF_DATABASE)('the queue in a database that is %s', (kind) => {
  let database: Database;
  const errors: unknown[] = [];
  const exhausted: Job[] = [];
  let repositories = 0;

  beforeAll(async () => {
    database = await openDatabase(kind, server);
  });
  afterAll(async () => {
    await database.close();
    expect(errors).toEqual([]);
  });

  function open(pace: Partial<Pace> = {}, slots = 2): Promise<OpenedJobQueue> {
    return openJobQueue(database, {
      slots,
      pace: { ...PACE, ...pace },
      onError: (error) => errors.push(error),
      onExhausted: (job) => exhausted.push(job),
    });
  }

  /** A job that no other test uses. */
  function fresh(): Job {
    repositories += 1;
    return { kind: 'review', pullRequest: { installation: 3, repository: repositories, number: 1 } };
  }

  async function put(opened: OpenedJobQueue, ...jobs: Job[]): Promise<void> {
    await database.transaction((session) => opened.enqueue(jobs, session, null));
  }

  it('hands out what was put in, of every kind', async () => {
    const opened = await open();
    const jobs: Job[] = [
      fresh(),
      { kind: 'score', installation: 3, repository: 5 },
      { kind: 'survey', installation: 3 },
    ];
    await put(opened, ...jobs);
    const done: Job[] = [];
    await opened.queue.start(async (job) => void done.push(job));
    await until(() => done.length === 3);
    await opened.queue.stop(1000);
    expect(done).toEqual(expect.arrayContaining(jobs));
    expect(total(await opened.queue.sizes())).toBe(0);
  });

  it('tells of a job which delivery put it in', async () => {
    const opened = await open();
    await database.transaction((session) => opened.enqueue([fresh()], session, 'delivery 1'));
    const origins: JobOrigin[] = [];
    await opened.queue.start(async (_, __, origin) => void origins.push(origin));
    await until(() => origins.length === 1);
    await opened.queue.stop(1000);
    expect(origins).toEqual([{ id: expect.stringMatching(/^[0-9a-f-]{36}$/), delivery: 'delivery 1' }]);
  });

  it('hands out nothing of a transaction that failed', async () => {
    const opened = await open();
    const lost = database.transaction(async (session) => {
      await opened.enqueue([fresh()], session, null);
      throw new Error('rolled back');
    });
    await expect(lost).rejects.toThrow('rolled back');
    expect(total(await opened.queue.sizes())).toBe(0);
    await opened.queue.stop(0);
  });

  it('lets one job of a key wait while another is worked on, and no busy key stop the others', async () => {
    const opened = await open();
    const [busy, other] = [fresh(), fresh()];
    const gate = new Gate();
    const done: Job[] = [];
    await put(opened, busy);
    await opened.queue.start(async (job) => {
      done.push(job);
      if (done.length === 1) await gate.opened;
    });
    await until(() => done.length === 1);
    await put(opened, busy, busy, other);
    await put(opened, busy);
    await until(() => done.length === 3);
    expect(done).toContainEqual(other);
    gate.open();
    await until(async () => total(await opened.queue.sizes()) === 0);
    expect(done).toHaveLength(3);
    await opened.queue.stop(1000);
  });

  it('does as many jobs at once as it has slots', async () => {
    const opened = await open({}, 3);
    await put(opened, ...Array.from({ length: 7 }, fresh));
    let [now, most, done] = [0, 0, 0];
    await opened.queue.start(async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise((resolve) => setTimeout(resolve, 50));
      now -= 1;
      done += 1;
    });
    await until(() => done === 7);
    await opened.queue.stop(1000);
    expect(most).toBe(3);
  });

  it('tries a job that fails again, and sets it aside and says so after its last try', async () => {
    const opened = await open();
    const job = fresh();
    await put(opened, job);
    let tries = 0;
    await opened.queue.start(async () => {
      tries += 1;
      throw new Error('never works');
    });
    await until(() => exhausted.length > 0);
    expect(tries).toBe(2);
    expect(exhausted).toEqual([job]);
    expect(await opened.queue.sizes()).toContainEqual({ kind: 'review', state: 'failed', jobs: 1 });
    await opened.queue.stop(1000);
  });

  it('waits until the moment that the host names, without losing a try', async () => {
    const opened = await open({ tries: 1 });
    await put(opened, fresh());
    const tries: number[] = [];
    const retryAt = new Date(Date.now() + 1500);
    await opened.queue.start(async () => {
      tries.push(Date.now());
      if (tries.length === 1) throw limited(retryAt);
    });
    await until(() => tries.length === 2);
    expect(tries[1]).toBeGreaterThanOrEqual(retryAt.getTime());
    await opened.queue.stop(1000);
  });

  it('stops after the jobs under way, and leaves the rest where they are', async () => {
    const opened = await open({}, 1);
    await put(opened, fresh(), fresh());
    const gate = new Gate();
    let [begun, ended] = [0, 0];
    await opened.queue.start(async () => {
      begun += 1;
      await gate.opened;
      ended += 1;
    });
    await until(() => begun === 1);
    const stopped = opened.queue.stop(60_000);
    gate.open();
    await stopped;
    expect([begun, ended]).toEqual([1, 1]);
    expect(waiting(await opened.queue.sizes())).toBe(1);
    await drain();
  });

  it('gives back what has not ended in time, to be done by the next at once', async () => {
    const opened = await open({ tries: 1 });
    const job = fresh();
    await put(opened, job);
    let aborted = false;
    await opened.queue.start(async (_, signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      aborted = true;
      signal.throwIfAborted();
    });
    await until(async () => (await opened.queue.sizes()).some((it) => it.state === 'active' && it.jobs === 1));
    await opened.queue.stop(0);
    expect(aborted).toBe(true);
    expect(await drain()).toEqual([job]);
  });

  it('goes on when the database was away for a while, and says so', async () => {
    let away = false;
    const executeSql: Database['executeSql'] = (...query) =>
      away ? Promise.reject(new Error('away')) : database.executeSql(...query);
    const said: unknown[] = [];
    const opened = await openJobQueue(
      { ...database, executeSql },
      { slots: 1, pace: PACE, onError: (error) => said.push(error), onExhausted: fail },
    );
    const done: Job[] = [];
    await opened.queue.start(async (job) => void done.push(job));
    away = true;
    await until(() => said.length > 1);
    const job = fresh();
    await put(opened, job);
    away = false;
    await until(() => done.length === 1);
    await opened.queue.stop(1000);
    expect([done, said[0]]).toEqual([[job], new Error('away')]);
  });

  it('aborts a job that takes longer than any may', async () => {
    const opened = await open({ jobMilliseconds: 50, tries: 1 });
    await put(opened, fresh());
    const reasons: unknown[] = [];
    await opened.queue.start(async (_, signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      reasons.push(signal.reason);
      throw signal.reason;
    });
    await until(() => reasons.length === 1);
    expect(reasons).toEqual([new Error('the job took too long')]);
    await opened.queue.stop(1000);
  });

  it('keeps no words of an error, which may quote a repository', async () => {
    const opened = await open({ tries: 1 });
    await put(opened, fresh());
    const before = exhausted.length;
    await opened.queue.start(() => Promise.reject(new TypeError('password = "hunter2"')));
    await until(() => exhausted.length > before);
    await opened.queue.stop(1000);
    const { rows } = await database.executeSql("select output from pgboss.job where output->>'name' = 'TypeError'");
    expect(rows).not.toEqual([]);
    expect(JSON.stringify(rows)).not.toContain('hunter2');
  });

  /** Does all that waits, and gives it. */
  async function drain(): Promise<Job[]> {
    const opened = await open();
    const done: Job[] = [];
    await opened.queue.start(async (job) => void done.push(job));
    await until(async () => (await opened.queue.sizes()).every((it) => it.state === 'failed' || it.jobs === 0));
    await opened.queue.stop(1000);
    return done;
  }
});

describe('two processes with one server', () => {
  it('never do one job at the same time', async () => {
    const url = await server.freshDatabase();
    const onConnectionLost = () => {};
    const databases = await Promise.all([1, 2].map(() => openServerDatabase({ url, onConnectionLost })));
    const options = { slots: 2, pace: PACE, onError: fail, onExhausted: fail };
    const queues = await Promise.all(databases.map((database) => openJobQueue(database, options)));
    const done: number[] = [];
    for (const { queue } of queues)
      await queue.start(async (job) => void done.push(job.kind === 'score' ? job.repository : 0));
    const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
    for (const repository of numbers) {
      const job: Job = { kind: 'score', installation: 3, repository };
      const [database, opened] = repository % 2 === 0 ? [databases[0], queues[0]] : [databases[1], queues[1]];
      await database?.transaction(async (session) => opened?.enqueue([job], session, null));
    }
    await until(() => done.length >= numbers.length);
    for (const { queue } of queues) await queue.stop(1000);
    for (const database of databases) await database.close();
    expect(done.toSorted((a, b) => a - b)).toEqual(numbers);
  });
});

function fail(cause: unknown): never {
  throw cause;
}

function limited(retryAt: Date): HostError {
  return new HostError({ code: 'rate-limited', message: 'wait', advice: 'Nothing to do.', retryAt });
}

function total(sizes: readonly QueueSize[]): number {
  return sizes.filter((it) => it.state !== 'failed').reduce((sum, it) => sum + it.jobs, 0);
}

function waiting(sizes: readonly QueueSize[]): number {
  return sizes.filter((it) => it.state === 'waiting').reduce((sum, it) => sum + it.jobs, 0);
}

/** Something that work can wait for. */
class Gate {
  open: () => void = () => {};
  readonly opened = new Promise<void>((resolve) => {
    this.open = resolve;
  });
}
