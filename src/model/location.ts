import type { LineNumber, RepoPath } from './identifiers.js';

/**
 * A stretch of one text. Offsets are UTF-16 units, `end` is not included, so `text.slice(start, end)` is the
 * stretch; lines count from 1 and both ends are included, as on GitHub.
 */
export interface Place {
  readonly start: number;
  readonly end: number;
  readonly startLine: LineNumber;
  readonly endLine: LineNumber;
}

/** A place in a file of the repository. */
export interface Location extends Place {
  readonly path: RepoPath;
}

export function locate(path: RepoPath, place: Place): Location {
  return { path, start: place.start, end: place.end, startLine: place.startLine, endLine: place.endLine };
}

/** Whether the second place lies wholly inside the first. */
export function encloses(outer: Place, inner: Place): boolean {
  return outer.start <= inner.start && inner.end <= outer.end;
}

/** By path, then by where they start: the order in which findings are told. */
export function compareLocations(a: Location, b: Location): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.start - b.start || a.end - b.end;
}
