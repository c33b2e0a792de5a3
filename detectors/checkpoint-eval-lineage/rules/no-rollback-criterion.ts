import { defineRule } from '../../../src/model/rule.js';
import { type Stack, settingOf, type TrainingRun } from '../../../src/model/run.js';
import { met, missing, notApplicable, overPlaces, type PlaceVerdict, unknown } from '../../../src/model/verdict.js';
import { stopsEarly } from '../../checkpoint-management/best-checkpoint.js';
import { evaluationOf } from '../../eval-absence/evaluation.js';
import { evaluationCadence } from '../cadence.js';

/** Something ends a run that gets worse, or keeps its model from being used. */
export const noRollbackCriterion = defineRule({
  id: 'checkpoint-eval-lineage/no-rollback-criterion',
  title: 'Nothing stops a run that gets worse',
  severity: 'notice',
  judge: (run) => overPlaces([judgeRun(run)], 'the run measures no checkpoints'),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  const stopping = stopsEarly(run);
  if (stopping !== null) return met(stopping);
  const order = ORDERS[run.stack];
  if (order === undefined) return notApplicable('the stack has no way to say it');
  const evaluation = evaluationOf(run);
  if (evaluation.state === 'unknown') return unknown(evaluation.reason);
  if (evaluation.state !== 'evaluated' || evaluation.by !== 'trainer')
    return notApplicable('no number tells whether the run gets worse');
  const cadence = evaluationCadence(run);
  if (cadence.state === 'unknown') return unknown('how often it evaluates is not known');
  if (cadence.state === 'off') return notApplicable('the run is measured at its end alone');
  if (run.settings.open !== null || run.callsOpen !== null) return unknown(run.settings.open ?? run.callsOpen ?? '');
  const { setting } = settingOf(run.trainer, 'callbacks');
  if (setting.state !== 'absent' || run.trainer.open !== null) return unknown('what its callbacks do is not followed');
  return missing({
    severity: 'notice',
    at: run.settings.at,
    key: 'early_stopping',
    message: `The run is evaluated while it trains, and goes on however bad the numbers are. ${order}`,
  });
}

const ORDERS: Partial<Record<Stack, string>> = {
  axolotl: 'Set `early_stopping_patience`.',
  'llama-factory': 'Set `early_stopping_steps`.',
  transformers:
    'Add an `EarlyStoppingCallback`, or check the best metric against a floor before the model is published.',
  trl: 'Add an `EarlyStoppingCallback`, or check the best metric against a floor before the model is published.',
  unsloth: 'Add an `EarlyStoppingCallback`, or check the best metric against a floor before the model is published.',
};
