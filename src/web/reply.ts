/** What goes back for a request. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A request that only asks. Those with a body are webhooks, which go another way. */
export interface Question {
  /** The decoded parts of the path: `['badge', 'acme', 'tuning.svg']`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly ifNoneMatch: string | null;
}

/** Null where the path is not one of the route's. */
export type Route = (question: Question) => Promise<Reply | null>;

/** What every reply carries: nothing may be loaded, framed, sniffed or told to others, unless a page says so itself. */
export const SAFE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

export function textReply(status: number, body: string): Reply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${body}\n` };
}

export function jsonReply(status: number, value: object, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(value),
  };
}
