import { and, eq, inArray, lt } from 'drizzle-orm';
import type { Deliveries, Job, Request } from '../app/keeping.js';
import { assertNever } from '../model/expression.js';
import { keyOf, type PullRequest, type PullRequestKey } from '../model/pull-request.js';
import type { Database, Queries, Session } from './database.js';
import { learnRepository } from './repository-rows.js';
import { checks, deliveries, pullRequests, repositories } from './schema.js';

/** Puts jobs into the queue as part of a transaction. A job that already waits is not put in twice. */
export type Enqueue = (jobs: readonly Job[], within: Session, delivery: string | null) => Promise<void>;

export interface DeliveriesDependencies {
  readonly database: Database;
  readonly enqueue: Enqueue;
  /** Hears of pull requests whose state has changed, once that is certain. */
  readonly onChange: (pullRequest: PullRequestKey) => void;
}

const SEEN_MILLISECONDS = 7 * 24 * 60 * 60 * 1000;

export function createDeliveries({ database, enqueue, onChange }: DeliveriesDependencies): Deliveries {
  return {
    accept: async (delivery, requests) => {
      const outcome = await database.transaction(async (session) => {
        if (!(await record(session.queries, delivery))) return null;
        return await takeIn(session, requests, delivery, enqueue);
      });
      outcome?.forEach(onChange);
      return outcome === null ? 'seen' : 'accepted';
    },
    request: async (requests) => {
      for (const request of requests) {
        const now = { id: null, receivedAt: new Date() };
        const changed = await database.transaction((session) => takeIn(session, [request], now, enqueue));
        changed.forEach(onChange);
      }
    },
  };
}

/** One insertion decides between two replicas that were sent the same. False where the delivery was seen. */
async function record(queries: Queries, { id, receivedAt }: { id: string; receivedAt: Date }): Promise<boolean> {
  const forgotten = new Date(receivedAt.getTime() - SEEN_MILLISECONDS);
  const rows = await queries
    .insert(deliveries)
    .values({ id, receivedAt })
    .onConflictDoUpdate({ target: deliveries.id, set: { receivedAt }, setWhere: lt(deliveries.receivedAt, forgotten) })
    .returning({ id: deliveries.id });
  return rows.length > 0;
}

export async function forgetDeliveries(queries: Queries, now: Date): Promise<void> {
  await queries.delete(deliveries).where(lt(deliveries.receivedAt, new Date(now.getTime() - SEEN_MILLISECONDS)));
}

/** Gives the pull requests whose state changed. */
async function takeIn(
  session: Session,
  requests: readonly Request[],
  { id, receivedAt }: { readonly id: string | null; readonly receivedAt: Date },
  enqueue: Enqueue,
): Promise<readonly PullRequestKey[]> {
  const changed: PullRequestKey[] = [];
  const jobs: Job[] = [];
  // In one order everywhere, so that two transactions with the same rows cannot wait for each other.
  for (const request of requests.toSorted((a, b) => repositoryOf(a) - repositoryOf(b))) {
    const effect = await takeInOne(session.queries, request, receivedAt);
    changed.push(...effect.changed);
    jobs.push(...effect.jobs);
  }
  if (jobs.length > 0) await enqueue(jobs, session, id);
  return changed;
}

function repositoryOf(request: Request): number {
  switch (request.kind) {
    case 'review':
    case 'stop':
      return request.pullRequest.repository.id;
    case 'review-again':
    case 'score':
    case 'know':
      return request.repository.id;
    case 'forget':
      return request.repository;
    case 'survey':
    case 'forget-installation':
      return 0;
    default:
      return assertNever(request);
  }
}

interface Effect {
  readonly changed: readonly PullRequestKey[];
  readonly jobs: readonly Job[];
}

const NO_EFFECT: Effect = { changed: [], jobs: [] };

async function takeInOne(queries: Queries, request: Request, receivedAt: Date): Promise<Effect> {
  switch (request.kind) {
    case 'review': {
      const opened = request.opened && isPrompt(request.pullRequest, receivedAt);
      const effect = await takeInPullRequest(queries, request.pullRequest, opened);
      if (request.again === true) await reopenCheck(queries, request.pullRequest, receivedAt);
      return effect;
    }
    case 'stop': {
      const { changed } = await takeInPullRequest(queries, request.pullRequest, false);
      return { changed, jobs: [] };
    }
    case 'review-again':
      return await reviewAgain(queries, request, receivedAt);
    case 'score':
      await learnRepository(queries, { ...request, toldAt: receivedAt, explicit: false });
      return { changed: [], jobs: [{ kind: 'score', ...scoreOf(request) }] };
    case 'know':
      await learnRepository(queries, { ...request, toldAt: receivedAt, explicit: true });
      return NO_EFFECT;
    case 'survey':
      return { changed: [], jobs: [{ kind: 'survey', installation: request.installation }] };
    case 'forget':
      await queries.delete(repositories).where(eq(repositories.id, request.repository));
      return NO_EFFECT;
    case 'forget-installation':
      await queries.delete(repositories).where(eq(repositories.installation, request.installation));
      return NO_EFFECT;
    default:
      return assertNever(request);
  }
}

