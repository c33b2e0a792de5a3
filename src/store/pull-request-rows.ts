import { and, eq, isNull, lt, sql } from 'drizzle-orm';
import type { Claim, PullRequests, UnfinishedCheck } from '../app/keeping.js';
import { type CommitSha, commitSha } from '../model/identifiers.js';
import { keyOf, type PullRequest, type PullRequestKey } from '../model/pull-request.js';
import type { Database, Queries } from './database.js';
import { type Holds, rowOf, unheld } from './holds.js';
import { identityOf } from './repository-rows.js';
import { checks, pullRequests, repositories } from './schema.js';

export function createPullRequests(database: Database, holds: Holds): PullRequests {
  const { queries } = database;
  return {
    withClaim: async (key, signal, work) => {
      const hold = await holds.take(key, signal);
      if (hold === null) return null;
      try {
        const claim = await claimOf(queries, key, hold.generation, AbortSignal.any([signal, hold.signal]));
        return claim === null ? null : await work(claim);
      } finally {
        await hold.release();
      }
    },
    isCurrent: async ({ pullRequest, generation }) => {
      const [row] = await queries
        .select({ open: pullRequests.open, generation: pullRequests.generation })
        .from(pullRequests)
        .where(rowOf(keyOf(pullRequest)));
      return row?.open === true && row.generation === generation;
    },
    checkStarting: ({ pullRequest }) =>
      writeCheck(database, keyOf(pullRequest), pullRequest.head, { check: null, again: false }),
    checkStarted: ({ pullRequest }, check) => writeCheck(database, keyOf(pullRequest), pullRequest.head, { check }),
    checkCompleted: async ({ pullRequest }, head, check) => {
      await writeCheck(database, keyOf(pullRequest), head, { check, completedAt: new Date() });
      if (head !== pullRequest.head) return;
      await queries
        .update(pullRequests)
        .set({ unfamiliar: false })
        .where(rowOf(keyOf(pullRequest)));
    },
    unfinished: (startedBefore) => unfinished(queries, startedBefore),
    checkSwept: async ({ pullRequest, head, check }) => {
      await writeCheck(database, keyOf(pullRequest), head, { check, completedAt: new Date() });
    },
    unreviewed: async (open) => {
      const lacking: PullRequest[] = [];
      for (const pullRequest of open) if (await isUnreviewed(queries, pullRequest)) lacking.push(pullRequest);
      return lacking;
    },
    find: (key) => find(queries, key),
  };
}

async function find(queries: Queries, key: PullRequestKey): Promise<PullRequest | null> {
  const [row] = await withRepository(queries).where(rowOf(key));
  return row === undefined ? null : pullRequestOf(row);
}

function withRepository(queries: Queries) {
  return queries.select().from(pullRequests).innerJoin(repositories, eq(repositories.id, pullRequests.repository));
}

interface Row {
  readonly pull_requests: typeof pullRequests.$inferSelect;
  readonly repositories: typeof repositories.$inferSelect;
}

function pullRequestOf(row: Row): PullRequest {
  const { number, head, base, open, draft, updatedAt } = row.pull_requests;
  const { installation, ...repository } = identityOf(row.repositories);
  return { installation, repository, number, head: commitSha(head), base: commitSha(base), open, draft, updatedAt };
}

async function claimOf(
  queries: Queries,
  key: PullRequestKey,
  generation: number,
  signal: AbortSignal,
): Promise<Claim | null> {
  const [row] = await withRepository(queries).where(rowOf(key));
  if (row === undefined) return null;
  const pullRequest = pullRequestOf(row);
  const known = await queries
    .select()
    .from(checks)
    .where(and(eq(checks.repository, key.repository), eq(checks.number, key.number)))
    .orderBy(checks.startedAt);
  return {
    pullRequest,
    generation,
    check: checkOf(known.find((it) => it.head === pullRequest.head)),
    superseded: known
      .filter((it) => it.head !== pullRequest.head && it.completedAt === null)
      .map((it) => ({ head: commitSha(it.head), check: openCheckOf(it) })),
    unfamiliar: row.pull_requests.unfamiliar,
    signal,
  };
}

function checkOf(row: typeof checks.$inferSelect | undefined): Claim['check'] {
  if (row === undefined) return { state: 'none' };
  if (row.again) return { state: 'again' };
  if (row.completedAt === null || row.check === null) return { state: 'started', id: row.check };
  return { state: 'completed', id: row.check };
}

/** The one to be completed: not the one that a person wants to be followed by another. */
function openCheckOf({ again, check }: typeof checks.$inferSelect): number | null {
  return again ? null : check;
}

interface CheckState {
  readonly check: number | null;
  readonly completedAt?: Date;
  readonly again?: boolean;
}

/** Does nothing where the pull request has been forgotten meanwhile. */
async function writeCheck(
  { transaction }: Database,
  key: Pick<PullRequestKey, 'repository' | 'number'>,
  head: CommitSha,
  { check, completedAt, again }: CheckState,
): Promise<void> {
  await transaction(async ({ queries }) => {
    const [known] = await queries.select().from(pullRequests).where(rowOf(key)).for('key share');
    if (known === undefined) return;
    const state = { check, completedAt: completedAt ?? null, ...(again === undefined ? {} : { again }) };
    const begun = completedAt === undefined ? { startedAt: new Date() } : {};
    await queries
      .insert(checks)
      .values({ ...key, head, startedAt: new Date(), ...state })
      .onConflictDoUpdate({ target: [checks.repository, checks.number, checks.head], set: { ...state, ...begun } });
  });
}

async function unfinished(queries: Queries, startedBefore: Date): Promise<readonly UnfinishedCheck[]> {
  const rows = await queries
    .select()
    .from(checks)
    .innerJoin(
      pullRequests,
      and(eq(pullRequests.repository, checks.repository), eq(pullRequests.number, checks.number)),
    )
    .innerJoin(repositories, eq(repositories.id, checks.repository))
    .where(and(isNull(checks.completedAt), lt(checks.startedAt, startedBefore), unheld))
    .orderBy(checks.startedAt);
  return rows.map((row) => ({
    pullRequest: pullRequestOf(row),
    head: commitSha(row.checks.head),
    check: openCheckOf(row.checks),
  }));
}

async function isUnreviewed(queries: Queries, { repository, number, head }: PullRequest): Promise<boolean> {
  const [reviewed] = await queries
    .select({ completedAt: checks.completedAt, again: checks.again })
    .from(checks)
    .where(and(eq(checks.repository, repository.id), eq(checks.number, number), eq(checks.head, head)));
  if (reviewed !== undefined && reviewed.completedAt !== null && !reviewed.again) return false;
  const [free] = await queries
    .select({ free: sql<boolean>`${unheld}` })
    .from(pullRequests)
    .where(and(rowOf({ repository: repository.id, number }), eq(pullRequests.head, head)));
  return free === undefined || free.free;
}
