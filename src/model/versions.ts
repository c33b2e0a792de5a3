import { compare } from '@renovatebot/pep440';
import type { Location } from './location.js';

/**
 * The releases of one library that a run may meet: everything between two bounds. A bound that is null is open.
 * What the repository does not say is filled from `ASSUMED_RELEASES`.
 */
export interface VersionRange {
  readonly from: { readonly version: string; readonly included: boolean } | null;
  readonly to: { readonly version: string; readonly included: boolean } | null;
  /** Whether a file of the repository says so, or the assumption does. */
  readonly stated: boolean;
  /** Where the repository says so, the first place of several. */
  readonly at?: Location;
}

/** Ranges by library, its name normalised as PEP 503 says. */
export type LibraryVersions = ReadonlyMap<string, VersionRange>;

/**
 * The oldest release taken to be in play where the repository names no version, by library. Releases from before
 * the end of 2023 are met only where a repository says so: a rule that had to allow for them would never speak.
 */
export const ASSUMED_RELEASES: ReadonlyMap<string, string> = new Map([
  ['transformers', '4.35.0'],
  ['trl', '0.7.4'],
  ['peft', '0.7.0'],
  ['accelerate', '0.25.0'],
  ['datasets', '2.15.0'],
  ['torch', '2.1.0'],
]);

const OPEN: VersionRange = { from: null, to: null, stated: false };

/** The range of a library as the repository says it; its open end from the assumed release on. */
export function rangeOf(versions: LibraryVersions, library: string): VersionRange {
  const range = versions.get(library) ?? OPEN;
  const oldest = ASSUMED_RELEASES.get(library);
  if (range.from !== null || oldest === undefined) return range;
  // `transformers<5` says nothing of how old; `transformers<4.30` says that it is older than what is assumed.
  const contradicts = range.to !== null && compare(range.to.version, oldest) <= 0;
  return contradicts ? range : { ...range, from: { version: oldest, included: true } };
}

/** How many of the releases in play are `release` or newer. */
export function releasedSince(versions: LibraryVersions, library: string, release: string): 'all' | 'none' | 'some' {
  const range = rangeOf(versions, library);
  if (range.from !== null && compare(range.from.version, release) >= 0) return 'all';
  if (range.to !== null) {
    const order = compare(range.to.version, release);
    if (order < 0 || (order === 0 && !range.to.included)) return 'none';
  }
  return 'some';
}

/** The range as a specifier: `==4.57.1`, `>=5.0,<6`; an empty text where any release will do. */
export function describeRange({ from, to }: VersionRange): string {
  if (from !== null && from.version === to?.version) return `==${from.version}`;
  const low = from === null ? [] : [`${from.included ? '>=' : '>'}${from.version}`];
  const high = to === null ? [] : [`${to.included ? '<=' : '<'}${to.version}`];
  return [...low, ...high].join(',');
}
