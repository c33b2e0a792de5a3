import { and, desc, eq, lt, sql } from 'drizzle-orm';
import { type FactCache, factsKey, type NamedBlob } from '../app/ports.js';
import type { FileFacts } from '../model/fact.js';
import type { BlobId, RepoPath } from '../model/identifiers.js';
import type { Database, Queries } from './database.js';
import { packed, unpacked } from './packed.js';
import { facts } from './schema.js';

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;
const KEPT_MILLISECONDS = 30 * DAY_MILLISECONDS;
/** Files: some gigabytes at the most. */
const MOST_KEPT = 200_000;
/** Rows a statement: enough to make its price small, few enough for the memory it takes. */
const ROWS_AT_ONCE = 500;

/** The facts of one repository. */
export function createFactRows(database: Database, repository: number): FactCache {
  return {
    lookUp: async (trees, version, wanted) => {
      const files = new Map(trees.flat().map((file) => [factsKey(file), file]));
      const asked = [...files].flatMap(([key, file]) => (wanted?.has(key) === false ? [] : [file]));
      const known = await read(database.queries, repository, version, asked).catch(() => new Map());
      return {
        known,
        keep: (fresh) => write(database.queries, repository, version, files, fresh).catch(() => {}),
      };
    },
  };
}

async function read(
  queries: Queries,
  repository: number,
  version: string,
  files: readonly NamedBlob[],
): Promise<ReadonlyMap<string, FileFacts>> {
  const known = new Map<string, FileFacts>();
  for (const part of parts(files)) {
    const blobs = sql.param([...new Set(part.map(({ blob }) => blob))]);
    const asked = and(
      eq(facts.repository, repository),
      eq(facts.version, version),
      sql`${facts.blob} = any(${blobs}::text[])`,
    );
    for (const row of await queries.select().from(facts).where(asked)) {
      const kept = unpacked<FileFacts>(row.facts);
      if (kept !== null) known.set(factsKey({ path: row.path as RepoPath, blob: row.blob as BlobId }), kept);
    }
    const now = new Date();
    const yesterday = new Date(now.getTime() - DAY_MILLISECONDS);
    await queries
      .update(facts)
      .set({ usedAt: now })
      .where(and(asked, lt(facts.usedAt, yesterday)));
  }
  return known;
}

async function write(
  queries: Queries,
  repository: number,
  version: string,
  files: ReadonlyMap<string, NamedBlob>,
  fresh: ReadonlyMap<string, FileFacts>,
): Promise<void> {
  const usedAt = new Date();
  for (const part of parts([...fresh])) {
    const rows = part.flatMap(([key, kept]) => {
      const file = files.get(key);
      if (file === undefined) return [];
      return [{ repository, version, blob: file.blob, path: file.path, facts: packed(kept), usedAt }];
    });
    if (rows.length === 0) continue;
    // In one order everywhere, so that two reviews with the same files cannot wait for each other.
    rows.sort((a, b) => (a.blob + a.path < b.blob + b.path ? -1 : 1));
    await queries
      .insert(facts)
      .values(rows)
      .onConflictDoUpdate({
        target: [facts.repository, facts.version, facts.blob, facts.path],
        set: { facts: sql`excluded.facts`, usedAt },
      });
  }
}

function parts<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / ROWS_AT_ONCE);
  return Array.from({ length: count }, (_, index) => items.slice(index * ROWS_AT_ONCE, (index + 1) * ROWS_AT_ONCE));
}

/** Deletes what nobody used for thirty days, and the longest unused above what is kept at most. */
export async function forgetFacts(queries: Queries, now: Date, most = MOST_KEPT): Promise<void> {
  await queries.delete(facts).where(lt(facts.usedAt, new Date(now.getTime() - KEPT_MILLISECONDS)));
  const [last] = await queries
    .select({ usedAt: facts.usedAt })
    .from(facts)
    .orderBy(desc(facts.usedAt))
    .offset(most)
    .limit(1);
  if (last !== undefined) await queries.delete(facts).where(sql`${facts.usedAt} <= ${last.usedAt}`);
}
