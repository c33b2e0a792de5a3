import { createPrivateKey } from 'node:crypto';
import { resolve } from 'node:path';
import { getPrivateKey } from '@probot/get-private-key';
import { z } from 'zod';
import { UserError } from '../model/user-error.js';
import { type GithubAddresses, serverAddresses } from './github-addresses.js';
import type { Environment } from './terminal.js';

/** What an operator decides about the App, in environment variables. */
export interface OperatorSettings {
  readonly host: string;
  readonly port: number;
  /** The folder for the embedded database and what the setup keeps. */
  readonly dataFolder: string;
  /** Null for the embedded database. */
  readonly databaseUrl: string | null;
  /** Where the server is reached from the outside, without a `/` at its end; null leaves links out of comments. */
  readonly publicUrl: string | null;
  readonly production: boolean;
  readonly logLevel: string;
  /** Jobs at once. */
  readonly jobs: number;
  readonly github: GithubAddresses;
  /** Null for who has none yet. */
  readonly credentials: AppCredentials | null;
}

export interface AppCredentials {
  readonly appId: number;
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** What tokens of private badges are made from. */
  readonly badgeSecret: string;
}

const address = z.url({ protocol: /^https?$/, error: 'must be an address such as https://tunelint.example.com' });

const environment = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number('must be a port, 0 to 65535').int().min(0).max(65535).default(3000),
  DATA_DIR: z.string().default('.tunelint'),
  DATABASE_URL: z.url({ protocol: /^postgres(?:ql)?$/, error: 'must begin with postgres://' }).optional(),
  PUBLIC_URL: address.optional(),
  NODE_ENV: z.string().optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace']).default('info'),
  JOBS: z.coerce.number('must be a number of jobs, 1 to 32').int().min(1).max(32).default(2),
  WEB_CONCURRENCY: z.coerce.number('must be a number of processes').int().min(1).default(1),
  GHE_HOST: z.string().optional(),
  GHE_PROTOCOL: z.enum(['https', 'http']).default('https'),
  APP_ID: z.coerce.number("must be the App's number").int().positive().optional(),
  PRIVATE_KEY: z.string().optional(),
  PRIVATE_KEY_PATH: z.string().optional(),
  WEBHOOK_SECRET: z.string().optional(),
  BADGE_SECRET: z.string().optional(),
});

type Values = z.infer<typeof environment>;

/** Reads them. Fails with a `UserError` that names the variable. An empty one counts as one that is not set. */
export function readOperatorSettings(env: Environment, cwd: string): OperatorSettings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const read = environment.safeParse(given);
  if (!read.success) throw unusable(read.error);
  const values = read.data;
  if (values.WEB_CONCURRENCY > 1 && values.DATABASE_URL === undefined) throw severalProcesses(values.WEB_CONCURRENCY);
  return {
    host: values.HOST,
    port: values.PORT,
    dataFolder: resolve(cwd, values.DATA_DIR),
    databaseUrl: values.DATABASE_URL ?? null,
    publicUrl: values.PUBLIC_URL?.replace(/\/+$/, '') ?? null,
    production: values.NODE_ENV === 'production',
    logLevel: values.LOG_LEVEL,
    jobs: values.JOBS,
    github: serverAddresses(values.GHE_HOST, values.GHE_PROTOCOL),
    credentials: credentialsOf(values, cwd),
  };
}

/** All or none of them. A secret that everybody knows is none. */
function credentialsOf(values: Values, cwd: string): AppCredentials | null {
  const { APP_ID, PRIVATE_KEY, PRIVATE_KEY_PATH, WEBHOOK_SECRET, BADGE_SECRET } = values;
  const key = PRIVATE_KEY ?? PRIVATE_KEY_PATH;
  if (APP_ID === undefined && key === undefined && WEBHOOK_SECRET === undefined) return null;
  if (APP_ID === undefined) throw missing('APP_ID');
  if (key === undefined) throw missing('PRIVATE_KEY or PRIVATE_KEY_PATH');
  if (WEBHOOK_SECRET === undefined) throw missing('WEBHOOK_SECRET');
  if (WEBHOOK_SECRET === PROBOT_DEFAULT_SECRET) throw guessable();
  return {
    appId: APP_ID,
    privateKey: privateKeyOf(PRIVATE_KEY, PRIVATE_KEY_PATH, cwd),
    webhookSecret: WEBHOOK_SECRET,
    badgeSecret: BADGE_SECRET ?? WEBHOOK_SECRET,
  };
}

/** What Probot checks signatures with where it was told no secret. */
const PROBOT_DEFAULT_SECRET = 'development';

/** As a PEM text, which may come in one line, in base64 or in a file. */
function privateKeyOf(key: string | undefined, path: string | undefined, cwd: string): string {
  try {
    const env = key === undefined ? { PRIVATE_KEY_PATH: path } : { PRIVATE_KEY: key };
    const pem = getPrivateKey({ cwd, env: env as Record<string, string> });
    createPrivateKey(pem ?? '');
    return pem ?? '';
  } catch (cause) {
    throw new UserError({
      code: 'unusable-settings',
      message: `${key === undefined ? 'PRIVATE_KEY_PATH does not name' : 'PRIVATE_KEY is not'} a private key that can be read.`,
      advice: "Give the whole .pem file that was made on the App's page, with its first and last line.",
      cause,
    });
  }
}

function unusable(error: z.ZodError): UserError {
  const [issue] = error.issues;
  // Never the value: it may be a secret in the wrong variable.
  return new UserError({
    code: 'unusable-settings',
    message: `The environment variable ${String(issue?.path[0])} ${words(issue?.message ?? 'cannot be used')}.`,
    advice: 'docs/operating.md lists what each may be.',
  });
}

function words(message: string): string {
  return message.startsWith('must') ? message : `cannot be used (${message})`;
}

function missing(name: string): UserError {
  return new UserError({
    code: 'incomplete-credentials',
    message: `${name} is not set, while other credentials of the App are.`,
    advice: 'Set APP_ID, PRIVATE_KEY (or PRIVATE_KEY_PATH) and WEBHOOK_SECRET, or none of them to register an App.',
  });
}

function guessable(): UserError {
  return new UserError({
    code: 'guessable-secret',
    message: 'WEBHOOK_SECRET is a word that everybody knows, so that anybody could send webhooks.',
    advice: "Set a long random secret, here and on the App's page.",
  });
}

function severalProcesses(number: number): UserError {
  return new UserError({
    code: 'several-processes',
    message: `WEB_CONCURRENCY asks for ${number} processes, and the embedded database serves one.`,
    advice: 'Set DATABASE_URL to a PostgreSQL server, which any number of processes can share.',
  });
}
