import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import { settingsFix } from '../../../src/model/settings-fix.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { savingOf } from '../../checkpoint-management/saving.js';
import { areCompatible, evaluationCadence, savingCadence } from '../cadence.js';
import { choosesByMetric, metricOf } from '../selection.js';

/** A metric that is named for the best checkpoint chooses it. */
export const metricWithoutEffect = defineRule({
  id: 'checkpoint-eval-lineage/metric-without-effect',
  title: 'The metric for the best checkpoint chooses nothing',
  severity: 'warning',
  judge: (run) => overPlaces([judgeRun(run)], 'the run names no metric'),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  const saving = savingOf(run);
  if (saving.state === 'inexpressible') return notApplicable(saving.reason);
  const metric = metricOf(run);
  if (metric.state === 'absent') return notApplicable('the run names no metric');
  if (metric.state === 'unknown') return unknown(metric.reason);
  const chooses = choosesByMetric(run);
  if (chooses === null) return unknown('whether something asks for the metric is not known');
  if (chooses) return met(metric.at);
  return violated({
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    at: metric.at,
    chain: metric.chain,
    key: 'metric_for_best_model',
    value: metric.name,
    message: `Nothing looks at \`metric_for_best_model\` while \`load_best_model_at_end\` is off, so the last checkpoint stays, and not the one with the best \`${metric.name}\`. Switch it on, with the same schedule for saving and evaluating.`,
    fix:
      areCompatible(evaluationCadence(run), savingCadence(run)) === true
        ? settingsFix(run.settings, [['load_best_model_at_end', true]], 'Keep the best checkpoint.')
        : null,
  });
}
