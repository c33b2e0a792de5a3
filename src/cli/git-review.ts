import envPaths from 'env-paths';
import { detectors } from '../../detectors/catalog.js';
import { createChangeReview, type ReviewCaches } from '../app/review-change.js';
import { createFactCache, pruneFactCache } from '../cache/fact-cache.js';
import { createRunCache } from '../cache/run-cache.js';
import { openGitChange } from '../git/git-change.js';
import { DEFAULT_BOUNDS } from '../model/bounds.js';
import type { Review } from '../model/review.js';
import { DEFAULT_JUDGE_OPTIONS } from '../model/rule.js';
import { loadPlaybook, type Playbook } from '../playbook/load-playbook.js';
import { buildId } from '../workers/build-id.js';
import { createFactExtraction } from '../workers/fact-extraction.js';
import type { Closers } from './closers.js';
import { DETECTORS } from './package-root.js';
import type { Environment } from './terminal.js';

/** Which change to review, and what to tell while it goes on. */
export interface ReviewRequest {
  readonly repo: string;
  readonly base: string | null;
  readonly head: string | null;
  readonly worktree: boolean;
  /** Whether facts, and what they were judged to be, may be kept in the user's cache folder. */
  readonly cache: boolean;
  readonly environment: Environment;
  readonly closers: Closers;
  readonly clock: () => number;
  readonly progress: (step: string, done: number, total: number) => void;
}

export interface ReviewOutcome {
  readonly review: Review;
  readonly playbook: Playbook;
}

// `~/.cache/tunelint` on Linux, and where other systems keep such things; XDG_CACHE_HOME is honoured.
const CACHE_FOLDER = envPaths('tunelint', { suffix: '' }).cache;

/** Reviews a change of a local repository with all detectors: the wiring of the rooms. */
export async function reviewGitChange(request: ReviewRequest): Promise<ReviewOutcome> {
  const { repo, base, head, worktree, environment, closers, clock, progress } = request;
  const bounds = DEFAULT_BOUNDS;
  const blobBytes = Math.max(bounds.sourceFileBytes, bounds.notebookBytes);
  const source = await openGitChange({ repo, base, head, worktree, environment, blobBytes });
  await closers.add(source.close);
  const extraction = await createFactExtraction({ bounds });
  await closers.add(extraction.close);
  const options = DEFAULT_JUDGE_OPTIONS;
  const caches = request.cache ? cachesOf(repo) : null;
  const review = createChangeReview({ source, extraction, caches, detectors, bounds, options, clock, progress });
  const [playbook, made] = await Promise.all([loadPlaybook(DETECTORS), review()]);
  if (caches !== null) await pruneFactCache(CACHE_FOLDER, Date.now());
  return { review: made, playbook };
}

/** The folder names the repository: whatever lies there is looked up by its content, and found only if it is the same. */
function cachesOf(repo: string): ReviewCaches {
  return {
    facts: createFactCache(CACHE_FOLDER),
    runs: createRunCache(CACHE_FOLDER, repo),
    version: buildId('judging'),
  };
}
