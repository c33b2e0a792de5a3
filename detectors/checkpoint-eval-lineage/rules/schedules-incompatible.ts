import type { Fix } from '../../../src/model/fix.js';
import { remove } from '../../../src/model/fix.js';
import { defineRule } from '../../../src/model/rule.js';
import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import { chainOf, isTrue, type LiteralSetting } from '../../../src/model/setting.js';
import { settingsFix } from '../../../src/model/settings-fix.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { savingOf } from '../../checkpoint-management/saving.js';
import { areCompatible, type Cadence, evaluationCadence, isExactMultiple, savingCadence } from '../cadence.js';

/** Where the best checkpoint is to be kept, each checkpoint has an evaluation to it. */
export const schedulesIncompatible = defineRule({
  id: 'checkpoint-eval-lineage/schedules-incompatible',
  title: 'Checkpoints and evaluations do not meet',
  severity: 'warning',
  judge: (run) => overPlaces([judgeRun(run)], 'the run does not ask for its best checkpoint'),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  const saving = savingOf(run);
  if (saving.state === 'inexpressible') return notApplicable(saving.reason);
  const { setting } = settingOf(run.settings, 'load_best_model_at_end');
  if (setting.state === 'dynamic') return unknown('`load_best_model_at_end` is computed');
  if (!isTrue(setting) || setting.byDefault === true)
    return notApplicable('the run does not ask for its best checkpoint');
  const cadences = { evaluation: evaluationCadence(run), saving: savingCadence(run) };
  return run.stack === 'axolotl' ? judgeAxolotl(run, setting, cadences) : judgeTrainer(run, setting, cadences);
}

interface Cadences {
  readonly evaluation: Cadence;
  readonly saving: Cadence;
}

type Asked = LiteralSetting;

function judgeTrainer(run: TrainingRun, asked: Asked, { evaluation, saving }: Cadences): PlaceVerdict {
  const compatible = areCompatible(evaluation, saving);
  if (compatible === null || evaluation.state === 'unknown' || saving.state === 'unknown')
    return unknown('how often it saves or evaluates is not known');
  if (compatible) return met(asked.at);
  // Without a schedule the Trainer does not start, so that a file gets its schedule from a command line or a script.
  const isWhole = evaluation.stated || run.settings.extend?.kind === 'call';
  if (!isWhole) return unknown('when it evaluates is said elsewhere');
  if (evaluation.state === 'off' && (saving.state === 'off' || saving.state === 'best'))
    return nothingToChoose(run, asked);
  const wrong = wrongPlace(run, asked, evaluation, saving);
  return violated({
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    at: wrong,
    chain: chainOf(asked),
    key: 'load_best_model_at_end',
    value: `${told(evaluation)} ${told(saving)}`,
    message: `\`load_best_model_at_end\` needs an evaluation for every checkpoint, and the run evaluates ${told(evaluation)} and saves ${told(saving)}: transformers refuses to start. ${orderFor(evaluation, saving)}`,
    fix: fixFor(run, evaluation, saving),
  });
}

/** Two schedules that are both off are equal, and `best` needs none, so that the Trainer starts; it only never chooses. */
function nothingToChoose(run: TrainingRun, asked: Asked): PlaceVerdict {
  return violated({
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    at: asked.at,
    chain: chainOf(asked),
    key: 'load_best_model_at_end',
    value: 'never never',
    message:
      'The run neither evaluates nor saves while it trains, so that `load_best_model_at_end` chooses nothing and the last step is kept. Give `eval_strategy` and `save_strategy` the same value, or drop the switch.',
  });
}

/** The schedule that is written out, the evaluation's first; else the switch that asks for both. */
function wrongPlace(
  run: TrainingRun,
  asked: Asked,
  evaluation: Exclude<Cadence, { state: 'unknown' }>,
  saving: Exclude<Cadence, { state: 'unknown' }>,
): Asked['at'] {
  const { path } = run.settings.at;
  const stated = [saving, evaluation].find((it) => it.stated && it.at.path === path);
  return evaluation.state === 'off' && !evaluation.stated ? asked.at : (stated?.at ?? asked.at);
}

function told(cadence: Exclude<Cadence, { state: 'unknown' }>): string {
  switch (cadence.state) {
    case 'off':
      return 'never';
    case 'epoch':
      return 'every epoch';
    case 'best':
      return 'where it gets better';
    case 'steps':
      return cadence.every < 1 ? `every ${rounded(cadence.every)} of the run` : `every ${cadence.every} steps`;
  }
}

function rounded(part: number): string {
  return String(Number(part.toFixed(4)));
}

function orderFor(evaluation: Cadence, saving: Cadence): string {
  const bySteps = evaluation.state === 'steps' && saving.state === 'steps';
  return bySteps
    ? 'Make `save_steps` a multiple of `eval_steps`.'
    : 'Give `eval_strategy` and `save_strategy` the same value.';
}

/** Saves as the run evaluates, where both are said in steps or the evaluation in epochs; else there is no one edit. */
function fixFor({ settings }: TrainingRun, evaluation: Cadence, saving: Cadence): Fix | null {
  if (evaluation.state === 'epoch') return settingsFix(settings, [['save_strategy', 'epoch']], 'Save every epoch.');
  if (evaluation.state !== 'steps' || saving.state !== 'steps' || saving.every < 1 || evaluation.every < 1) return null;
  const multiple = Math.max(1, Math.round(saving.every / evaluation.every)) * evaluation.every;
  return settingsFix(
    settings,
    [['save_steps', multiple]],
    `Save every ${multiple} steps, when there is an evaluation.`,
  );
}

/** axolotl starts all the same, and leaves the switch off without a word. */
function judgeAxolotl({ settings }: TrainingRun, asked: Asked, { evaluation, saving }: Cadences): PlaceVerdict {
  if (evaluation.state === 'unknown' || saving.state === 'unknown')
    return unknown('how often it saves or evaluates is not known');
  if (saving.state === 'best') return met(asked.at);
  const bySteps = evaluation.state === 'steps' && saving.state === 'steps';
  if (bySteps && isExactMultiple(saving.every, evaluation.every)) return met(asked.at);
  return violated({
    severity: 'warning',
    at: asked.at,
    chain: chainOf(asked),
    key: 'load_best_model_at_end',
    value: `${told(evaluation)} ${told(saving)}`,
    message: `axolotl leaves \`load_best_model_at_end\` off unless \`save_steps\` is a multiple of \`eval_steps\`, and here it evaluates ${told(evaluation)} and saves ${told(saving)}. Set both to the same number of steps.`,
    fix: stepsFix(settings),
  });
}

/** Steps between two checkpoints where the file says times an epoch. */
const STEPS = 200;

/** Says both in steps; `…_per_epoch` has to go, since axolotl takes one of the two alone. */
function stepsFix(settings: TrainingRun['settings']): Fix | null {
  const written = ['save_steps', 'eval_steps'].filter((key) => settings.stated.has(key));
  if (written.length > 0) return null;
  const strategies = ['save_strategy', 'eval_strategy', 'evaluation_strategy'];
  if (strategies.some((key) => settings.stated.has(key))) return null;
  const turned = (
    [
      ['saves_per_epoch', 'save_steps'],
      ['evals_per_epoch', 'eval_steps'],
    ] as const
  ).map(([times, steps]) => ({ steps, stated: settings.stated.get(times)?.stated ?? null }));
  const gone = turned.flatMap(({ stated }) => (stated === null ? [] : [remove(stated)]));
  const anchor = settings.stated.get('load_best_model_at_end')?.stated ?? null;
  if (anchor === null) return null;
  const added = turned.map(({ steps }) => ({ kind: 'add-key', after: anchor, key: steps, value: STEPS }) as const);
  return { applicability: 'unsafe', title: `Save and evaluate every ${STEPS} steps.`, edits: [...gone, ...added] };
}
