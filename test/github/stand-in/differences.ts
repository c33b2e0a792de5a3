import type { ChangedFile, GitData } from './git-data.js';
import type { Limits } from './limits.js';
import type { HostedPull } from './world.js';

/** What a pull request changes, from where it left its base to one of its heads. */
export interface PullDifference {
  /** Null where the branches share no commit. */
  readonly base: string | null;
  readonly files: readonly ChangedFile[];
}

export function differenceOf(pull: HostedPull, git: GitData, head = pull.head): PullDifference {
  const base = git.mergeBase(pull.baseRef, head);
  return { base, files: git.difference(base, head) };
}

/**
 * The files of one answer. A patch that is too large is left out; behind the budget of the whole answer the counts are
 * zero as well, and nothing says so.
 */
export function shownFiles(files: readonly ChangedFile[], limits: Limits): ChangedFile[] {
  let [lines, bytes] = [0, 0];
  return files.map(({ patch, ...file }) => {
    if (patch === undefined) return file;
    const size = { lines: patch.split('\n').length, bytes: Buffer.byteLength(patch) };
    if (size.lines > limits.fileDiffLines || size.bytes > limits.fileDiffBytes) return file;
    lines += size.lines;
    bytes += size.bytes;
    if (lines > limits.diffLines || bytes > limits.diffBytes) return { ...file, additions: 0, deletions: 0 };
    return { ...file, patch };
  });
}

export type Side = 'LEFT' | 'RIGHT';

/** The lines of a patch that a review may name, by side, each with the hunk that it is in. */
export interface CommentableLines {
  readonly LEFT: ReadonlyMap<number, number>;
  readonly RIGHT: ReadonlyMap<number, number>;
}

export function commentableLines(patch: string): CommentableLines {
  const lines = { LEFT: new Map<number, number>(), RIGHT: new Map<number, number>() };
  for (const { left, right, hunk } of linesOf(patch)) {
    if (left !== null) lines.LEFT.set(left, hunk);
    if (right !== null) lines.RIGHT.set(right, hunk);
  }
  return lines;
}

/** A line of a hunk; null on the side where it is not. Hunks count from 1. */
export interface PatchLine {
  readonly left: number | null;
  readonly right: number | null;
  readonly hunk: number;
  /** Which line of the patch it is, counted from 0. */
  readonly at: number;
}

export function linesOf(patch: string): PatchLine[] {
  let [left, right, hunk] = [0, 0, 0];
  return patch.split('\n').flatMap((text, at): PatchLine[] => {
    const header = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(text);
    if (header !== null) {
      [left, right, hunk] = [Number(header[1]), Number(header[2]), hunk + 1];
      return [];
    }
    if (text.startsWith('\\')) return [];
    if (text.startsWith('-')) return [{ left: left++, right: null, hunk, at }];
    if (text.startsWith('+')) return [{ left: null, right: right++, hunk, at }];
    return [{ left: left++, right: right++, hunk, at }];
  });
}

/** The part of a patch that a comment is shown below: from the head of its hunk to its line. */
export function hunkUpTo(patch: string, side: Side, line: number): string {
  const texts = patch.split('\n');
  const lines = linesOf(patch);
  const last = lines.find((it) => (side === 'LEFT' ? it.left : it.right) === line);
  const first = lines.find((it) => it.hunk === last?.hunk);
  return last === undefined || first === undefined ? '' : texts.slice(first.at - 1, last.at + 1).join('\n');
}

/** Where a line is after a patch; null where the patch takes it away. */
export function lineAfter(patch: string, line: number): number | null {
  let moved = 0;
  for (const { left, right } of linesOf(patch)) {
    if (left === line) return right;
    if (left !== null && left > line) break;
    if (left !== null && right !== null) moved = right - left;
    else if (left === null) moved += 1;
    else moved -= 1;
  }
  return line + moved;
}
