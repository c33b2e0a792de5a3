import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { MASKED, maskSecrets } from '../model/secrets.js';

export type { Logger } from 'pino';

export interface LogOptions {
  readonly level: string;
  /** Values that must not be in any line, whoever puts them there. */
  readonly secrets: readonly string[];
  /** Null for standard output. */
  readonly stream: DestinationStream | null;
}

/**
 * Lines of JSON with fixed words and their particulars as fields. Webhook payloads and requests to the host are left
 * out, since they hold source text; errors are told by their names and places, since their words may quote one.
 */
export function createLog({ level, secrets, stream }: LogOptions): Logger {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: tellError, error: tellError },
    redact: { paths: LEFT_OUT, remove: true },
    hooks: {
      logMethod(args, method) {
        method.apply(this, withFixedWords(args as Arguments));
      },
      streamWrite: (line) => withoutSecrets(line, secrets),
    },
  };
  return stream === null ? pino(options) : pino(options, stream);
}

const LEFT_OUT = ['payload', 'event.payload', 'body', 'request', 'response', 'headers'].flatMap((name) => [
  name,
  `*.${name}`,
]);

type Arguments = [first: unknown, words?: string, ...rest: unknown[]];

/** A library may log an error alone, whose message would become the words of the line. */
function withFixedWords(args: Arguments): Arguments {
  const [first, words] = args;
  return first instanceof Error ? [{ err: first }, words ?? 'failed'] : args;
}

interface ToldError {
  readonly type: string;
  readonly code?: string;
  readonly status?: number;
  readonly message?: string;
  readonly at?: readonly string[];
  readonly cause?: ToldError;
  readonly errors?: readonly ToldError[];
}

const MOST_FRAMES = 8;
const MOST_CAUSES = 4;

/**
 * An error without what it may quote. Its message is told where it has a code: of the system, the database, the host or
 * our own, whose words are fixed.
 */
export function tellError(error: unknown, depth = 0): ToldError {
  if (!(error instanceof Error)) return { type: typeof error };
  const { code, status } = error as Error & { code?: unknown; status?: unknown };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code, message: error.message } : {}),
    ...(typeof status === 'number' ? { status } : {}),
    ...(frames.length > 0 ? { at: frames.slice(0, MOST_FRAMES).map((line) => line.trim()) } : {}),
    ...(error.cause === undefined || depth === MOST_CAUSES ? {} : { cause: tellError(error.cause, depth + 1) }),
    ...(error instanceof AggregateError && depth < MOST_CAUSES
      ? { errors: error.errors.map((inner) => tellError(inner, depth + 1)) }
      : {}),
  };
}

function withoutSecrets(line: string, secrets: readonly string[]): string {
  let told = line;
  for (const secret of secrets) {
    // As it stands in JSON, where the line breaks of a key are escaped.
    for (const form of [secret, JSON.stringify(secret).slice(1, -1)]) told = told.replaceAll(form, MASKED);
  }
  return maskSecrets(told);
}
