import { detectors } from '../../detectors/catalog.js';
import { createChangeReview } from '../app/review-change.js';
import { openGitChange } from '../git/git-change.js';
import { DEFAULT_BOUNDS } from '../model/bounds.js';
import type { Review } from '../model/review.js';
import { DEFAULT_JUDGE_OPTIONS } from '../model/rule.js';
import { loadPlaybook, type Playbook } from '../playbook/load-playbook.js';
import { createFactExtraction } from '../workers/fact-extraction.js';
import type { Closers } from './closers.js';
import type { Environment } from './terminal.js';

/** Which change to review, and what to tell while it goes on. */
export interface ReviewRequest {
  readonly repo: string;
  readonly base: string | null;
  readonly head: string | null;
  readonly worktree: boolean;
  readonly environment: Environment;
  readonly closers: Closers;
  readonly clock: () => number;
  readonly progress: (step: string, done: number, total: number) => void;
}

export interface ReviewOutcome {
  readonly review: Review;
  readonly playbook: Playbook;
}

// Detectors lie beside `src`, in the sources as in what they are compiled to.
const DETECTORS = new URL('../../detectors/', import.meta.url);

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
  const review = createChangeReview({ source, extraction, detectors, bounds, options, clock, progress });
  const [playbook, made] = await Promise.all([loadPlaybook(DETECTORS), review()]);
  return { review: made, playbook };
}
