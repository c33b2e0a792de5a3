import { availableParallelism } from 'node:os';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { FactExtraction, FileBytes } from '../app/ports.js';
import { extractFacts, loadFrontEnds } from '../frontends/all.js';
import type { FrontEnd } from '../frontends/frontend.js';
import type { Bounds } from '../model/bounds.js';
import type { FileFacts } from '../model/fact.js';
import { buildId } from './build-id.js';
import { WatchedWorker } from './watched-worker.js';

export interface FactExtractionOptions {
  readonly bounds: Bounds;
  /**
   * How many worker threads, one less than there are cores and at most four unless told. `inline`: none; files are
   * read in this thread, where one that hangs or takes all memory takes the process along.
   */
  readonly threads?: number | 'inline';
  /** The module a thread runs, built JavaScript. Ours unless told. */
  readonly workerFile?: string;
  /**
   * What a file may take beyond `bounds.parseMilliseconds` before its thread is ended, 3 seconds unless told. Parsers
   * keep their own time; this is for what does not, and so long that a busy machine does not decide what is read.
   */
  readonly slackMilliseconds?: number;
}

/** Extraction in worker threads, which start with the first file. Close it, or they keep the process alive. */
export async function createFactExtraction(options: FactExtractionOptions): Promise<FactExtraction> {
  const { bounds, threads = defaultThreads(), slackMilliseconds = SLACK_MILLISECONDS } = options;
  const frontEnds = await loadFrontEnds();
  const version = versionOf(frontEnds, bounds);
  if (threads === 'inline') return createInlineExtraction(frontEnds, bounds, version);
  const file = options.workerFile ?? fileURLToPath(new URL('./extraction-worker.js', import.meta.url));
  return createThreadedExtraction(
    frontEnds,
    version,
    Array.from({ length: Math.max(1, threads) }, () => new WatchedWorker({ file, bounds, slackMilliseconds })),
  );
}

const SLACK_MILLISECONDS = 3_000;
const MAXIMUM_THREADS = 4;
/** Small, so that work spreads over the threads and little is done twice when a worker ends. */
const BATCH = { files: 10, bytes: 256 * 1024 } as const;
/** A further thread pays for its start once there is this much more to read. */
const BYTES_PER_THREAD = 1024 * 1024;
/** How often a batch may lose its worker before the first file. More than once is no accident. */
const ATTEMPTS = 3;

/** The front-ends with their versions, the bounds they keep, and the build they are part of. */
function versionOf(frontEnds: readonly FrontEnd[], bounds: Bounds): string {
  const names = frontEnds.map((frontEnd) => `${frontEnd.id}@${frontEnd.version}`);
  return [...names, JSON.stringify(bounds), buildId('facts')].join(' ');
}

function defaultThreads(): number {
  return Math.min(MAXIMUM_THREADS, Math.max(1, availableParallelism() - 1));
}

function createInlineExtraction(frontEnds: readonly FrontEnd[], bounds: Bounds, version: string): FactExtraction {
  return {
    version,
    claims: (path) => frontEnds.some((frontEnd) => frontEnd.claims(path)),
    async extract(files, progress) {
      const facts: FileFacts[] = [];
      for (const file of files) {
        facts.push(extractFacts(frontEnds, file, bounds));
        progress?.(facts.length);
        if (facts.length % BATCH.files === 0) await setImmediate();
      }
      return facts;
    },
    close: async () => {},
  };
}

function createThreadedExtraction(
  frontEnds: readonly FrontEnd[],
  version: string,
  workers: readonly WatchedWorker[],
): FactExtraction {
  let closed = false;
  // A worker reads one batch at a time, so calls that overlap take turns.
  let previous: Promise<unknown> = Promise.resolve();
  return {
    version,
    claims: (path) => frontEnds.some((frontEnd) => frontEnd.claims(path)),
    extract(files, progress) {
      const work = new Work(files, progress ?? (() => {}));
      const current = previous.then(() => {
        if (closed) throw new Error('the extraction is closed');
        return work.finish(workers.slice(0, work.usefulThreads()), () => closed);
      });
      previous = current.catch(() => {});
      return current;
    },
    async close() {
      closed = true;
      await Promise.all(workers.map((worker) => worker.close()));
    },
  };
}

interface Batch {
  /** Places in the list of files. */
  readonly indexes: readonly number[];
  readonly attempts: number;
}

/** The files of one call, shared out in batches. */
class Work {
  readonly #files: readonly FileBytes[];
  readonly #progress: (done: number) => void;
  readonly #facts: FileFacts[];
  readonly #queue: Batch[];
  #done = 0;

  constructor(files: readonly FileBytes[], progress: (done: number) => void) {
    this.#files = files;
    this.#progress = progress;
    this.#facts = new Array(files.length);
    this.#queue = batchesOf(files);
  }

  usefulThreads(): number {
    const bytes = this.#files.reduce((sum, file) => sum + file.bytes.length, 0);
    return Math.max(1, Math.ceil(bytes / BYTES_PER_THREAD));
  }

  async finish(workers: readonly WatchedWorker[], closed: () => boolean): Promise<readonly FileFacts[]> {
    const drained = await Promise.allSettled(workers.map((worker) => this.#drain(worker, closed)));
    for (const lane of drained) if (lane.status === 'rejected') throw lane.reason;
    return this.#facts;
  }

  async #drain(worker: WatchedWorker, closed: () => boolean): Promise<void> {
    for (let batch = this.#queue.shift(); batch !== undefined; batch = this.#queue.shift()) {
      const outcome = await worker.extract(batch.indexes.map((index) => this.#files[index] as FileBytes));
      if (closed()) throw new Error('the extraction was closed before it had read all files');
      if (outcome.state === 'read') {
        this.#record(batch.indexes.slice(0, outcome.facts.length), outcome.facts);
        this.#queueAgain(batch.indexes.slice(outcome.facts.length), 0);
      } else if (outcome.state === 'ended') {
        const culprit = batch.indexes[outcome.index] as number;
        this.#record([culprit], [{ facts: [], partial: outcome.partial }]);
        this.#queueAgain(
          batch.indexes.filter((index) => index !== culprit),
          0,
        );
      } else {
        if (batch.attempts + 1 >= ATTEMPTS) throw outcome.cause;
        this.#queueAgain(batch.indexes, batch.attempts + 1);
      }
    }
  }

  #record(indexes: readonly number[], facts: readonly FileFacts[]): void {
    for (const [at, index] of indexes.entries()) this.#facts[index] = facts[at] as FileFacts;
    this.#done += indexes.length;
    this.#progress(this.#done);
  }

  #queueAgain(indexes: readonly number[], attempts: number): void {
    if (indexes.length > 0) this.#queue.unshift({ indexes, attempts });
  }
}

function batchesOf(files: readonly FileBytes[]): Batch[] {
  const batches: Batch[] = [];
  let indexes: number[] = [];
  let bytes = 0;
  for (const [index, file] of files.entries()) {
    if (indexes.length === BATCH.files || (indexes.length > 0 && bytes + file.bytes.length > BATCH.bytes)) {
      batches.push({ indexes, attempts: 0 });
      indexes = [];
      bytes = 0;
    }
    indexes.push(index);
    bytes += file.bytes.length;
  }
  if (indexes.length > 0) batches.push({ indexes, attempts: 0 });
  return batches;
}
