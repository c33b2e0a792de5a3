import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { evaluationOf } from '../../eval-absence/evaluation.js';
import { bestCheckpointOf } from '../best-checkpoint.js';
import { retentionOf } from '../saving.js';

/** What is kept holds the best checkpoint, where a number tells which one that is. */
export const bestCheckpointDeleted = defineRule({
  id: 'checkpoint-management/best-checkpoint-deleted',
  title: 'The best checkpoint is not kept',
  severity: 'notice',
  judge: (run) => overPlaces([judgeRun(run)], 'the run keeps nothing that could be judged'),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  const evaluation = evaluationOf(run);
  if (evaluation.state === 'unknown') return unknown(evaluation.reason);
  if (evaluation.state !== 'evaluated' || evaluation.by !== 'trainer')
    return notApplicable('no number tells which checkpoint is the best');
  const retention = retentionOf(run);
  if (retention.state === 'unknown') return unknown(retention.reason);
  if (retention.state === 'inexpressible') return notApplicable(retention.reason);
  if (retention.state === 'unlimited') return met(retention.at);
  const best = bestCheckpointOf(run);
  if (best.state === 'unknown') return unknown(best.reason);
  if (best.state === 'kept') return met(best.at);
  if (retention.limit > 1) return met(retention.at);
  return violated({
    severity: 'notice',
    at: retention.at,
    key: 'save_total_limit',
    value: '1',
    message:
      'Only the last checkpoint is kept, whatever the evaluations say: one that was better is deleted. Keep two, or set `load_best_model_at_end`, which keeps the best beside the last.',
  });
}
