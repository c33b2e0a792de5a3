import { checkedBody } from './bodies.js';
import {
  commentableLines,
  differenceOf,
  hunkUpTo,
  lineAfter,
  type PullDifference,
  type Side,
  shownFiles,
} from './differences.js';
import type { ChangedFile, GitData } from './git-data.js';
import type { Limits } from './limits.js';
import type { HostedComment, HostedPull } from './world.js';

/** A comment as it is asked for. */
export interface GivenComment {
  readonly path: string;
  readonly body: string;
  readonly line?: number;
  readonly side?: Side;
  readonly start_line?: number;
  readonly start_side?: Side;
}

export type Place = Pick<HostedComment, 'side' | 'startLine' | 'startSide' | 'diffHunk'> & { readonly line: number };

/** Where a new comment is to stand, or what is wrong with it, as GitHub words it. */
export function placeOf(given: GivenComment, files: readonly ChangedFile[], limits: Limits): Place | string {
  const wrong = checkedBody(given.body);
  if (wrong !== null) return wrong;
  const file = shownFiles(files, limits).find(({ filename }) => filename === given.path);
  if (file === undefined) return 'Path could not be resolved';
  const { line, side = 'RIGHT', start_line: startLine = null } = given;
  const lines = commentableLines(file.patch ?? '');
  const hunk = line === undefined ? undefined : lines[side].get(line);
  if (line === undefined || hunk === undefined) return 'Line could not be resolved';
  const diffHunk = hunkUpTo(file.patch ?? '', side, line);
  if (startLine === null) return { side, line, startLine, startSide: null, diffHunk };
  const startSide = given.start_side ?? side;
  if (startSide === side && startLine >= line)
    return 'Pull request review thread start line must precede the end line.';
  const startHunk = lines[startSide].get(startLine);
  if (startHunk === undefined) return 'Start line could not be resolved';
  if (startHunk !== hunk) return 'Pull request review thread start line must be part of the same hunk as the line.';
  return { side, line, startLine, startSide, diffHunk };
}

/** Lets a comment follow its lines to the head. It is outdated where they changed, or left the difference. */
export function follow(comment: HostedComment, pull: HostedPull, git: GitData): void {
  const now = differenceOf(pull, git);
  const before = differenceOf(pull, git, comment.originalCommit);
  const moved = movedTo(comment, before, now, pull.head, git);
  comment.line = moved?.line ?? null;
  comment.startLine = moved?.startLine ?? null;
  if (moved === null) return;
  comment.path = moved.path;
  comment.commit = pull.head;
}

interface Moved {
  readonly path: string;
  readonly line: number;
  readonly startLine: number | null;
}

function movedTo(
  comment: HostedComment,
  before: PullDifference,
  now: PullDifference,
  head: string,
  git: GitData,
): Moved | null {
  const path = pathAfter(comment.originalPath, comment.originalCommit, head, git);
  const file = now.files.find(({ filename }) => filename === path);
  if (path === null || file?.patch === undefined) return null;
  const lineNow = (side: Side, line: number): number | null =>
    side === 'RIGHT'
      ? lineIn(comment.originalPath, comment.originalCommit, head, line, git)
      : lineIn(basePath(comment.originalPath, before), before.base, now.base, line, git);
  const line = lineNow(comment.side, comment.originalLine);
  const hunks = commentableLines(file.patch);
  const hunk = line === null ? undefined : hunks[comment.side].get(line);
  if (line === null || hunk === undefined) return null;
  if (comment.originalStartLine === null) return { path, line, startLine: null };
  const startSide = comment.startSide ?? comment.side;
  const startLine = lineNow(startSide, comment.originalStartLine);
  if (startLine === null || hunks[startSide].get(startLine) !== hunk) return null;
  const isWhole = startSide !== comment.side || keepsLines(comment, line, lineNow);
  return isWhole ? { path, line, startLine } : null;
}

/** Whether every line from the first to the last is there still, with nothing in between. */
function keepsLines(
  { side, originalLine, originalStartLine }: HostedComment,
  line: number,
  lineNow: (side: Side, line: number) => number | null,
): boolean {
  const length = originalLine - (originalStartLine ?? originalLine);
  return Array.from({ length }, (_, at) => at + 1).every((up) => lineNow(side, originalLine - up) === line - up);
}

/** Null where the file is gone. */
function pathAfter(path: string, from: string, to: string, git: GitData): string | null {
  const file = git.difference(from, to).find((it) => (it.previous_filename ?? it.filename) === path);
  if (file === undefined) return path;
  return file.status === 'removed' ? null : file.filename;
}

function basePath(path: string, { files }: PullDifference): string {
  return files.find(({ filename }) => filename === path)?.previous_filename ?? path;
}

/** Null where the line changed in between. */
function lineIn(path: string, from: string | null, to: string | null, line: number, git: GitData): number | null {
  if (from === null || to === null) return from === to ? line : null;
  const file = git.difference(from, to).find((it) => (it.previous_filename ?? it.filename) === path);
  if (file === undefined) return line;
  if (file.status === 'removed' || file.status === 'changed') return null;
  return file.patch === undefined ? line : lineAfter(file.patch, line);
}
