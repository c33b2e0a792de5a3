import type { TreeCache } from '../app/keeping.js';
import type { Log } from '../app/log.js';
import type { ChangeSource } from '../app/ports.js';
import { attributeFilesFor } from '../model/attribute-files.js';
import type { FileChange, Snapshot, TreeListing } from '../model/change.js';
import type { BlobId, CommitSha, RepoPath } from '../model/identifiers.js';
import type { PullRequest, RepositoryIdentity } from '../model/pull-request.js';
import type { Access } from './access.js';
import { BlobReader } from './blob-reader.js';
import { compareContents } from './compare-contents.js';
import { changeOf, type Difference, differencesBetween, pathIn, shownLines } from './differences.js';
import { asking } from './host-errors.js';
import { comparePullRequest } from './listed-files.js';
import { type HostedTree, listTree } from './tree-listing.js';

export interface HostedChangeOptions {
  readonly access: Access;
  readonly trees: TreeCache | null;
  /** Files of these names are read, so that their lines are worth finding where GitHub does not show them. */
  readonly reads: (path: RepoPath) => boolean;
  /** Larger contents are not read. */
  readonly blobBytes: number;
  readonly log: Log;
}

/** A pull request, from where it left its base to its head. Nothing is read before it is asked for. */
export function openPullRequestChange(pullRequest: PullRequest, options: HostedChangeOptions): ChangeSource {
  const { repository, head } = pullRequest;
  return createSource(repository, options, async () => {
    const { client } = options.access;
    const { mergeBase, files } = await comparePullRequest(client, pullRequest);
    // The base is known from other reviews nearly always. Where one fails, nothing goes on behind its back.
    const baseTree = await listTree(client, repository, mergeBase, options.trees);
    const headTree = await listTree(client, repository, head, options.trees);
    return {
      base: baseTree,
      head: headTree,
      differences: differencesBetween(baseTree.listing, headTree.listing, files),
    };
  });
}

/** A commit against itself. */
export function openCommitTree(
  repository: RepositoryIdentity,
  commit: CommitSha,
  options: HostedChangeOptions,
): ChangeSource {
  return createSource(repository, options, async () => {
    const tree = await listTree(options.access.client, repository, commit, options.trees);
    return { base: tree, head: tree, differences: [] };
  });
}

interface Sides {
  readonly base: HostedTree;
  readonly head: HostedTree;
  readonly differences: readonly Difference[];
}

interface Opened {
  readonly snapshot: Snapshot;
  readonly blobs: BlobReader;
}

function createSource(
  repository: RepositoryIdentity,
  options: HostedChangeOptions,
  listSides: () => Promise<Sides>,
): ChangeSource {
  const { signal } = options.access;
  let opening: Promise<Opened> | null = null;
  const open = (): Promise<Opened> => {
    opening ??= asking(signal, async () => openSides(await listSides(), repository, options));
    return opening;
  };
  const announced: BlobId[] = [];
  return {
    snapshot: async () => (await open()).snapshot,
    announce: (ids) => announced.push(...ids),
    readBlobs: async (ids) => {
      const { blobs } = await open();
      blobs.announce(announced.splice(0));
      return await asking(signal, () => blobs.read(ids));
    },
    close: async () => {
      if (opening !== null) await opening.then(({ blobs }) => blobs.close()).catch(() => {});
    },
  };
}

async function openSides(
  { base, head, differences }: Sides,
  repository: RepositoryIdentity,
  options: HostedChangeOptions,
): Promise<Opened> {
  const trees = [head.listing, base.listing] as const;
  const blobs = new BlobReader({ ...options, repository, trees });
  const changes = await findLines(differences, blobs, options);
  // The contents of changed files may be shown, even where their facts are known already; those of the head rather.
  for (const side of ['head', 'base'] as const) blobs.accompany(readBlobsOn(side, differences, options));
  blobs.accompany(attributesOn(head.listing, changes));
  const snapshot = { base: base.listing, head: head.listing, changes, unaddressable: head.unaddressable };
  return { snapshot, blobs };
}

function readBlobsOn(
  side: 'base' | 'head',
  differences: readonly Difference[],
  { reads }: HostedChangeOptions,
): readonly BlobId[] {
  const files = differences.flatMap((difference) => difference[side] ?? []);
  return files.filter(({ kind, path }) => kind === 'file' && reads(path)).map(({ blob }) => blob);
}

/** What says of changed files whether they are generated. */
function attributesOn({ files }: TreeListing, changes: readonly FileChange[]): readonly BlobId[] {
  const paths = new Set(changes.flatMap(({ path }) => attributeFilesFor(path)));
  return [...paths].flatMap((path) => files.get(path)?.blob ?? []);
}

/** Where GitHub shows no lines, those of files that matter are found by comparing both contents. */
async function findLines(
  differences: readonly Difference[],
  blobs: BlobReader,
  options: HostedChangeOptions,
): Promise<FileChange[]> {
  const shown = differences.map((difference) => ({ difference, lines: shownLines(difference) }));
  const compared = shown.filter(
    ({ difference, lines }) => lines.state === 'to-compare' && options.reads(pathIn(difference)),
  );
  const ids = compared.flatMap(({ difference: { base, head } }) => [base, head].flatMap((side) => side?.blob ?? []));
  const contents = await blobs.read(ids);
  const comparable = new Set(compared.map(({ difference }) => difference));
  return shown.map(({ difference, lines }) => {
    if (lines.state !== 'to-compare') return changeOf(difference, lines);
    const hunks = comparable.has(difference) ? compareSides(difference, contents) : null;
    if (hunks === null) return changeOf(difference, { state: 'opaque' });
    return { ...changeOf(difference, { state: 'known', hunks }), undisplayed: true };
  });
}

type Contents = Awaited<ReturnType<BlobReader['read']>>;

function compareSides({ base, head }: Difference, contents: Contents): FileChange['hunks'] | null {
  const sides = [base, head].map((side) => (side === null ? null : contents.get(side.blob)));
  const bytes = sides.map((content) => (content?.state === 'read' ? content.bytes : null));
  const unread = sides.some((content) => content !== null && content?.state !== 'read');
  if (unread) return null;
  const [before = null, after = null] = bytes;
  if (base === null || head === null || base.kind === head.kind) return compareContents(before, after);
  // A file that became a link, or the reverse: one goes, and another comes.
  const [gone, come] = [compareContents(before, null), compareContents(null, after)];
  return gone === null || come === null ? null : [...gone, ...come];
}
