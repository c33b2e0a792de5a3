import { and, count, eq, inArray, lt, or, sql } from 'drizzle-orm';
import { integer, pgSchema, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import type { QueueSize } from '../app/keeping.js';
import type { Queries } from '../store/database.js';
import { isKind, type Kind } from './kinds.js';

// The part of pg-boss's own table that it has no function for: giving jobs back, and showing that they are worked on.
const jobs = pgSchema('pgboss').table('job', {
  id: uuid('id').notNull(),
  name: text('name').notNull(),
  state: text('state').$type<'created' | 'retry' | 'active' | 'completed' | 'cancelled' | 'failed'>().notNull(),
  retryLimit: integer('retry_limit').notNull(),
  retryCount: integer('retry_count').notNull(),
  startAfter: timestamp('start_after', { withTimezone: true }).notNull(),
  startedOn: timestamp('started_on', { withTimezone: true }),
});

const now = sql`now()`;

/** Jobs that are worked on are taken for lost when this has not been done for as long as they may take. */
export async function keepActive(queries: Queries, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await queries.update(jobs).set({ startedOn: now }).where(active(ids));
}

/** Back to the queue, to be done at once, without losing a try. */
export async function giveBack(queries: Queries, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await queries.update(jobs).set({ state: 'retry', startAfter: now, startedOn: null }).where(active(ids));
}

/**
 * Back to the queue, at the price of a try: what a process that is gone was at. Gives the jobs that have no try left,
 * perhaps because they are what ended it.
 */
export async function reclaim(queries: Queries): Promise<readonly { name: string; id: string }[]> {
  const left = lt(jobs.retryCount, jobs.retryLimit);
  await queries
    .update(jobs)
    .set({ state: 'retry', startAfter: now })
    .where(and(eq(jobs.state, 'active'), left));
  return await queries.select({ name: jobs.name, id: jobs.id }).from(jobs).where(eq(jobs.state, 'active'));
}

function active(ids: readonly string[]) {
  return and(inArray(jobs.id, [...ids]), eq(jobs.state, 'active'));
}

const STATES = { created: 'waiting', retry: 'waiting', active: 'active', failed: 'failed' } as const;

export async function countJobs(queries: Queries, kinds: readonly Kind[]): Promise<readonly QueueSize[]> {
  const rows = await queries
    .select({ name: jobs.name, state: jobs.state, jobs: count() })
    .from(jobs)
    .where(or(eq(jobs.state, 'created'), eq(jobs.state, 'retry'), eq(jobs.state, 'active'), eq(jobs.state, 'failed')))
    .groupBy(jobs.name, jobs.state);
  const sizes = kinds.flatMap((kind) =>
    (['waiting', 'active', 'failed'] as const).map((state) => ({ kind, state, jobs: 0 })),
  );
  for (const row of rows) {
    if (!isKind(row.name)) continue;
    const state = STATES[row.state as keyof typeof STATES];
    const size = sizes.find((it) => it.kind === row.name && it.state === state);
    if (size !== undefined) size.jobs += row.jobs;
  }
  return sizes;
}
