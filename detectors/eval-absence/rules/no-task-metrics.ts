import type { Location } from '../../../src/model/location.js';
import { defineRule } from '../../../src/model/rule.js';
import { type Stack, settingOf, type TrainingRun } from '../../../src/model/run.js';
import { isTrue, numberIn } from '../../../src/model/setting.js';
import { met, missing, notApplicable, overPlaces, type PlaceVerdict, unknown } from '../../../src/model/verdict.js';
import { evaluationOf, learnsFromPreferences, learnsFromReward } from '../evaluation.js';
import { benchmarkOf } from '../evidence.js';

/** An evaluation tells more than the loss. */
export const noTaskMetrics = defineRule({
  id: 'eval-absence/no-task-metrics',
  title: 'Evaluation measures nothing but the loss',
  severity: 'notice',
  judge: (run) => overPlaces([judgeRun(run)], 'the run holds nothing that could be judged'),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  const evaluation = evaluationOf(run);
  if (evaluation.state === 'unknown') return unknown(evaluation.reason);
  if (evaluation.state !== 'evaluated') return notApplicable('nothing is evaluated');
  if (run.method === 'pretrain') return notApplicable('the loss is what pretraining is measured by');
  const measured = measuredAt(run, evaluation.at);
  if (measured !== null) return met(measured);
  return judgeLoss(run, evaluation.at);
}

/** Where something besides the loss is measured; null where nothing says so. */
function measuredAt(run: TrainingRun, evaluated: Location): Location | null {
  const benchmark = benchmarkOf(run);
  if (benchmark !== null) return benchmark;
  // Trainers of TRL log token accuracy, reward accuracy and margins, or rewards, by themselves.
  const byItself = TRL_STACKS.has(run.stack) || learnsFromReward(run.method) || learnsFromPreferences(run.method);
  if (byItself && !isPlainTrainer(run)) return evaluated;
  const keys = METRIC_KEYS[run.stack] ?? [];
  const key = keys
    .map((name) => settingOf(run.settings, name).setting)
    .find((it) => isTrue(it) || (numberIn(it) ?? 0) > 0);
  if (key?.state === 'literal') return key.at;
  const given = settingOf(run.trainer, 'compute_metrics');
  if (given.setting.state !== 'absent') return given.stated ?? given.setting.at;
  return run.calls.find(({ name }) => METRIC_CALLS.test(name))?.at ?? null;
}

const TRL_STACKS: ReadonlySet<Stack> = new Set(['trl', 'unsloth', 'trl-cli', 'trl-recipe']);
const METRIC_KEYS: Partial<Record<Stack, readonly string[]>> = {
  axolotl: ['do_causal_lm_eval', 'do_bench_eval', 'eval_table_size'],
  'llama-factory': ['compute_accuracy', 'predict_with_generate'],
};
const METRIC_CALLS =
  /^(?:evaluate\.load|datasets\.load_metric|sklearn\.metrics|torchmetrics|rouge_score|rouge_chinese|sacrebleu|nltk\.translate)(?:\.|$)/;

/** Unsloth serves the plain trainer as well. */
function isPlainTrainer({ stack, name }: TrainingRun): boolean {
  return stack === 'transformers' || (stack === 'unsloth' && /: (?:Seq2Seq)?Trainer$/.test(name));
}

function judgeLoss(run: TrainingRun, evaluated: Location): PlaceVerdict {
  if (run.callsOpen !== null) return unknown(run.callsOpen);
  if (isOwnTrainer(run)) return unknown("what the repository's own trainer measures is not followed");
  const order = ORDERS[run.stack];
  if (order === undefined) return notApplicable('the stack measures the loss alone');
  const table = run.stack === 'llama-factory' ? run.settings : run.trainer;
  if (table.open !== null) return unknown(table.open);
  return missing({
    severity: 'notice',
    at: table.at,
    chain: [evaluated],
    key: 'metrics',
    message: `The loss on held-out data is all that is measured, and it says little of how well the task is done. ${order}`,
  });
}

/** A class that is derived from the plain trainer, often to log more. */
function isOwnTrainer({ name }: TrainingRun): boolean {
  const [, trainer = 'Trainer'] = /: (\w+)$/.exec(name) ?? [];
  return !/^(?:Seq2Seq)?Trainer$/.test(trainer);
}

const ORDERS: Partial<Record<Stack, string>> = {
  transformers: 'Hand in `compute_metrics`, or run a benchmark after training.',
  unsloth: 'Hand in `compute_metrics`, or run a benchmark after training.',
  'llama-factory': 'Set `compute_accuracy`, or `predict_with_generate` for texts.',
};
