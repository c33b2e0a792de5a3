import type { RepoPath } from '../model/identifiers.js';
import type { SourceTree } from '../model/source-tree.js';
import { folderOf, requiringFolder } from './folders.js';

/** Every library that requirement files in the folders above a path name, and what the file itself installs. */
export function librariesFor(tree: SourceTree, path: RepoPath): ReadonlySet<string> {
  let byFolder = folders.get(tree);
  if (byFolder === undefined) {
    byFolder = requiredByFolder(tree);
    folders.set(tree, byFolder);
  }
  const names = new Set(byFolder.get(path));
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    for (const name of byFolder.get(folder) ?? []) names.add(name);
    if (folder === '') return names;
  }
}

const folders = new WeakMap<SourceTree, ReadonlyMap<string, ReadonlySet<string>>>();

function requiredByFolder(tree: SourceTree): Map<string, Set<string>> {
  const byFolder = new Map<string, Set<string>>();
  for (const [path, { facts }] of tree.files) {
    for (const fact of facts) {
      if (fact.kind !== 'requirement') continue;
      const owner = requiringFolder(path);
      byFolder.set(owner, (byFolder.get(owner) ?? new Set<string>()).add(fact.library));
    }
  }
  return byFolder;
}
