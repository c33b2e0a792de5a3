import { ArrayTaskQueue, Piscina } from 'piscina';
import type { FileBytes } from '../app/ports.js';
import type { Bounds } from '../model/bounds.js';
import type { FileFacts, PartialReading } from '../model/fact.js';
import { type ExtractionAnswer, type ExtractionTask, Progress } from './task.js';

/** What became of some files. */
export type Outcome =
  /** The first of them were read, all if the worker stayed fit. */
  | { readonly state: 'read'; readonly facts: readonly FileFacts[] }
  /** One file ended the worker. Nothing is known of the others. */
  | { readonly state: 'ended'; readonly index: number; readonly partial: PartialReading }
  /** The worker ended before it began with a file. */
  | { readonly state: 'lost'; readonly cause: unknown };

export interface WatchedWorkerOptions {
  /** The module it runs. */
  readonly file: string;
  readonly bounds: Bounds;
  /** What a file may take beyond its time before the worker is ended. */
  readonly slackMilliseconds: number;
}

/** One worker thread, started when it is first needed and replaced when a file ended it or wore it out. */
export class WatchedWorker {
  readonly #pool: Piscina<ExtractionTask, ExtractionAnswer>;
  readonly #options: WatchedWorkerOptions;

  constructor(options: WatchedWorkerOptions) {
    this.#options = options;
    this.#pool = new Piscina({
      minThreads: 0,
      maxThreads: 1,
      idleTimeout: Number.POSITIVE_INFINITY,
      // Pools share one queue unless each is given its own.
      taskQueue: new ArrayTaskQueue(),
      resourceLimits: { maxOldGenerationSizeMb: options.bounds.workerMebibytes },
      recordTiming: false,
    });
    // A thread that ends between two tasks is replaced at the next.
    this.#pool.on('error', () => {});
  }

  async extract(files: readonly FileBytes[]): Promise<Outcome> {
    const progress = new Progress();
    const watch = new AbortController();
    const timer = setInterval(() => {
      if (this.#isOverdue(progress)) watch.abort();
    }, WATCH_MILLISECONDS);
    try {
      const answer = await this.#run(files, progress, watch.signal);
      if (answer.worn) await this.#endThread();
      return { state: 'read', facts: answer.facts };
    } catch (error) {
      return outcomeOf(error, { progress, bounds: this.#options.bounds, overdue: watch.signal.aborted });
    } finally {
      clearInterval(timer);
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  #isOverdue(progress: Progress): boolean {
    const current = progress.current();
    const { bounds, slackMilliseconds } = this.#options;
    return current !== null && current.milliseconds > bounds.parseMilliseconds + slackMilliseconds;
  }

  #run(files: readonly FileBytes[], progress: Progress, signal: AbortSignal): Promise<ExtractionAnswer> {
    // Copies are handed over: the files stay with the caller, and a view would take all the memory behind it along.
    const copies = files.map(({ path, bytes }) => ({ path, bytes: new Uint8Array(bytes) }));
    const task: ExtractionTask = { files: copies, bounds: this.#options.bounds, progress: progress.memory };
    const transferList = copies.map(({ bytes }) => bytes.buffer);
    // Named here and not for the pool, which would wait forever for a thread that cannot load it.
    return this.#pool.run(task, { filename: this.#options.file, signal, transferList });
  }

  async #endThread(): Promise<void> {
    await Promise.all(this.#pool.threads.map((thread) => thread.terminate()));
  }
}

const WATCH_MILLISECONDS = 50;

function outcomeOf(
  error: unknown,
  { progress, bounds, overdue }: { progress: Progress; bounds: Bounds; overdue: boolean },
): Outcome {
  const current = progress.current();
  if (current === null) return { state: 'lost', cause: error };
  const partial: PartialReading = overdue
    ? { reason: 'too-slow', line: null, detail: `over ${bounds.parseMilliseconds} ms` }
    : { reason: 'crashed', line: null, detail: describeEnd(error, bounds) };
  return { state: 'ended', index: current.index, partial };
}

function describeEnd(error: unknown, bounds: Bounds): string {
  const code = (error as { readonly code?: unknown }).code;
  if (code === 'ERR_WORKER_OUT_OF_MEMORY') return `needed over ${bounds.workerMebibytes} MiB of memory`;
  return String(error).split('\n', 1)[0]?.slice(0, 200) ?? '';
}
