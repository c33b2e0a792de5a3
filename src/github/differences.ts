import { parsePatch } from 'diff';
import { COMPARED_BYTES } from '../model/bounds.js';
import { type FileChange, type Hunk, hunkOf, type TreeFile, type TreeListing } from '../model/change.js';
import type { RepoPath } from '../model/identifiers.js';
import type { ListedFile } from './listed-files.js';
import { pathOf } from './tree-listing.js';

/** One file that differs between two trees. A side is null where the file is not in that tree; never both. */
export interface Difference {
  readonly base: Side | null;
  readonly head: Side | null;
  /** As GitHub lists it; null where it does not. */
  readonly listed: ListedFile | null;
}

export interface Side extends TreeFile {
  readonly path: RepoPath;
}

/**
 * All files that differ, by path. The trees say which they are; the list adds which of them moved, and their patches.
 * What it says against the trees is left out: it is cut off at 3,000 files, and may be of a later push.
 */
export function differencesBetween(
  base: TreeListing,
  head: TreeListing,
  listed: readonly ListedFile[],
): readonly Difference[] {
  const told = eachOnce(listed.flatMap((file) => differenceOf(file, base, head) ?? []));
  const toldBase = new Set(told.map((difference) => difference.base?.path));
  const toldHead = new Set(told.map((difference) => difference.head?.path));
  const untold: Difference[] = [];
  for (const [path, file] of head.files) {
    const before = base.files.get(path);
    if (toldHead.has(path) || isSame(before, file)) continue;
    const there = before === undefined || toldBase.has(path) ? null : { ...before, path };
    untold.push({ base: there, head: { ...file, path }, listed: null });
  }
  for (const [path, file] of base.files) {
    if (!toldBase.has(path) && !head.files.has(path))
      untold.push({ base: { ...file, path }, head: null, listed: null });
  }
  return [...told, ...withMoves(untold)].sort((a, b) => (pathIn(a) < pathIn(b) ? -1 : 1));
}

/** Pages that are read while a push comes may name a file twice. */
function eachOnce(differences: readonly Difference[]): readonly Difference[] {
  return [...new Map(differences.map((difference) => [pathIn(difference), difference])).values()];
}

function isSame(one: TreeFile | undefined, other: TreeFile): boolean {
  return one !== undefined && one.blob === other.blob && one.kind === other.kind;
}

export function pathIn({ base, head }: Difference): RepoPath {
  return (head ?? (base as Side)).path;
}

/** Null for what the trees do not bear out, and for what is no difference. */
function differenceOf(listed: ListedFile, base: TreeListing, head: TreeListing): Difference | null {
  const sides = {
    base:
      listed.status === 'added' || listed.status === 'copied'
        ? null
        : sideIn(base, listed.previous_filename ?? listed.filename),
    head: listed.status === 'removed' ? null : sideIn(head, listed.filename),
    listed,
  };
  switch (listed.status) {
    case 'added':
    case 'copied':
      return sides.head !== null && !base.files.has(sides.head.path) && isBorneOut(sides) ? sides : null;
    case 'removed':
      return sides.base !== null && !head.files.has(sides.base.path) ? sides : null;
    case 'modified':
    case 'changed':
      return sides.base !== null && sides.head !== null && isBorneOut(sides) ? sides : null;
    case 'renamed':
      return sides.base !== null && sides.head !== null && !head.files.has(sides.base.path) && isBorneOut(sides)
        ? sides
        : null;
    case 'unchanged':
      return null;
  }
}

function sideIn(tree: TreeListing, name: string): Side | null {
  const path = pathOf(name);
  const file = path === null ? undefined : tree.files.get(path);
  return path === null || file === undefined ? null : { ...file, path };
}

function isBorneOut({ head, listed }: { readonly head: Side | null; readonly listed: ListedFile }): boolean {
  return head?.kind === 'submodule' || head?.blob === listed.sha;
}

/** Files that moved without any other change, among those that no list tells of. */
function withMoves(untold: readonly Difference[]): readonly Difference[] {
  const removed = new Map<string, Difference[]>();
  for (const difference of untold) {
    if (difference.head !== null || difference.base === null) continue;
    removed.set(difference.base.blob, [...(removed.get(difference.base.blob) ?? []), difference]);
  }
  const moved = new Set<Difference>();
  const paired = untold.map((difference) => {
    if (difference.base !== null || difference.head === null) return difference;
    const origin = removed.get(difference.head.blob)?.shift();
    if (origin === undefined) return difference;
    moved.add(origin);
    return { ...difference, base: origin.base };
  });
  return paired.filter((difference) => !moved.has(difference));
}

/** The lines of a difference, or that both contents are needed to find them. */
export type ShownLines =
  | { readonly state: 'known'; readonly hunks: readonly Hunk[] }
  | { readonly state: 'opaque' }
  | { readonly state: 'to-compare' };

/** What is known of the lines of a difference without reading the file. */
export function shownLines(difference: Difference): ShownLines {
  const { base, head, listed } = difference;
  if (base?.blob === head?.blob) return { state: 'known', hunks: [] };
  const sides = [base, head].filter((side) => side !== null);
  if (sides.some((side) => side.kind === 'submodule')) return { state: 'opaque' };
  if (sides.every((side) => side.size === 0)) return { state: 'known', hunks: [] };
  const hunks = listed === null ? null : hunksOf(listed);
  // A copy is shown against its origin, and a file that became a link against nothing that is a file.
  if (hunks !== null && listed?.status !== 'copied' && (base === null || head === null || base.kind === head.kind)) {
    return { state: 'known', hunks };
  }
  const large = sides.some((side) => (side.size ?? 0) > COMPARED_BYTES);
  return large ? { state: 'opaque' } : { state: 'to-compare' };
}

/** Null where GitHub shows no patch, or one that does not hold all lines that it counts. */
function hunksOf({ patch, additions, deletions }: ListedFile): readonly Hunk[] | null {
  if (patch === undefined || additions + deletions === 0) return null;
  try {
    const hunks = parsePatch(patch).flatMap((file) => file.hunks.map(hunkOf));
    const lines = hunks.flatMap((hunk) => hunk.lines);
    const added = lines.filter((line) => line.base === null).length;
    const removed = lines.filter((line) => line.head === null).length;
    return added === additions && removed === deletions ? hunks : null;
  } catch {
    return null;
  }
}

export function changeOf(difference: Difference, lines: Exclude<ShownLines, { state: 'to-compare' }>): FileChange {
  const { base, head } = difference;
  return {
    status: statusOf(difference),
    path: pathIn(difference),
    previousPath: base !== null && head !== null && base.path !== head.path ? base.path : null,
    hunks: lines.state === 'known' ? lines.hunks : [],
    opaque: lines.state === 'opaque',
  };
}

function statusOf({ base, head }: Difference): FileChange['status'] {
  if (base === null) return 'added';
  if (head === null) return 'removed';
  return base.path === head.path ? 'modified' : 'renamed';
}
