import type { Location } from '../../src/model/location.js';
import { settingOf, type TrainingRun } from '../../src/model/run.js';
import { chainOf, isTrue, numberIn } from '../../src/model/setting.js';
import { savingOf } from './saving.js';

/** Whether training ends with the best checkpoint, and not with whichever was the last. */
export type BestCheckpoint =
  | { readonly state: 'kept'; readonly at: Location }
  /** `at` is the value that switches it off, or what lacks the key. */
  | {
      readonly state: 'not-kept';
      readonly at: Location;
      readonly chain: readonly Location[];
      readonly written: boolean;
    }
  | { readonly state: 'unknown'; readonly reason: string };

export function bestCheckpointOf(run: TrainingRun): BestCheckpoint {
  const saving = savingOf(run);
  if (saving.state === 'scheduled' && saving.by === 'best') return { state: 'kept', at: saving.at };
  const stopping = stopsEarly(run);
  // axolotl keeps the best one too where it stops early.
  if (stopping !== null && run.stack === 'axolotl') return { state: 'kept', at: stopping };
  const { setting, stated } = settingOf(run.settings, 'load_best_model_at_end');
  if (setting.state === 'dynamic') return { state: 'unknown', reason: '`load_best_model_at_end` is computed' };
  if (setting.state === 'literal') {
    if (setting.byDefault === true) return { state: 'unknown', reason: 'whether it keeps the best is said elsewhere' };
    const { at } = setting;
    return isTrue(setting) ? { state: 'kept', at } : { state: 'not-kept', at, chain: chainOf(setting), written: true };
  }
  if (run.settings.open !== null) return { state: 'unknown', reason: run.settings.open };
  return { state: 'not-kept', at: stated ?? run.settings.at, chain: [], written: false };
}

/** Where the run ends once it gets no better; null where nothing says so. */
export function stopsEarly(run: TrainingRun): Location | null {
  for (const key of ['early_stopping_patience', 'early_stopping_steps']) {
    const { setting } = settingOf(run.settings, key);
    if ((numberIn(setting) ?? 0) > 0 && setting.state === 'literal') return setting.at;
  }
  return run.calls.find(({ name }) => /(?:^|\.)EarlyStopping(?:Callback)?$/.test(name))?.at ?? null;
}
