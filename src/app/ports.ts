import type { BlobContent, Snapshot } from '../model/change.js';
import type { FileFacts } from '../model/fact.js';
import type { BlobId, RepoPath } from '../model/identifiers.js';

/** Where a change comes from: a local repository today. */
export interface ChangeSource {
  /** The two trees and their difference. Fails with a `UserError` for what the user can mend. */
  readonly snapshot: () => Promise<Snapshot>;
  /** Contents by id. What cannot be had is in the map with its reason; nothing is fetched from a remote. */
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

/** Facts kept between reviews. Never needed: what is missing, broken or gone is read again. */
export interface FactCache {
  /** The packs that are there, by key. Never rejects. */
  readonly read: (keys: readonly string[]) => Promise<ReadonlyMap<string, FactPack>>;
  /** Keeps packs for later. Never rejects, and may keep nothing. */
  readonly write: (packs: ReadonlyMap<string, FactPack>) => Promise<void>;
}

/** The facts of some files that lie together, by path. */
export type FactPack = ReadonlyMap<RepoPath, FileFacts>;
