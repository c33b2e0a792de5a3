import { and, eq, sql } from 'drizzle-orm';
import type { Repositories } from '../app/keeping.js';
import type { RepositoryIdentity } from '../model/pull-request.js';
import type { Queries } from './database.js';
import { repositories } from './schema.js';

type Row = typeof repositories.$inferSelect;

/** What the host told of a repository, and when. */
export interface RepositoryTelling {
  readonly installation: number;
  readonly repository: RepositoryIdentity;
  readonly toldAt: Date;
  /** Whether the telling is about the repository itself, and not about something else that happened in it. */
  readonly explicit: boolean;
}

/**
 * Takes in what was told, unless something later is known already. A repository once known as private becomes public
 * only when the host says so explicitly, so that an event which comes late publishes no badge.
 */
export async function learnRepository(queries: Queries, telling: RepositoryTelling): Promise<void> {
  const { installation, repository, toldAt, explicit } = telling;
  const { id, owner, name, defaultBranch } = repository;
  const told = { installation, owner, name, private: repository.private, defaultBranch, toldAt };
  await queries
    .insert(repositories)
    .values({ id, ...told })
    .onConflictDoUpdate({
      target: repositories.id,
      set: explicit ? told : { ...told, private: sql`${repositories.private} or excluded.private` },
      setWhere: sql`${repositories.toldAt} <= excluded.told_at`,
    });
}

export function createRepositories(queries: Queries): Repositories {
  return {
    byName: async (owner, name) => {
      const [row] = await queries
        .select()
        .from(repositories)
        .where(
          and(sql`lower(${repositories.owner}) = lower(${owner})`, sql`lower(${repositories.name}) = lower(${name})`),
        )
        .orderBy(sql`${repositories.toldAt} desc`)
        .limit(1);
      return row === undefined ? null : identityOf(row);
    },
    byId: async (id) => {
      const [row] = await queries.select().from(repositories).where(eq(repositories.id, id));
      return row === undefined ? null : identityOf(row);
    },
  };
}

export function identityOf(row: Row): RepositoryIdentity & { installation: number } {
  const { id, owner, name, defaultBranch, installation } = row;
  return { id, owner, name, private: row.private, defaultBranch, installation };
}
