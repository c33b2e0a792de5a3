import type { Answer } from './answer.js';

/** A request as it was made, and how it went. */
export interface RecordedRequest {
  readonly method: string;
  /** Below the root of the API, with the query. */
  readonly path: string;
  /** The operation's id; `graphql` and `archive` for the two that are in no OpenAPI description. */
  readonly operation: string;
  readonly body: unknown;
  /** When it came, in milliseconds, and how long it took to answer. */
  readonly at: number;
  milliseconds: number;
  /** 0 while it is not answered, and where the connection was dropped. */
  status: number;
}

/** What goes wrong, and for which requests. */
export interface Fault {
  readonly when: (request: RecordedRequest) => boolean;
  /** How many requests it meets. */
  times: number;
  readonly effect:
    | { readonly kind: 'answer'; readonly answer: Answer }
    /** It was done, and is answered as if it had failed. */
    | { readonly kind: 'answer-after'; readonly answer: Answer }
    /** Nothing was done. */
    | { readonly kind: 'drop-before' }
    /** It was done, and the answer is lost. */
    | { readonly kind: 'drop-after' }
    /** It was done, and the answer breaks off. */
    | { readonly kind: 'cut' }
    /** It was done at once, and is answered late. */
    | { readonly kind: 'slow'; readonly milliseconds: number }
    /** The data of a query, and errors in the place of some of the repository's fields. */
    | { readonly kind: 'partial'; readonly paths: readonly string[] };
}

type Effect = Fault['effect'];

/** Ready-made effects for `failOn`. */
export const FAULTS = {
  /** GitHub answers with 403 or 429. */
  primaryLimit: (resetInSeconds: number, status: 403 | 429 = 403): Effect => ({
    kind: 'answer',
    answer: {
      status,
      body: { message: 'API rate limit exceeded for installation.' },
      headers: {
        'x-ratelimit-limit': '5000',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + resetInSeconds),
      },
    },
  }),
  /** Null: GitHub does not say how long to wait. */
  secondaryLimit: (retryAfterSeconds: number | null, status: 403 | 429 = 403): Effect => ({
    kind: 'answer',
    answer: {
      status,
      body: {
        message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
        documentation_url:
          'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits',
      },
      headers: retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) },
    },
  }),
  /** GraphQL tells of its limit with a status that says all is well. */
  queryLimit: (resetInSeconds: number): Effect => ({
    kind: 'answer',
    answer: {
      status: 200,
      body: { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded for installation.' }] },
      headers: {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + resetInSeconds),
      },
    },
  }),
  serverError: (status = 502): Effect => ({ kind: 'answer', answer: serverError(status) }),
  serverErrorAfter: (status = 502): Effect => ({ kind: 'answer-after', answer: serverError(status) }),
  unprocessable: (errors: readonly string[] = ['Line could not be resolved']): Effect => ({
    kind: 'answer',
    answer: { status: 422, body: { message: 'Unprocessable Entity', errors } },
  }),
} as const;

function serverError(status: number): Answer {
  return { status, body: { message: 'Server Error' } };
}