/** GitHub waits for an answer for so long, and may then be asked to send what it told once more. */
const PROMPT_MILLISECONDS = 10_000;

/** Whether an event comes so soon that it cannot have come before, to a database that is lost. */
function isPrompt({ updatedAt }: PullRequest, receivedAt: Date): boolean {
  return receivedAt.getTime() - updatedAt.getTime() < PROMPT_MILLISECONDS;
}

function scoreOf({ installation, repository }: Extract<Request, { kind: 'score' }>) {
  return { installation, repository: repository.id };
}

/** Takes in the state of a pull request, unless a later one is known, and asks for a review of it. */
async function takeInPullRequest(queries: Queries, pullRequest: PullRequest, opened: boolean): Promise<Effect> {
  const { installation, repository, number, head, base, open, draft, updatedAt } = pullRequest;
  await learnRepository(queries, { installation, repository, toldAt: updatedAt, explicit: false });
  const key = keyOf(pullRequest);
  const effect: Effect = { changed: [key], jobs: [{ kind: 'review', pullRequest: key }] };
  const state = { head, base, open, draft, updatedAt };
  const inserted = await queries
    .insert(pullRequests)
    .values({ repository: repository.id, number, ...state, unfamiliar: !opened })
    .onConflictDoNothing()
    .returning({ number: pullRequests.number });
  if (inserted.length > 0) return effect;
  const row = and(eq(pullRequests.repository, repository.id), eq(pullRequests.number, number));
  const [known] = await queries.select().from(pullRequests).where(row).for('update');
  if (known === undefined || known.updatedAt > updatedAt) return NO_EFFECT;
  const same = known.head === head && known.base === base && known.open === open && known.draft === draft;
  const generation = same ? known.generation : known.generation + 1;
  await queries
    .update(pullRequests)
    .set({ ...state, generation })
    .where(row);
  return same ? { ...effect, changed: [] } : effect;
}

/** The check run of the head counts as not completed, and another one takes its place. */
async function reviewAgain(
  queries: Queries,
  { installation, repository, head, by }: Extract<Request, { kind: 'review-again' }>,
  receivedAt: Date,
): Promise<Effect> {
  await learnRepository(queries, { installation, repository, toldAt: receivedAt, explicit: false });
  const recheck = { kind: 'recheck', installation, repository: repository.id, head } as const;
  if (by !== undefined) return { changed: [], jobs: [{ ...recheck, by }] };
  const rows = await queries
    .select({ number: pullRequests.number })
    .from(pullRequests)
    .where(and(eq(pullRequests.repository, repository.id), eq(pullRequests.head, head), eq(pullRequests.open, true)));
  const numbers = rows.map((row) => row.number).sort((a, b) => a - b);
  if (numbers.length === 0) return { changed: [], jobs: [recheck] };
  await queries
    .update(checks)
    .set({ startedAt: receivedAt, completedAt: null, again: true })
    .where(and(eq(checks.repository, repository.id), eq(checks.head, head), inArray(checks.number, numbers)));
  const keys = numbers.map((number) => ({ installation, repository: repository.id, number }));
  return { changed: [], jobs: keys.map((pullRequest) => ({ kind: 'review', pullRequest })) };
}

/** The same where it is not known whether there is one. */
async function reopenCheck(queries: Queries, { repository, number, head }: PullRequest, at: Date): Promise<void> {
  const [known] = await queries
    .select({ number: pullRequests.number })
    .from(pullRequests)
    .where(and(eq(pullRequests.repository, repository.id), eq(pullRequests.number, number)));
  if (known === undefined) return;
  const begun = { startedAt: at, completedAt: null, again: true };
  await queries
    .insert(checks)
    .values({ repository: repository.id, number, head, ...begun })
    .onConflictDoUpdate({ target: [checks.repository, checks.number, checks.head], set: begun });
}
