import type { RepoPath } from '../model/identifiers.js';

/** Is told of a file whose runs could not be followed, all or in part, and why. */
export type OnFailure = (path: RepoPath, detail: string) => void;

/** What is found in one file; nothing where that fails, which is told and leaves the other files as they are. */
export function attempted<T>(path: RepoPath, onFailure: OnFailure, find: () => T[]): T[] {
  try {
    return find();
  } catch (error) {
    onFailure(path, error instanceof Error ? error.message : 'an error without a message');
    return [];
  }
}
