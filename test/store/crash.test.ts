import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, jest } from '@jest/globals';
import type { Database } from '../../src/store/database.js';
import { openEmbeddedDatabase } from '../../src/store/embedded-database.js';
import { openServerDatabase } from '../../src/store/server-database.js';
import { requireBuild } from '../cli/built-command.js';
import { KINDS_OF_DATABASE, type KindOfDatabase, useServer } from '../support/databases.js';

jest.setTimeout(180_000);

const server = useServer();
const WRITER = fileURLToPath(new URL('delivery-writer.js', import.meta.url));
const ROUNDS = 3;
const WRITTEN_IN_A_ROUND = 25;

describe.each(KINDS_OF_DATABASE)('a process killed while it writes to a database that is %s', (kind) => {
  it('loses no delivery that it accepted, and leaves none without its job', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tunelint-crash-'));
    const where = kind === 'server' ? await server.freshDatabase() : folder;
    const accepted: number[] = [];
    for (let round = 1; round <= ROUNDS; round += 1) accepted.push(...(await writeUntilKilled(where, round)));
    const database = await open(kind, where);
    try {
      const deliveries = await idsOf(database, "select split_part(id, ' ', 2) as id from deliveries");
      const jobs = await idsOf(
        database,
        "select data->'job'->'pullRequest'->>'number' as id from pgboss.job where name = 'review'",
      );
      expect(deliveries).toEqual(expect.arrayContaining(accepted));
      expect(jobs).toEqual(deliveries);
    } finally {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** The deliveries that a process said were safe before it was killed. */
async function writeUntilKilled(where: string, round: number): Promise<number[]> {
  requireBuild();
  const child = spawn(process.execPath, [WRITER, where, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const accepted: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    accepted.push(Number(line));
    if (accepted.length === WRITTEN_IN_A_ROUND) child.kill('SIGKILL');
  }
  await ended;
  expect(accepted.length).toBeGreaterThanOrEqual(WRITTEN_IN_A_ROUND);
  return accepted;
}

async function open(kind: KindOfDatabase, where: string): Promise<Database> {
  if (kind === 'server') return await openServerDatabase({ url: where, onConnectionLost: () => {} });
  return await openEmbeddedDatabase({ folder: where, onLost: () => {}, staleMilliseconds: 2000 });
}

async function idsOf(database: Database, query: string): Promise<number[]> {
  const { rows } = await database.executeSql(query);
  return rows.map((row) => Number((row as { id: string }).id)).sort((a, b) => a - b);
}
