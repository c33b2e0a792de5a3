import type { Fix } from '../../../src/model/fix.js';
import { defineRule } from '../../../src/model/rule.js';
import { type Stack, settingOf, type TrainingRun } from '../../../src/model/run.js';
import { settingsFix } from '../../../src/model/settings-fix.js';
import {
  met,
  missing,
  notApplicable,
  overPlaces,
  type PlaceVerdict,
  unknown,
  violated,
} from '../../../src/model/verdict.js';
import { type BestCheckpoint, bestCheckpointOf } from '../../checkpoint-management/best-checkpoint.js';
import { savingOf } from '../../checkpoint-management/saving.js';
import { evaluationOf } from '../../eval-absence/evaluation.js';
import { areCompatible, evaluationCadence, isExactMultiple, savingCadence } from '../cadence.js';
import { metricOf } from '../selection.js';

/** Where checkpoints are measured, the best of them is the one that the run ends with. */
export const bestNotSelected = defineRule({
  id: 'checkpoint-eval-lineage/best-not-selected',
  title: 'The last checkpoint is taken, whatever the evaluations say',
  severity: 'notice',
  judge: (run) => overPlaces([judgeRun(run)], 'the run measures no checkpoints'),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  const saving = savingOf(run);
  if (saving.state === 'inexpressible') return notApplicable(saving.reason);
  if (saving.state === 'off') return notApplicable('no checkpoints are written');
  const evaluation = evaluationOf(run);
  if (evaluation.state === 'unknown') return unknown(evaluation.reason);
  if (evaluation.state !== 'evaluated' || evaluation.by !== 'trainer')
    return notApplicable('no number tells which checkpoint is the best');
  if (refusesBest(run)) return notApplicable('LLaMA-Factory refuses it for this stage');
  const best = bestCheckpointOf(run);
  if (best.state === 'unknown') return unknown(best.reason);
  if (best.state === 'kept') return met(best.at);
  // An evaluation at the end alone says nothing of the checkpoints before.
  const cadence = evaluationCadence(run);
  if (cadence.state === 'unknown') return unknown('how often it evaluates is not known');
  if (cadence.state === 'off') return notApplicable('checkpoints are not measured while training');
  return faultOf(run, best);
}

function refusesBest({ stack, method }: TrainingRun): boolean {
  return stack === 'llama-factory' && (method === 'reward' || method === 'ppo');
}

function faultOf(run: TrainingRun, best: Extract<BestCheckpoint, { state: 'not-kept' }>): PlaceVerdict {
  const fault = {
    severity: 'notice',
    severityWhenLost: 'warning',
    at: best.at,
    chain: best.chain,
    key: 'load_best_model_at_end',
    value: best.written ? 'false' : null,
    message:
      'Checkpoints are evaluated, and the last one is taken, whether or not it is the best. Set `load_best_model_at_end`, with saving and evaluating on one schedule.',
    fix: selectionFix(run),
  } as const;
  return best.written ? violated(fault) : missing(fault);
}

/** Stacks that evaluate on one set, whose loss is `eval_loss`: a script may hand in several. */
const ONE_SET: ReadonlySet<Stack> = new Set(['axolotl', 'llama-factory', 'trl-cli', 'trl-recipe']);

function selectionFix(run: TrainingRun): Fix | null {
  const evaluation = evaluationCadence(run);
  const saving = savingCadence(run);
  if (!ONE_SET.has(run.stack) || areCompatible(evaluation, saving) !== true) return null;
  if (run.stack === 'axolotl' && !axolotlTakes(run)) return null;
  const metric = metricOf(run).state === 'absent' ? ([['metric_for_best_model', 'eval_loss']] as const) : [];
  return settingsFix(
    run.settings,
    [['load_best_model_at_end', true], ...metric],
    'Keep the checkpoint with the least loss.',
  );
}

/** axolotl asks for steps that divide exactly, and for one kind of evaluation data alone. */
function axolotlTakes(run: TrainingRun): boolean {
  const evaluation = evaluationCadence(run);
  const saving = savingCadence(run);
  const both = ['val_set_size', 'test_datasets'].filter(
    (key) => settingOf(run.settings, key).setting.state !== 'absent',
  );
  return (
    both.length < 2 &&
    evaluation.state === 'steps' &&
    saving.state === 'steps' &&
    isExactMultiple(saving.every, evaluation.every)
  );
}
