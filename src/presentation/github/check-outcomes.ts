import type { CommitSha } from '../../model/identifiers.js';
import { prose } from '../markdown-text.js';

/** How a check ends that tells of no review. */
export interface CheckOutcome {
  readonly conclusion: 'skipped' | 'neutral' | 'cancelled';
  readonly output: { readonly title: string; readonly summary: string };
}

/** A draft, where drafts are not analysed. */
export function draftOutcome(): CheckOutcome {
  return {
    conclusion: 'skipped',
    output: {
      title: 'Draft: analysed when it is ready for review',
      summary: 'Drafts are not analysed. Mark the pull request as ready for review to have it analysed.',
    },
  };
}

/** A change of files that nothing reads. */
export function irrelevantOutcome(files: number): CheckOutcome {
  return {
    conclusion: 'skipped',
    output: {
      title: 'Nothing in this change touches a training run',
      summary: `None of the changed files (${files}) is code or configuration that a training run could read.`,
    },
  };
}

/** The analysis did not come to its end: what happened, and what the author can do. Never a success. */
export function unfinishedOutcome(advice: string): CheckOutcome {
  return {
    conclusion: 'neutral',
    output: {
      title: 'The analysis did not finish',
      summary: `The analysis of this commit did not finish, so nothing is said of it. ${prose(advice)}`,
    },
  };
}

/** A newer commit has come. */
export function supersededOutcome(by: CommitSha): CheckOutcome {
  const title = `superseded by ${by.slice(0, 7)}`;
  return {
    conclusion: 'cancelled',
    output: { title, summary: `A newer commit of the pull request is analysed instead: ${by}.` },
  };
}

/** Closed before the analysis came to its end. */
export function closedOutcome(): CheckOutcome {
  return {
    conclusion: 'cancelled',
    output: { title: 'The pull request was closed', summary: 'It was closed before its analysis finished.' },
  };
}

/** Somebody asked for a commit to be checked again which no pull request leads to. */
export function unclaimedOutcome(): CheckOutcome {
  return {
    conclusion: 'neutral',
    output: {
      title: 'No open pull request has this commit as its head',
      summary: 'Only the head of an open pull request is analysed. Open one, or push to it, to have it analysed.',
    },
  };
}
