import type { Answer } from './answer.js';

/** A request as it was made, and how it went. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  /** The operation's id; `graphql` and `archive` for the two that are in no OpenAPI description. */
  readonly operation: string;
  readonly body: unknown;
  readonly at: number;
  /** 0 where the connection was dropped. */
  status: number;
}

/** What goes wrong, and for which requests. */
export interface Fault {
  readonly when: (request: RecordedRequest) => boolean;
  /** How many requests it meets. */
  times: number;
  readonly effect:
    | { readonly kind: 'answer'; readonly answer: Answer }
    /** Nothing was done. */
    | { readonly kind: 'drop-before' }
    /** It was done, and the answer is lost. */
    | { readonly kind: 'drop-after' }
    | { readonly kind: 'slow'; readonly milliseconds: number }
    /** The data, and errors beside it. */
    | { readonly kind: 'partial'; readonly paths: readonly string[] };
}

export const FAULTS = {
  primaryLimit: (resetInSeconds: number): Fault['effect'] => ({
    kind: 'answer',
    answer: {
      status: 403,
      body: { message: 'API rate limit exceeded for installation.' },
      headers: {
        'x-ratelimit-limit': '5000',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + resetInSeconds),
      },
    },
  }),
  secondaryLimit: (retryAfterSeconds: number): Fault['effect'] => ({
    kind: 'answer',
    answer: {
      status: 403,
      body: {
        message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
        documentation_url:
          'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits',
      },
      headers: { 'retry-after': String(retryAfterSeconds) },
    },
  }),
  serverError: (status = 502): Fault['effect'] => ({
    kind: 'answer',
    answer: { status, body: { message: 'Server Error' } },
  }),
  unprocessable: (): Fault['effect'] => ({
    kind: 'answer',
    answer: { status: 422, body: { message: 'Unprocessable Entity', errors: ['Line could not be resolved'] } },
  }),
} as const;
