import { fileURLToPath } from 'node:url';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';
import { UserError } from '../model/user-error.js';
import { type Database, MIGRATIONS, type Session } from './database.js';

export interface ServerOptions {
  readonly url: string;
  /** Called when a connection that nobody uses breaks. The next query gets a new one. */
  readonly onConnectionLost: (error: Error) => void;
}

const CONNECTIONS = 10;
const PATIENCE_MILLISECONDS = 10_000;

/** Connects to a PostgreSQL server and brings its tables up to date. Fails with a `UserError` where it cannot be reached. */
export async function openServerDatabase({ url, onConnectionLost }: ServerOptions): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'tunelint',
    max: CONNECTIONS,
    connectionTimeoutMillis: PATIENCE_MILLISECONDS,
  });
  let closing = false;
  // The server may end connections that are on their way out anyway.
  pool.on('error', (error) => {
    if (!closing) onConnectionLost(error);
  });
  try {
    await alone(pool, (client) => migrate(drizzle({ client }), { migrationsFolder: fileURLToPath(MIGRATIONS) }));
  } catch (cause) {
    await pool.end();
    throw unreachable(cause);
  }
  return {
    ...poolSession(pool),
    embedded: false,
    transaction: (work) => withClient(pool, (client) => inTransaction(client, () => work(clientSession(client)))),
    alone: (work) => alone(pool, work),
    // The server's autovacuum does it.
    vacuum: async () => {},
    close: async () => {
      closing = true;
      await pool.end();
    },
  };
}

/** Any number, as long as it is ours. */
const START_LOCK = 7_813_529_041;

/** One process after the other, for those that start together. */
async function alone<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  return await withClient(pool, async (client) => {
    await client.query('select pg_advisory_lock($1)', [START_LOCK]);
    try {
      return await work(client);
    } finally {
      await client.query('select pg_advisory_unlock($1)', [START_LOCK]);
    }
  });
}

function poolSession(pool: pg.Pool): Session {
  return {
    queries: drizzle({ client: pool }),
    executeSql: (text, values = []) => {
      if (values.length > 0) return pool.query(text, [...values]);
      return withClient(pool, (client) => severalStatements(client, text));
    },
  };
}

function clientSession(client: pg.PoolClient): Session {
  return { queries: drizzle({ client }), executeSql: (text, values = []) => client.query(text, [...values]) };
}

/** Several statements with their own `begin`: what failed in the middle of them must not stay open. */
async function severalStatements(client: pg.PoolClient, text: string): Promise<{ rows: unknown[] }> {
  return await orRollback(client, async () => {
    const results: pg.QueryResult | pg.QueryResult[] = await client.query(text);
    return Array.isArray(results) ? (results.at(-1) ?? { rows: [] }) : results;
  });
}

async function inTransaction<T>(client: pg.PoolClient, work: () => Promise<T>): Promise<T> {
  return await orRollback(client, async () => {
    await client.query('begin');
    const result = await work();
    await client.query('commit');
    return result;
  });
}

async function orRollback<T>(client: pg.PoolClient, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    // Where the connection is gone, so is the transaction.
    await client.query('rollback').catch(() => {});
    throw error;
  }
}

/** A client that lost its connection is not given to anybody again. */
async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  const onError = () => {
    broken = true;
  };
  client.on('error', onError);
  try {
    return await work(client);
  } finally {
    client.off('error', onError);
    client.release(broken);
  }
}

function unreachable(cause: unknown): UserError {
  const words = cause instanceof Error ? cause.message : String(cause);
  return new UserError({
    code: 'database-unreachable',
    // Never the address itself: it holds the password.
    message: `The database that DATABASE_URL names could not be opened: ${words}.`,
    advice: 'Check that the server runs and that its address, user, password and database name are right.',
    cause,
  });
}
