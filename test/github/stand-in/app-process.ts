import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../support/free-port.js';
import { APP_ID, type Github } from './stand-in.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The App as a process of its own, that knows of its surroundings by public environment variables alone. */
export interface AppProcess {
  readonly url: string;
  readonly webhookUrl: string;
  readonly secret: string;
  /** Every line that it has written, by now. */
  readonly log: () => string;
  /** Sends a signal and waits for the end; null where a signal ended it. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

export interface AppOptions {
  readonly github: Github;
  readonly dataDir: string;
  readonly databaseUrl?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What follows `node`; the program's `serve` where it is left out. */
  readonly command?: readonly string[];
  /** Of an App that takes the place of another. */
  readonly port?: number;
}

const SECRET = 'a secret of the tests';
const LONGEST_START = 60_000;

/** Starts the App and waits until it is ready for webhooks. */
export async function startApp({
  github,
  dataDir,
  databaseUrl,
  environment,
  command,
  port,
}: AppOptions): Promise<AppProcess> {
  const at = port ?? (await freePort());
  const url = `http://127.0.0.1:${at}`;
  const inherited = Object.entries(process.env).filter(([name]) => /^(?:PATH|HOME|TMPDIR|LANG)$/.test(name));
  const child = spawn(process.execPath, [...(command ?? [`${ROOT}bin/tunelint.js`, 'serve'])], {
    cwd: dataDir,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...Object.fromEntries(inherited),
      NODE_ENV: 'production',
      GHE_HOST: github.host,
      GHE_PROTOCOL: 'http',
      APP_ID: String(APP_ID),
      PRIVATE_KEY: github.privateKey,
      WEBHOOK_SECRET: SECRET,
      HOST: '127.0.0.1',
      PORT: String(at),
      DATA_DIR: dataDir,
      ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
      ...environment,
    },
  });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => chunks.push(text));
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
  const log = (): string => chunks.join('');
  await ready(`${url}/readyz`, child, log);
  const webhookUrl = `${url}/api/github/webhooks`;
  github.deliverTo(webhookUrl, SECRET);
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    child.kill(signal);
    return ended;
  };
  return { url, webhookUrl, secret: SECRET, log, stop };
}

async function ready(url: string, child: ChildProcess, log: () => string): Promise<void> {
  const deadline = Date.now() + LONGEST_START;
  while (Date.now() < deadline) {
    if (child.exitCode !== null) throw new Error(`the App ended with ${child.exitCode} before it was ready:\n${log()}`);
    const isReady = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill('SIGKILL');
  throw new Error(`the App was not ready after ${LONGEST_START / 1000} s:\n${log()}`);
}

/** Waits until something is so, by asking again and again. Fails with `what` after a while. */
export async function eventually<T>(
  what: string,
  ask: () => T | null | undefined | false,
  milliseconds = 60_000,
): Promise<T> {
  const deadline = Date.now() + milliseconds;
  while (Date.now() < deadline) {
    const answer = ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`not within ${milliseconds / 1000} s: ${what}`);
}
