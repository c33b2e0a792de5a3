import type { BlobContent, Snapshot } from '../model/change.js';
import type { FileFacts } from '../model/fact.js';
import type { BlobId, RepoPath } from '../model/identifiers.js';

/** Where a change comes from: a local repository, or a code host. */
export interface ChangeSource {
  /** The two trees and their difference. Fails with a `UserError` or a `HostError` for what a person can mend. */
  readonly snapshot: () => Promise<Snapshot>;
  /**
   * All that will next be asked for of `readBlobs`, before the first call: a source that has to fetch may then choose the
   * way that costs least. It may do nothing, and what was not announced is read all the same.
   */
  readonly announce: (ids: readonly BlobId[]) => void;
  /** Contents by id. What cannot be had is in the map with its reason; those of a local clone are never fetched. */
  readonly readBlobs: (ids: readonly BlobId[]) => Promise<ReadonlyMap<BlobId, BlobContent>>;
  readonly close: () => Promise<void>;
}

/** Turns bytes into facts, within bounds of time and memory. */
export interface FactExtraction {
  /** Whether some front-end reads files of this name. */
  readonly claims: (path: RepoPath) => boolean;
  /** Changes whenever the facts of some file may: part of the key that facts are kept by. */
  readonly version: string;
  /** One answer for each file, in the same order. Never rejects for what a file holds. */
  readonly extract: (files: readonly FileBytes[], progress?: (done: number) => void) => Promise<readonly FileFacts[]>;
  readonly close: () => Promise<void>;
}

export interface FileBytes {
  readonly path: RepoPath;
  readonly bytes: Uint8Array;
}

/** A file's content and its name: all that its facts depend on, since the name chooses the front-end. */
export interface NamedBlob {
  readonly path: RepoPath;
  readonly blob: BlobId;
}

/** The key of a file's facts in maps and caches. */
export function factsKey({ path, blob }: NamedBlob): string {
  return `${blob} ${path}`;
}

/** Facts kept between reviews. Never needed: what is missing, broken or gone is read again. */
export interface FactCache {
  /**
   * What is kept of the files of some trees, under the version of the front-ends. The trees are told apart because files
   * of one tree may be kept together. Of these only what is `wanted`, by `factsKey`, is needed, all if nothing is named; more may be told. Never rejects.
   */
  readonly lookUp: (
    trees: readonly (readonly NamedBlob[])[],
    version: string,
    wanted?: ReadonlySet<string>,
  ) => Promise<KeptFacts>;
}

export interface KeptFacts {
  /** By `factsKey`. */
  readonly known: ReadonlyMap<string, FileFacts>;
  /** Keeps what was not known and has been read since, by `factsKey`. Never rejects, and may keep nothing. */
  readonly keep: (read: ReadonlyMap<string, FileFacts>) => Promise<void>;
}

/**
 * What was found out about the runs of one repository, as bytes by name. Never needed: what is missing, broken or gone is
 * found out again. Several reviews may write at the same time, and the last one stays.
 */
export interface RunCache {
  /** What is kept under these names, whole and as it was written; nothing in its place otherwise. Never rejects. */
  readonly read: (names: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>;
  /** Never rejects, and may keep nothing. */
  readonly write: (kept: ReadonlyMap<string, Uint8Array>) => Promise<void>;
}
