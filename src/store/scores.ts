import { and, desc, eq } from 'drizzle-orm';
import type { ScoreRecord, Scores } from '../app/keeping.js';
import { commitSha } from '../model/identifiers.js';
import type { Database, Queries } from './database.js';
import { repositories, scores } from './schema.js';

export function createScores({ queries, transaction }: Database): Scores {
  return {
    // Does nothing where the repository has been forgotten meanwhile.
    record: ({ scoredAt, ...score }) =>
      transaction(async (session) => {
        const known = session.queries.select().from(repositories).where(eq(repositories.id, score.repository));
        if ((await known.for('key share')).length === 0) return;
        await session.queries
          .insert(scores)
          .values({ ...score, scoredAt })
          .onConflictDoUpdate({
            target: [scores.repository, scores.branch, scores.commit, scores.ruleSet],
            set: { scores: score.scores, runs: score.runs, scoredAt },
          });
      }),
    latest: async (repository, branch) => {
      const named = branch ?? (await defaultBranch(queries, repository));
      if (named === null) return null;
      const [row] = await queries
        .select()
        .from(scores)
        .where(and(eq(scores.repository, repository), eq(scores.branch, named)))
        .orderBy(desc(scores.scoredAt))
        .limit(1);
      return row === undefined ? null : recordOf(row);
    },
  };
}

async function defaultBranch(queries: Queries, id: number): Promise<string | null> {
  const [row] = await queries
    .select({ branch: repositories.defaultBranch })
    .from(repositories)
    .where(eq(repositories.id, id));
  return row?.branch ?? null;
}

function recordOf(row: typeof scores.$inferSelect): ScoreRecord {
  return { ...row, commit: commitSha(row.commit) };
}
