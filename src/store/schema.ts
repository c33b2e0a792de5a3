import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  customType,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uuid,
} from 'drizzle-orm/pg-core';

// Everything hangs on `repositories`, so that one deletion takes all that came from a repository with it. Source text
// is in no column but `facts.facts` and `results.found`, which is made of facts, and front-ends have masked it; secrets
// are in none.

const moment = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' });
/** Numbers that GitHub gives out, which have passed 32 bits. */
const hostNumber = (name: string) => bigint(name, { mode: 'number' });

// PGlite hands out a Uint8Array, node-postgres a Buffer, which is one.
const bytes = customType<{ data: Uint8Array; driverData: Uint8Array }>({ dataType: () => 'bytea' });

export const repositories = pgTable(
  'repositories',
  {
    id: hostNumber('id').primaryKey(),
    installation: hostNumber('installation').notNull(),
    owner: text('owner').notNull(),
    name: text('name').notNull(),
    private: boolean('private').notNull(),
    defaultBranch: text('default_branch').notNull(),
    /** When the host said so: names told later hold. */
    toldAt: moment('told_at').notNull(),
  },
  (table) => [
    // Not unique: a name may be taken by a new repository before the renaming of the old one has reached us.
    index('repositories_by_name').on(sql`lower(${table.owner})`, sql`lower(${table.name})`),
    index('repositories_by_installation').on(table.installation),
  ],
);

const repository = () =>
  hostNumber('repository')
    .notNull()
    .references(() => repositories.id, { onDelete: 'cascade' });

export const pullRequests = pgTable(
  'pull_requests',
  {
    repository: repository(),
    number: integer('number').notNull(),
    head: text('head').notNull(),
    base: text('base').notNull(),
    open: boolean('open').notNull(),
    draft: boolean('draft').notNull(),
    updatedAt: moment('updated_at').notNull(),
    /** Grows with every new state and every new worker: whoever has an older one writes nothing more. */
    generation: integer('generation').notNull().default(0),
    /** See `Claim.unfamiliar`. */
    unfamiliar: boolean('unfamiliar').notNull(),
    /** Who works on it, and until when that is believed without a sign of life. */
    holder: uuid('holder'),
    heldUntil: moment('held_until'),
  },
  (table) => [
    primaryKey({ columns: [table.repository, table.number] }),
    index('pull_requests_by_head').on(table.repository, table.head),
  ],
);

/** The check runs of pull requests, one a head commit. */
export const checks = pgTable(
  'checks',
  {
    repository: hostNumber('repository').notNull(),
    number: integer('number').notNull(),
    head: text('head').notNull(),
    /** Null between the intention and the host's answer. */
    check: hostNumber('check_run'),
    startedAt: moment('started_at').notNull(),
    completedAt: moment('completed_at'),
    /** A person asked for another check run, and none was begun since. */
    again: boolean('again').notNull().default(false),
  },
  (table) => [
    primaryKey({ columns: [table.repository, table.number, table.head] }),
    foreignKey({
      columns: [table.repository, table.number],
      foreignColumns: [pullRequests.repository, pullRequests.number],
    }).onDelete('cascade'),
    index('checks_unfinished').on(table.startedAt).where(sql`${table.completedAt} is null`),
  ],
);

export const deliveries = pgTable(
  'deliveries',
  { id: text('id').primaryKey(), receivedAt: moment('received_at').notNull() },
  (table) => [index('deliveries_by_age').on(table.receivedAt)],
);

export const scores = pgTable(
  'scores',
  {
    repository: repository(),
    branch: text('branch').notNull(),
    commit: text('commit').notNull(),
    ruleSet: text('rule_set').notNull(),
    scores: jsonb('scores').$type<Readonly<Record<string, number | null>>>().notNull(),
    runs: integer('runs').notNull(),
    scoredAt: moment('scored_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.repository, table.branch, table.commit, table.ruleSet] }),
    index('scores_newest').on(table.repository, table.branch, table.scoredAt),
  ],
);

export const facts = pgTable(
  'facts',
  {
    repository: repository(),
    /** Of the front-ends. */
    version: text('version').notNull(),
    blob: text('blob').notNull(),
    path: text('path').notNull(),
    facts: bytes('facts').notNull(),
    /** To the day. */
    usedAt: moment('used_at').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.repository, table.version, table.blob, table.path] }),
    index('facts_by_use').on(table.usedAt),
  ],
);

/** What was found out about the runs of a repository, in parts. */
export const results = pgTable(
  'results',
  {
    repository: repository(),
    name: text('name').notNull(),
    found: bytes('found').notNull(),
    keptAt: moment('kept_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.repository, table.name] }), index('results_by_age').on(table.keptAt)],
);

export const trees = pgTable(
  'trees',
  {
    repository: repository(),
    commit: text('commit').notNull(),
    files: bytes('files').notNull(),
    keptAt: moment('kept_at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.repository, table.commit] }), index('trees_by_age').on(table.keptAt)],
);
