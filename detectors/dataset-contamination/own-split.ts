import type { Location } from '../../src/model/location.js';
import { settingOf, type TrainingRun } from '../../src/model/run.js';
import { isLiteral } from '../../src/model/setting.js';

/** How a stack holds rows out of what it trains on, where it does so by itself. */
export type OwnSplit =
  | { readonly state: 'none' }
  /** `seed`: where the seed comes from that draws them; `none` where nothing draws. */
  | { readonly state: 'split'; readonly at: Location; readonly size: string; readonly seed: 'none' | 'set' | 'missing' }
  | { readonly state: 'unknown'; readonly reason: string };

export function ownSplitOf(run: TrainingRun): OwnSplit {
  switch (run.stack) {
    case 'axolotl':
      // It takes the last rows.
      return splitBy(run, 'val_set_size', 'none');
    case 'llama-factory':
      // With the seed of training, which is 42 where none is set.
      return splitBy(run, 'val_size', 'set');
    case 'trl-cli': {
      // Of a single data set it takes another split.
      if (![...run.settings.stated.keys()].some((key) => /^datasets(?:\.|$)/.test(key))) return { state: 'none' };
      const split = splitBy(run, 'test_split_size', 'missing');
      return split.state === 'split' && run.callsOpen !== null ? { state: 'unknown', reason: run.callsOpen } : split;
    }
    case 'trl-recipe': {
      const isSeeded = settingOf(run.settings, 'dataset_mixture.seed').setting.state !== 'absent';
      const split = splitBy(run, 'dataset_mixture.test_split_size', 'set');
      return isSeeded || split.state !== 'split'
        ? split
        : { state: 'unknown', reason: 'the script that reads the file decides how the split is seeded' };
    }
    default:
      return { state: 'none' };
  }
}

function splitBy({ settings }: TrainingRun, key: string, seed: 'none' | 'set' | 'missing'): OwnSplit {
  const { setting } = settingOf(settings, key);
  if (setting.state === 'dynamic') return { state: 'unknown', reason: `\`${key}\` is computed` };
  if (!isLiteral(setting) || !(Number(setting.value) > 0)) return { state: 'none' };
  return { state: 'split', at: setting.at, size: String(setting.value), seed };
}
