import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { requireBuild } from '../cli/built-command.js';
import { freePort } from './free-port.js';
import { until } from './until.js';

const PROGRAM = join(fileURLToPath(new URL('../..', import.meta.url)), 'bin', 'tunelint.js');

/** A running `tunelint serve`, seen as its operator sees it. */
export interface AppProcess {
  /** What it said to the terminal, and what it logged. */
  readonly terminal: () => string;
  readonly log: () => string;
  readonly address: string;
  /** Sends a signal and waits for the end: its exit code; null where a signal ended it. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

export interface AppProcessOptions {
  /** All that it knows of its surroundings, besides its port and how to find programs and folders. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the terminal says when it is ready, or the path of a page that then answers with 200. */
  readonly ready: RegExp | string;
  readonly cwd: string;
  /** What follows `node`; where it is left out, `serve` of the program that was built, which must be up to date. */
  readonly command?: readonly string[];
  /** Of an App that takes the place of another; else one of its own. */
  readonly port?: number;
}

/** Starts it, and waits until it is ready. Fails with all that it said where it ends before. */
export async function startApp(options: AppProcessOptions): Promise<AppProcess> {
  if (options.command === undefined) requireBuild();
  const port = options.port ?? (await freePort());
  const child = spawn(process.execPath, [...(options.command ?? [PROGRAM, 'serve'])], {
    cwd: options.cwd,
    env: { ...inherited(), HOST: '127.0.0.1', ...options.environment, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [log, terminal] = [collected(child, 'stdout'), collected(child, 'stderr')];
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> => {
    child.kill(signal);
    return await ended;
  };
  const address = `http://127.0.0.1:${port}`;
  const isReady = () => isReadyAt(options.ready, { address, terminal });
  try {
    await until(
      async () => child.exitCode !== null || child.signalCode !== null || (await isReady()),
      'the App is ready',
    );
    if (child.exitCode === null && child.signalCode === null) return { terminal, log, address, stop };
  } catch (error) {
    await stop('SIGKILL');
    throw new Error(log() + terminal(), { cause: error });
  }
  await ended;
  throw new Error(`the App ended with ${child.exitCode} before it was ready:\n${log()}${terminal()}`);
}

async function isReadyAt(
  ready: RegExp | string,
  { address, terminal }: Pick<AppProcess, 'address' | 'terminal'>,
): Promise<boolean> {
  if (ready instanceof RegExp) return ready.test(terminal());
  return await fetch(address + ready).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** Without these no process starts; nothing else of this process reaches it. */
function inherited(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(?:PATH|HOME|TMPDIR|LANG)$/.test(name)));
}

function collected(child: ChildProcess, name: 'stdout' | 'stderr'): () => string {
  let text = '';
  child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
