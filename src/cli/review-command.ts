import { resolve } from 'node:path';
import { assertNever } from '../model/expression.js';
import { failingFindings } from '../presentation/conclusion.js';
import { presentGithub } from '../presentation/github/present-github.js';
import { presentJson } from '../presentation/json.js';
import { presentMarkdown } from '../presentation/markdown.js';
import { safeJson } from '../presentation/safe-json.js';
import { presentSarif } from '../presentation/sarif.js';
import { presentText } from '../presentation/text.js';
import { Closers } from './closers.js';
import { openExampleChange } from './example-change.js';
import type { ReviewOutcome, ReviewRequest } from './make-review.js';
import { packageVersion } from './package-root.js';
import { ProgressLine } from './progress-line.js';
import { isOwnReviewScript, type ReviewOptions } from './review-options.js';
import { type Terminal, textWidth, wantsColour, write } from './terminal.js';
import { writeWhole } from './write-file.js';

export type MakeReview = (request: ReviewRequest) => Promise<ReviewOutcome>;

/**
 * Reviews a change and writes the result. Gives the exit code: 1 where a finding fails the review, else 0. Whatever
 * happens, workers, temporary files and the progress line are gone when it ends.
 */
export async function reviewCommand(options: ReviewOptions, terminal: Terminal, make: MakeReview): Promise<number> {
  const closers = new Closers();
  const progress = new ProgressLine(terminal.stderr, terminal.clock);
  await closers.add(async () => progress.clear());
  const outcome = await withClosers(closers, async () => {
    const change = await chooseChange(options, terminal, closers);
    const { env: environment, clock } = terminal;
    const { signal } = terminal;
    const request = { ...change, environment, closers, signal, clock, progress: progress.show.bind(progress) };
    return await Promise.race([make(request), interruption(terminal.signal)]);
  });
  await deliver(outcome, options, terminal);
  return failingFindings(outcome.review, options.failOn).length > 0 ? 1 : 0;
}

/** The work's own failure counts for more than one of tidying up behind it. */
async function withClosers<T>(closers: Closers, work: () => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await work();
  } catch (error) {
    await closers.closeAll().catch(() => {});
    throw error;
  }
  await closers.closeAll();
  return result;
}

type Change = Pick<ReviewRequest, 'change' | 'cache'>;

async function chooseChange(options: ReviewOptions, terminal: Terminal, closers: Closers): Promise<Change> {
  const { base, head, worktree, cache, pullRequest } = options;
  if (pullRequest !== null) return { change: { kind: 'pull-request', name: pullRequest }, cache };
  if (options.example) return await openExample(terminal, closers);
  const repo = resolve(startFolder(terminal), options.repo ?? '.');
  return { change: { kind: 'local', repo, base, head, worktree }, cache };
}

async function openExample(terminal: Terminal, closers: Closers): Promise<Change> {
  const { repo, base, head, close } = await openExampleChange(terminal.env);
  await closers.add(close);
  await write(terminal.stderr, 'Reviewing the example change. For your own: tunelint review --repo DIR --base REF\n');
  return { change: { kind: 'local', repo, base, head, worktree: false }, cache: false };
}

/** `npm run` changes to the folder of the package; paths on the command line mean the folder the user is in. */
function startFolder({ cwd, env }: Terminal): string {
  return isOwnReviewScript(env) ? (env.INIT_CWD ?? cwd) : cwd;
}

function interruption(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

async function deliver(outcome: ReviewOutcome, options: ReviewOptions, terminal: Terminal): Promise<void> {
  const text = await present(outcome, options, terminal);
  if (options.output === null) return await write(terminal.stdout, text);
  const file = resolve(startFolder(terminal), options.output);
  await writeWhole(file, text);
  await write(terminal.stderr, `The review is in ${file}\n`);
}

async function present(outcome: ReviewOutcome, options: ReviewOptions, terminal: Terminal): Promise<string> {
  const { review, playbook, hosted } = outcome;
  const links = hosted === null ? {} : { repository: hosted };
  switch (options.format) {
    case 'json':
      return presentJson(review, playbook);
    case 'sarif': {
      // Loaded with the review already; a static import would load it for `--help` as well.
      const { detectors } = await import('../../detectors/catalog.js');
      return presentSarif(review, playbook, { version: packageVersion(), detectors });
    }
    case 'markdown':
      return presentMarkdown(review, playbook, links);
    case 'github':
      return safeJson(presentGithub(review, playbook, links));
    case 'text': {
      const toTerminal = options.output === null && wantsColour(terminal.stdout, terminal.env);
      return presentText(review, playbook, { colour: options.colour ?? toTerminal, width: textWidth(terminal.stdout) });
    }
    default:
      return assertNever(options.format);
  }
}
