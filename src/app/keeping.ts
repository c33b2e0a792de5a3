import type { TreeListing } from '../model/change.js';
import type { CommitSha } from '../model/identifiers.js';
import type { PullRequest, PullRequestKey, RepositoryIdentity } from '../model/pull-request.js';
import type { FactCache, RunCache } from './ports.js';

/**
 * What the App keeps between events: the port that `src/store` fills. Losing it loses the history of scores and
 * nothing else.
 */
export interface Store {
  readonly deliveries: Deliveries;
  readonly pullRequests: PullRequests;
  readonly scores: Scores;
  readonly repositories: Repositories;
  /** The facts of one repository's files: they go when it goes, and are never shared with another. */
  readonly facts: (repository: number) => FactCache;
  /** What was found out about its runs, likewise. */
  readonly runs: (repository: number) => RunCache;
  readonly trees: TreeCache;
  /** Deletes what has served its time, so that nothing grows for ever. For the hourly sweep. */
  readonly prune: (now: Date) => Promise<void>;
}

/** What an event asks for. A delivery may ask for several things, or for nothing. */
export type Request =
  /** Review the pull request as it is now; what was under way for an older state of it is superseded. */
  | {
      readonly kind: 'review';
      readonly pullRequest: PullRequest;
      /** The event tells of a pull request that was just opened, so that nothing of ours can stand on it. */
      readonly opened: boolean;
      /** A person asked for it, so that there is a new check run even where one says all already. */
      readonly again?: boolean;
    }
  /** A person asked for it again: the open pull requests with this head. Where none is known, the host is asked. */
  | {
      readonly kind: 'review-again';
      readonly installation: number;
      readonly repository: RepositoryIdentity;
      readonly head: CommitSha;
      /** Who asked, where it is to be looked up first whether they may write; left out: the host has seen to that. */
      readonly by?: string;
    }
  /** Closed, or its repository is gone: what was under way ends. */
  | { readonly kind: 'stop'; readonly pullRequest: PullRequest }
  /** Score the default branch. */
  | { readonly kind: 'score'; readonly installation: number; readonly repository: RepositoryIdentity }
  /** Renamed, transferred, made private or public. */
  | { readonly kind: 'know'; readonly installation: number; readonly repository: RepositoryIdentity }
  /** The App came to repositories, or may see more of them: to look at all that this installation holds. */
  | { readonly kind: 'survey'; readonly installation: number }
  /** Deleted, or taken out of the installation: its rows go. */
  | { readonly kind: 'forget'; readonly repository: number }
  /** The App was removed: all that came through this installation goes. */
  | { readonly kind: 'forget-installation'; readonly installation: number };

export interface Deliveries {
  /**
   * Records a delivery and all it asks for, jobs included, in one transaction. `seen`: this id was accepted within seven
   * days, and nothing was done.
   */
  readonly accept: (
    delivery: { readonly id: string; readonly receivedAt: Date },
    requests: readonly Request[],
  ) => Promise<'accepted' | 'seen'>;
  /** The same without a delivery, for sweeps. A review that already waits is not asked for twice. */
  readonly request: (requests: readonly Request[]) => Promise<void>;
}

/** A job: what is to be done, never at which commit. */
export type Job =
  | { readonly kind: 'review'; readonly pullRequest: PullRequestKey }
  | { readonly kind: 'score'; readonly installation: number; readonly repository: number }
  | { readonly kind: 'survey'; readonly installation: number }
  /** A commit whose check run a person asked for again, and whose pull request is not known or who is not. */
  | {
      readonly kind: 'recheck';
      readonly installation: number;
      readonly repository: number;
      readonly head: CommitSha;
      readonly by?: string;
    };

/** For logs: which job it is, and which delivery put it in; null for a sweep. */
export interface JobOrigin {
  readonly id: string;
  readonly delivery: string | null;
}

/** One worker's hold on a pull request. Only the newest holds; an older one finds out and writes nothing more. */
export interface Claim {
  readonly pullRequest: PullRequest;
  readonly generation: number;
  /**
   * The check run that stands for this head, where it is known. `started` without a number: it may or may not exist.
   * `again`: a person asked for another one, which was not begun yet.
   */
  readonly check:
    | { readonly state: 'none' }
    | { readonly state: 'again' }
    | { readonly state: 'started'; readonly id: number | null }
    | { readonly state: 'completed'; readonly id: number };
  /** Check runs of older heads that were begun and not completed, to be cancelled. Null: it may or may not exist. */
  readonly superseded: readonly { readonly head: CommitSha; readonly check: number | null }[];
  /**
   * True until a check was completed where the database saw this pull request for the first time in an event that does
   * not open one: something of ours may stand on it that is not known here.
   */
  readonly unfamiliar: boolean;
  /** Aborts when the claim is no longer current, as soon as this process learns of it, and with the job's own signal. */
  readonly signal: AbortSignal;
}

