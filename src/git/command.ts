import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { devNull } from 'node:os';
import { UserError } from '../model/user-error.js';

/** Runs git, one process a call, each ended when its time is up or when the signal says so. */
export interface Git {
  /** What git answered, whatever its exit code. */
  readonly run: (args: readonly string[], options: GitOptions) => Promise<GitAnswer>;
  /** The same where any other exit code than 0 is a fault of ours. */
  readonly output: (args: readonly string[], options: GitOptions) => Promise<Buffer>;
}

export interface GitOptions {
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Settings for this call, on top of those that hold for every call. */
  readonly settings?: readonly GitSetting[];
  readonly input?: string;
  /** Takes the output piece by piece; the answer's `output` is then empty. */
  readonly onOutput?: (chunk: Buffer) => void;
}

export type GitSetting = readonly [key: string, value: string];

export interface GitAnswer {
  readonly code: number;
  readonly output: Buffer;
  /** The first lines of what git said beside its output, for messages. */
  readonly complaint: string;
}

/** What holds for every call. */
export interface GitSurroundings {
  /** Of the process: where git is found and which settings of the user hold. Not all of it reaches git. */
  readonly environment: NodeJS.ProcessEnv;
  /** Ends what still runs. */
  readonly signal: AbortSignal;
  /** How long one call may take. */
  readonly milliseconds: number;
}

export function createGit(surroundings: GitSurroundings): Git {
  const run = (args: readonly string[], options: GitOptions) => runGit(args, options, surroundings);
  return {
    run,
    async output(args, options) {
      const answer = await run(args, options);
      if (answer.code !== 0) throw new GitFailure(args, answer);
      return answer.output;
    },
  };
}

/** Git refused something that it was expected to do. */
export class GitFailure extends Error {
  override readonly name = 'GitFailure';
  readonly code = 'git-failed';
  readonly complaint: string;

  constructor(args: readonly string[], answer: GitAnswer) {
    super(`git ${args[0]} ended with exit code ${answer.code}: ${answer.complaint}`);
    this.complaint = answer.complaint;
  }
}

/**
 * Settings that keep git from running or fetching anything a repository names: hooks, file system monitors, remote
 * helpers. Git before 2.44 has no switch against lazy fetches, so every transport is refused as well.
 */
const SETTINGS: readonly GitSetting[] = [
  ['core.hooksPath', devNull],
  ['core.fsmonitor', 'false'],
  ['core.attributesFile', devNull],
  ['core.quotePath', 'true'],
  ['core.splitIndex', 'false'],
  ['core.safecrlf', 'false'],
  ['core.protectNTFS', 'false'],
  ['core.protectHFS', 'false'],
  ['diff.suppressBlankEmpty', 'false'],
  ['gc.auto', '0'],
  ['protocol.allow', 'never'],
  ['submodule.recurse', 'false'],
];

const ENVIRONMENT = {
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
} as const;

/** What a caller's environment may tell git: where it is installed and which user settings hold. */
const INHERITED =
  /^GIT_(?:EXEC_PATH|CEILING_DIRECTORIES|DISCOVERY_ACROSS_FILESYSTEM|CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM))$/;

const COMPLAINT_LENGTH = 4_000;

function runGit(args: readonly string[], options: GitOptions, surroundings: GitSurroundings): Promise<GitAnswer> {
  const { milliseconds } = surroundings;
  const child = startGit(args, options, surroundings);
  // `spawn` has a timeout of its own, which would keep this process waiting where git could not be started.
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds).unref();
  const chunks: Buffer[] = [];
  const take = options.onOutput ?? ((chunk: Buffer) => chunks.push(chunk));
  let complaint = '';
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      try {
        take(chunk);
      } catch (error) {
        reject(error);
        child.kill('SIGKILL');
      }
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (complaint.length < COMPLAINT_LENGTH) complaint += chunk.toString();
    });
    child.on('error', (error: NodeJS.ErrnoException) => reject(error.code === 'ENOENT' ? gitMissing(error) : error));
    child.on('close', (code) => {
      clearTimeout(timer);
      if (code === null) reject(tookTooLong(args, milliseconds));
      else resolve({ code, output: Buffer.concat(chunks), complaint: complaint.trim() });
    });
  });
}

function startGit(
  args: readonly string[],
  options: GitOptions,
  { environment, signal }: GitSurroundings,
): ChildProcessWithoutNullStreams {
  const child = spawn('git', ['--no-pager', ...args], {
    cwd: options.folder,
    env: environmentOf(options, environment),
    stdio: 'pipe',
    windowsHide: true,
    signal,
    killSignal: 'SIGKILL',
  });
  // Git may end before it has read all of its input; its exit code then says why.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  return child;
}

function environmentOf(options: GitOptions, environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const settings = [...inheritedSettings(environment), ...SETTINGS, ...(options.settings ?? [])];
  return { ...inherited(environment), ...ENVIRONMENT, ...settingsAsEnvironment(settings), ...options.environment };
}

/** A hook or an alias hands its own repository down in `GIT_DIR` and its kin, which may be another than ours. */
function inherited(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = Object.keys(environment).filter((name) => !name.startsWith('GIT_') || INHERITED.test(name));
  return Object.fromEntries(names.map((name) => [name, environment[name]]));
}

/** Build servers name safe folders this way. */
function inheritedSettings(environment: NodeJS.ProcessEnv): GitSetting[] {
  const count = Number.parseInt(environment.GIT_CONFIG_COUNT ?? '0', 10) || 0;
  return Array.from({ length: count }, (_, at) => [
    environment[`GIT_CONFIG_KEY_${at}`] ?? '',
    environment[`GIT_CONFIG_VALUE_${at}`] ?? '',
  ]);
}

/** In the environment, unlike on the command line, settings also hold in the processes that git starts itself. */
function settingsAsEnvironment(settings: readonly GitSetting[]): Record<string, string> {
  const entries = settings.flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${at}`, key],
    [`GIT_CONFIG_VALUE_${at}`, value],
  ]);
  return { ...Object.fromEntries(entries), GIT_CONFIG_COUNT: String(settings.length) };
}

function gitMissing(cause: unknown): UserError {
  return new UserError({
    code: 'git-missing',
    message: 'The program `git` was not found.',
    advice: 'Install git 2.39 or newer, or add its folder to PATH.',
    cause,
  });
}

function tookTooLong(args: readonly string[], milliseconds: number): UserError {
  return new UserError({
    code: 'git-timeout',
    message: `\`git ${args[0]}\` was ended after ${Math.round(milliseconds / 1000)} seconds.`,
    advice: 'Run the review again when the machine is less busy, or on a copy of the repository on a local disk.',
  });
}
