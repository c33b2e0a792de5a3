import pLimit from 'p-limit';
import { rateLimited } from './host-errors.js';
import { type Pacing, type Time, untilAborted } from './pacing.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * The writes of one installation: one at a time, with a pause between two, and no more in a minute or an hour than is
 * good for all that the installation does.
 */
export class WriteLane {
  readonly #pacing: Pacing;
  readonly #time: Time;
  readonly #oneAtATime = pLimit(1);
  /** When the writes of the last hour began, oldest first. */
  #begun: number[] = [];
  #endedAt = Number.NEGATIVE_INFINITY;

  constructor(pacing: Pacing, time: Time) {
    this.#pacing = pacing;
    this.#time = time;
  }

  /** Rejects as soon as the signal aborts, and then begins nothing. */
  run<T>(signal: AbortSignal, write: () => Promise<T>): Promise<T> {
    const turn = this.#oneAtATime(async () => {
      signal.throwIfAborted();
      await this.#awaitTurn(signal);
      this.#begun.push(this.#time.now());
      try {
        return await write();
      } finally {
        this.#endedAt = this.#time.now();
      }
    });
    return untilAborted(turn, signal);
  }

  async #awaitTurn(signal: AbortSignal): Promise<void> {
    const now = this.#time.now();
    this.#begun = this.#begun.filter((begun) => begun > now - HOUR);
    const free = Math.max(
      this.#endedAt + this.#pacing.writeSpacing,
      this.#freeIn(MINUTE, this.#pacing.writesPerMinute),
      this.#freeIn(HOUR, this.#pacing.writesPerHour),
    );
    if (free - now > this.#pacing.longestWait) throw rateLimited(free);
    if (free > now) await this.#time.sleep(free - now, signal);
  }

  /** When the next write may begin, so that no stretch of this length holds more than so many. */
  #freeIn(stretch: number, most: number): number {
    const first = this.#begun.at(-most);
    return first === undefined ? Number.NEGATIVE_INFINITY : first + stretch;
  }
}
