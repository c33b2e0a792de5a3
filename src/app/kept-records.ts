import { createHash } from 'node:crypto';
import { types } from 'node:util';
import { deserialize, serialize } from 'node:v8';
import { bucketOf } from '../model/buckets.js';
import type { RepoPath } from '../model/identifiers.js';
import { isPassing } from '../runs/tree/tree-source.js';
import type { RunCache } from './ports.js';

/** A file and what names its content, without spaces. */
export interface NamedContent {
  readonly path: RepoPath;
  readonly content: string;
}

/** How the records of a part are turned into bytes, and back. What is damaged may throw, or give nothing. */
export interface RecordFormat<T> {
  readonly pack: (records: ReadonlyMap<string, T>) => Uint8Array;
  readonly unpack: (bytes: Uint8Array) => ReadonlyMap<string, T>;
}

/** As they are. */
export function plainFormat<T>(): RecordFormat<T> {
  return {
    pack: serialize,
    unpack: (bytes) => {
      const records: unknown = deserialize(bytes);
      return types.isMap(records) ? (records as Map<string, T>) : new Map();
    },
  };
}

/** Parts are read and written by themselves, so that a small change writes little; where there is little, to read many costs more. */
const MOST_PARTS = 32;
const FILES_A_PART = 64;

/** Records by file and content, kept in a cache in parts. */
export class KeptRecords<T> {
  /** By key, those of a part in the order in which they were needed, the latest last. */
  readonly #records = new Map<string, T>();
  readonly #latest = new Map<RepoPath, T>();
  readonly #changed = new Set<number>();
  readonly #format: RecordFormat<T>;
  readonly #parts: number;

  constructor(format: RecordFormat<T>, parts = 1) {
    this.#format = format;
    this.#parts = parts;
  }

  /** `kind` names the records and all that they hang on besides their files. */
  static async read<T>(
    cache: RunCache,
    kind: string,
    paths: ReadonlySet<RepoPath>,
    format: RecordFormat<T>,
  ): Promise<KeptRecords<T>> {
    const kept = new KeptRecords<T>(format, partsFor(paths.size));
    const parts = new Set([...paths].map((path) => bucketOf(path, kept.#parts)));
    const names = [...parts].map((part) => nameOf(part, kept.#parts, kind));
    for (const bytes of (await cache.read(names)).values()) {
      for (const [key, record] of recordsIn(bytes, format)) {
        kept.#records.set(key, record);
        kept.#latest.set(pathIn(key), record);
      }
    }
    return kept;
  }

  get(file: NamedContent): T | null {
    return this.#records.get(keyOf(file)) ?? null;
  }

  /** Of whatever content of a file. */
  latest(path: RepoPath): T | null {
    return this.#latest.get(path) ?? null;
  }

  set(file: NamedContent, record: T): void {
    this.#records.set(keyOf(file), record);
    this.#latest.set(file.path, record);
    this.#changed.add(bucketOf(file.path, this.#parts));
  }

  /** Keeps the parts that changed: all that is known of these files, and of others as many. */
  async write(cache: RunCache, kind: string, files: readonly NamedContent[]): Promise<void> {
    const needed = new Set(files.map(keyOf));
    const parts = [...this.#byPart()].map(([part, all]): [string, Uint8Array] => {
      const current = all.filter(([key]) => needed.has(key));
      const others = all.filter(([key]) => !needed.has(key));
      const latest = others.slice(Math.max(0, others.length - current.length));
      return [nameOf(part, this.#parts, kind), this.#format.pack(new Map([...latest, ...current]))];
    });
    await cache.write(new Map(parts));
  }

  /** What may be kept of the parts that changed. */
  #byPart(): ReadonlyMap<number, readonly [string, T][]> {
    const parts = new Map<number, [string, T][]>([...this.#changed].map((part) => [part, []]));
    for (const [key, record] of this.#records) {
      if (!isPassing(key)) parts.get(bucketOf(pathIn(key), this.#parts))?.push([key, record]);
    }
    return parts;
  }
}

function keyOf({ path, content }: NamedContent): string {
  return `${content} ${path}`;
}

function pathIn(key: string): RepoPath {
  return key.slice(key.indexOf(' ') + 1) as RepoPath;
}

/** Twice as many at a time, so that a file more or less seldom makes a difference. */
function partsFor(files: number): number {
  let parts = 1;
  while (parts < MOST_PARTS && parts * FILES_A_PART < files) parts *= 2;
  return parts;
}

function nameOf(part: number, parts: number, kind: string): string {
  return `${createHash('sha256').update(kind).digest('hex')}-${part}-${parts}`;
}

/** Nothing for what another version of Node wrote, or what is damaged. */
function recordsIn<T>(bytes: Uint8Array, format: RecordFormat<T>): ReadonlyMap<string, T> {
  try {
    return format.unpack(bytes);
  } catch {
    return new Map();
  }
}
