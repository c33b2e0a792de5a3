import type { RepoPath } from '../model/identifiers.js';
import { isNotebook } from '../model/notebook-path.js';

/** The folder of a file, or the one above a folder, without a slash at the end; empty for the root. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** `requirements/train.txt` speaks for the folder that `requirements` is in; what a notebook installs, for itself. */
export function requiringFolder(path: RepoPath): string {
  if (isNotebook(path)) return path;
  const folder = folderOf(path);
  return /(?:^|\/)requirements$/.test(folder) ? folderOf(folder) : folder;
}
