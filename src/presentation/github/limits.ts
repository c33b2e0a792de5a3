/**
 * GitHub's bounds, where we may fill them. Those in characters are held in bytes of UTF-8, which are never fewer: what
 * is counted is not documented, and other limits of GitHub were measured in stored bytes.
 */
export const LIMITS = {
  /** A check run's title, for which no bound is documented: that of an annotation's. */
  title: 255,
  /** A check run's summary, and its text. */
  summary: 65_535,
  /** One request takes no more. */
  annotations: 50,
  annotationTitle: 255,
  annotationMessage: 64 * 1024,
  annotationDetails: 64 * 1024,
  commentBody: 65_536,
} as const;

/** Comments of one review, where the settings say nothing else. More are not read. */
export const MOST_COMMENTS = 10;
/** Findings told in one comment. */
export const MOST_AT_ONE_ANCHOR = 10;
/** Of what a new run lacks, told in its comment. */
export const MOST_MISSING_OF_A_RUN = 5;
