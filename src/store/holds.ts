import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { and, eq, isNull, lt, or, sql } from 'drizzle-orm';
import type { PullRequestKey } from '../model/pull-request.js';
import type { Queries } from './database.js';
import { pullRequests } from './schema.js';

/** The lock of one pull request, as a lease: who holds it shows now and then that it lives. */
export interface Hold {
  readonly generation: number;
  /** Aborts when somebody else has come, or the pull request has changed or gone. */
  readonly signal: AbortSignal;
  readonly release: () => Promise<void>;
}

// A row, not a lock of PostgreSQL's: those belong to a connection, of which the embedded database has one.
const LEASE_SECONDS = 30;
const RENEWED_EVERY_MILLISECONDS = 5_000;
const TRIED_EVERY_MILLISECONDS = 200;

/** No one holds it, or who did has not been heard of for so long that it must be gone. */
export const unheld = or(isNull(pullRequests.heldUntil), lt(pullRequests.heldUntil, sql`now()`));

export class Holds {
  readonly #queries: Queries;
  /** What this process holds now. */
  readonly #held = new Map<string, AbortController>();

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  /** Waits until nobody else holds the pull request, and takes its next generation. Null where it is unknown or closed. */
  async take(key: PullRequestKey, signal: AbortSignal): Promise<Hold | null> {
    const holder = randomUUID();
    for (;;) {
      signal.throwIfAborted();
      const generation = await this.#tryTake(key, holder);
      if (generation !== null) return this.#hold(key, holder, generation);
      if (!(await this.#isOpen(key))) return null;
      await pause(TRIED_EVERY_MILLISECONDS, undefined, { signal });
    }
  }

  /** Ends the hold that this process has on a pull request, if it has one. */
  interrupt(key: PullRequestKey): void {
    this.#held.get(nameOf(key))?.abort(new Superseded());
  }

  async #tryTake(key: PullRequestKey, holder: string): Promise<number | null> {
    const [row] = await this.#queries
      .update(pullRequests)
      .set({ holder, heldUntil: leaseEnd(), generation: sql`${pullRequests.generation} + 1` })
      .where(and(rowOf(key), eq(pullRequests.open, true), unheld))
      .returning({ generation: pullRequests.generation });
    return row?.generation ?? null;
  }

  async #isOpen(key: PullRequestKey): Promise<boolean> {
    const [row] = await this.#queries.select({ open: pullRequests.open }).from(pullRequests).where(rowOf(key));
    return row?.open === true;
  }

  #hold(key: PullRequestKey, holder: string, generation: number): Hold {
    const ended = new AbortController();
    const name = nameOf(key);
    this.#held.set(name, ended);
    const renewal = setInterval(() => void this.#renew(key, holder, generation, ended), RENEWED_EVERY_MILLISECONDS);
    const release = async () => {
      clearInterval(renewal);
      if (this.#held.get(name) === ended) this.#held.delete(name);
      await this.#queries
        .update(pullRequests)
        .set({ holder: null, heldUntil: null })
        .where(and(rowOf(key), eq(pullRequests.holder, holder)));
    };
    return { generation, signal: ended.signal, release };
  }

  /** Also after the end, so that the next waits until this one has finished what it cannot leave half done. */
  async #renew(key: PullRequestKey, holder: string, generation: number, ended: AbortController): Promise<void> {
    try {
      const [row] = await this.#queries
        .update(pullRequests)
        .set({ heldUntil: leaseEnd() })
        .where(and(rowOf(key), eq(pullRequests.holder, holder)))
        .returning({ generation: pullRequests.generation });
      if (row?.generation !== generation) ended.abort(new Superseded());
    } catch {
      // The database is away for now: every write to the host asks it first anyway.
    }
  }
}

/** Why work on a pull request ended early: a newer state or worker has come. */
export class Superseded extends Error {
  override readonly name = 'Superseded';

  constructor() {
    super('a newer state of the pull request has come');
  }
}

export function rowOf(key: Pick<PullRequestKey, 'repository' | 'number'>) {
  return and(eq(pullRequests.repository, key.repository), eq(pullRequests.number, key.number));
}

function leaseEnd() {
  return sql`now() + make_interval(secs => ${LEASE_SECONDS})`;
}

function nameOf({ repository, number }: PullRequestKey): string {
  return `${repository}/${number}`;
}
