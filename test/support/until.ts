import { setTimeout as pause } from 'node:timers/promises';

const PATIENCE_MILLISECONDS = 50_000;

/** Waits until something has become true. Fails only when it is certain that it never will. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MILLISECONDS;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('it did not become true');
    await pause(20);
  }
}
