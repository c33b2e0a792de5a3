import { and, desc, eq, lt, lte } from 'drizzle-orm';
import type { TreeCache } from '../app/keeping.js';
import type { TreeListing } from '../model/change.js';
import type { Queries } from './database.js';
import { packed, unpacked } from './packed.js';
import { trees } from './schema.js';

const KEPT_MILLISECONDS = 30 * 24 * 60 * 60 * 1000;
/** Commits: a listing of a large repository takes some megabytes. */
const MOST_KEPT = 2_000;

export function createTreeRows(queries: Queries): TreeCache {
  return {
    read: async (repository, commit) => {
      const asked = and(eq(trees.repository, repository), eq(trees.commit, commit));
      const [row] = await queries
        .select()
        .from(trees)
        .where(asked)
        .catch(() => []);
      const files = row === undefined ? null : unpacked<TreeListing['files'] & object>(row.files);
      return files === null ? null : { commit, files };
    },
    write: async (repository, { commit, files }) => {
      const row = { files: packed(files), keptAt: new Date() };
      await queries
        .insert(trees)
        .values({ repository, commit, ...row })
        .onConflictDoUpdate({ target: [trees.repository, trees.commit], set: row })
        .catch(() => {});
    },
  };
}

/** Deletes what was kept thirty days ago, and the oldest above what is kept at most. */
export async function forgetTrees(queries: Queries, now: Date, most = MOST_KEPT): Promise<void> {
  await queries.delete(trees).where(lt(trees.keptAt, new Date(now.getTime() - KEPT_MILLISECONDS)));
  const [last] = await queries
    .select({ keptAt: trees.keptAt })
    .from(trees)
    .orderBy(desc(trees.keptAt))
    .offset(most)
    .limit(1);
  if (last !== undefined) await queries.delete(trees).where(lte(trees.keptAt, last.keptAt));
}
