import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import type { FailOn } from '../presentation/conclusion.js';
import { type PullRequestName, readPullRequestName } from './pull-request-name.js';
import type { Environment, Terminal } from './terminal.js';

export const FORMATS = ['text', 'json', 'sarif', 'markdown', 'github'] as const;
export type Format = (typeof FORMATS)[number];

export interface ReviewOptions {
  /** Null for the current folder. */
  readonly repo: string | null;
  readonly base: string | null;
  readonly head: string | null;
  readonly worktree: boolean;
  /** A pull request on GitHub; null for a change on this disk. */
  readonly pullRequest: PullRequestName | null;
  /** Whether facts may be kept in the user's cache folder. */
  readonly cache: boolean;
  /** Review the change that comes with the package. */
  readonly example: boolean;
  readonly format: Format;
  /** Null for standard output. */
  readonly output: string | null;
  readonly failOn: FailOn;
  /** Null to decide by the terminal. */
  readonly colour: boolean | null;
}

/** What the arguments ask for: a review, or nothing more than what was printed, which ends with an exit code. */
export type CommandLine =
  | { readonly state: 'review'; readonly options: ReviewOptions }
  /** Null for a list of all that can be explained. */
  | { readonly state: 'explain'; readonly topic: string | null }
  | { readonly state: 'serve'; readonly setup: boolean }
  | { readonly state: 'answered'; readonly exitCode: number };

/** The exit code for what the user can mend, wrong arguments included. */
export const USER_ERROR = 2;

/** Reads the arguments. Help, version and complaints go to the terminal's streams. */
export function readCommandLine(terminal: Terminal, version: string): CommandLine {
  let line: CommandLine = { state: 'answered', exitCode: USER_ERROR };
  const program = createProgram(terminal, version, {
    review: (raw) => {
      line = { state: 'review', options: complete(raw, terminal.env) };
    },
    explain: (topic) => {
      line = { state: 'explain', topic: topic ?? null };
    },
    serve: ({ setup }) => {
      line = { state: 'serve', setup: setup === true };
    },
  });
  try {
    program.parse([...terminal.args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return { state: 'answered', exitCode: error.exitCode === 0 ? 0 : USER_ERROR };
  }
  return line;
}

/** Whether this package's own `npm run review` is what runs, and not a script of that name in another package. */
export function isOwnReviewScript(env: Environment): boolean {
  return env.npm_lifecycle_event === 'review' && env.npm_package_name === 'tunelint';
}

/** Options as commander hands them over. */
interface RawOptions {
  readonly repo?: string;
  readonly base?: string;
  readonly head?: string;
  readonly worktree?: boolean;
  readonly pr?: PullRequestName;
  readonly cache?: boolean;
  readonly example?: boolean;
  readonly format: Format;
  readonly output?: string;
  readonly failOn?: FailOn;
  readonly color?: boolean;
}

/** What each command does with its arguments. */
interface Actions {
  readonly review: (options: RawOptions) => void;
  readonly explain: (topic: string | undefined) => void;
  readonly serve: (options: { readonly setup?: boolean }) => void;
}

function createProgram(terminal: Terminal, version: string, actions: Actions): Command {
  const program = new Command('tunelint')
    .description('Reviews changes that touch the code and configuration of LLM fine-tuning.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: (text, print) => print(text.replace(/^error: /, 'tunelint: ')),
    })
    .showHelpAfterError('Run with --help for usage.');
  addReview(program).action(actions.review);
  addExplain(program).action(actions.explain);
  addServe(program).action(actions.serve);
  return program;
}

function addServe(program: Command): Command {
  return program
    .command('serve')
    .description('Runs the GitHub App: receives webhooks, reviews pull requests, serves badges.')
    .option('--setup', 'register an App first, where the environment holds no credentials and NODE_ENV is "production"')
    .addHelpText('after', '\nIt is configured by environment variables; docs/operating.md lists them.');
}

function addExplain(program: Command): Command {
  return program
    .command('explain')
    .description('Tells what a metric or a rule is about, why it matters and how it is mended.')
    .argument('[name]', 'a metric or a rule (default: a list of both)')
    .addHelpText('after', EXPLAIN_HELP);
}

const EXPLAIN_HELP = `
Examples:
  $ tunelint explain                                   all metrics and rules
  $ tunelint explain run_lineage_score                 a metric
  $ tunelint explain artifact-trust-surface/remote-code  a rule`;

function addReview(program: Command): Command {
  return program
    .command('review')
    .description('Compares two commits and tells what got worse.')
    .option('--repo <folder>', 'folder of the repository (default: the current folder)')
    .option('--base <ref>', 'what the change starts from (default: the merge base with the default branch)')
    .addOption(new Option('--head <ref>', 'what to review (default: HEAD)').conflicts('worktree'))
    .option('--worktree', 'review the files as they are now, committed or not')
    .addOption(
      new Option('--pr <owner/repo#number>', 'review a pull request on GitHub, read with GITHUB_TOKEN')
        .argParser(parsePullRequestName)
        .conflicts(LOCAL),
    )
    .addOption(new Option('--example', 'review the example that comes with Tunelint').conflicts([...LOCAL, 'pr']))
    .addOption(new Option('--format <format>', 'how to write it').choices(FORMATS).default('text'))
    .option('--output <file>', 'write to a file in place of standard output')
    .addOption(
      new Option('--fail-on <severity>', 'exit with 1 for new findings of this severity or above').choices([
        'error',
        'warning',
        'never',
      ]),
    )
    .option('--no-cache', 'read every file anew, and keep nothing in the cache folder')
    .option('--color', 'colour the text (default: on a terminal)')
    .option('--no-color', 'leave the text plain')
    .addHelpText('after', HELP);
}

const LOCAL = ['repo', 'base', 'head', 'worktree'];

function parsePullRequestName(text: string): PullRequestName {
  const name = readPullRequestName(text);
  if (name === null) throw new InvalidArgumentError('Write it as owner/repo#12.');
  return name;
}

const HELP = `
--pr reads github.com, or the server that GHE_HOST or GITHUB_API_URL names, and writes nothing there.
--fail-on is "error" unless told, and "never" for the example. Only findings of high confidence count.

Exit codes:
  0  nothing at or above --fail-on is new
  1  something is
  2  wrong usage, or something you can mend
  3  a fault of Tunelint (TUNELINT_DEBUG=1 shows where)

Examples:
  $ tunelint review                                what this branch changes
  $ tunelint review --worktree                     the same with what is not committed yet
  $ tunelint review --repo ../lab --base v1.2.0    another repository, since a tag
  $ tunelint review --pr acme/lab#12               a pull request on GitHub
  $ tunelint review --format json --output review.json --fail-on never
  $ tunelint review --example                      see a review without a repository`;

function complete(raw: RawOptions, env: Environment): ReviewOptions {
  const named = raw.pr?.repo ?? raw.repo ?? raw.base ?? raw.head ?? (raw.worktree === true ? 'worktree' : undefined);
  const example = raw.example ?? (named === undefined && isOwnReviewScript(env));
  return {
    repo: raw.repo ?? null,
    base: raw.base ?? null,
    head: raw.head ?? null,
    worktree: raw.worktree ?? false,
    pullRequest: raw.pr ?? null,
    cache: raw.cache ?? true,
    example,
    format: raw.format,
    output: raw.output ?? null,
    failOn: raw.failOn ?? (example ? 'never' : 'error'),
    colour: raw.color ?? null,
  };
}
