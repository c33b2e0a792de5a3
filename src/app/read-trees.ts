import { decodeSource } from '../frontends/all.js';
import { type Bounds, mostBytes } from '../model/bounds.js';
import type { BlobContent, Snapshot, TreeListing } from '../model/change.js';
import type { Finding } from '../model/comparison.js';
import type { FileFacts, PartialReading } from '../model/fact.js';
import type { BlobId, RepoPath } from '../model/identifiers.js';
import type { FileCoverage } from '../model/review.js';
import type { SourceTree } from '../model/source-tree.js';
import {
  type ChangeSource,
  type FactCache,
  type FactExtraction,
  type FileBytes,
  factsKey,
  type NamedBlob,
} from './ports.js';

/** Both sides of a change as facts, and what is needed of their texts later. */
export interface ReadTrees {
  readonly base: { readonly tree: SourceTree };
  readonly head: { readonly tree: SourceTree; readonly coverage: FileCoverage };
  /** The texts of the files that findings stand in. */
  readonly textsOf: (
    findings: readonly Finding[],
  ) => Promise<{ readonly base: ReadonlyMap<RepoPath, string>; readonly head: ReadonlyMap<RepoPath, string> }>;
  readonly extractText: (path: RepoPath, text: string) => Promise<FileFacts>;
}

export interface ReadingDependencies {
  readonly source: ChangeSource;
  readonly extraction: FactExtraction;
  /** Null to read every file anew. */
  readonly cache: FactCache | null;
  readonly bounds: Bounds;
  readonly clock: () => number;
  readonly progress?: (step: string, done: number, total: number) => void;
}

/** What is in memory and handed to the extraction at once; between batches the time of the review is looked at. */
const BATCH = { files: 100, bytes: 32 * 1024 * 1024 } as const;

/** Reads every file of both trees that a front-end claims, each content once. */
export async function readTrees(snapshot: Snapshot, deps: ReadingDependencies): Promise<ReadTrees> {
  const changed = new Set<RepoPath>(
    snapshot.changes.flatMap((it) => [it.path, ...(it.previousPath === null ? [] : [it.previousPath])]),
  );
  const [base, head] = withinBound(
    claimedFiles(snapshot.base, changed, deps),
    claimedFiles(snapshot.head, changed, deps),
    deps.bounds,
  );
  const facts = await factsOf([head.files, base.files], deps);
  const headTree = treeOf(snapshot.head, head, facts);
  return {
    base: { tree: treeOf(snapshot.base, base, facts) },
    head: { tree: headTree, coverage: coverageOf(headTree) },
    textsOf: (findings) => textsOf(findings, snapshot, deps.source),
    extractText: (path, text) => extractText(path, text, deps.extraction),
  };
}

interface SelectedFile extends NamedBlob {
  /** Null where the listing does not tell. */
  readonly size: number | null;
  readonly changed: boolean;
}

interface Selection {
  readonly files: readonly SelectedFile[];
  readonly skipped: ReadonlyMap<RepoPath, PartialReading>;
}

function claimedFiles(listing: TreeListing, changed: ReadonlySet<RepoPath>, deps: ReadingDependencies): Selection {
  const skipped = new Map<RepoPath, PartialReading>();
  const claimed: SelectedFile[] = [];
  for (const [path, file] of listing.files) {
    if (file.kind === 'submodule' || !deps.extraction.claims(path)) continue;
    if (file.kind === 'link') skipped.set(path, reading('link'));
    else if (file.size !== null && file.size > mostBytes(path, deps.bounds)) {
      skipped.set(path, reading('too-large', `${file.size} bytes; at most ${mostBytes(path, deps.bounds)} are read`));
    } else claimed.push({ path, blob: file.blob, size: file.size, changed: changed.has(path) });
  }
  return { files: claimed, skipped };
}

/**
 * Changed files first, then the rest by path, up to the bound. A file that is on both sides is read on both or on
 * neither: what it holds would otherwise seem new.
 */
function withinBound(base: Selection, head: Selection, { filesPerSide }: Bounds): [Selection, Selection] {
  const all = new Map([...base.files, ...head.files].map((file) => [file.path, file]));
  const selected = new Set(
    [...all.values()]
      .sort(changedFirst)
      .slice(0, filesPerSide)
      .map((file) => file.path),
  );
  const late = reading('bound-reached', `${filesPerSide} files are analysed on each side`);
  const within = ({ files, skipped }: Selection): Selection => ({
    files: files.filter((file) => selected.has(file.path)).sort(changedFirst),
    skipped: new Map([...skipped, ...files.flatMap(({ path }) => (selected.has(path) ? [] : [[path, late] as const]))]),
  });
  return [within(base), within(head)];
}

function changedFirst(a: SelectedFile, b: SelectedFile): number {
  return Number(b.changed) - Number(a.changed) || (a.path < b.path ? -1 : 1);
}

type FactsByKey = ReadonlyMap<string, FileFacts | PartialReading>;

/** From the cache what is there; the rest is read, and kept for the next review. */
async function factsOf(sides: readonly (readonly SelectedFile[])[], deps: ReadingDependencies): Promise<FactsByKey> {
  const { cache, extraction } = deps;
  const files = eachOnce(sides.flat());
  if (cache === null) return extractAll(files, deps);
  const { known, keep } = await cache.lookUp(sides, extraction.version);
  const read = await extractAll(
    files.filter((file) => !known.has(factsKey(file))),
    deps,
  );
  await keep(lasting(read));
  return new Map([...read, ...known]);
}

