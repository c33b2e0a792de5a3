import type { FileBytes } from '../app/ports.js';
import type { Bounds } from '../model/bounds.js';
import type { FileFacts } from '../model/fact.js';

/** What a worker thread is given at a time. */
export interface ExtractionTask {
  readonly files: readonly FileBytes[];
  readonly bounds: Bounds;
  /** The memory of a `Progress`, seen from both threads. */
  readonly progress: SharedArrayBuffer;
}

export interface ExtractionAnswer {
  /** As many as there are files, or fewer where the worker is no longer fit to go on after the last of them. */
  readonly facts: readonly FileFacts[];
  /** The thread must be replaced: its memory has grown, which wasm never gives back, or a parser has crashed in it. */
  readonly worn: boolean;
}

/**
 * Which file a worker is at, and since when. It lies in shared memory, since a worker that hangs sends no message;
 * the time is the worker's own, so that a watcher that was busy itself blames nobody.
 */
export class Progress {
  readonly memory: SharedArrayBuffer;
  readonly #cells: Int32Array;

  constructor(memory = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.memory = memory;
    this.#cells = new Int32Array(memory);
  }

  /** Told by the worker before each file. */
  begin(index: number): void {
    Atomics.store(this.#cells, 1, clock());
    Atomics.store(this.#cells, 0, index + 1);
  }

  /** The file at hand and for how many milliseconds; null before the first. */
  current(): { readonly index: number; readonly milliseconds: number } | null {
    const index = Atomics.load(this.#cells, 0) - 1;
    if (index < 0) return null;
    return { index, milliseconds: (clock() - Atomics.load(this.#cells, 1)) | 0 };
  }
}

/** Milliseconds that both threads count alike, cut to 32 bits; differences stay right when it wraps. */
function clock(): number {
  return Date.now() | 0;
}
