import { defineDetector } from '../../src/model/rule.js';
import { argumentOfAnotherVersion } from './rules/argument-of-another-version.js';
import { emptyReward } from './rules/empty-reward.js';
import { noReward } from './rules/no-reward.js';
import { noSafetyEvaluation } from './rules/no-safety-evaluation.js';
import { unfitData } from './rules/unfit-data.js';
import { unfitReference } from './rules/unfit-reference.js';
import { unfitSettings } from './rules/unfit-settings.js';
import { untrainedRewardHead } from './rules/untrained-reward-head.js';

export const methodIntegrity = defineDetector({
  id: 'method-integrity',
  metric: 'finetuning_architecture.method_integrity_score',
  composite: 'data_integrity_score',
  rules: [
    unfitReference,
    noReward,
    emptyReward,
    unfitData,
    untrainedRewardHead,
    unfitSettings,
    argumentOfAnotherVersion,
    noSafetyEvaluation,
  ],
});
