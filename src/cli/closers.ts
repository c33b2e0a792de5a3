/** What a command opened and has to close, whether it ends well, fails or is interrupted. */
export class Closers {
  readonly #open: (() => Promise<void>)[] = [];
  #closed = false;

  /** What is added after the end, by work that was under way at an interruption, is closed at once. */
  async add(close: () => Promise<void>): Promise<void> {
    if (this.#closed) await close();
    else this.#open.push(close);
  }

  /** Closes all of it, what was opened last first; then fails with the first failure, if there was one. */
  async closeAll(): Promise<void> {
    this.#closed = true;
    const failures: unknown[] = [];
    for (let close = this.#open.pop(); close !== undefined; close = this.#open.pop()) {
      await close().catch((cause) => failures.push(cause));
    }
    if (failures.length > 0) throw failures[0];
  }
}
