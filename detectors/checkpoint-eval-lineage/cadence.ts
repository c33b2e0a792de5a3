import type { Location } from '../../src/model/location.js';
import { settingOf, type TrainingRun } from '../../src/model/run.js';
import { numberIn } from '../../src/model/setting.js';
import { saveMode } from '../checkpoint-management/saving.js';
import { isGiven } from '../eval-absence/held-out-data.js';

/** How often something happens. `every` is in steps, or in parts of the run where it is below 1. */
export type Cadence =
  | { readonly state: 'off' | 'epoch' | 'best'; readonly at: Location; readonly stated: boolean }
  | { readonly state: 'steps'; readonly every: number; readonly at: Location; readonly stated: boolean }
  | { readonly state: 'unknown' };

const UNKNOWN: Cadence = { state: 'unknown' };

/** What the Trainer takes where no number is given. */
const DEFAULT_STEPS = 500;

/** How often the Trainer evaluates. Stated where a file or a call says so, and not only a default. */
export function evaluationCadence(run: TrainingRun): Cadence {
  return run.stack === 'axolotl'
    ? axolotlCadence(run, 'eval_steps', 'evals_per_epoch', ['eval_strategy', 'evaluation_strategy'])
    : trainerCadence(run, ['eval_strategy', 'evaluation_strategy'], 'eval_steps');
}

/** How often the Trainer saves. */
export function savingCadence(run: TrainingRun): Cadence {
  return run.stack === 'axolotl'
    ? axolotlCadence(run, 'save_steps', 'saves_per_epoch', ['save_strategy'])
    : trainerCadence(run, ['save_strategy'], 'save_steps');
}

function trainerCadence(run: TrainingRun, strategies: readonly string[], stepsKey: string): Cadence {
  const { settings } = run;
  const { setting, stated } = settingOf(settings, ...strategies);
  const evaluates = stepsKey === 'eval_steps';
  if (setting.state === 'absent') {
    if (settings.open !== null) return UNKNOWN;
    if (evaluates) return { state: 'off', at: settings.at, stated: false };
    return stepsOf(run, stepsKey, settings.at, false);
  }
  if (setting.state === 'literal' && setting.byDefault === true) return UNKNOWN;
  const mode = saveMode(setting);
  if (mode === null) return UNKNOWN;
  const at = stated ?? setting.at;
  if (mode === 'steps') return stepsOf(run, stepsKey, at, true);
  return { state: mode === 'no' ? 'off' : mode, at, stated: true };
}

/** Without a number the Trainer evaluates as often as it logs, and saves every 500 steps. */
function stepsOf(run: TrainingRun, key: string, at: Location, stated: boolean): Cadence {
  for (const name of key === 'eval_steps' ? [key, 'logging_steps'] : [key]) {
    const { setting } = settingOf(run.settings, name);
    if (setting.state === 'absent') continue;
    const every = numberIn(setting);
    if (every === null || every <= 0 || (setting.state === 'literal' && setting.byDefault === true)) return UNKNOWN;
    return { state: 'steps', every, at: setting.state === 'literal' ? setting.at : at, stated: true };
  }
  return run.settings.open === null ? { state: 'steps', every: DEFAULT_STEPS, at, stated } : UNKNOWN;
}

/** axolotl turns times an epoch into parts of the run, and drops what is the whole run or more. */
function axolotlCadence(run: TrainingRun, stepsKey: string, timesKey: string, strategies: readonly string[]): Cadence {
  const { settings } = run;
  const steps = settingOf(settings, stepsKey);
  if (isGiven(steps)) {
    const every = numberIn(steps.setting);
    return every === null || every <= 0 || steps.setting.state !== 'literal'
      ? UNKNOWN
      : { state: 'steps', every, at: steps.stated ?? steps.setting.at, stated: true };
  }
  const times = settingOf(settings, timesKey);
  const perEpoch = numberIn(times.setting);
  if (isGiven(times) && times.setting.state === 'literal') {
    const epochs = numberIn(settingOf(settings, 'num_epochs').setting);
    if (perEpoch === null || epochs === null || perEpoch <= 0 || epochs <= 0) return UNKNOWN;
    const at = times.stated ?? times.setting.at;
    const every = 1 / (perEpoch * epochs);
    return every < 1 ? { state: 'steps', every, at, stated: true } : { state: 'epoch', at, stated: true };
  }
  if (settings.open !== null || isGiven(times)) return UNKNOWN;
  const strategy = settingOf(settings, ...strategies);
  if (strategy.setting.state === 'absent') return { state: 'epoch', at: settings.at, stated: false };
  const mode = saveMode(strategy.setting);
  const at = strategy.stated ?? strategy.setting.at;
  if (mode === null || mode === 'steps') return UNKNOWN;
  return { state: mode === 'no' ? 'off' : mode, at, stated: true };
}

/** Whether every checkpoint has an evaluation to it; null where that is not known. */
export function areCompatible(evaluation: Cadence, saving: Cadence): boolean | null {
  if (saving.state === 'unknown' || evaluation.state === 'unknown') return null;
  if (evaluation.state === 'off') return false;
  if (saving.state === 'best') return true;
  if (evaluation.state !== 'steps' || saving.state !== 'steps') return evaluation.state === saving.state;
  // Steps and parts of the run cannot be compared before the length of the run is known; the Trainer refuses them.
  if (saving.every < 1 !== evaluation.every < 1) return false;
  return isMultiple(saving.every, evaluation.every);
}

/** transformers compares parts of a run with a tolerance; axolotl does not, and is asked for `isExactMultiple`. */
function isMultiple(large: number, small: number): boolean {
  const times = large / small;
  return times > 1 - TOLERANCE && Math.abs(times - Math.round(times)) < TOLERANCE;
}

const TOLERANCE = 1e-6;

/** Whether nothing is left over in floating point, which is what axolotl asks. */
export function isExactMultiple(large: number, small: number): boolean {
  return large % small === 0;
}
