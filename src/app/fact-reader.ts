import type { Bounds } from '../model/bounds.js';
import type { BlobContent } from '../model/change.js';
import type { FileFacts, PartialReading } from '../model/fact.js';
import type { BlobId } from '../model/identifiers.js';
import { type ChangeSource, type FactCache, type FactExtraction, type FileBytes, factsKey } from './ports.js';
import type { SelectedFile } from './select-files.js';

export interface ReadingDependencies {
  readonly source: ChangeSource;
  readonly extraction: FactExtraction;
  /** Null to read every file anew. */
  readonly cache: FactCache | null;
  readonly bounds: Bounds;
  readonly clock: () => number;
  readonly progress?: (step: string, done: number, total: number) => void;
}

/** What came of reading a file: its facts, or why there are none. */
export type ReadingResult = FileFacts | PartialReading;

/** What is in memory and handed to the extraction at once; between batches the time of the review is looked at. */
const BATCH = { files: 100, bytes: 32 * 1024 * 1024 } as const;

/** Reads the facts of files as they are needed, each content once: from the cache what is there, the rest from the source. */
export class FactReader {
  readonly #sides: readonly (readonly SelectedFile[])[];
  readonly #deps: ReadingDependencies;
  readonly #deadline: number;
  readonly #results = new Map<string, ReadingResult>();

  /** `sides` are all files that may be asked for, of one tree each. */
  constructor(sides: readonly (readonly SelectedFile[])[], deps: ReadingDependencies) {
    this.#sides = sides;
    this.#deps = deps;
    this.#deadline = deps.clock() + deps.bounds.reviewMilliseconds;
  }

  /** By `factsKey`; undefined for a file that was not asked for yet. */
  result(key: string): ReadingResult | undefined {
    return this.#results.get(key);
  }

  async read(files: readonly SelectedFile[]): Promise<void> {
    const wanted = eachOnce(files).filter((file) => !this.#results.has(factsKey(file)));
    if (wanted.length === 0) return;
    const { cache, extraction } = this.#deps;
    const kept = await cache?.lookUp(this.#sides, extraction.version, new Set(wanted.map(factsKey)));
    for (const [key, facts] of kept?.known ?? []) this.#results.set(key, facts);
    const read = await this.#extractAll(wanted.filter((file) => !this.#results.has(factsKey(file))));
    for (const [key, result] of read) this.#results.set(key, result);
    await kept?.keep(lasting(read));
  }

  async #extractAll(files: readonly SelectedFile[]): Promise<ReadonlyMap<string, ReadingResult>> {
    const { bounds, clock, progress, source } = this.#deps;
    const results = new Map<string, ReadingResult>();
    let start = 0;
    source.announce(files.map((file) => file.blob));
    while (start < files.length) {
      const batch = batchAt(files, start);
      progress?.('reading files', start, files.length);
      if (clock() > this.#deadline) {
        const late = reading('bound-reached', `a review takes at most ${bounds.reviewMilliseconds / 1000} seconds`);
        for (const file of files.slice(start)) results.set(factsKey(file), late);
        break;
      }
      const contents = await source.readBlobs(batch.map((file) => file.blob));
      await this.#extractBatch(batch, contents, results);
      start += batch.length;
    }
    return results;
  }

  async #extractBatch(
    batch: readonly SelectedFile[],
    contents: ReadonlyMap<BlobId, BlobContent>,
    results: Map<string, ReadingResult>,
  ): Promise<void> {
    const readable: { file: SelectedFile; bytes: FileBytes }[] = [];
    for (const file of batch) {
      const content = contents.get(file.blob);
      if (content?.state === 'read') readable.push({ file, bytes: { path: file.path, bytes: content.bytes } });
      else results.set(factsKey(file), reading(content?.state ?? 'missing', content?.detail ?? null));
    }
    const extracted = await this.#deps.extraction.extract(readable.map((it) => it.bytes));
    readable.forEach(({ file }, index) => {
      const result = extracted[index];
      if (result !== undefined) results.set(factsKey(file), result);
    });
  }
}

/** Whether reading the file again gives the same: not what a busy machine cut short, or what was not to be had. */
export function isLasting(result: ReadingResult): result is FileFacts {
  return !('reason' in result) && !CHANCE.has(result.partial?.reason ?? '');
}

const CHANCE = new Set<string>(['too-slow', 'crashed']);

function lasting(read: ReadonlyMap<string, ReadingResult>): ReadonlyMap<string, FileFacts> {
  const kept = new Map<string, FileFacts>();
  for (const [key, result] of read) if (isLasting(result)) kept.set(key, result);
  return kept;
}

/** What changed comes first on both sides alike, so that a review that runs out of time lost no half of a change. */
function eachOnce(files: readonly SelectedFile[]): SelectedFile[] {
  const once = [...new Map(files.map((file) => [factsKey(file), file])).values()];
  return [...once.filter((file) => file.changed), ...once.filter((file) => !file.changed)];
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

function reading(reason: PartialReading['reason'], detail: string | null = null): PartialReading {
  return { reason, line: null, detail };
}
