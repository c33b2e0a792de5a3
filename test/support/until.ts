import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE_MILLISECONDS = 60_000;

/**
 * Waits until something has become true, and gives back what made it so. Fails with `what`, only when it is certain that
 * it never will.
 */
export async function until<T>(
  ask: () => T | Promise<T>,
  what = 'it became true',
  milliseconds: number = PATIENCE_MILLISECONDS,
): Promise<Exclude<Awaited<T>, null | undefined | false>> {
  const deadline = Date.now() + milliseconds;
  while (Date.now() < deadline) {
    const answer = await ask();
    if (isSo(answer)) return answer;
    await pause(20);
  }
  throw new Error(`not within ${milliseconds / 1000} s: ${what}`);
}

function isSo<T>(answer: T): answer is Exclude<T, null | undefined | false> {
  return answer !== null && answer !== undefined && answer !== false;
}
