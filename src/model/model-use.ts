import type { RepoPath } from './identifiers.js';
import type { Location } from './location.js';

/** A file or a command of the tree that asks, serves or exports what a run has trained, and trains nothing itself. */
export interface ModelUse {
  readonly by: RepoPath;
  readonly template: UsedTemplate;
}

/** How a use writes turns, by the name that its stack has for it. */
export interface UsedTemplate {
  /** Null for a stack that writes no template unless it is told of one. */
  readonly name: string | null;
  /** The value; where it is not stated, what lacks it. */
  readonly at: Location;
  readonly isStated: boolean;
}
