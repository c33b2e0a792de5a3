import { clearLine, cursorTo } from 'node:readline';
import type { TerminalStream } from './terminal.js';

/** Shorter work shows nothing: a line that flashes by tells less than none. */
const DELAY = 300;
/** Milliseconds between two drawings. */
const PAUSE = 50;

/** One line on a terminal that tells how far long work is, and is gone when it ends. Silent on anything else. */
export class ProgressLine {
  readonly #stream: TerminalStream;
  readonly #clock: () => number;
  readonly #start: number;
  #drawnAt: number | null = null;

  constructor(stream: TerminalStream, clock: () => number) {
    this.#stream = stream;
    this.#clock = clock;
    this.#start = clock();
  }

  show(step: string, done: number, total: number): void {
    const now = this.#clock();
    if (this.#stream.isTTY !== true || now - this.#start < DELAY) return;
    if (this.#drawnAt !== null && now - this.#drawnAt < PAUSE) return;
    this.#drawnAt = now;
    this.#erase();
    const words = total > 0 ? `${step} ${done}/${total}` : step;
    this.#stream.write(words.slice(0, (this.#stream.columns ?? 80) - 1));
  }

  clear(): void {
    if (this.#drawnAt !== null) this.#erase();
    this.#drawnAt = null;
  }

  #erase(): void {
    cursorTo(this.#stream, 0);
    clearLine(this.#stream, 0);
  }
}
