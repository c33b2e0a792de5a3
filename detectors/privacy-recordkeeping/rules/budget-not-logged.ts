import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import { met, missing, notApplicable, overPlaces, type PlaceVerdict, unknown } from '../../../src/model/verdict.js';
import { budgetAt, protectionOf } from '../protection.js';

/** A private run says how private it was. */
export const budgetNotLogged = defineRule({
  id: 'privacy-recordkeeping/budget-not-logged',
  title: 'The privacy budget that was spent is not recorded',
  severity: 'notice',
  judge: (run, { privacyRequired }) =>
    overPlaces([judgeRun(run, privacyRequired)], 'the run is not trained with differential privacy'),
});

function judgeRun(run: TrainingRun, required: boolean): PlaceVerdict {
  const protection = protectionOf(run);
  if (protection.state === 'unknown') return unknown(protection.reason);
  if (protection.state !== 'in-force') return notApplicable('the run is not trained with differential privacy');
  const budget = budgetAt(run);
  if (budget !== null) return met(budget);
  if (run.callsOpen !== null) return unknown(run.callsOpen);
  return missing({
    severity: required ? 'warning' : 'notice',
    at: protection.at,
    key: 'epsilon',
    message:
      'The run is trained with differential privacy, and nothing asks what epsilon it came to, so that nobody can say later what was promised. Log `get_epsilon(delta)` with the other numbers at the end.',
  });
}
