import type { RepoPath } from '../../model/identifiers.js';
import type { Review } from '../../model/review.js';
import { failingFindings } from '../conclusion.js';
import { touchesRuns } from '../wording.js';

/** How a check ends, of GitHub's words those that a review uses. */
export type CheckConclusion = 'skipped' | 'failure' | 'neutral' | 'success';

/**
 * The first that holds: nothing to do with training, a base that could not be judged, a new error, something relevant
 * that could not be read or judged, else success. This is the `pragmatic` profile; others, invariants and drafts come with the settings.
 */
export function checkConclusion(review: Review): CheckConclusion {
  const { base, head } = review.comparison;
  if (!touchesRuns(review)) return 'skipped';
  // What a rule did not say of the base would seem new on the head.
  if (base.failures.length > 0) return 'neutral';
  if (failingFindings(review, 'error').length > 0) return 'failure';
  if (unreadChanges(review).length > 0 || head.failures.length > 0) return 'neutral';
  return 'success';
}

/** Changed files that a run reaches or names and that were not read as a whole. */
export function unreadChanges({ snapshot, files, comparison }: Review): readonly RepoPath[] {
  const unread = new Set([...files.partial, ...files.skipped].map(({ path }) => path));
  const runs = [...comparison.base.runs, ...comparison.head.runs].map(({ run }) => run);
  const named = new Set(runs.flatMap((run): string[] => [...run.files, ...run.gaps.map((gap) => gap.what)]));
  return snapshot.changes.map(({ path }) => path).filter((path) => unread.has(path) && named.has(path));
}
