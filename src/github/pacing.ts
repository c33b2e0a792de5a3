import { setTimeout as pause } from 'node:timers/promises';

/** How we behave towards the host. Times are milliseconds. */
export interface Pacing {
  /** Between the end of one write and the start of the next, of one installation. GitHub asks for a second. */
  readonly writeSpacing: number;
  /** GitHub allows 80 requests that create content a minute and 500 an hour; we stay well below. */
  readonly writesPerMinute: number;
  readonly writesPerHour: number;
  /** A longer wait is left to the caller, who gets `rate-limited` with the moment it ends. */
  readonly longestWait: number;
  /** The first wait where the host says that it has enough, and not until when; each further one is twice as long. */
  readonly unnamedWait: number;
  /** The first wait after no answer or a 5xx; each further one is twice as long. */
  readonly backoff: number;
  /** How often one request is sent at most. */
  readonly tries: number;
  /** How long one try may take, its answer included. */
  readonly requestTime: number;
}

export const DEFAULT_PACING: Pacing = {
  writeSpacing: 1_000,
  writesPerMinute: 59,
  writesPerHour: 399,
  longestWait: 3 * 60_000,
  unnamedWait: 60_000,
  backoff: 1_000,
  tries: 4,
  requestTime: 60_000,
};

/** Time as it passes; a test hands in its own. */
export interface Time {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Rejects with the reason of the signal as soon as that aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export const REAL_TIME: Time = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) => untilAborted(pause(milliseconds, undefined, { signal }), signal),
};

/** The outcome of some work, or the reason of the signal if that aborts first. The work itself is not ended. */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => {});
  signal.throwIfAborted();
  const listening = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true, signal: listening.signal });
  });
  try {
    return await Promise.race([aborted, work]);
  } finally {
    listening.abort();
  }
}
