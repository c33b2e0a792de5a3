import type { LoneJudgement } from '../engine/judge.js';
import type { PartialReading } from '../model/fact.js';
import type { RepoPath } from '../model/identifiers.js';
import type { FileOutline } from '../runs/tree/file-outline.js';
import type { KnownDefiners } from '../runs/tree/indexed-tree.js';
import { filesAsked, type Traced } from '../runs/tree/questions.js';
import { isPassing } from '../runs/tree/tree-source.js';
import { KeptRecords, type NamedContent } from './kept-records.js';
import type { RunCache } from './ports.js';

/** What every review needs to know of every file it reads. */
export interface KeptOutline {
  /** Null where nothing of the file could be read. */
  readonly outline: FileOutline | null;
  readonly partial: PartialReading | null;
}

/** The runs that one file is the entry of, each as far as it can be judged alone. */
export interface JudgedEntry {
  readonly judgements: readonly LoneJudgement[];
  /** What could not be followed, in words. */
  readonly failures: readonly string[];
}

/** Where results are looked up by the file that they belong to, and where new ones go. */
export interface KnownRuns extends KnownDefiners {
  readonly entries: (path: RepoPath, content: string) => readonly Traced<JudgedEntry>[];
  readonly addEntry: (path: RepoPath, content: string, found: Traced<JudgedEntry>) => void;
  /** The files that runs of this one were found in, in whatever tree: most likely they are needed again. */
  readonly filesBehind: (path: RepoPath) => readonly RepoPath[];
}

/** What was found in trees that answered differently, the newest first, of one content of one file. */
interface FileResults {
  definer: readonly Traced<boolean>[];
  entry: readonly Traced<JudgedEntry>[];
}

/** What the kept things hang on besides the files: another name for each build that may make other ones. */
export interface KeptVersions {
  readonly outlines: string;
  readonly results: string;
}

/** Trees that a file is remembered in: the sides of a review, and a branch or two beside them. */
const MOST_TREES = 4;

/**
 * What was found out about files and the runs they are the entries of. It is kept between reviews where there is a cache
 * to keep it in, and holds in every tree that answers the recorded questions alike.
 */
export class KeptRuns implements KnownRuns {
  readonly #outlines: KeptRecords<KeptOutline>;
  readonly #results: KeptRecords<FileResults>;

  constructor(outlines = new KeptRecords<KeptOutline>(), results = new KeptRecords<FileResults>()) {
    this.#outlines = outlines;
    this.#results = results;
  }

  static async read(cache: RunCache, versions: KeptVersions, paths: readonly RepoPath[]): Promise<KeptRuns> {
    const [outlines, results] = await Promise.all([
      KeptRecords.read<KeptOutline>(cache, `outlines ${versions.outlines}`, paths),
      KeptRecords.read<FileResults>(cache, `results ${versions.results}`, paths),
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

  entries(path: RepoPath, content: string): readonly Traced<JudgedEntry>[] {
    return this.#results.get({ path, content })?.entry ?? [];
  }

  addEntry(path: RepoPath, content: string, found: Traced<JudgedEntry>): void {
    const { definer, entry } = this.#resultsOf(path, content);
    this.#results.set({ path, content }, { definer, entry: [found, ...entry].slice(0, MOST_TREES) });
  }

  filesBehind(path: RepoPath): readonly RepoPath[] {
    const known = this.#results.latest(path)?.entry[0];
    return known === undefined ? [] : filesAsked(known.asked);
  }

  /** The same to look up in, for trees that are nowhere but in memory. */
  get readOnly(): KnownRuns {
    return {
      of: (path, content) => this.of(path, content),
      entries: (path, content) => this.entries(path, content),
      filesBehind: (path) => this.filesBehind(path),
      add: () => {},
      addEntry: () => {},
    };
  }

  /** Keeps what is new of these files for the next review: what would be found again, not what rests on a file cut short. */
  async write(cache: RunCache, versions: KeptVersions, files: readonly NamedContent[]): Promise<void> {
    await Promise.all([
      this.#outlines.write(cache, `outlines ${versions.outlines}`, files),
      this.#results.write(cache, `results ${versions.results}`, files, lasting),
    ]);
  }

  #resultsOf(path: RepoPath, content: string): FileResults {
    return this.#results.get({ path, content }) ?? { definer: [], entry: [] };
  }
}

function lasting({ definer, entry }: FileResults): FileResults {
  return { definer: definer.filter(holdsLater), entry: entry.filter(isWhole) };
}

function holdsLater({ asked }: Traced<unknown>): boolean {
  return ![...asked.values()].some(isPassing);
}

/** A rule that failed fails again when it is asked again, and says why. */
function isWhole(found: Traced<JudgedEntry>): boolean {
  return holdsLater(found) && found.value.judgements.every((it) => it.failures.length === 0);
}
