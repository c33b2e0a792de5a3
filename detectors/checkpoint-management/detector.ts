import { defineDetector } from '../../src/model/rule.js';
import { bestCheckpointDeleted } from './rules/best-checkpoint-deleted.js';
import { noRetention } from './rules/no-retention.js';
import { nothingSaved } from './rules/nothing-saved.js';
import { outputAtRisk } from './rules/output-at-risk.js';
import { sharedOutputDir } from './rules/shared-output-dir.js';

export const checkpointManagement = defineDetector({
  id: 'checkpoint-management',
  metric: 'finetuning_architecture.checkpoint_management_score',
  composite: 'reproducibility_score',
  rules: [sharedOutputDir, outputAtRisk, nothingSaved, noRetention, bestCheckpointDeleted],
});
