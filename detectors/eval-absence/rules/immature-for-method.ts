import type { Location } from '../../../src/model/location.js';
import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import { met, missing, notApplicable, overPlaces, type PlaceVerdict, unknown } from '../../../src/model/verdict.js';
import { evaluationOf, learnsFromPreferences, learnsFromReward } from '../evaluation.js';
import { faultOf } from '../fault.js';
import type { Lack } from '../situation.js';

/**
 * Evaluation that is fit for the method: held-out prompts, or a measure besides the reward, where a reward is learned
 * from; held-out pairs where preferences are.
 */
export const immatureForMethod = defineRule({
  id: 'eval-absence/immature-for-method',
  title: 'Evaluation falls short of what the method needs',
  severity: 'error',
  judge: (run) => overPlaces([judgeRun(run)], 'the method asks for nothing beyond a held-out set'),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  if (!learnsFromReward(run.method) && !learnsFromPreferences(run.method))
    return notApplicable('the method asks for nothing beyond a held-out set');
  const evaluation = evaluationOf(run);
  switch (evaluation.state) {
    case 'evaluated':
      return evaluation.by === 'benchmark' ? judgeBenchmark(run, evaluation.at) : met(evaluation.at);
    case 'not-scheduled':
      return notApplicable('told by eval-absence/evaluation-not-scheduled');
    case 'unknown':
      return unknown(evaluation.reason);
    case 'inexpressible':
      return notApplicable(evaluation.reason);
    case 'nothing-held-out':
      return learnsFromReward(run.method)
        ? judgeUnwatchedReward(run, evaluation.lack)
        : notApplicable('told by eval-absence/no-held-out-set');
  }
}

/** A benchmark is a measure besides the reward; of preferences it says nothing. */
function judgeBenchmark(run: TrainingRun, at: Location): PlaceVerdict {
  if (learnsFromReward(run.method)) return met(at);
  const hasPairs = run.trainer.open !== null || run.trainer.stated.has('eval_dataset');
  if (hasPairs || run.callsOpen !== null) return unknown('whether pairs are held out is not known here');
  return missing({
    severity: 'notice',
    at,
    key: 'held-out pairs',
    message: `A benchmark shows what the model can do, and not whether it prefers the better answer. Hold out some ${run.method === 'kto' ? 'rated answers' : 'pairs'} too, for their accuracy and margin.`,
  });
}

function judgeUnwatchedReward(run: TrainingRun, lack: Lack): PlaceVerdict {
  const message = `${lack.what}, and the reward on training prompts rises just as well when the model games it. ${lack.order}`;
  // What another file of the repository measures may be this model.
  return run.evaluatedElsewhere === null
    ? faultOf(run, lack, { severity: lack.confidence === 'high' ? 'error' : 'warning', message })
    : faultOf(run, lack, {
        severity: 'warning',
        confidence: lack.kind === 'missing' ? 'medium' : lack.confidence,
        message,
      });
}
