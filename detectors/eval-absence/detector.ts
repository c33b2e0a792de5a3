import { defineDetector } from '../../src/model/rule.js';
import { evaluationNotScheduled } from './rules/evaluation-not-scheduled.js';
import { immatureForMethod } from './rules/immature-for-method.js';
import { noHeldOutSet } from './rules/no-held-out-set.js';
import { noTaskMetrics } from './rules/no-task-metrics.js';

export const evalAbsence = defineDetector({
  id: 'eval-absence',
  metric: 'finetuning_architecture.eval_absence_score',
  composite: 'safety_governance_score',
  rules: [noHeldOutSet, evaluationNotScheduled, noTaskMetrics, immatureForMethod],
});
