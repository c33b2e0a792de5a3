import type { CommitSha } from '../model/identifiers.js';
import type { PullRequest, RepositoryIdentity } from '../model/pull-request.js';
import type { ChangeSource } from './ports.js';

/**
 * The code host, seen as the App: the port that `src/github` fills. Every method may fail with a `HostError`; what the
 * host asks to wait for is waited for inside, within bounds.
 */
export interface CodeHost {
  /**
   * The host as one installation may see it. Authorises on first use. When the signal aborts, what is under way or
   * waits rejects with its reason; a write that was sent by then may have taken effect.
   */
  readonly installation: (id: number, signal?: AbortSignal) => Installation;
  readonly installations: () => Promise<readonly number[]>;
  /** What was granted to the App and which events it gets, to be compared with what it needs. */
  readonly registration: () => Promise<Registration>;
  /** Webhook deliveries since a moment that did not reach us, oldest first. */
  readonly failedDeliveries: (since: Date) => Promise<readonly FailedDelivery[]>;
  readonly redeliver: (delivery: FailedDelivery) => Promise<void>;
}

export interface Registration {
  readonly slug: string;
  /** `checks: write` and so on, as in app.yml. */
  readonly permissions: Readonly<Record<string, string>>;
  readonly events: readonly string[];
}

export interface FailedDelivery {
  /** The host's number for it, which may be larger than what JavaScript counts exactly. */
  readonly id: string;
  /** The `X-GitHub-Delivery` it carries, redelivered or not. */
  readonly guid: string;
}

/** What an installation may read and write. */
export interface Installation {
  readonly repositories: () => Promise<readonly RepositoryIdentity[]>;
  readonly openPullRequests: (repository: RepositoryIdentity) => Promise<readonly PullRequest[]>;
  /** Null where it is gone or hidden. */
  readonly pullRequest: (repository: RepositoryIdentity, number: number) => Promise<PullRequest | null>;
  /** Whether a person, by login, may push to the repository at this moment. */
  readonly mayWrite: (repository: RepositoryIdentity, login: string) => Promise<boolean>;
  /** The tip of the default branch; null in an empty repository. */
  readonly defaultHead: (repository: RepositoryIdentity) => Promise<CommitSha | null>;
  /** Merge base and head of a pull request, at the commits it names. Close it when the review is made. */
  readonly pullRequestChange: (pullRequest: PullRequest) => ChangeSource;
  /** One commit against itself: for scoring a branch. */
  readonly commitTree: (repository: RepositoryIdentity, commit: CommitSha) => ChangeSource;
  readonly checks: CheckRuns;
  readonly reviews: Reviews;
}

/** Our check runs. Their name is always `Tunelint`; `externalId` tells them apart on one commit. */
export interface CheckRuns {
  /**
   * Creates one in progress, without looking whether there is one. Sent once: where the answer is lost it fails with
   * `unavailable`, and may have created one.
   */
  readonly start: (repository: RepositoryIdentity, head: CommitSha, externalId: string) => Promise<number>;
  /** Completes one. More annotations than one request takes follow in further requests to the same run. */
  readonly complete: (repository: RepositoryIdentity, id: number, check: CompletedCheck) => Promise<void>;
  /** Those of ours on a commit, newest first. */
  readonly list: (repository: RepositoryIdentity, head: CommitSha) => Promise<readonly StandingCheck[]>;
}

export interface CompletedCheck {
  /** Takes the place of the one it was started with. */
  readonly externalId: string;
  readonly conclusion: 'skipped' | 'failure' | 'neutral' | 'success' | 'cancelled';
  readonly output: {
    readonly title: string;
    readonly summary: string;
    readonly text?: string;
    readonly annotations?: readonly CheckAnnotation[];
  };
}

/** In GitHub's terms; `presentation/github` makes them. */
export interface CheckAnnotation {
  readonly path: string;
  readonly start_line: number;
  readonly end_line: number;
  readonly annotation_level: 'failure' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
  readonly raw_details?: string;
}

export interface StandingCheck {
  readonly id: number;
  readonly externalId: string;
  readonly completed: boolean;
  readonly startedAt: Date;
}

/** The review comments of a pull request. */
export interface Reviews {
  /** What stands now: read before anything is written. Fully paged. */
  readonly standing: (pullRequest: PullRequest) => Promise<StandingReview>;
  /**
   * One review with all its comments. `refused`: the host takes none of it as it is (422), and none was posted. Sent
   * once: where the answer is lost it fails with `unavailable`, and may have posted it.
   */
  readonly post: (pullRequest: PullRequest, review: NewReview) => Promise<'posted' | 'refused'>;
  readonly edit: (pullRequest: PullRequest, comment: number, body: string) => Promise<void>;
  /** Gone already is as good as deleted. */
  readonly remove: (pullRequest: PullRequest, comment: number) => Promise<void>;
  readonly discardPending: (pullRequest: PullRequest, review: number) => Promise<void>;
}

export interface StandingReview {
  /** The pull request's head while it was read. */
  readonly head: CommitSha;
  /** A review of ours that was begun and never sent, which would block the next one. */
  readonly pending: number | null;
  /** Threads that our own account began, whatever they say. */
  readonly threads: readonly OwnThread[];
}

/** A thread whose first comment our own account wrote. */
export interface OwnThread {
  /** The number of the first comment. */
  readonly comment: number;
  readonly body: string;
  /** On the head. */
  readonly path: string;
  /** The lines of the diff that it stands on now; null where they are gone from it, or were never in it. */
  readonly at: { readonly side: 'LEFT' | 'RIGHT'; readonly startLine: number; readonly endLine: number } | null;
  /** The head on which it was begun; null where that is gone. */
  readonly commit: CommitSha | null;
  /** Somebody pressed "Resolve conversation". */
  readonly resolved: boolean;
  /** Somebody else wrote in it. */
  readonly answered: boolean;
}

export interface NewReview {
  readonly commit_id: string;
  readonly event: 'COMMENT';
  readonly comments: readonly NewComment[];
}

export interface NewComment {
  readonly path: string;
  readonly body: string;
  readonly side: 'LEFT' | 'RIGHT';
  readonly line: number;
  readonly start_side?: 'LEFT' | 'RIGHT';
  readonly start_line?: number;
}

export type HostErrorCode =
  /** A permission that app.yml asks for was not granted. */
  | 'forbidden'
  /** Deleted, hidden, or the App was removed. */
  | 'gone'
  /** The host asked to wait longer than we may. `retryAt` says until when. */
  | 'rate-limited'
  /** No answer, or a 5xx, in spite of several tries. */
  | 'unavailable'
  /** It will not take what was sent; sending it again is of no use. */
  | 'invalid';

/** The code host did not do what it was asked. */
export class HostError extends Error {
  override readonly name = 'HostError';
  readonly code: HostErrorCode;
  /** What a person can do about it, as a sentence. */
  readonly advice: string;
  readonly retryAt: Date | null;

  constructor(options: { code: HostErrorCode; message: string; advice: string; retryAt?: Date; cause?: unknown }) {
    super(options.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.advice = options.advice;
    this.retryAt = options.retryAt ?? null;
  }
}
