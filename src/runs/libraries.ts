import type { RepoPath } from '../model/identifiers.js';
import type { TreeView } from './tree/tree-view.js';

/** Every library that requirement files in the folders above a path name, and what the file itself installs. */
export function librariesFor(tree: TreeView, path: RepoPath): ReadonlySet<string> {
  const stated = tree.requirementsFor(path).flatMap(({ requirements }) => requirements);
  return new Set(stated.map(({ fact }) => fact.library));
}
