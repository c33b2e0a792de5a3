import type { Pacing } from './pacing.js';

/** What came of sending a request once. */
export type Sent =
  /** No answer, or part of one: whether the request took effect is not known. */
  | { readonly state: 'lost' }
  | { readonly state: 'answered'; readonly status: number; readonly headers: Headers; readonly body: string };

export type NextStep =
  /** The answer stands, whatever it is; a lost one stays lost. */
  | { readonly state: 'done' }
  | { readonly state: 'again'; readonly after: number }
  /** The host wants to be left alone, and nothing took effect. `again` is null after the last try. */
  | { readonly state: 'limited'; readonly wait: number; readonly again: boolean };

/**
 * What to do after a request was sent for the `tried`th time, counted from 1. A limit is obeyed as GitHub asks for:
 * `retry-after`, else the moment its budget is full again, else a minute and twice as long each time. What may have
 * taken effect is sent again only where doing it twice is as good as once; other refusals never are.
 */
export function nextStep(
  sent: Sent,
  { tried, repeatable, now }: { readonly tried: number; readonly repeatable: boolean; readonly now: number },
  pacing: Pacing,
): NextStep {
  const again = tried < pacing.tries;
  if (sent.state === 'answered' && isLimit(sent))
    return { state: 'limited', wait: limitWait(sent, tried, now, pacing), again };
  const failed = sent.state === 'lost' || sent.status >= 500;
  if (!failed || !again || !repeatable) return { state: 'done' };
  const backoff = pacing.backoff * 2 ** (tried - 1);
  const asked = sent.state === 'answered' ? retryAfter(sent.headers) : null;
  if (asked !== null && asked > pacing.longestWait) return { state: 'done' };
  return { state: 'again', after: Math.max(backoff, asked ?? 0) };
}

type Answer = Extract<Sent, { state: 'answered' }>;

/** A 403 is also what a missing permission gives; GraphQL tells of its limit in an answer that went well. */
function isLimit({ status, headers, body }: Answer): boolean {
  if (status === 429) return true;
  if (status === 200) return body.includes('RATE_LIMITED') && graphqlErrorTypes(body).includes('RATE_LIMITED');
  if (status !== 403) return false;
  return retryAfter(headers) !== null || isUsedUp(headers) || /\b(?:rate limit|abuse detection)\b/i.test(body);
}

function graphqlErrorTypes(body: string): unknown[] {
  try {
    const { errors } = JSON.parse(body) as { errors?: unknown };
    return Array.isArray(errors) ? errors.map((error: { type?: unknown } | null) => error?.type) : [];
  } catch {
    return [];
  }
}

function limitWait({ headers }: Answer, tried: number, now: number, { unnamedWait }: Pacing): number {
  const asked = retryAfter(headers);
  if (asked !== null) return asked;
  const reset = Number(headers.get('x-ratelimit-reset') ?? Number.NaN);
  // A second more, since the moment is told in whole seconds of a clock that is not ours.
  if (isUsedUp(headers) && Number.isFinite(reset)) return Math.max(0, reset * 1_000 - now) + 1_000;
  return unnamedWait * 2 ** (tried - 1);
}

function isUsedUp(headers: Headers): boolean {
  return headers.get('x-ratelimit-remaining') === '0';
}

function retryAfter(headers: Headers): number | null {
  const seconds = Number.parseInt(headers.get('retry-after') ?? '', 10);
  return Number.isNaN(seconds) ? null : Math.max(0, seconds) * 1_000;
}
