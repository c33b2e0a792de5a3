import type { RepoPath } from '../model/identifiers.js';

/** The path of a name that is written relative to a folder; null where it leads out of the tree, or nowhere. */
export function pathBelow(folder: string, name: string): RepoPath | null {
  const parts: string[] = folder === '' ? [] : folder.split('/');
  for (const part of name.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (parts.pop() === undefined) return null;
    } else parts.push(part);
  }
  return parts.length === 0 ? null : (parts.join('/') as RepoPath);
}