/** What would be read again as it was now: not what a busy machine cut short. */
function lasting(read: FactsByKey): ReadonlyMap<string, FileFacts> {
  const kept = new Map<string, FileFacts>();
  for (const [key, result] of read) {
    if (!('reason' in result) && !CHANCE.has(result.partial?.reason ?? '')) kept.set(key, result);
  }
  return kept;
}

const CHANCE = new Set<string>(['too-slow', 'crashed']);

/** What changed comes first on both sides alike, so that a review that runs out of time lost no half of a change. */
function eachOnce(files: readonly SelectedFile[]): SelectedFile[] {
  const once = [...new Map(files.map((file) => [factsKey(file), file])).values()];
  return [...once.filter((file) => file.changed), ...once.filter((file) => !file.changed)];
}

async function extractAll(files: readonly SelectedFile[], deps: ReadingDependencies): Promise<FactsByKey> {
  const facts = new Map<string, FileFacts | PartialReading>();
  const deadline = deps.clock() + deps.bounds.reviewMilliseconds;
  deps.source.announce(files.map((file) => file.blob));
  let start = 0;
  while (start < files.length) {
    const batch = batchAt(files, start);
    deps.progress?.('reading files', start, files.length);
    if (deps.clock() > deadline) {
      const late = reading('bound-reached', `a review takes at most ${deps.bounds.reviewMilliseconds / 1000} seconds`);
      for (const file of files.slice(start)) facts.set(factsKey(file), late);
      break;
    }
    const contents = await deps.source.readBlobs(batch.map((file) => file.blob));
    await extractBatch(batch, contents, deps.extraction, facts);
    start += batch.length;
  }
  return facts;
}

/** The next files, at least one. */
function batchAt(files: readonly SelectedFile[], start: number): readonly SelectedFile[] {
  let bytes = 0;
  const length = files.slice(start, start + BATCH.files).findIndex((file, index) => {
    bytes += file.size ?? 0;
    return index > 0 && bytes > BATCH.bytes;
  });
  return files.slice(start, start + (length === -1 ? BATCH.files : length));
}

async function extractBatch(
  batch: readonly SelectedFile[],
  contents: ReadonlyMap<BlobId, BlobContent>,
  extraction: FactExtraction,
  facts: Map<string, FileFacts | PartialReading>,
): Promise<void> {
  const readable: { file: SelectedFile; bytes: FileBytes }[] = [];
  for (const file of batch) {
    const content = contents.get(file.blob);
    if (content?.state === 'read') readable.push({ file, bytes: { path: file.path, bytes: content.bytes } });
    else facts.set(factsKey(file), reading(content?.state ?? 'missing', content?.detail ?? null));
  }
  const extracted = await extraction.extract(readable.map((it) => it.bytes));
  readable.forEach(({ file }, index) => {
    const result = extracted[index];
    if (result !== undefined) facts.set(factsKey(file), result);
  });
}

function treeOf(listing: TreeListing, selection: Selection, facts: FactsByKey): SourceTree {
  const files = new Map<RepoPath, FileFacts>();
  const unread = new Map(selection.skipped);
  for (const file of selection.files) {
    const result = facts.get(factsKey(file));
    if (result === undefined) continue;
    if ('reason' in result) unread.set(file.path, result);
    else if (result.facts.length === 0 && result.partial !== null) unread.set(file.path, result.partial);
    else files.set(file.path, result);
  }
  return { paths: new Set(listing.files.keys()), files, unread };
}

function coverageOf(tree: SourceTree): FileCoverage {
  const partial = [...tree.files].flatMap(([path, facts]) =>
    facts.partial === null ? [] : [{ path, reading: facts.partial }],
  );
  const skipped = [...tree.unread].map(([path, it]) => ({ path, reading: it }));
  return { analysed: [...tree.files.keys()].sort(), partial: partial.sort(byPath), skipped: skipped.sort(byPath) };
}

async function textsOf(
  findings: readonly Finding[],
  snapshot: Snapshot,
  source: ChangeSource,
): Promise<{ base: ReadonlyMap<RepoPath, string>; head: ReadonlyMap<RepoPath, string> }> {
  const shown = findings.filter((it) => it.state === 'new' || it.state === 'updated');
  const placesOnHead = shown.flatMap((it) => [it.fault.at.path, ...(it.anchor === null ? [] : [it.anchor.path])]);
  const placesOnBase = shown.flatMap((it) => (it.anchor?.side === 'base' ? [it.anchor.path] : []));
  return {
    base: await readTexts(snapshot.base, placesOnBase, source),
    head: await readTexts(snapshot.head, placesOnHead, source),
  };
}

async function readTexts(
  listing: TreeListing,
  paths: readonly RepoPath[],
  source: ChangeSource,
): Promise<ReadonlyMap<RepoPath, string>> {
  const blobs = new Map<RepoPath, BlobId>();
  for (const path of paths) {
    const file = listing.files.get(path);
    if (file !== undefined) blobs.set(path, file.blob);
  }
  const contents = await source.readBlobs([...new Set(blobs.values())]);
  const texts = new Map<RepoPath, string>();
  for (const [path, blob] of blobs) {
    const content = contents.get(blob);
    if (content?.state === 'read') texts.set(path, decodeSource(content.bytes).text);
  }
  return texts;
}

async function extractText(path: RepoPath, text: string, extraction: FactExtraction): Promise<FileFacts> {
  const [facts] = await extraction.extract([{ path, bytes: new TextEncoder().encode(text) }]);
  if (facts === undefined) throw new Error(`the extraction gave no answer for ${path}`);
  return facts;
}

function reading(reason: PartialReading['reason'], detail: string | null = null): PartialReading {
  return { reason, line: null, detail };
}

function byPath(a: { readonly path: RepoPath }, b: { readonly path: RepoPath }): number {
  return a.path < b.path ? -1 : 1;
}
