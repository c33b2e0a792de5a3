import type { Location } from '../../../src/model/location.js';
import { type OptionalControl, settingOf, type TrainingRun } from '../../../src/model/run.js';
import { chainOf, numberIn, type SettingValue } from '../../../src/model/setting.js';
import { settingsFix } from '../../../src/model/settings-fix.js';
import { evaluatedByItself } from '../evidence.js';
import { placeOf } from '../held-out-data.js';
import type { Evaluation, Lack } from '../situation.js';

/** `dataset_val` with `run_val_every_n_steps`, which only some of the recipes read. */
export function torchtuneEvaluation(run: TrainingRun): Evaluation {
  const itself = evaluatedByItself(run);
  if (itself !== null) return itself;
  const recipe = recipeOf(run);
  if (run.method !== 'sft' || recipe === 'without-validation') {
    return { state: 'inexpressible', reason: 'the recipe has no validation' };
  }
  const data = dataIn(run);
  const every = settingOf(run.settings, EVERY);
  if (run.settings.open !== null) return { state: 'unknown', reason: run.settings.open, data };
  if (every.setting.state === 'dynamic') return { state: 'unknown', reason: `\`${EVERY}\` is computed`, data };
  const validates = (numberIn(every.setting) ?? 0) > 0;
  if (data !== null) {
    return validates
      ? { state: 'evaluated', by: 'trainer', at: placeOf(every, data) }
      : { state: 'not-scheduled', data, lack: noSchedule(run, every) };
  }
  // A number without data does not start, so the data is named on the way.
  return validates || recipe === 'unknown'
    ? { state: 'unknown', reason: 'whether the recipe validates is not known', data: null }
    : { state: 'nothing-held-out', lack: noData(run) };
}

const EVERY = 'run_val_every_n_steps';

function dataIn({ settings }: TrainingRun): Location | null {
  const [, data] =
    [...settings.stated].find(([key, { setting }]) => /^dataset_val(?:\.|$)/.test(key) && setting.state !== 'absent') ??
    [];
  return data === undefined ? null : placeOf(data, settings.at);
}

/** Which recipe a file is for stands in the command that starts it, and often in the file's name. */
function recipeOf({ commands, files }: TrainingRun): 'validates' | 'without-validation' | 'unknown' {
  const words = commands.flatMap((command) => (command.words.includes('tune') ? command.words : []));
  if (words.some((word) => VALIDATING.test(word))) return 'validates';
  const isOther = words.some((word) => NOT_VALIDATING.test(word)) || /single_device/.test(files[0] ?? '');
  return isOther ? 'without-validation' : 'unknown';
}

const VALIDATING = /^(?:full_finetune|lora_finetune|qat|qat_lora_finetune)_distributed$/;
const NOT_VALIDATING = /_single_device$|_dpo_|^ppo_|distillation/;

function noData({ settings }: TrainingRun): Lack {
  return {
    kind: 'missing',
    at: settings.stated.get('dataset_val')?.stated ?? settings.at,
    chain: [],
    key: 'dataset_val',
    value: null,
    confidence: 'high',
    what: 'Without `dataset_val`, torchtune holds nothing out',
    order: `Train on \`split: train[:95%]\`, and name the rest in \`dataset_val\` with \`${EVERY}\`.`,
    fix: null,
  };
}

function noSchedule({ settings }: TrainingRun, every: OptionalControl<SettingValue>): Lack {
  const written = every.setting.state === 'literal' ? every.setting : null;
  return {
    kind: written === null ? 'missing' : 'violated',
    at: written?.at ?? every.stated ?? settings.at,
    chain: chainOf(every.setting),
    key: EVERY,
    value: written === null ? null : String(written.value),
    confidence: 'high',
    what: `torchtune looks at \`dataset_val\` only where \`${EVERY}\` is a number above 0, and here it is none`,
    order: 'Set it to the number of steps between two validations.',
    fix: settingsFix(settings, [[EVERY, 100]], 'Validate every 100 steps.'),
  };
}
