import { defineRule } from '../../../src/model/rule.js';
import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import { isTrue } from '../../../src/model/setting.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { choosesByMetric, metricOf, type NamedMetric } from '../selection.js';

/** The metric that chooses is one that the run measures. */
export const metricNotLogged = defineRule({
  id: 'checkpoint-eval-lineage/metric-not-logged',
  title: 'The metric for the best checkpoint is never measured',
  severity: 'warning',
  judge: (run) => overPlaces([judgeRun(run)], 'the run names no metric'),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  const metric = metricOf(run);
  if (metric.state === 'absent') return notApplicable('the run names no metric');
  if (metric.state === 'unknown') return unknown(metric.reason);
  if (choosesByMetric(run) === false) return notApplicable('nothing is chosen by the metric');
  const name = metric.name.replace(/^eval_/, '');
  // What every evaluation of transformers logs.
  if (/^(?:loss|runtime|samples_per_second|steps_per_second)$/.test(name)) return met(metric.at);
  if (run.stack === 'llama-factory') return judgeLlamaFactory(run, metric, name);
  return judgeTrainer(run, metric, name);
}

type Named = Extract<NamedMetric, { state: 'named' }>;

/** The plain trainers log what `compute_metrics` gives; those of TRL, and classes derived from them, log more. */
function judgeTrainer(run: TrainingRun, metric: Named, name: string): PlaceVerdict {
  if (!/: (?:Seq2Seq)?Trainer$/.test(run.name)) return unknown('what this trainer measures is not followed');
  const { trainer } = run;
  if (settingOf(trainer, 'compute_metrics').setting.state !== 'absent') return met(metric.at);
  if (trainer.open !== null) return unknown(trainer.open);
  // `eval_<set>_loss` is logged where there are several sets to evaluate on.
  if (name.endsWith('_loss')) return unknown('the run may evaluate on several sets');
  return violated({
    ...faultAt(run, metric),
    message: `Without \`compute_metrics\` the trainer measures the loss alone, so the first checkpoint fails on \`${metric.name}\`. Hand in a function that computes it, or choose by \`eval_loss\`.`,
  });
}

/** Names that `compute_accuracy` adds. */
function judgeLlamaFactory(run: TrainingRun, metric: Named, name: string): PlaceVerdict {
  if (name !== 'accuracy' || run.method !== 'sft') return unknown('what this stage measures is not followed');
  const { setting } = settingOf(run.settings, 'compute_accuracy');
  if (setting.state === 'dynamic') return unknown('`compute_accuracy` is computed');
  if (isTrue(setting)) return met(metric.at);
  if (run.settings.open !== null) return unknown(run.settings.open);
  return violated({
    ...faultAt(run, metric),
    message: `LLaMA-Factory measures \`${name}\` only with \`compute_accuracy\`, so the first checkpoint fails on \`${metric.name}\`. Set it, or choose by \`eval_loss\`.`,
  });
}

function faultAt(
  run: TrainingRun,
  { at, chain, name }: Named,
): Pick<Parameters<typeof violated>[0], 'severity' | 'at' | 'chain' | 'key' | 'value'> {
  return {
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    at,
    chain,
    key: 'metric_for_best_model(logged)',
    value: name,
  };
}
