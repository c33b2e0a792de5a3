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
  /** One answer for each file, in the same order. Never rejects for what a file holds. */
  readonly extract: (files: readonly FileBytes[], progress?: (done: number) => void) => Promise<readonly FileFacts[]>;
  readonly close: () => Promise<void>;
}

export interface FileBytes {
  readonly path: RepoPath;
  readonly bytes: Uint8Array;
}
