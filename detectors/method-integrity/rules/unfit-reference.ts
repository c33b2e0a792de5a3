import { defineRule } from '../../../src/model/rule.js';
import type { Method, TrainingRun } from '../../../src/model/run.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown } from '../../../src/model/verdict.js';
import { givenReference } from '../given-reference.js';
import { partOf } from '../methods.js';
import { reloadedReference } from '../reloaded-reference.js';
import { torchtuneReference } from '../torchtune-reference.js';
import { unneededReference } from '../unneeded-reference.js';

/** The reference is the model that training starts from, and there is none where the method has none. */
export const unfitReference = defineRule({
  id: 'method-integrity/unfit-reference',
  title: 'Reference model does not fit the method',
  severity: 'error',
  judge: (run) => overPlaces([judgeRun(run)], 'the method has no reference model'),
});

/** Methods that compare the policy with a reference, or are known for doing without. */
const CONCERNED: ReadonlySet<Method> = new Set(['dpo', 'ipo', 'kto', 'orpo', 'simpo', 'cpo', 'ppo', 'grpo', 'rloo']);

function judgeRun(run: TrainingRun): PlaceVerdict {
  const unneeded = unneededReference(run);
  if (unneeded !== null) return unneeded;
  if (!CONCERNED.has(run.method)) return notApplicable('the method has no reference model');
  if (run.stack === 'torchtune') return torchtuneReference(run) ?? met(run.at);
  return givenReference(run) ?? reloadedReference(run) ?? implicit(run);
}

/** No reference is right: the trainer makes one where the method needs it. */
function implicit(run: TrainingRun): PlaceVerdict {
  const reference = partOf(run, 'reference');
  if (reference === null && run.trainer.open !== null) return unknown(run.trainer.open);
  // A file that a script reads which is not here says nothing of what that script hands in.
  if (run.trainer.extend === null && run.callsOpen !== null) return unknown(run.callsOpen);
  return met(reference?.at ?? run.at);
}
