import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown } from '../../../src/model/verdict.js';
import { evaluationOf } from '../evaluation.js';
import { faultOf } from '../fault.js';

/** Data that is held out is looked at. */
export const evaluationNotScheduled = defineRule({
  id: 'eval-absence/evaluation-not-scheduled',
  title: 'Held-out data is never evaluated',
  severity: 'warning',
  judge: (run) => overPlaces([judgeRun(run)], 'the run holds nothing that could be judged'),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  const evaluation = evaluationOf(run);
  switch (evaluation.state) {
    case 'evaluated':
      return met(evaluation.at);
    case 'nothing-held-out':
      return notApplicable('nothing is held out, so there is nothing to schedule');
    case 'unknown':
      return unknown(evaluation.reason);
    case 'inexpressible':
      return notApplicable(evaluation.reason);
    case 'not-scheduled':
      return faultOf(run, evaluation.lack, {
        severity: 'warning',
        message: `${evaluation.lack.what}. ${evaluation.lack.order}`,
      });
  }
}
