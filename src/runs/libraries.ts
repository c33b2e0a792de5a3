import type { RepoPath } from '../model/identifiers.js';
import type { SourceTree } from '../model/source-tree.js';

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
      const owner = ownerOf(path);
      byFolder.set(owner, (byFolder.get(owner) ?? new Set<string>()).add(fact.library));
    }
  }
  return byFolder;
}

/** A notebook installs for itself alone; `requirements/train.txt` speaks for the folder around `requirements`. */
function ownerOf(path: RepoPath): string {
  if (path.endsWith('.ipynb')) return path;
  const folder = folderOf(path);
  return /(?:^|\/)requirements$/.test(folder) ? folderOf(folder) : folder;
}

function folderOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
