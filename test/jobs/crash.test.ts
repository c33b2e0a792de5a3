import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, jest } from '@jest/globals';
import type { Job } from '../../src/app/keeping.js';
import { openJobQueue } from '../../src/jobs/job-queue.js';
import type { Pace } from '../../src/jobs/pace.js';
import type { Database } from '../../src/store/database.js';
import { openEmbeddedDatabase } from '../../src/store/embedded-database.js';
import { openServerDatabase } from '../../src/store/server-database.js';
import { requireBuild } from '../cli/built-command.js';
import { KINDS_OF_DATABASE, type KindOfDatabase, useServer } from '../support/databases.js';
import { until } from '../support/until.js';

jest.setTimeout(120_000);

const server = useServer();
const WORKER = fileURLToPath(new URL('dying-worker.js', import.meta.url));
const PACE: Partial<Pace> = {
  debounceSeconds: 0,
  retrySeconds: 1,
  pollMilliseconds: 20,
  silenceSeconds: 2,
  maintenanceSeconds: 1,
};
const JOB: Job = { kind: 'score', installation: 3, repository: 7 };

describe.each(KINDS_OF_DATABASE)('a process killed while it works, on a database that is %s', (kind) => {
  it.each([
    ['has its job done by the next', 2, { done: [JOB], exhausted: [] }],
    ['has its job given up where that was the last try', 1, { done: [], exhausted: [JOB] }],
  ])('%s', async (_, tries, expected) => {
    const folder = await mkdtemp(join(tmpdir(), 'tunelint-jobs-'));
    const where = kind === 'server' ? await server.freshDatabase() : folder;
    await killAtWork(where, { ...PACE, tries });
    const database = await open(kind, where);
    const seen = { done: [] as Job[], exhausted: [] as Job[] };
    const { queue } = await openJobQueue(database, {
      slots: 1,
      pace: { ...PACE, tries },
      onError: (error) => expect(error).toBeUndefined(),
      onExhausted: (job) => seen.exhausted.push(job),
    });
    await queue.start(async (job) => void seen.done.push(job));
    await until(() => seen.done.length + seen.exhausted.length > 0);
    await queue.stop(1000);
    await database.close();
    await rm(folder, { recursive: true, force: true });
    expect(seen).toEqual(expected);
  });
});

async function killAtWork(where: string, pace: Partial<Pace>): Promise<void> {
  requireBuild();
  const child = spawn(process.execPath, [WORKER, where, JSON.stringify(pace)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await ended;
}

async function open(kind: KindOfDatabase, where: string): Promise<Database> {
  if (kind === 'server') return await openServerDatabase({ url: where, onConnectionLost: () => {} });
  return await openEmbeddedDatabase({ folder: where, onLost: () => {}, staleMilliseconds: 2000 });
}
