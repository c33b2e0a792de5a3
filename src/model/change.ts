import { type BlobId, type CommitSha, type LineNumber, lineNumber, type RepoPath } from './identifiers.js';

/** One file between base and head. */
export interface FileChange {
  readonly status: 'added' | 'removed' | 'modified' | 'renamed';
  /** Its path on the head, or on the base for a removed file. */
  readonly path: RepoPath;
  /** Its path on the base, for renames. */
  readonly previousPath: RepoPath | null;
  readonly hunks: readonly Hunk[];
  /** No hunks could be made: binary, or too large for a diff. */
  readonly opaque: boolean;
  /** The code host shows no diff of this file, so that no comment can stand on its hunks, which were made without it. */
  readonly undisplayed?: boolean;
}

export interface Hunk {
  readonly lines: readonly HunkLine[];
}

/** A line of a hunk. `base` and `head` are its numbers on each side; null on the side it is not on. */
export interface HunkLine {
  readonly base: LineNumber | null;
  readonly head: LineNumber | null;
}

/** The lines of a hunk of a unified diff, each with its sign before it. */
export function hunkOf(hunk: { oldStart: number; newStart: number; lines: readonly string[] }): Hunk {
  let base = hunk.oldStart;
  let head = hunk.newStart;
  const lines: HunkLine[] = [];
  for (const line of hunk.lines) {
    // `\ No newline at end of file` is about the line before it.
    if (line.startsWith('\\')) continue;
    const sign = line[0];
    lines.push({
      base: sign === '+' ? null : lineNumber(base++),
      head: sign === '-' ? null : lineNumber(head++),
    });
  }
  return { lines };
}

/** Two trees and the difference between them: all that a review looks at. */
export interface Snapshot {
  readonly base: TreeListing;
  readonly head: TreeListing;
  readonly changes: readonly FileChange[];
  /**
   * How many files of the head are in no listing and in no change, because their names cannot be addressed: git takes
   * any bytes for a name, while reports and code hosts need UTF-8.
   */
  readonly unaddressable: number;
}

/** The files of one tree. */
export interface TreeListing {
  readonly commit: CommitSha;
  readonly files: ReadonlyMap<RepoPath, TreeFile>;
}

export interface TreeFile {
  readonly blob: BlobId;
  /** In bytes; null where the source does not say before reading. */
  readonly size: number | null;
  readonly kind: 'file' | 'link' | 'submodule';
}

/** The bytes of a blob, or why there are none. */
export type BlobContent =
  | { readonly state: 'read'; readonly bytes: Uint8Array }
  | { readonly state: 'missing' | 'too-large'; readonly detail: string };
