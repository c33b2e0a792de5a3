import envPaths from 'env-paths';
import { detectors } from '../../detectors/catalog.js';
import type { FactExtraction } from '../app/ports.js';
import { createChangeReview, type ReviewCaches } from '../app/review-change.js';
import { createFactCache, pruneFactCache } from '../cache/fact-cache.js';
import { createRunCache } from '../cache/run-cache.js';
import { openGitChange } from '../git/git-change.js';
import { DEFAULT_BOUNDS } from '../model/bounds.js';
import type { Review } from '../model/review.js';
import { DEFAULT_JUDGE_OPTIONS } from '../model/rule.js';
import { loadPlaybook, type Playbook } from '../playbook/load-playbook.js';
import type { HostedRepository } from '../presentation/markdown-places.js';
import { buildId } from '../workers/build-id.js';
import { createFactExtraction } from '../workers/fact-extraction.js';
import type { Closers } from './closers.js';
import { type OpenedChange, openHostedChange } from './hosted-change.js';
import { DETECTORS } from './package-root.js';
import type { PullRequestName } from './pull-request-name.js';
import type { Environment } from './terminal.js';

/** Which change to review. */
export type RequestedChange =
  | {
      readonly kind: 'local';
      readonly repo: string;
      readonly base: string | null;
      readonly head: string | null;
      readonly worktree: boolean;
    }
  | { readonly kind: 'pull-request'; readonly name: PullRequestName };

/** A change to review, and what to tell while it goes on. */
export interface ReviewRequest {
  readonly change: RequestedChange;
  /** Whether facts, and what they were judged to be, may be kept in the user's cache folder. */
  readonly cache: boolean;
  readonly environment: Environment;
  readonly closers: Closers;
  /** Ends what is asked of a code host. */
  readonly signal: AbortSignal;
  readonly clock: () => number;
  readonly progress: (step: string, done: number, total: number) => void;
}

export interface ReviewOutcome {
  readonly review: Review;
  readonly playbook: Playbook;
  /** Where the change is hosted; null for one on this disk. */
  readonly hosted: HostedRepository | null;
}

// `~/.cache/tunelint` on Linux, and where other systems keep such things; XDG_CACHE_HOME is honoured.
const CACHE_FOLDER = envPaths('tunelint', { suffix: '' }).cache;

/** Reviews a change with all detectors: the wiring of the rooms. */
export async function makeReview(request: ReviewRequest): Promise<ReviewOutcome> {
  const { closers, clock, progress } = request;
  const bounds = DEFAULT_BOUNDS;
  const extraction = await createFactExtraction({ bounds });
  await closers.add(extraction.close);
  const { source, place, hosted } = await openChange(request, extraction);
  await closers.add(source.close);
  const options = DEFAULT_JUDGE_OPTIONS;
  const caches = request.cache ? cachesOf(place) : null;
  const review = createChangeReview({ source, extraction, caches, detectors, bounds, options, clock, progress });
  const [playbook, made] = await Promise.all([loadPlaybook(DETECTORS), review()]);
  if (caches !== null) await pruneFactCache(CACHE_FOLDER, Date.now());
  return { review: made, playbook, hosted };
}

async function openChange(request: ReviewRequest, { claims }: FactExtraction): Promise<OpenedChange> {
  const { change, environment, signal } = request;
  const blobBytes = Math.max(DEFAULT_BOUNDS.sourceFileBytes, DEFAULT_BOUNDS.notebookBytes);
  if (change.kind === 'pull-request') {
    return await openHostedChange(change.name, { environment, reads: claims, blobBytes, signal });
  }
  const source = await openGitChange({ ...change, environment, blobBytes });
  return { source, place: change.repo, hosted: null };
}

/** The place names the repository: whatever is kept for it is looked up by content, and found only if it is the same. */
function cachesOf(place: string): ReviewCaches {
  return {
    facts: createFactCache(CACHE_FOLDER),
    runs: createRunCache(CACHE_FOLDER, place),
    builds: { runs: buildId('runs'), judging: buildId('judging') },
  };
}
