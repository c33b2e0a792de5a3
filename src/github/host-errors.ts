import { HostError, type HostErrorCode } from '../app/hosting.js';

/** What was asked of the host, for errors: `GET /repos/acme/lab/pulls/7`. */
interface Asked {
  readonly method: string;
  readonly path: string;
}

/** Until a moment, in milliseconds since 1970. */
export function rateLimited(until: number): HostError {
  const retryAt = new Date(until);
  return new HostError({
    code: 'rate-limited',
    message: `GitHub asks to wait until ${retryAt.toISOString()}.`,
    advice: 'Nothing to do: it goes on by itself then.',
    retryAt,
  });
}

/** A permission that was not granted, as GraphQL tells of it. */
export function forbidden(what: string): HostError {
  return new HostError({
    code: 'forbidden',
    message: `GitHub does not let the App read ${what}.`,
    advice: ADVICE.forbidden,
  });
}

/** An answer that went well and holds something else than what GitHub documents. */
export function unreadableAnswer(what: string): HostError {
  return new HostError({
    code: 'unavailable',
    message: `GitHub's answer about ${what} has another form than documented.`,
    advice: 'It is asked for again later. If that does not help, please report it.',
  });
}

/**
 * Asks the host something, and fails with a `HostError` where it does not do it, or with the reason of the signal. The
 * errors of Octokit hold requests and answers whole, source text and all: nothing of them is kept but the status.
 */
export async function asking<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    signal.throwIfAborted();
    throw hostErrorOf(error);
  }
}

/** The status that the host answered with; null where it did not answer. */
export function statusOf(error: unknown): number | null {
  const { status, response } = error as { status?: unknown; response?: unknown };
  return typeof status === 'number' && response !== undefined ? status : null;
}

function hostErrorOf(error: unknown): unknown {
  if (error instanceof HostError) return error;
  if (error instanceof Error && error.cause instanceof HostError) return error.cause;
  const asked = askedIn(error);
  if (asked === null) return error;
  const status = statusOf(error);
  const code = codeOf(status);
  return new HostError({
    code,
    message: `GitHub ${status === null ? 'gave no answer' : `answered ${status}`} to ${asked.method} ${asked.path}.`,
    advice: status === 401 ? UNKNOWN_KEY : ADVICE[code],
  });
}

const UNKNOWN_KEY = 'Check the id and the private key of the App, or the token, and the clock of this machine.';

const ADVICE: Readonly<Record<HostErrorCode, string>> = {
  forbidden: 'An owner can grant the App what app.yml asks for, in its settings; then the check can be run again.',
  gone: 'Nothing to do if it was deleted or taken from the App. Otherwise an owner can give the App access to it.',
  'rate-limited': 'Nothing to do: it goes on by itself.',
  unavailable: 'Nothing to do: it is tried again later.',
  invalid: 'This is a fault of Tunelint; please report it.',
};

function codeOf(status: number | null): HostErrorCode {
  if (status === null || status >= 500 || status === 408) return 'unavailable';
  if (status === 401 || status === 403) return 'forbidden';
  if (status === 404 || status === 410 || status === 451) return 'gone';
  return 'invalid';
}

/** Null for an error that is none of Octokit's: a fault of ours. */
function askedIn(error: unknown): Asked | null {
  const { request } = error as { request?: { method?: unknown; url?: unknown } };
  if (typeof request?.method !== 'string' || typeof request.url !== 'string') return null;
  return { method: request.method, path: URL.canParse(request.url) ? new URL(request.url).pathname : request.url };
}
