import { COMPARED_BYTES } from '../model/bounds.js';
import type { FileChange, TreeFile } from '../model/change.js';
import { type BlobId, blobId, type CommitSha, type RepoPath } from '../model/identifiers.js';
import { blobSizes } from './blobs.js';
import type { ObjectView, TreeEntry } from './object-view.js';
import { PatchReader, type PatchSection } from './patch.js';
import { pathOf, splitAtNul } from './repository-paths.js';
import { kindOf } from './tree-listing.js';

/** The difference between two trees. Works where contents are missing: those files are opaque. */
export async function compareTrees(view: ObjectView, base: CommitSha, head: CommitSha): Promise<FileChange[]> {
  const entries = await rawDifference(view, base, head);
  const blobs = entries.flatMap(sidesIn).filter((side) => side.kind !== 'submodule');
  const sizes = await blobSizes(
    view,
    blobs.map((side) => side.id),
  );
  const comparable = (side: Side) => (sizes.get(side.id) ?? Number.POSITIVE_INFINITY) <= COMPARED_BYTES;
  const paired = await pairRenames(view, entries, comparable);
  const sections = await patchOf(view, paired, comparable);
  return paired.map((entry, at) => changeOf(entry, sections.get(nameOf(at))));
}

/** One file that differs. A side is null where the file is not in that tree; never both. */
interface Entry {
  readonly base: Side | null;
  readonly head: Side | null;
}

interface Side {
  readonly mode: string;
  readonly kind: TreeFile['kind'];
  readonly id: BlobId;
  readonly path: RepoPath;
}

/** Renames without any change are found here already: that needs no contents. */
async function rawDifference(view: ObjectView, base: CommitSha, head: CommitSha): Promise<Entry[]> {
  return rawEntries(await view.output([...RAW, '-M100%', base, head]));
}

const RAW = ['diff-tree', '-r', '-z', '--raw', '--no-abbrev', '--no-ext-diff', '--ignore-submodules=none'];

function rawEntries(output: Buffer): Entry[] {
  const entries: Entry[] = [];
  const parts = [...splitAtNul(output)];
  for (let at = 0; at < parts.length; ) {
    const header = (parts[at++] as Buffer).toString('latin1', 1);
    const [baseMode = '', headMode = '', baseId = '', headId = '', status = ''] = header.split(' ');
    const basePath = parts[at++] as Buffer;
    const headPath = status.startsWith('R') ? (parts[at++] as Buffer) : basePath;
    const base = status === 'A' ? null : sideOf(baseMode, baseId, basePath);
    const head = status === 'D' ? null : sideOf(headMode, headId, headPath);
    if (base !== null || head !== null) entries.push({ base, head });
  }
  return entries;
}

/** Null where the path cannot be addressed: such a file is in no listing either. */
function sideOf(mode: string, id: string, bytes: Buffer): Side | null {
  const path = pathOf(bytes);
  return path === null ? null : { mode, kind: kindOf(mode), id: blobId(id), path };
}

/**
 * Lets git find the files that moved and changed. It compares contents for that, so it sees only those that are here
 * and small: it would end at a missing one.
 */
async function pairRenames(view: ObjectView, entries: Entry[], comparable: (side: Side) => boolean): Promise<Entry[]> {
  const removed = entries.filter((entry) => entry.head === null);
  const added = entries.filter((entry) => entry.base === null);
  const comparableIn = (some: readonly Entry[]) => some.flatMap(sidesIn).filter(comparable).map(treeEntry);
  const [from, to] = [comparableIn(removed), comparableIn(added)];
  if (from.length === 0 || to.length === 0) return entries;
  const trees = [await view.writeTree(from), await view.writeTree(to)];
  const output = await view.output([...RAW, '-M', `-l${RENAME_LIMIT}`, '--diff-filter=R', ...trees]);
  return withRenames(entries, rawEntries(output));
}

function withRenames(entries: Entry[], renames: readonly Entry[]): Entry[] {
  const moved = new Set(renames.map((rename) => rename.base?.path));
  const byHead = new Map(renames.map((rename) => [rename.head?.path, rename]));
  return entries.flatMap((entry) => {
    if (entry.head === null && moved.has(entry.base?.path)) return [];
    return [(entry.base === null ? byHead.get(entry.head?.path) : undefined) ?? entry];
  });
}

/** Beyond so many files on both sides git pairs only those that keep their name. */
const RENAME_LIMIT = 1_000;

function sidesIn(entry: Entry): Side[] {
  return [entry.base, entry.head].filter((side) => side !== null);
}

function treeEntry({ mode, id, path }: Side): TreeEntry {
  return { mode, id, path };
}

/**
 * The patch of every file that can have one, by `nameOf` its place in the list. It is made between two trees that hold
 * the files under such names: no path then needs quoting, and what is missing or large is left out beforehand.
 */
async function patchOf(
  view: ObjectView,
  entries: readonly Entry[],
  comparable: (side: Side) => boolean,
): Promise<ReadonlyMap<string, PatchSection>> {
  const base: TreeEntry[] = [];
  const head: TreeEntry[] = [];
  for (const [at, entry] of entries.entries()) {
    if (entry.base?.id === entry.head?.id || !sidesIn(entry).every(comparable)) continue;
    if (entry.base !== null) base.push({ ...treeEntry(entry.base), path: nameOf(at) });
    if (entry.head !== null) head.push({ ...treeEntry(entry.head), path: nameOf(at) });
  }
  const reader = new PatchReader();
  if (base.length === 0 && head.length === 0) return reader.sections;
  const trees = [await view.writeTree(base), await view.writeTree(head)];
  await view.output([...PATCH, ...trees], { onOutput: (chunk) => reader.push(chunk) });
  reader.end();
  return reader.sections;
}

const PATCH = [
  'diff-tree',
  '-r',
  '--patch',
  '--unified=3',
  '--inter-hunk-context=0',
  '--diff-algorithm=myers',
  '--indent-heuristic',
  '--no-renames',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
];

function nameOf(at: number): string {
  return String(at);
}

function changeOf(entry: Entry, section: PatchSection | undefined): FileChange {
  const { base, head } = entry;
  const sameContent = base?.id === head?.id;
  return {
    status: statusOf(entry),
    path: (head ?? (base as Side)).path,
    previousPath: base !== null && head !== null && base.path !== head.path ? base.path : null,
    hunks: section?.state === 'hunks' ? section.hunks : [],
    opaque: !sameContent && section?.state !== 'hunks',
  };
}

function statusOf({ base, head }: Entry): FileChange['status'] {
  if (base === null) return 'added';
  if (head === null) return 'removed';
  return base.path === head.path ? 'modified' : 'renamed';
}
