import type { RepoPath } from './identifiers.js';
import type { Location } from './location.js';
import type { DataSource } from './run-data.js';

/** Data that a run uses, and that a script of the tree has made of the answers of models. */
export interface GeneratedData {
  /** The file, or the repository on the hub, as the run names it. */
  readonly name: string;
  readonly use: 'training' | 'evaluation';
  readonly by: RepoPath;
  readonly teachers: readonly Teacher[];
  /** Where the script puts a row together; null where that is not seen. */
  readonly row: GeneratedRow | null;
  /** Data sets that the script reads, whose rows it asks about. */
  readonly prompts: readonly DataSource[];
}

export interface GeneratedRow {
  readonly at: Location;
  /** Whether something that is kept says which model answered. */
  readonly namesTeacher: boolean;
}

/** A model that is asked for answers. `hosted`: behind an API; `weights`: loaded by the script itself. */
export interface Teacher {
  readonly kind: 'hosted' | 'weights';
  readonly at: Location;
  /** The call as the author writes it: `client.chat.completions.create`. */
  readonly label: string;
  /** Null where it is computed. */
  readonly name: string | null;
  /** Where the name leads; a hosted model is none of the hub's. */
  readonly origin: 'hub' | 'local' | 'unknown';
  /** The revision of loaded weights: its value, `computed`, or null for none. */
  readonly revision: { readonly value: string; readonly at: Location } | 'computed' | null;
}
