import { createHash } from 'node:crypto';
import { diffLines } from 'diff';
import type {
  CheckRuns,
  CodeHost,
  CompletedCheck,
  FailedDelivery,
  Installation,
  NewComment,
  OwnThread,
  Reviews,
  StandingCheck,
} from '../../src/app/hosting.js';
import { HostError, type HostErrorCode } from '../../src/app/hosting.js';
import type { ChangeSource } from '../../src/app/ports.js';
import type { BlobContent, TreeListing } from '../../src/model/change.js';
import { type BlobId, blobId, type CommitSha, repoPath } from '../../src/model/identifiers.js';
import type { PullRequest, RepositoryIdentity } from '../../src/model/pull-request.js';
import { CommentableLines } from '../../src/presentation/github/commentable-lines.js';
import { changesBetween } from './change.js';
import type { Files } from './source-tree.js';

export interface CheckInMemory extends StandingCheck {
  readonly head: CommitSha;
  readonly conclusion: CompletedCheck['conclusion'] | null;
  readonly output: CompletedCheck['output'] | null;
}

/**
 * A code host with one repository, as far as the App can tell. It takes comments only on lines of the diff, as the real
 * one does, and can be told to fail before or after it has done what was asked.
 */
export class HostInMemory {
  readonly commits = new Map<CommitSha, Files>();
  readonly pulls = new Map<number, PullRequest>();
  readonly checks: CheckInMemory[] = [];
  threads: OwnThread[] = [];
  pending: number | null = null;
  /** The base of every pull request, and the tip of the default branch. */
  readonly base: CommitSha;
  readonly repository: RepositoryIdentity;
  /** Operations in the order in which they were asked for. */
  readonly asked: string[] = [];
  /** What was written, in a few words each. */
  readonly writes: string[] = [];
  readonly failed: FailedDelivery[] = [];
  /** Who may write, by login. */
  readonly writers = new Set<string>();
  /** Called before and after each operation takes effect; may throw. */
  interfere: (operation: string, moment: 'before' | 'after') => void | Promise<void> = () => {};
  #last = 0;

  constructor(repository: RepositoryIdentity, base: CommitSha, files: Files) {
    this.repository = repository;
    this.base = base;
    this.commits.set(base, files);
  }

  readonly host: CodeHost = {
    installation: (_id, signal) => this.#installation(signal),
    installations: async () => [3],
    registration: async () => ({ slug: 'tunelint', permissions: {}, events: [] }),
    failedDeliveries: async (since) => this.#do('failed deliveries', null, () => (since > LONG_AGO ? this.failed : [])),
    redeliver: async ({ guid }) => this.#do('redeliver', guid, () => {}),
  };

  /** The comments that stand, in a few words each. */
  get comments(): string[] {
    return this.threads.map(({ path, at }) =>
      at === null ? path : `${path}:${at.side}:${at.startLine}-${at.endLine}`,
    );
  }

  /** The head of a pull request changes, and with it the lines on which comments stand. */
  move(from: CommitSha, to: CommitSha): void {
    this.threads = this.threads.map((thread) => {
      const { at, path } = thread;
      if (at === null || at.side === 'LEFT') return thread;
      const lines = movedLines(this.#files(from)[path] ?? '', this.#files(to)[path] ?? '');
      const [startLine, endLine] = [lines.get(at.startLine), lines.get(at.endLine)];
      return { ...thread, at: startLine === undefined || endLine === undefined ? null : { ...at, startLine, endLine } };
    });
  }

  #installation(signal?: AbortSignal): Installation {
    const perform = async <T>(name: string, write: string | null, effect: () => T): Promise<T> => {
      signal?.throwIfAborted();
      return await this.#do(name, write, effect);
    };
    return {
      repositories: () => perform('repositories', null, () => [this.repository]),
      openPullRequests: () => perform('open', null, () => [...this.pulls.values()].filter(({ open }) => open)),
      pullRequest: (_, number) => perform('pull request', null, () => this.pulls.get(number) ?? null),
      mayWrite: (_, login) => perform('may write', null, () => this.writers.has(login)),
      defaultHead: () => perform('default head', null, () => this.base),
      pullRequestChange: ({ head }) => this.#change(this.base, head, perform),
      commitTree: (_, commit) => this.#change(commit, commit, perform),
      checks: this.#checkRuns(perform),
      reviews: this.#reviews(perform),
    };
  }

