import type { Time } from '../../src/github/pacing.js';

/** Time that passes only while somebody sleeps, as soon as nothing else happens. */
export class FakeTime implements Time {
  #now: number;
  readonly slept: number[] = [];

  constructor(now = 1_800_000_000_000) {
    this.#now = now;
  }

  now = (): number => this.#now;

  pass(milliseconds: number): void {
    this.#now += milliseconds;
  }

  sleep = async (milliseconds: number, signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    this.slept.push(milliseconds);
    this.#now += milliseconds;
  };
}
