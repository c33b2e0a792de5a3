import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cleanEnvironment, requireBuild } from '../cli/built-command.js';
import { freePort } from './free-port.js';
import { until } from './until.js';

const PROGRAM = join(fileURLToPath(new URL('../..', import.meta.url)), 'bin', 'tunelint.js');

/** A running `tunelint serve`, seen as its operator sees it. */
export interface AppProcess {
  /** What it said to the terminal, and what it logged. */
  readonly terminal: () => string;
  readonly log: () => string;
  /** Its address, once it listens. */
  readonly address: string;
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Its exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
}

export interface AppProcessOptions {
  readonly args?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** What the terminal says when it is ready. */
  readonly ready: RegExp;
  readonly cwd: string;
  /** The `tunelint` to start. */
  readonly program?: string;
}

/** Starts it on a port of its own, and waits until it is ready, or has ended. */
export async function startApp(options: AppProcessOptions): Promise<AppProcess> {
  requireBuild();
  const port = await freePort();
  const child = spawn(process.execPath, [options.program ?? PROGRAM, 'serve', ...(options.args ?? [])], {
    cwd: options.cwd,
    env: { ...cleanEnvironment(), HOST: '127.0.0.1', ...options.environment, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [log, terminal] = [collected(child, 'stdout'), collected(child, 'stderr')];
  let over = false;
  const ended = new Promise<number | null>((resolve) => {
    child.once('close', (code) => {
      over = true;
      resolve(code);
    });
  });
  await until(() => over || options.ready.test(terminal()));
  return { terminal, log, address: `http://127.0.0.1:${port}`, kill: (signal) => void child.kill(signal), ended };
}

function collected(child: ChildProcess, name: 'stdout' | 'stderr'): () => string {
  let text = '';
  child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}