  async #do<T>(name: string, write: string | null, effect: () => T): Promise<T> {
    this.asked.push(name);
    await this.interfere(name, 'before');
    const result = effect();
    if (write !== null) this.writes.push(`${name} ${write}`);
    await this.interfere(name, 'after');
    return result;
  }

  #change(base: CommitSha, head: CommitSha, perform: Perform): ChangeSource {
    const contents = new Map<BlobId, BlobContent>();
    const listing = (commit: CommitSha): TreeListing => {
      const files = Object.entries(this.#files(commit)).map(([path, text]) => {
        const bytes = new TextEncoder().encode(text);
        const blob = blobId(createHash('sha1').update(bytes).digest('hex'));
        contents.set(blob, { state: 'read', bytes });
        return [repoPath(path), { blob, size: bytes.length, kind: 'file' }] as const;
      });
      return { commit, files: new Map(files) };
    };
    return {
      snapshot: () =>
        perform('snapshot', null, () => ({
          base: listing(base),
          head: listing(head),
          changes: changesBetween(this.#files(base), this.#files(head)),
          unaddressable: 0,
        })),
      announce: () => {},
      readBlobs: (ids) =>
        perform('blobs', null, () => {
          const missing = { state: 'missing', detail: 'unknown' } as const;
          return new Map(ids.map((id) => [id, contents.get(id) ?? missing]));
        }),
      close: async () => {},
    };
  }

  #files(commit: CommitSha): Files {
    return this.commits.get(commit) ?? {};
  }

  #checkRuns(perform: Perform): CheckRuns {
    return {
      start: (_, head, externalId) =>
        perform('start', head.slice(0, 1), () => {
          const check = { id: this.#next(), head, externalId, completed: false, startedAt: new Date() };
          this.checks.unshift({ ...check, conclusion: null, output: null });
          return check.id;
        }),
      complete: (_, id, { externalId, conclusion, output }) =>
        perform('complete', conclusion, () => {
          const index = this.checks.findIndex((check) => check.id === id);
          const check = this.checks[index];
          if (check === undefined) throw failure('gone');
          // GitHub keeps the conclusion of one that is completed.
          const concluded = check.completed ? {} : { conclusion, completed: true };
          this.checks[index] = { ...check, externalId, output, ...concluded };
        }),
      list: (_, head) => perform('list', null, () => this.checks.filter((check) => check.head === head)),
    };
  }

  #reviews(perform: Perform): Reviews {
    return {
      standing: ({ number, head }) =>
        perform('standing', null, () => ({
          head: this.pulls.get(number)?.head ?? head,
          pending: this.pending,
          threads: [...this.threads],
        })),
      post: ({ number }, { commit_id, comments }) =>
        perform('post', String(comments.length), () => {
          const head = this.pulls.get(number)?.head;
          if (this.pending !== null || commit_id !== head || !this.#areOnLines(head, comments)) return 'refused';
          for (const comment of comments) this.threads.push(this.#threadOf(comment, head));
          return 'posted';
        }),
      edit: (_, id, body) =>
        perform('edit', String(id), () => {
          if (!this.threads.some(({ comment }) => comment === id)) throw failure('gone');
          this.threads = this.threads.map((thread) => (thread.comment === id ? { ...thread, body } : thread));
        }),
      remove: (_, id) =>
        perform('remove', String(id), () => {
          this.threads = this.threads.filter(({ comment }) => comment !== id);
        }),
      discardPending: (_, id) =>
        perform('discard', String(id), () => {
          this.pending = null;
        }),
    };
  }

  #areOnLines(head: CommitSha, comments: readonly NewComment[]): boolean {
    const lines = new CommentableLines(changesBetween(this.#files(this.base), this.#files(head)));
    return comments.every(({ path, side, line, start_line = line }) =>
      lines.holds(lines.rangeAt({ path, side, startLine: start_line, endLine: line })),
    );
  }

  #threadOf({ path, body, side, line, start_line = line }: NewComment, commit: CommitSha): OwnThread {
    const at = { side, startLine: start_line, endLine: line };
    return { comment: this.#next(), body, path, at, commit, resolved: false, answered: false };
  }

  #next(): number {
    this.#last += 1;
    return this.#last;
  }
}

type Perform = <T>(name: string, write: string | null, effect: () => T) => Promise<T>;

const LONG_AGO = new Date(0);

/** Where each line that two texts share has gone. */
function movedLines(before: string, after: string): ReadonlyMap<number, number> {
  const lines = new Map<number, number>();
  let from = 1;
  let to = 1;
  for (const { added, removed, count } of diffLines(before, after)) {
    if (!added && !removed) for (let line = 0; line < count; line += 1) lines.set(from + line, to + line);
    if (!added) from += count;
    if (!removed) to += count;
  }
  return lines;
}

export function failure(code: HostErrorCode, retryAt?: Date): HostError {
  const when = retryAt === undefined ? {} : { retryAt };
  return new HostError({ code, message: `told to be ${code}`, advice: `Mend what is ${code}.`, ...when });
}
