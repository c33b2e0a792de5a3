import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite, type PGliteOptions, type Transaction } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/pglite';
import { migrate } from 'drizzle-orm/pglite/migrator';
import { type Database, MIGRATIONS, type Session } from './database.js';
import { type FolderLock, lockFolder } from './folder-lock.js';

export interface EmbeddedOptions {
  /** The folder for everything the App keeps; null for a database in memory, which tests use. */
  readonly folder: string | null;
  /** Called when another process took the folder: end at once, without writing. */
  readonly onLost: (error: Error) => void;
  /** How long a holder without a sign of life is believed to live. */
  readonly staleMilliseconds?: number;
}

/**
 * Opens PostgreSQL inside this process. Fails with a `UserError` where another process has the folder. A power cut may
 * cost the last seconds: PGlite cannot force its file system to the disk, and sweeps find again what was lost.
 */
export async function openEmbeddedDatabase(options: EmbeddedOptions): Promise<Database> {
  if (options.folder === null) return await opened(await PGlite.create(inMemory()), null);
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const folder = join(options.folder, 'database');
  const lock = await lockFolder(folder, options);
  try {
    await initialise(folder);
    return await opened(await PGlite.create({ dataDir: folder, startParams: [...START_PARAMS] }), lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

// Those of PGlite without `-F`, which switches off fsync, and with as little memory as serves one App.
const START_PARAMS = [
  ...PGlite.defaultStartParams.filter((param) => param !== '-F'),
  ...['-c', 'fsync=on', '-c', 'wal_sync_method=fsync', '-c', 'shared_buffers=16MB'],
];

function inMemory(): PGliteOptions {
  return { dataDir: 'memory://' };
}

/** In a folder of its own that is renamed when it is whole: half an initialisation may hang every later start. */
async function initialise(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  const unfinished = `${folder}.init`;
  await rm(unfinished, { recursive: true, force: true });
  const database = await PGlite.create({ dataDir: unfinished, startParams: [...START_PARAMS] });
  await database.close();
  await rename(unfinished, folder);
}

async function opened(client: PGlite, lock: FolderLock | null): Promise<Database> {
  await migrate(drizzle({ client }), { migrationsFolder: fileURLToPath(MIGRATIONS) });
  return {
    ...sessionOf(client),
    embedded: true,
    transaction: (work) => client.transaction((inner) => work(sessionOf(inner))),
    alone: (work) => work(),
    vacuum: async () => void (await client.exec('vacuum')),
    close: async () => {
      await client.close();
      await lock?.release();
    },
  };
}

function sessionOf(client: PGlite | Transaction): Session {
  return {
    // Of a client, drizzle calls nothing but `query`, as long as it is asked for no transaction of its own.
    queries: drizzle({ client: client as PGlite }),
    executeSql: async (text, values = []) => {
      if (values.length > 0) return await client.query(text, [...values]);
      const results = await client.exec(text).catch(async (error) => {
        // Several statements with their own `begin`: what failed in the middle of them must not stay open.
        if (client instanceof PGlite) await client.exec('rollback');
        throw error;
      });
      return results.at(-1) ?? { rows: [] };
    },
  };
}
