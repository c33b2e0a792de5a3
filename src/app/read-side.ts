import type { TreeListing } from '../model/change.js';
import type { FileFacts, PartialReading } from '../model/fact.js';
import type { RepoPath } from '../model/identifiers.js';
import type { FileCoverage } from '../model/review.js';
import { outlineOf } from '../runs/tree/file-outline.js';
import { type OutlinedFile, passingContent, type TreeSource } from '../runs/tree/tree-source.js';
import { type FactReader, isLasting } from './fact-reader.js';
import type { KeptOutline, KeptRuns } from './kept-runs.js';
import { factsKey } from './ports.js';
import type { SelectedFile, Selection } from './select-files.js';

const NO_FACTS: FileFacts = { facts: [], partial: null };

/** One tree of a change: the outlines of its files, and their facts as they are needed. */
export class ReadSide {
  readonly source: TreeSource;
  readonly #selected: ReadonlyMap<RepoPath, SelectedFile>;
  readonly #skipped: ReadonlyMap<RepoPath, PartialReading>;
  readonly #reader: FactReader;
  readonly #known: KeptRuns;

  /** Files of which nothing is `known` must have been read. What is learned of them is known from then on. */
  constructor(listing: TreeListing, selection: Selection, reader: FactReader, known: KeptRuns) {
    this.#reader = reader;
    this.#known = known;
    this.#selected = new Map(selection.files.map((file) => [file.path, file]));
    const files = new Map<RepoPath, OutlinedFile>();
    const skipped = new Map(selection.skipped);
    for (const file of selection.files) {
      const learned = this.#learn(file);
      if ('reason' in learned) skipped.set(file.path, learned);
      else files.set(file.path, learned);
    }
    this.#skipped = skipped;
    this.source = {
      paths: new Set(listing.files.keys()),
      files,
      isUnread: (path) => skipped.has(path),
      facts: (path) => this.#factsOf(path),
    };
  }

  /** Files that are in no report because they could not be read at all. */
  get unread(): ReadonlySet<RepoPath> {
    return new Set(this.#skipped.keys());
  }

  /** The files that were read, each with what names its content. */
  get files(): readonly { readonly path: RepoPath; readonly content: string }[] {
    return [...this.source.files].map(([path, { content }]) => ({ path, content }));
  }

  /** Reads the facts of files, so that `source` has them. */
  async fetchFacts(paths: readonly RepoPath[]): Promise<void> {
    await this.#reader.read(paths.flatMap((path) => this.#selected.get(path) ?? []));
  }

  /** What of a file could not be read; null where all of it was. */
  partialOf(path: RepoPath): PartialReading | null {
    const file = this.#selected.get(path);
    return file === undefined ? null : this.#readingOf(file);
  }

  /** Whether a file that was known could not be read again when it was needed: what was made without it holds only here. */
  get isCutShort(): boolean {
    return [...this.#selected.values()].some((file) => {
      const result = this.#reader.result(factsKey(file));
      const isKnown = this.source.files.get(file.path)?.content === file.blob;
      return isKnown && result !== undefined && !isLasting(result);
    });
  }

  /** What was read, as it stands when the review is made. */
  coverage(): FileCoverage {
    const skipped = [...this.#skipped].map(([path, reading]) => ({ path, reading }));
    const partial: FileCoverage['partial'][number][] = [];
    const analysed: RepoPath[] = [];
    for (const path of this.source.files.keys()) {
      const reading = this.partialOf(path);
      if (reading !== null && this.#isLost(path)) skipped.push({ path, reading });
      else {
        analysed.push(path);
        if (reading !== null) partial.push({ path, reading });
      }
    }
    return { analysed: analysed.sort(), partial: partial.sort(byPath), skipped: skipped.sort(byPath) };
  }

  #learn(file: SelectedFile): OutlinedFile | PartialReading {
    const { path, blob } = file;
    const kept = this.#known.outline(path, blob);
    if (kept !== null) return outlined(kept, blob);
    const result = this.#reader.result(factsKey(file));
    if (result === undefined) throw new Error(`nothing was read of ${path}`);
    if ('reason' in result) return result;
    const isEmpty = result.facts.length === 0 && result.partial !== null;
    const made = { outline: isEmpty ? null : outlineOf(path, result), partial: result.partial };
    if (!isLasting(result)) return outlined(made, passingContent(blob));
    this.#known.addOutline(path, blob, made);
    return outlined(made, blob);
  }

  #factsOf(path: RepoPath): FileFacts | null {
    const file = this.#selected.get(path);
    const result = file === undefined ? undefined : this.#reader.result(factsKey(file));
    if (result === undefined) return null;
    return 'reason' in result ? NO_FACTS : result;
  }

  #isLost(path: RepoPath): boolean {
    const file = this.#selected.get(path);
    const result = file === undefined ? undefined : this.#reader.result(factsKey(file));
    return result !== undefined && 'reason' in result;
  }

  #readingOf(file: SelectedFile): PartialReading | null {
    const result = this.#reader.result(factsKey(file));
    if (result === undefined) return this.#known.outline(file.path, file.blob)?.partial ?? null;
    return 'reason' in result ? result : result.partial;
  }
}

function outlined({ outline, partial }: KeptOutline, content: string): OutlinedFile | PartialReading {
  if (outline !== null) return { outline, content };
  return partial ?? { reason: 'missing', line: null, detail: null };
}

function byPath(a: { readonly path: RepoPath }, b: { readonly path: RepoPath }): number {
  return a.path < b.path ? -1 : 1;
}
