import type { FileFacts } from '../../model/fact.js';
import type { RepoPath } from '../../model/identifiers.js';
import type { SourceTree } from '../../model/source-tree.js';
import { type FileOutline, outlineOf } from './file-outline.js';

/** A tree as far as it was read: outlines of all files, and the facts of those that were needed so far. */
export interface TreeSource {
  /** Every path of the tree, read or not. */
  readonly paths: ReadonlySet<RepoPath>;
  /** Files that were read, by path. */
  readonly files: ReadonlyMap<RepoPath, OutlinedFile>;
  /** Whether a front-end claims the file and could not read it. */
  readonly isUnread: (path: RepoPath) => boolean;
  /** Null while they are not at hand. */
  readonly facts: (path: RepoPath) => FileFacts | null;
}

export interface OutlinedFile {
  /** Another one for any other facts, such as the id of the blob they were read from. Without spaces. */
  readonly content: string;
  readonly outline: FileOutline;
}

/** A tree whose facts are all at hand. */
export function sourceOf(tree: SourceTree): TreeSource {
  return {
    paths: tree.paths,
    files: new Map([...tree.files].map(([path, facts]) => [path, outlined(path, facts)])),
    isUnread: (path) => tree.unread.has(path),
    facts: (path) => tree.files.get(path) ?? null,
  };
}

/** The same tree with other facts for one of its files. */
export function withFacts(tree: TreeSource, path: RepoPath, facts: FileFacts): TreeSource {
  return {
    ...tree,
    files: new Map(tree.files).set(path, outlined(path, facts)),
    facts: (asked) => (asked === path ? facts : tree.facts(asked)),
  };
}

/** A name for content that no later review will meet again under it. */
export function passingContent(name: string | number): string {
  return `~${name}`;
}

export function isPassing(content: string): boolean {
  return content.startsWith('~');
}

/** Facts that came without a name for their content are their own. */
function outlined(path: RepoPath, facts: FileFacts): OutlinedFile {
  const known = outlines.get(facts);
  if (known?.path === path) return known;
  made += 1;
  const file = { path, content: passingContent(made), outline: outlineOf(path, facts) };
  outlines.set(facts, file);
  return file;
}

/** Both sides of a change share the facts of what it leaves alone. */
const outlines = new WeakMap<FileFacts, OutlinedFile & { readonly path: RepoPath }>();
let made = 0;
