import type { FileFacts, PartialReading } from './fact.js';
import type { RepoPath } from './identifiers.js';

/** One tree as facts: what the `runs` room works on. */
export interface SourceTree {
  /** Every path of the tree, read or not: tells a local folder from a hub id, and a broken link from a sound one. */
  readonly paths: ReadonlySet<RepoPath>;
  readonly files: ReadonlyMap<RepoPath, FileFacts>;
  /** Files a front-end claims that could not be read at all. */
  readonly unread: ReadonlyMap<RepoPath, PartialReading>;
}