export interface PullRequests {
  /**
   * Waits for the lock of the pull request, takes the next generation, and runs `work` while the lock is held. Null
   * where the pull request is unknown or closed. Rejects with the signal's reason if that aborts while waiting.
   */
  readonly withClaim: <T>(
    key: PullRequestKey,
    signal: AbortSignal,
    work: (claim: Claim) => Promise<T>,
  ) => Promise<T | null>;
  /** Whether no newer state or worker has come since: asked before every write to the host. */
  readonly isCurrent: (claim: Claim) => Promise<boolean>;
  /** Written before the check run is created, so that a crash in between is seen. */
  readonly checkStarting: (claim: Claim) => Promise<void>;
  readonly checkStarted: (claim: Claim, check: number) => Promise<void>;
  readonly checkCompleted: (claim: Claim, head: CommitSha, check: number) => Promise<void>;
  /** Check runs begun before a moment and not completed since, on pull requests that nobody works on now. */
  readonly unfinished: (startedBefore: Date) => Promise<readonly UnfinishedCheck[]>;
  /** A check run that a sweep completed, outside of any claim. */
  readonly checkSwept: (unfinished: UnfinishedCheck) => Promise<void>;
  /** Of these, as the host tells of them now: the ones whose head has no completed check run as far as is known here. */
  readonly unreviewed: (open: readonly PullRequest[]) => Promise<readonly PullRequest[]>;
  readonly find: (key: PullRequestKey) => Promise<PullRequest | null>;
}

export interface UnfinishedCheck {
  /** As it is now: it may be closed, or have another head. */
  readonly pullRequest: PullRequest;
  /** The commit that the check run is on. */
  readonly head: CommitSha;
  /** Null where it may or may not exist. */
  readonly check: number | null;
}

/** A score of a commit of a branch. */
export interface ScoreRecord {
  readonly repository: number;
  readonly branch: string;
  readonly commit: CommitSha;
  readonly ruleSet: string;
  /** Full metric keys and composite names to a number from 0 to 1, or null where nothing is known. */
  readonly scores: Readonly<Record<string, number | null>>;
  readonly runs: number;
  readonly scoredAt: Date;
}

export interface Scores {
  readonly record: (score: ScoreRecord) => Promise<void>;
  /** The newest of a branch; null for the branch: the default branch. Null where nothing is known. */
  readonly latest: (repository: number, branch: string | null) => Promise<ScoreRecord | null>;
}

export interface Repositories {
  /** By the names of this moment, whatever their case; null where it is unknown. */
  readonly byName: (owner: string, name: string) => Promise<(RepositoryIdentity & { installation: number }) | null>;
  readonly byId: (id: number) => Promise<(RepositoryIdentity & { installation: number }) | null>;
}

/** Listings of trees by commit, which never change. Never needed, never rejects. */
export interface TreeCache {
  readonly read: (repository: number, commit: CommitSha) => Promise<TreeListing | null>;
  readonly write: (repository: number, listing: TreeListing) => Promise<void>;
}

/** The queue that hands out what `Deliveries` asked for: the port that `src/jobs` fills. */
export interface JobQueue {
  /**
   * Begins to hand out jobs, a few at once. A job whose work rejects is tried again with growing pauses, and set aside
   * after the last try. One that rejects with a `HostError` which names `retryAt` waits until then, and has lost no
   * try. The signal aborts when the process stops, or when the job takes too long: the work then rejects.
   */
  readonly start: (work: (job: Job, signal: AbortSignal, origin: JobOrigin) => Promise<void>) => Promise<void>;
  /** Takes no new job; lets those under way finish for so long, then gives them back to the queue. */
  readonly stop: (graceMilliseconds: number) => Promise<void>;
  /** How many jobs there are, for metrics. */
  readonly sizes: () => Promise<readonly QueueSize[]>;
}

export interface QueueSize {
  readonly kind: Job['kind'];
  /** `failed`: set aside after the last try. */
  readonly state: 'waiting' | 'active' | 'failed';
  readonly jobs: number;
}
