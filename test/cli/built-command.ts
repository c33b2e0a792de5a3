import { spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = join(ROOT, 'bin', 'tunelint.js');

export interface CommandResult {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** The most memory that the process had at one time, threads included, in MiB. */
  readonly peakMebibytes: number;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs the built `tunelint` as a user does. Fails where the build is missing or older than the sources. */
export async function tunelint(args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  requireBuild();
  const child = spawn(process.execPath, ['--import', TELLS_MEMORY, PROGRAM, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { ...cleanEnvironment(), ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const texts = Promise.all([1, 2, 3].map((at) => textOf(child.stdio[at] as NodeJS.ReadableStream)));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [out = '', err = '', kibibytes] = await texts;
  return { code, out, err, peakMebibytes: Math.round(Number(kibibytes) / 1024) };
}

/** Run in front of the program; worker threads run it too, and tell nothing. */
const TELLS_MEMORY = `data:text/javascript,${encodeURIComponent(`
  import { writeSync } from 'node:fs';
  import { isMainThread } from 'node:worker_threads';
  if (isMainThread) process.on('exit', () => writeSync(3, String(process.resourceUsage().maxRSS)));
`)}`;

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** What of this process must not decide how the command runs: colours, npm's own variables, git's. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(?:GIT_|npm_|NODE_|FORCE_COLOR$|NO_COLOR$)/.test(name));
  return { ...Object.fromEntries(own), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
}

let checked = false;

/** Once: what is edited while the tests run is the next run's matter. */
export function requireBuild(): void {
  if (checked) return;
  const built = statSync(join(ROOT, 'dist', 'src', 'cli', 'main.js'), { throwIfNoEntry: false });
  const newest = Math.max(...['src', 'detectors'].flatMap((folder) => sources(join(ROOT, folder))).map(changedAt));
  checked = built !== undefined && built.mtimeMs >= newest;
  if (checked) return;
  const state = built === undefined ? 'missing' : 'older than the sources';
  throw new Error(`The compiled program is ${state}. Run \`npm run build\` before these tests.`);
}

function sources(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}

function changedAt(file: string): number {
  return statSync(file).mtimeMs;
}
