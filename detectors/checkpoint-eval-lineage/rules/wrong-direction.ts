import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import { settingsFix } from '../../../src/model/settings-fix.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { betterIs, choosesByMetric, greaterIsBetter, metricOf } from '../selection.js';

/** The best checkpoint is the best, and not the worst. */
export const wrongDirection = defineRule({
  id: 'checkpoint-eval-lineage/wrong-direction',
  title: 'The worst checkpoint counts as the best',
  severity: 'warning',
  judge: (run) => overPlaces([judgeRun(run)], 'the run names no metric'),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  const metric = metricOf(run);
  if (metric.state === 'unknown') return unknown(metric.reason);
  if (metric.state === 'absent') return judgeDefault(run);
  // What has no effect is told as such.
  if (choosesByMetric(run) === false) return notApplicable('nothing is chosen by the metric');
  const better = betterIs(metric.name);
  if (better === null) return unknown(`which way \`${metric.name}\` is better is not known`);
  const greater = greaterIsBetter(run, metric.name);
  if (greater === null) return unknown('`greater_is_better` is computed');
  if (greater.value === (better === 'more')) return met(metric.at);
  const byName = greater.at === null;
  return violated({
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    at: greater.at ?? metric.at,
    chain: byName ? metric.chain : [...greater.chain, ...metric.chain],
    key: 'greater_is_better',
    value: `${metric.name}: ${greater.value}`,
    message: byName
      ? `transformers takes more of \`${metric.name}\` for better, since its name does not end in \`loss\`, so the worst checkpoint is kept. Set \`greater_is_better\` to false.`
      : `Less of \`${metric.name}\` is ${better === 'less' ? 'better' : 'worse'}, and \`greater_is_better\` says the reverse, so the worst checkpoint is kept.`,
    fix: settingsFix(run.settings, [['greater_is_better', better === 'more']], `Count ${better} of it as better.`),
  });
}

/** Without a metric the loss decides, and less of it is better. */
function judgeDefault(run: TrainingRun): PlaceVerdict {
  const greater = greaterIsBetter(run, 'loss');
  if (greater === null || greater.at === null || choosesByMetric(run) !== true)
    return notApplicable('the run names no metric');
  if (!greater.value) return met(greater.at);
  return violated({
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    at: greater.at,
    chain: greater.chain,
    key: 'greater_is_better',
    value: 'loss: true',
    message:
      'Without `metric_for_best_model` the loss decides, and `greater_is_better` says that more of it is better, so the worst checkpoint is kept. Name the metric, or drop the setting.',
  });
}
