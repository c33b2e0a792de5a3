import type { FileChange } from '../model/change.js';
import type { Anchor } from '../model/comparison.js';
import type { LineNumber, RepoPath } from '../model/identifiers.js';
import type { Location } from '../model/location.js';

/** Which lines of a change a comment can stand on, and which of them the change made or took away. */
export class DiffLines {
  readonly #added = new Map<RepoPath, Set<number>>();
  readonly #removed = new Map<RepoPath, Set<number>>();
  /** Lines shown on the head side, in runs without a gap: one for each hunk. */
  readonly #hunks = new Map<RepoPath, { first: number; last: number }[]>();

  constructor(changes: readonly FileChange[]) {
    for (const change of changes) this.#addChange(change);
  }

  /** Whether any of the place's lines on the head was written by the change. */
  touches(location: Location): boolean {
    const added = this.#added.get(location.path);
    return added !== undefined && someLine(location, (line) => added.has(line));
  }

  /** An anchor on the head, cut to the hunk it lies in; null where no line of the place is in the diff. */
  headAnchor(location: Location): Anchor | null {
    const start = location.startLine;
    for (const { first, last } of this.#hunks.get(location.path) ?? []) {
      const from = Math.max(start, first);
      const to = Math.min(location.endLine, last);
      if (from > to) continue;
      return this.#narrowed(location, from, to);
    }
    return null;
  }

  /** An anchor on the removed lines of the place, on the base; null where none of its lines went. */
  removedAnchor(location: Location): Anchor | null {
    const removed = this.#removed.get(location.path);
    if (removed === undefined) return null;
    const lines: number[] = [];
    for (let line: number = location.startLine; line <= location.endLine; line += 1)
      if (removed.has(line)) lines.push(line);
    const [first] = lines;
    if (first === undefined) return null;
    return {
      side: 'base',
      path: location.path,
      startLine: first as LineNumber,
      endLine: lastOfRun(lines) as LineNumber,
    };
  }

  /** Whether the place is too long to be shown whole. */
  isNarrowed({ startLine, endLine }: Location): boolean {
    return isLong(startLine, endLine);
  }

  /** A long place is shown by its first changed line: a comment over thirty lines points at nothing. */
  #narrowed(location: Location, from: number, to: number): Anchor {
    const added = this.#added.get(location.path);
    if (!isLong(from, to)) return headRange(location.path, from, to);
    for (let line = from; line <= to; line += 1) if (added?.has(line)) return headRange(location.path, line, line);
    return headRange(location.path, from, from);
  }

  #addChange(change: FileChange): void {
    const basePath = change.previousPath ?? change.path;
    const added = new Set<number>();
    const removed = new Set<number>();
    const hunks: { first: number; last: number }[] = [];
    for (const { lines } of change.hunks) {
      const shown = lines.flatMap((line) => (line.head === null ? [] : [line.head]));
      for (const line of lines) {
        if (line.base === null && line.head !== null) added.add(line.head);
        if (line.head === null && line.base !== null) removed.add(line.base);
      }
      const first = shown[0];
      if (first !== undefined) hunks.push({ first, last: shown.at(-1) ?? first });
    }
    this.#added.set(change.path, added);
    this.#removed.set(basePath, removed);
    this.#hunks.set(change.path, hunks);
  }
}

function isLong(from: number, to: number): boolean {
  return to - from >= 6;
}

function someLine(location: Location, is: (line: number) => boolean): boolean {
  for (let line: number = location.startLine; line <= location.endLine; line += 1) if (is(line)) return true;
  return false;
}

function headRange(path: RepoPath, from: number, to: number): Anchor {
  return { side: 'head', path, startLine: from as LineNumber, endLine: to as LineNumber };
}

function lastOfRun(lines: readonly number[]): number {
  let last = lines[0] as number;
  for (const line of lines) if (line === last + 1) last = line;
  return last;
}
