import { createHash } from 'node:crypto';
import { types } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import type { LoneJudgement } from '../engine/judge.js';
import type { PartialReading } from '../model/fact.js';
import type { RepoPath } from '../model/identifiers.js';
import type { FileOutline } from '../runs/tree/file-outline.js';
import type { KnownDefiners } from '../runs/tree/indexed-tree.js';
import type { Traced } from '../runs/tree/questions.js';
import { isPassing } from '../runs/tree/tree-source.js';
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
}

/** What is known of one content of one file. */
interface FileRecord {
  outline: KeptOutline | null;
  /** What was found in trees that answered differently, the newest first. */
  definer: readonly Traced<boolean>[];
  entry: readonly Traced<JudgedEntry>[];
}

/** Trees that a file is remembered in: the sides of a review, and a branch or two beside them. */
const MOST_TREES = 4;
/** Parts that are read and written by themselves, so that a small change writes little. */
const PARTS = 32;

/**
 * What was found out about files and the runs they are the entries of. It is kept between reviews where there is a cache
 * to keep it in, and holds in every tree that answers the recorded questions alike.
 */
export class KeptRuns implements KnownRuns {
  readonly #records = new Map<string, FileRecord>();
  readonly #changed = new Set<string>();

  static async read(cache: RunCache, version: string, paths: Iterable<RepoPath>): Promise<KeptRuns> {
    const kept = new KeptRuns();
    const names = new Set([...paths].map((path) => nameOf(partOf(path), version)));
    for (const bytes of (await cache.read([...names])).values()) {
      for (const [key, record] of recordsIn(bytes)) kept.#records.set(key, record);
    }
    return kept;
  }

  outline(path: RepoPath, content: string): KeptOutline | null {
    return this.#records.get(keyOf(path, content))?.outline ?? null;
  }

  addOutline(path: RepoPath, content: string, outline: KeptOutline): void {
    this.#record(path, content).outline = outline;
  }

  of(path: RepoPath, content: string): readonly Traced<boolean>[] {
    return this.#records.get(keyOf(path, content))?.definer ?? [];
  }

  add(path: RepoPath, content: string, found: Traced<boolean>): void {
    const record = this.#record(path, content);
    record.definer = [found, ...record.definer].slice(0, MOST_TREES);
  }

  entries(path: RepoPath, content: string): readonly Traced<JudgedEntry>[] {
    return this.#records.get(keyOf(path, content))?.entry ?? [];
  }

  addEntry(path: RepoPath, content: string, found: Traced<JudgedEntry>): void {
    const record = this.#record(path, content);
    record.entry = [found, ...record.entry].slice(0, MOST_TREES);
  }

  /** The same to look up in, for trees that are nowhere but in memory. */
  get readOnly(): KnownRuns {
    return {
      of: (path, content) => this.of(path, content),
      entries: (path, content) => this.entries(path, content),
      add: () => {},
      addEntry: () => {},
    };
  }

  /**
   * Keeps what is new for the next review: with it all of these files, and of others as many as there are of these. Only
   * what would be found again: not what rests on a file that was cut short.
   */
  async write(cache: RunCache, version: string, files: Iterable<{ path: RepoPath; content: string }>): Promise<void> {
    const current = new Set([...files].map(({ path, content }) => keyOf(path, content)));
    const parts = new Map<number, [string, FileRecord][]>();
    const changed = new Set<number>();
    for (const [key, record] of this.#records) {
      const part = partOf(pathIn(key));
      if (this.#changed.has(key)) changed.add(part);
      parts.set(part, [...(parts.get(part) ?? []), [key, record]]);
    }
    const written = [...changed].map((part): [string, Uint8Array] => {
      const records = lasting(worthKeeping(parts.get(part) ?? [], current));
      return [nameOf(part, version), serialize(new Map(records))];
    });
    await cache.write(new Map(written));
  }

  #record(path: RepoPath, content: string): FileRecord {
    const key = keyOf(path, content);
    this.#changed.add(key);
    const known = this.#records.get(key);
    if (known !== undefined) return known;
    const made: FileRecord = { outline: null, definer: [], entry: [] };
    this.#records.set(key, made);
    return made;
  }
}

/** Contents have no space in their name. */
function keyOf(path: RepoPath, content: string): string {
  return `${content} ${path}`;
}

function pathIn(key: string): RepoPath {
  return key.slice(key.indexOf(' ') + 1) as RepoPath;
}

function partOf(path: RepoPath): number {
  let sum = 0;
  for (let at = 0; at < path.length; at += 1) sum = (sum * 31 + path.charCodeAt(at)) % 65_521;
  return sum % PARTS;
}

function nameOf(part: number, version: string): string {
  return `${createHash('sha256').update(version).digest('hex')}-${part}`;
}

/** Nothing for what another version of Node wrote, or what is damaged. */
function recordsIn(bytes: Uint8Array): ReadonlyMap<string, FileRecord> {
  try {
    const records: unknown = deserialize(bytes);
    return types.isMap(records) ? (records as Map<string, FileRecord>) : new Map();
  } catch {
    return new Map();
  }
}

/** The current ones last, where they are found to be the newest when the next review decides what goes. */
function worthKeeping(
  records: readonly [string, FileRecord][],
  current: ReadonlySet<string>,
): readonly [string, FileRecord][] {
  const needed = records.filter(([key]) => current.has(key));
  const others = records.filter(([key]) => !current.has(key));
  return [...others.slice(Math.max(0, others.length - needed.length)), ...needed];
}

function lasting(records: readonly [string, FileRecord][]): [string, FileRecord][] {
  return records.flatMap(([key, { outline, definer, entry }]): [string, FileRecord][] =>
    isPassing(key) ? [] : [[key, { outline, definer: definer.filter(holdsLater), entry: entry.filter(isWhole) }]],
  );
}

function holdsLater({ asked }: Traced<unknown>): boolean {
  return ![...asked.values()].some(isPassing);
}

/** A rule that failed fails again when it is asked again, and says why. */
function isWhole(found: Traced<JudgedEntry>): boolean {
  return holdsLater(found) && found.value.judgements.every((it) => it.failures.length === 0);
}
