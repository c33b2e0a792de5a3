import { type Bounds, mostBytes } from '../model/bounds.js';
import type { Snapshot, TreeListing } from '../model/change.js';
import type { PartialReading } from '../model/fact.js';
import type { RepoPath } from '../model/identifiers.js';
import type { NamedBlob } from './ports.js';

/** A file that is to be read. */
export interface SelectedFile extends NamedBlob {
  /** Null where the listing does not tell. */
  readonly size: number | null;
  readonly changed: boolean;
}

/** Which files of one side are read, in what order, and which are not. */
export interface Selection {
  readonly files: readonly SelectedFile[];
  readonly skipped: ReadonlyMap<RepoPath, PartialReading>;
}

export interface SelectionTerms {
  /** Whether some front-end reads files of this name. */
  readonly claims: (path: RepoPath) => boolean;
  readonly bounds: Bounds;
}

/** The files of both sides that a front-end claims, within the bounds. */
export function selectFiles(
  { base, head, changes }: Snapshot,
  terms: SelectionTerms,
): { readonly base: Selection; readonly head: Selection } {
  const changed = new Set<RepoPath>(
    changes.flatMap((it) => [it.path, ...(it.previousPath === null ? [] : [it.previousPath])]),
  );
  return withinBound(claimedFiles(base, changed, terms), claimedFiles(head, changed, terms), terms.bounds);
}

function claimedFiles(listing: TreeListing, changed: ReadonlySet<RepoPath>, terms: SelectionTerms): Selection {
  const { claims, bounds } = terms;
  const skipped = new Map<RepoPath, PartialReading>();
  const claimed: SelectedFile[] = [];
  for (const [path, file] of listing.files) {
    if (file.kind === 'submodule' || !claims(path)) continue;
    if (file.kind === 'link') skipped.set(path, reading('link'));
    else if (file.size !== null && file.size > mostBytes(path, bounds)) {
      skipped.set(path, reading('too-large', `${file.size} bytes; at most ${mostBytes(path, bounds)} are read`));
    } else claimed.push({ path, blob: file.blob, size: file.size, changed: changed.has(path) });
  }
  return { files: claimed, skipped };
}

/**
 * Changed files first, then the rest by how likely a run is among them, up to the bound. A file that is on both sides is read on both or on
 * neither: what it holds would otherwise seem new.
 */
function withinBound(
  base: Selection,
  head: Selection,
  { filesPerSide }: Bounds,
): { readonly base: Selection; readonly head: Selection } {
  const all = new Map([...base.files, ...head.files].map((file) => [file.path, file]));
  const selected = new Set(
    [...all.values()]
      .sort(likelyFirst)
      .slice(0, filesPerSide)
      .map((file) => file.path),
  );
  const late = reading('bound-reached', `${filesPerSide} files are analysed on each side`);
  const within = ({ files, skipped }: Selection): Selection => ({
    files: files.filter((file) => selected.has(file.path)).sort(changedFirst),
    skipped: new Map([...skipped, ...files.flatMap(({ path }) => (selected.has(path) ? [] : [[path, late] as const]))]),
  });
  return { base: within(base), head: within(head) };
}

/** Code before settings and the top before the depths: a vendored benchmark brings thousands of settings, far down. */
function likelyFirst(a: SelectedFile, b: SelectedFile): number {
  return (
    Number(b.changed) - Number(a.changed) ||
    Number(isSettings(a.path)) - Number(isSettings(b.path)) ||
    depthOf(a.path) - depthOf(b.path) ||
    changedFirst(a, b)
  );
}

function isSettings(path: RepoPath): boolean {
  return /\.(?:ya?ml|jsonc?)$/i.test(path);
}

function depthOf(path: RepoPath): number {
  return path.split('/').length;
}

function changedFirst(a: SelectedFile, b: SelectedFile): number {
  return Number(b.changed) - Number(a.changed) || (a.path < b.path ? -1 : 1);
}

function reading(reason: PartialReading['reason'], detail: string | null = null): PartialReading {
  return { reason, line: null, detail };
}
