import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import type { Confidence, FaultInput } from '../../../src/model/verdict.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown } from '../../../src/model/verdict.js';
import { evaluationOf, learnsFromReward } from '../evaluation.js';
import { faultOf } from '../fault.js';
import type { Lack } from '../situation.js';

/** The run is measured on data that it does not train on. */
export const noHeldOutSet = defineRule({
  id: 'eval-absence/no-held-out-set',
  title: 'Training run holds nothing out',
  severity: 'warning',
  judge: (run) => overPlaces([judgeRun(run)], 'the run holds nothing that could be judged'),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  const evaluation = evaluationOf(run);
  switch (evaluation.state) {
    case 'evaluated':
      return met(evaluation.at);
    case 'not-scheduled':
      return met(evaluation.data);
    case 'unknown':
      return evaluation.data === null ? unknown(evaluation.reason) : met(evaluation.data);
    case 'inexpressible':
      return notApplicable(evaluation.reason);
    case 'nothing-held-out':
      // One cause, one finding: for a method that learns from a reward it is told as the graver fault.
      if (learnsFromReward(run.method)) return notApplicable('told by eval-absence/immature-for-method');
      return faultOf(run, evaluation.lack, {
        ...severityFor(run, evaluation.lack),
        confidence: confidenceIn(run, evaluation.lack),
        message: `${evaluation.lack.what}, so overfitting cannot show. ${evaluation.lack.order}`,
      });
  }
}

/**
 * Pretraining sees each row about once, so there is little to overfit to. Where something else of the repository
 * evaluates, a share of zero may be meant, unless the change makes it so.
 */
function severityFor(run: TrainingRun, { kind }: Lack): Pick<FaultInput, 'severity' | 'severityWhenLost'> {
  const isPretraining =
    run.method === 'pretrain' || /(?:^|[/_-])(?:pre-?train\w*|cpt)(?:[/_.-]|$)/i.test(run.files[0] ?? '');
  if (isPretraining) return { severity: 'notice' };
  const mayBeMeant = kind !== 'missing' && run.evaluatedElsewhere !== null;
  return mayBeMeant ? { severity: 'notice', severityWhenLost: 'warning' } : { severity: 'warning' };
}

/** Where something else of the repository evaluates, or what is trained is not seen, it may be enough as it is. */
function confidenceIn(run: TrainingRun, lack: Lack): Confidence {
  const isDoubtful = run.evaluatedElsewhere !== null || run.method === 'unknown';
  return lack.kind === 'missing' && isDoubtful ? 'medium' : lack.confidence;
}
