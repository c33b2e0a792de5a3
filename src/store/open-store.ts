import type { Store } from '../app/keeping.js';
import type { Database } from './database.js';
import { createDeliveries, type Enqueue, forgetDeliveries } from './deliveries.js';
import { createFactRows, forgetFacts } from './fact-rows.js';
import { Holds } from './holds.js';
import { createPullRequests } from './pull-request-rows.js';
import { createRepositories } from './repository-rows.js';
import { createRunRows, forgetRuns } from './run-rows.js';
import { pullRequests } from './schema.js';
import { createScores } from './scores.js';
import { createTreeRows, forgetTrees } from './tree-rows.js';

/** What the App keeps between events, in a database. */
export async function openStore(database: Database, enqueue: Enqueue): Promise<Store> {
  const { queries } = database;
  // Nobody else can hold anything here: what is held was held by a process that is gone.
  if (database.embedded) await queries.update(pullRequests).set({ holder: null, heldUntil: null });
  const holds = new Holds(queries);
  return {
    deliveries: createDeliveries({ database, enqueue, onChange: (key) => holds.interrupt(key) }),
    pullRequests: createPullRequests(database, holds),
    scores: createScores(database),
    repositories: createRepositories(queries),
    facts: (repository) => createFactRows(database, repository),
    runs: (repository) => createRunRows(queries, repository),
    trees: createTreeRows(queries),
    prune: async (now) => {
      await forgetDeliveries(queries, now);
      await forgetFacts(queries, now);
      await forgetRuns(queries, now);
      await forgetTrees(queries, now);
      await database.vacuum();
    },
  };
}
