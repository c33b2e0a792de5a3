import type { AppDependencies } from './dependencies.js';
import { sweepChecks, sweepDeliveries, sweepHeads } from './sweeps.js';

/** Looks now and then for what is owed: nothing rests on an event that may be lost. */
export interface Sweeper {
  /** Begins with a sweep of everything. */
  readonly start: () => void;
  /** Ends when nothing is left of what was to be swept by now. */
  readonly idle: () => Promise<void>;
  /** Ends when the sweep under way has ended. */
  readonly stop: () => Promise<void>;
}

const CHECKS_EVERY = 5 * 60_000;
const REST_EVERY = 60 * 60_000;
/** GitHub gives out deliveries again for three days. */
const FIRST_LOOK_BACK = 3 * 24 * 60 * 60_000;
/** Twice the pause, so that what failed while a sweep went on is seen by the next. */
const LOOK_BACK = 2 * REST_EVERY;

export function createSweeper(deps: Pick<AppDependencies, 'host' | 'store' | 'log' | 'now'>): Sweeper {
  const { log, now, store } = deps;
  const timers: NodeJS.Timeout[] = [];
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  /** One after the other, so that two sweeps never ask for the same at once. */
  const sweep = (name: string, work: () => Promise<void>) => {
    running = running.then(async () => {
      if (stopped) return;
      try {
        await work();
        log.info({ sweep: name }, 'swept');
      } catch (error) {
        log.warn({ sweep: name, err: error }, 'a sweep did not finish');
      }
    });
  };
  const sweepRest = (lookBack: number) => {
    sweep('deliveries', () => sweepDeliveries(deps, new Date(now().getTime() - lookBack)));
    sweep('heads', () => sweepHeads(deps));
    sweep('store', () => store.prune(now()));
  };
  const every = (milliseconds: number, work: () => void) => timers.push(setInterval(work, milliseconds));

  return {
    start: () => {
      sweep('checks', () => sweepChecks(deps));
      sweepRest(FIRST_LOOK_BACK);
      every(CHECKS_EVERY, () => sweep('checks', () => sweepChecks(deps)));
      every(REST_EVERY, () => sweepRest(LOOK_BACK));
    },
    idle: () => running,
    stop: async () => {
      stopped = true;
      for (const timer of timers) clearInterval(timer);
      await running;
    },
  };
}
