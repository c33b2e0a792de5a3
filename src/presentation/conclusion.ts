import type { Finding } from '../model/comparison.js';
import type { Review } from '../model/review.js';
import { isFirstRun, severityOf } from './wording.js';

/** The severity from which a new finding fails a review. */
export type FailOn = 'error' | 'warning' | 'never';

/**
 * The findings that fail a review: new, of high confidence, at or above the severity. The first training run of a
 * repository has no base to be compared with, so there only errors do.
 */
export function failingFindings(review: Review, failOn: FailOn): readonly Finding[] {
  if (failOn === 'never') return [];
  const severities = failOn === 'error' || isFirstRun(review) ? ['error'] : ['error', 'warning'];
  return review.comparison.findings.filter(
    (finding) =>
      finding.state === 'new' && finding.fault.confidence === 'high' && severities.includes(severityOf(finding)),
  );
}
