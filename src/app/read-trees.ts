import { decodeSource } from '../frontends/all.js';
import { attributeFilesFor } from '../model/attribute-files.js';
import type { Snapshot, TreeListing } from '../model/change.js';
import type { Finding } from '../model/comparison.js';
import type { FileFacts } from '../model/fact.js';
import type { BlobId, RepoPath } from '../model/identifiers.js';
import { FactReader, type ReadingDependencies } from './fact-reader.js';
import type { KeptRuns } from './kept-runs.js';
import type { ChangeSource, FactExtraction } from './ports.js';
import { ReadSide } from './read-side.js';
import { selectFiles } from './select-files.js';

/** Both sides of a change as far as they are read, and what is needed of their texts later. */
export interface ReadTrees {
  readonly base: ReadSide;
  readonly head: ReadSide;
  /** The texts of the files that findings stand in. */
  readonly textsOf: (
    findings: readonly Finding[],
  ) => Promise<{ readonly base: ReadonlyMap<RepoPath, string>; readonly head: ReadonlyMap<RepoPath, string> }>;
  readonly extractText: (path: RepoPath, text: string) => Promise<FileFacts>;
}

/** Reads every file of both trees that a front-end claims, but for what is known of it already. */
export async function readTrees(snapshot: Snapshot, known: KeptRuns, deps: ReadingDependencies): Promise<ReadTrees> {
  const { base, head } = selectFiles(snapshot, { claims: deps.extraction.claims, bounds: deps.bounds });
  const reader = new FactReader([head.files, base.files], deps);
  await reader.read([...head.files, ...base.files].filter(({ path, blob }) => known.outline(path, blob) === null));
  return {
    base: new ReadSide(snapshot.base, base, reader, known),
    head: new ReadSide(snapshot.head, head, reader, known),
    textsOf: (findings) => textsOf(findings, snapshot, deps.source),
    extractText: (path, text) => extractText(path, text, deps.extraction),
  };
}

async function textsOf(
  findings: readonly Finding[],
  snapshot: Snapshot,
  source: ChangeSource,
): Promise<{ base: ReadonlyMap<RepoPath, string>; head: ReadonlyMap<RepoPath, string> }> {
  const shown = findings.filter((it) => it.state === 'new' || it.state === 'updated');
  const pathsOf = ({ fault, anchor }: Finding) => [fault.at.path, ...(anchor === null ? [] : [anchor.path])];
  const placesOnHead = shown.flatMap(pathsOf);
  const edited = shown.filter(({ fault }) => fault.fix !== null).flatMap(pathsOf);
  // What says of a file to be edited that it is generated comes along.
  const attributes = edited.flatMap(attributeFilesFor);
  const placesOnBase = shown.flatMap((it) => (it.anchor?.side === 'base' ? [it.anchor.path] : []));
  return {
    base: await readTexts(snapshot.base, placesOnBase, source),
    head: await readTexts(snapshot.head, [...placesOnHead, ...attributes], source),
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
    if (file?.kind === 'file') blobs.set(path, file.blob);
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
