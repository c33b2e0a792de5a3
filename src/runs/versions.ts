import { compare, explain, RANGE_PATTERN } from '@renovatebot/pep440';
import type { RequirementFact } from '../model/fact.js';
import type { RepoPath } from '../model/identifiers.js';
import { type Location, locate } from '../model/location.js';
import { isNotebook } from '../model/notebook-path.js';
import type { LibraryVersions, VersionRange } from '../model/versions.js';
import type { FolderRequirements, TreeView } from './tree/tree-view.js';

/**
 * The releases that code at a path may meet, by library. The nearest folder above the code that says something of a
 * library decides; there a lock file wins, and several declarations are united. So what `tests/requirements.txt`
 * asks for counts in `tests` alone. A library whose versions could not be read, or contradict themselves, is left out.
 */
export function versionsFor(tree: TreeView, path: RepoPath): LibraryVersions {
  const required = tree.requirementsFor(path);
  const known = versionsByRequirements.get(required);
  if (known !== undefined) return known;
  const versions = required.reduce<LibraryVersions>(
    (above, { requirements }) => overridden(above, requirements),
    new Map(),
  );
  versionsByRequirements.set(required, versions);
  return versions;
}

/** Most runs of a tree share what is required of them. */
const versionsByRequirements = new WeakMap<readonly FolderRequirements[], LibraryVersions>();

/**
 * The stretch between two bounds that a PEP 440 specifier allows. `any`: it allows every release. `unreadable`: it is
 * no specifier, or allows none. `!=` leaves out single releases and does not count.
 */
export function specifierRange(
  specifier: string,
): { readonly state: 'bounded'; readonly range: VersionRange } | { readonly state: 'any' | 'unreadable' } {
  const bounds: Bounds[] = [];
  for (const part of specifier.split(',').filter((text) => text.trim() !== '')) {
    const read = boundsOf(part.trim());
    if (read === null) return { state: 'unreadable' };
    bounds.push(read);
  }
  const range = bounds.reduce<Bounds>(
    (all, next) => ({ from: stricter(all.from, next.from, 1), to: stricter(all.to, next.to, -1) }),
    { from: null, to: null },
  );
  if (range.from === null && range.to === null) return { state: 'any' };
  return isEmpty(range) ? { state: 'unreadable' } : { state: 'bounded', range: { ...range, stated: true } };
}

/** Specifiers by library with the place of each, as one folder states them. */
type StatedVersions = Map<string, Record<RequirementFact['origin'], Map<string, Location>>>;

type Bound = NonNullable<VersionRange['from']>;
interface Bounds {
  readonly from: Bound | null;
  readonly to: Bound | null;
}

function overridden(above: LibraryVersions, requirements: FolderRequirements['requirements']): LibraryVersions {
  const versions = new Map(above);
  for (const [library, { locked, declared }] of statedVersions(requirements)) {
    const range = united(locked.size > 0 ? locked : declared);
    if (range === null) versions.delete(library);
    else versions.set(library, range);
  }
  return versions;
}

function statedVersions(requirements: FolderRequirements['requirements']): StatedVersions {
  const libraries: StatedVersions = new Map();
  for (const { path, fact } of requirements) {
    // What says nothing must not hide what a farther folder says, but a notebook that installs a library for itself
    // takes whatever is the newest then.
    if (specifierRange(fact.specifier).state === 'any' && !isNotebook(path)) continue;
    const stated = libraries.get(fact.library) ?? { declared: new Map(), locked: new Map() };
    stated[fact.origin].set(fact.specifier, locate(path, fact.place));
    libraries.set(fact.library, stated);
  }
  return libraries;
}

function united(specifiers: ReadonlyMap<string, Location>): VersionRange | null {
  let all: VersionRange | null = null;
  for (const [specifier, at] of specifiers) {
    const read = specifierRange(specifier);
    if (read.state !== 'bounded') return null;
    all = widened(all, { ...read.range, at });
  }
  // Open on both sides, `<4` and `>=5` together say nothing.
  return all === null || (all.from === null && all.to === null) ? null : all;
}

function widened(all: VersionRange | null, next: VersionRange): VersionRange {
  if (all === null) return next;
  return { ...all, from: looser(all.from, next.from, 1), to: looser(all.to, next.to, -1) };
}

const RANGE = new RegExp(`^${RANGE_PATTERN}$`, 'i');

/** The bounds of one clause, `>=4.40`; null for what is no PEP 440. */
function boundsOf(clause: string): Bounds | null {
  const { operator, version: written, prefix } = RANGE.exec(clause)?.groups ?? {};
  // A local version, `2.1.0+cu118`, is that release in another build.
  const version = explain(written)?.public;
  if (operator === undefined || version === undefined) return null;
  if (operator === '!=') return { from: null, to: null };
  if (prefix !== undefined) return operator === '==' ? family(version, 0) : null;
  switch (operator) {
    case '>=':
    case '>':
      return { from: { version, included: operator === '>=' }, to: null };
    case '<=':
    case '<':
      return { from: null, to: { version, included: operator === '<=' } };
    case '~=':
      return family(version, 1);
    default:
      return { from: { version, included: true }, to: { version, included: true } };
  }
}

/** All releases from `version` on that share its numbers but the last `dropped` ones: of 4.40.1 and 1, up to 4.41. */
function family(version: string, dropped: number): Bounds | null {
  const { release, epoch } = explain(version) ?? { release: [], epoch: 0 };
  const shared = release.slice(0, release.length - dropped);
  const last = shared.pop();
  if (last === undefined) return null;
  const next = [...shared, last + 1].join('.');
  return {
    from: { version, included: true },
    to: { version: epoch === 0 ? next : `${epoch}!${next}`, included: false },
  };
}

/** The bound that leaves less. `side` is 1 for lower bounds and -1 for upper ones. */
function stricter(a: Bound | null, b: Bound | null, side: 1 | -1): Bound | null {
  if (a === null || b === null) return a ?? b;
  const order = compare(a.version, b.version) * side;
  if (order === 0) return a.included ? b : a;
  return order > 0 ? a : b;
}

function looser(a: Bound | null, b: Bound | null, side: 1 | -1): Bound | null {
  if (a === null || b === null) return null;
  return stricter(a, b, side) === a ? b : a;
}

function isEmpty({ from, to }: Bounds): boolean {
  if (from === null || to === null) return false;
  const order = compare(from.version, to.version);
  return order > 0 || (order === 0 && !(from.included && to.included));
}
