import type { PartialReading } from '../model/fact.js';
import type { RepoPath } from '../model/identifiers.js';
import type { FileOutline } from '../runs/tree/file-outline.js';
import type { KnownDefiners } from '../runs/tree/indexed-tree.js';
import { type Asked, filesAsked, type Traced } from '../runs/tree/questions.js';
import { KeptRecords, type NamedContent, plainFormat } from './kept-records.js';
import { type FileResults, foundEntry, type JudgedEntry, RESULTS_FORMAT } from './packed-results.js';
import type { RunCache } from './ports.js';

/** What every review needs to know of every file it reads. */
export interface KeptOutline {
  /** Null where nothing of the file could be read. */
  readonly outline: FileOutline | null;
  readonly partial: PartialReading | null;
}

/** Where results are looked up by the file that they belong to, and where new ones go. */
export interface KnownRuns extends KnownDefiners {
  /** What was found where the same was answered; null where nothing was. */
  readonly entry: (path: RepoPath, content: string, isAlike: (asked: Asked) => boolean) => JudgedEntry | null;
  readonly addEntry: (path: RepoPath, content: string, found: Traced<JudgedEntry>) => void;
  /** The files that runs of this one were found in, in whatever tree: most likely they are needed again. */
  readonly filesBehind: (path: RepoPath) => readonly RepoPath[];
}

/** What the kept things hang on besides the files: another name for each build that may make other ones. */
export interface KeptVersions {
  readonly outlines: string;
  readonly results: string;
}

const OUTLINES_FORMAT = plainFormat<KeptOutline>();

/** Trees that a file is remembered in: the sides of a review, and a branch or two beside them. */
const MOST_TREES = 4;

/**
 * What was found out about files and the runs they are the entries of. It is kept between reviews where there is a cache
 * to keep it in, and holds in every tree that answers the recorded questions alike.
 */
export class KeptRuns implements KnownRuns {
  readonly #outlines: KeptRecords<KeptOutline>;
  readonly #results: KeptRecords<FileResults>;

  constructor(outlines = new KeptRecords(OUTLINES_FORMAT), results = new KeptRecords(RESULTS_FORMAT)) {
    this.#outlines = outlines;
    this.#results = results;
  }

  static async read(cache: RunCache, versions: KeptVersions, paths: ReadonlySet<RepoPath>): Promise<KeptRuns> {
    const [outlines, results] = await Promise.all([
      KeptRecords.read(cache, `outlines ${versions.outlines}`, paths, OUTLINES_FORMAT),
      KeptRecords.read(cache, `results ${versions.results}`, paths, RESULTS_FORMAT),
    ]);
    return new KeptRuns(outlines, results);
  }

  outline(path: RepoPath, content: string): KeptOutline | null {
    return this.#outlines.get({ path, content });
  }

  addOutline(path: RepoPath, content: string, outline: KeptOutline): void {
    this.#outlines.set({ path, content }, outline);
  }

  of(path: RepoPath, content: string): readonly Traced<boolean>[] {
    return this.#results.get({ path, content })?.definer ?? [];
  }

  add(path: RepoPath, content: string, found: Traced<boolean>): void {
    const { definer, entry } = this.#resultsOf(path, content);
    this.#results.set({ path, content }, { definer: [found, ...definer].slice(0, MOST_TREES), entry });
  }

  entry(path: RepoPath, content: string, isAlike: (asked: Asked) => boolean): JudgedEntry | null {
    const all = this.#results.get({ path, content })?.entry ?? [];
    return all.find(({ asked }) => isAlike(asked))?.value ?? null;
  }

  addEntry(path: RepoPath, content: string, found: Traced<JudgedEntry>): void {
    const { definer, entry } = this.#resultsOf(path, content);
    this.#results.set({ path, content }, { definer, entry: [foundEntry(found), ...entry].slice(0, MOST_TREES) });
  }

  filesBehind(path: RepoPath): readonly RepoPath[] {
    const known = this.#results.latest(path)?.entry[0];
    return known === undefined ? [] : filesAsked(known.asked);
  }

  /** The same to look up in, for trees that are nowhere but in memory. */
  get readOnly(): KnownRuns {
    return {
      of: (path, content) => this.of(path, content),
      entry: (path, content, isAlike) => this.entry(path, content, isAlike),
      filesBehind: (path) => this.filesBehind(path),
      add: () => {},
      addEntry: () => {},
    };
  }

  /** Keeps what is new of these files for the next review, as far as it would be found again. */
  async write(cache: RunCache, versions: KeptVersions, files: readonly NamedContent[]): Promise<void> {
    await Promise.all([
      this.#outlines.write(cache, `outlines ${versions.outlines}`, files),
      this.#results.write(cache, `results ${versions.results}`, files),
    ]);
  }

  #resultsOf(path: RepoPath, content: string): FileResults {
    return this.#results.get({ path, content }) ?? { definer: [], entry: [] };
  }
}
