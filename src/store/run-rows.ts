import { and, desc, eq, inArray, lt, lte } from 'drizzle-orm';
import type { RunCache } from '../app/ports.js';
import type { Queries } from './database.js';
import { results } from './schema.js';

const KEPT_MILLISECONDS = 30 * 24 * 60 * 60 * 1000;
/** Parts, of which a large repository has some tens of some hundred kilobytes each. */
const MOST_KEPT = 20_000;

/** What was found out about the runs of one repository. */
export function createRunRows(queries: Queries, repository: number): RunCache {
  return {
    read: async (names) => {
      const asked = and(eq(results.repository, repository), inArray(results.name, [...names]));
      const rows = await queries
        .select()
        .from(results)
        .where(asked)
        .catch(() => []);
      return new Map(rows.map((row) => [row.name, row.found]));
    },
    write: async (parts) => {
      // In one order everywhere, so that two reviews of one repository cannot wait for each other.
      const rows = [...parts].sort(([a], [b]) => (a < b ? -1 : 1));
      for (const [name, found] of rows) {
        const row = { found, keptAt: new Date() };
        await queries
          .insert(results)
          .values({ repository, name, ...row })
          .onConflictDoUpdate({ target: [results.repository, results.name], set: row })
          .catch(() => {});
      }
    },
  };
}

/** Deletes what was kept thirty days ago, and the oldest above what is kept at most. */
export async function forgetRuns(queries: Queries, now: Date, most = MOST_KEPT): Promise<void> {
  await queries.delete(results).where(lt(results.keptAt, new Date(now.getTime() - KEPT_MILLISECONDS)));
  const [last] = await queries
    .select({ keptAt: results.keptAt })
    .from(results)
    .orderBy(desc(results.keptAt))
    .offset(most)
    .limit(1);
  if (last !== undefined) await queries.delete(results).where(lte(results.keptAt, last.keptAt));
}
