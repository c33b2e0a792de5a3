import type { Bounds } from '../model/bounds.js';
import type { FileFacts } from '../model/fact.js';
import type { RepoPath } from '../model/identifiers.js';
import type { SecretTraces } from '../model/secrets.js';

/** Turns one language into facts. */
export interface FrontEnd {
  /** Permanent; part of the key that facts are kept by. */
  readonly id: 'python' | 'config' | 'shell' | 'requirements' | 'notebook';
  /** Raised whenever the facts of some text change. */
  readonly version: number;
  readonly claims: (path: RepoPath) => boolean;
  /**
   * Reads one text. Never throws for what the text holds: what could not be read is told in `partial`.
   * Synchronous, so that a worker can be stopped from outside when it takes too long.
   */
  readonly extract: (source: Source, bounds: Bounds) => FileFacts;
}

/** A text and the path it is read as: `requirements.txt` and `uv.lock` are one front-end's, and read differently. */
export interface Source {
  readonly path: RepoPath;
  readonly text: string;
  /** The traces of secrets in the text, from who has looked for them; a front-end that needs them looks itself else. */
  readonly secrets?: SecretTraces;
}
