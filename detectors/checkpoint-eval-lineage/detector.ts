import { defineDetector } from '../../src/model/rule.js';
import { bestNotSelected } from './rules/best-not-selected.js';
import { metricNotLogged } from './rules/metric-not-logged.js';
import { metricWithoutEffect } from './rules/metric-without-effect.js';
import { noRollbackCriterion } from './rules/no-rollback-criterion.js';
import { schedulesIncompatible } from './rules/schedules-incompatible.js';
import { wrongDirection } from './rules/wrong-direction.js';

export const checkpointEvalLineage = defineDetector({
  id: 'checkpoint-eval-lineage',
  metric: 'finetuning_architecture.checkpoint_eval_lineage_score',
  composite: 'reproducibility_score',
  rules: [
    schedulesIncompatible,
    wrongDirection,
    metricWithoutEffect,
    metricNotLogged,
    bestNotSelected,
    noRollbackCriterion,
  ],
});
