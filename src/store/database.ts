import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';

/** Queries in PostgreSQL's dialect, which both kinds of database speak. */
export type Queries = PgDatabase<PgQueryResultHKT>;

/** One place to send statements to: the database, or one transaction of it. */
export interface Session {
  readonly queries: Queries;
  /** For pg-boss, which brings its own statements: one with values, or several without. Rows are those of the last. */
  readonly executeSql: (text: string, values?: readonly unknown[]) => Promise<{ readonly rows: unknown[] }>;
}

/** An open database whose tables are there. */
export interface Database extends Session {
  /** It lives inside this process and no other has it: what another left half done may be taken up at once. */
  readonly embedded: boolean;
  /** All of the work or nothing. Do not use anything but the given session in it: the embedded database has only one. */
  readonly transaction: <T>(work: (session: Session) => Promise<T>) => Promise<T>;
  /** Runs work while no other process runs any of this kind: to create and change tables. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
  /** Gives the room of deleted rows back, where the database does not do so by itself. */
  readonly vacuum: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Written beside this room by drizzle-kit, in the sources as in what they are compiled to. */
export const MIGRATIONS = new URL('../../drizzle/', import.meta.url);
