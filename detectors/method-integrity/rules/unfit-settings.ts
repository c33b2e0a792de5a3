import { defineRule } from '../../../src/model/rule.js';
import type { Method, TrainingRun } from '../../../src/model/run.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown } from '../../../src/model/verdict.js';
import { axolotlSettings } from '../settings/axolotl.js';
import { lossSettings } from '../settings/loss.js';
import { referenceSettings } from '../settings/reference.js';
import { rewardSettings } from '../settings/rewards.js';

/** The settings of a method agree with each other and with its trainer. */
export const unfitSettings = defineRule({
  id: 'method-integrity/unfit-settings',
  title: 'Settings contradict the method',
  severity: 'error',
  judge: (run) => overPlaces(judgeRun(run), 'the method has no settings of its own'),
});

function judgeRun(run: TrainingRun): readonly PlaceVerdict[] {
  if (!HAVE_SETTINGS.has(run.method)) return [notApplicable('the method has no settings of its own')];
  const faults = [...lossSettings(run), ...rewardSettings(run), ...referenceSettings(run), ...axolotlSettings(run)];
  if (faults.length > 0) return faults;
  return [run.settings.open === null ? met(run.settings.at) : unknown(run.settings.open)];
}

const HAVE_SETTINGS: ReadonlySet<Method> = new Set([
  'dpo',
  'ipo',
  'kto',
  'orpo',
  'simpo',
  'cpo',
  'ppo',
  'grpo',
  'rloo',
]);
