import type { FactExtraction } from '../../src/app/ports.js';
import { extractFacts, loadFrontEnds } from '../../src/frontends/all.js';
import { DEFAULT_BOUNDS } from '../../src/model/bounds.js';
import type { FileFacts } from '../../src/model/fact.js';
import { type RepoPath, repoPath } from '../../src/model/identifiers.js';
import type { SourceTree } from '../../src/model/source-tree.js';

export type Files = Readonly<Record<string, string>>;

let loading: ReturnType<typeof loadFrontEnds> | null = null;

/** On first use: a test that reads nothing must not end while grammars are still being loaded. */
function frontEnds(): ReturnType<typeof loadFrontEnds> {
  loading ??= loadFrontEnds();
  return loading;
}

/** A tree made of texts, read as the product reads it. Files that no front-end claims are paths and nothing more. */
export async function sourceTree(files: Files): Promise<SourceTree> {
  const read = new Map<RepoPath, FileFacts>();
  for (const [name, text] of Object.entries(files)) {
    const path = repoPath(name);
    if ((await frontEnds()).some((frontEnd) => frontEnd.claims(path))) read.set(path, await factsOf(path, text));
  }
  return { paths: new Set(Object.keys(files).map(repoPath)), files: read, unread: new Map() };
}

export async function factsOf(path: RepoPath, text: string): Promise<FileFacts> {
  return extractFacts(await frontEnds(), { path, bytes: new TextEncoder().encode(text) }, DEFAULT_BOUNDS);
}

/** Reads files as the product does, in this thread. */
export async function extractionInThread(): Promise<FactExtraction> {
  const all = await frontEnds();
  return {
    claims: (path) => all.some((frontEnd) => frontEnd.claims(path)),
    version: 'test',
    extract: async (files) => files.map((file) => extractFacts(all, file, DEFAULT_BOUNDS)),
    close: async () => {},
  };
}
