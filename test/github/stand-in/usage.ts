import type { Caller } from './callers.js';
import type { Limits } from './limits.js';
import { Refusal } from './refusal.js';

/** What GitHub weighs a request by. */
export interface Weighed {
  readonly method: string;
  /** The operation's id, or `graphql`. */
  readonly operation: string;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const FREE = new Set(['rate-limit/get', 'archive']);
const NOT_CONTENT = new Set(['apps/create-installation-access-token', 'apps/redeliver-webhook-delivery', 'graphql']);
const SECONDARY = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';

/**
 * Counts what each caller asks for, and refuses what goes beyond GitHub's limits.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
export class Usage {
  readonly #limits: Limits;
  readonly #accounts = new Map<string, UsageAccount>();

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** Takes a request into account. Throws a `Refusal` where it is one too many; gives back what ends it otherwise. */
  begin(caller: Caller, weighed: Weighed): () => void {
    const account = this.#account(caller);
    if (FREE.has(weighed.operation)) return () => {};
    const now = Date.now();
    this.#refuseBeyondHour(account, weighed);
    this.#refuseBurst(account, weighed, now);
    account.requests.push({ ...weighed, at: now });
    account.underWay += 1;
    return () => {
      account.underWay -= 1;
    };
  }

  headers(caller: Caller, { operation }: Weighed): Readonly<Record<string, string>> {
    const { limit, remaining, used, reset } = this.state(caller, operation === 'graphql' ? 'graphql' : 'core');
    return {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(remaining),
      'x-ratelimit-used': String(used),
      'x-ratelimit-reset': String(reset),
      'x-ratelimit-resource': operation === 'graphql' ? 'graphql' : 'core',
    };
  }

  /** As `/rate_limit` tells it. */
  state(caller: Caller, resource: 'core' | 'graphql') {
    const account = this.#account(caller);
    const used = account.requests.filter((it) => isOf(it, resource)).length;
    const limit = this.#limits.requestsAnHour;
    const reset = Math.ceil((account.since + HOUR) / 1000);
    return { limit, used, remaining: Math.max(0, limit - used), reset };
  }

  #account(caller: Caller): UsageAccount {
    const name = keyOf(caller);
    const known = this.#accounts.get(name);
    if (known !== undefined && known.since + HOUR > Date.now()) return known;
    const fresh = { since: Date.now(), requests: [], underWay: known?.underWay ?? 0 };
    this.#accounts.set(name, fresh);
    return fresh;
  }

  #refuseBeyondHour({ requests }: UsageAccount, { operation }: Weighed): void {
    const resource = operation === 'graphql' ? 'graphql' : 'core';
    const used = requests.filter((it) => isOf(it, resource)).length;
    if (used >= this.#limits.requestsAnHour) throw new Refusal(403, 'API rate limit exceeded for installation.');
  }

  #refuseBurst({ requests, underWay }: UsageAccount, weighed: Weighed, now: number): void {
    const limits = this.#limits;
    const lastMinute = [...requests.filter(({ at }) => at > now - MINUTE), weighed];
    const isQuery = weighed.operation === 'graphql';
    const points = lastMinute
      .filter((it) => isOf(it, isQuery ? 'graphql' : 'core'))
      .reduce((sum, it) => sum + pointsOf(it), 0);
    const created = lastMinute.filter(isContent).length;
    const createdInHour = requests.filter(isContent).length;
    if (
      underWay >= limits.requestsAtOnce ||
      points > (isQuery ? limits.queryPointsAMinute : limits.pointsAMinute) ||
      (isContent(weighed) && (created > limits.creationsAMinute || createdInHour >= limits.creationsAnHour))
    )
      throw new SecondaryLimit();
  }
}

/** GitHub asks for a minute of silence. */
export class SecondaryLimit extends Refusal {
  readonly headers = { 'retry-after': '60' };

  constructor() {
    super(403, SECONDARY);
  }
}

interface UsageAccount {
  readonly since: number;
  readonly requests: (Weighed & { readonly at: number })[];
  underWay: number;
}

function keyOf(caller: Caller): string {
  switch (caller.kind) {
    case 'installation':
      return `installation ${caller.installation.id}`;
    case 'person':
      return `person ${caller.account.id}`;
    default:
      return caller.kind;
  }
}

function isOf({ operation }: Weighed, resource: 'core' | 'graphql'): boolean {
  return (operation === 'graphql') === (resource === 'graphql');
}

function pointsOf({ method, operation }: Weighed): number {
  return method === 'GET' || operation === 'graphql' ? 1 : 5;
}

function isContent({ method, operation }: Weighed): boolean {
  return method !== 'GET' && method !== 'DELETE' && !NOT_CONTENT.has(operation);
}
