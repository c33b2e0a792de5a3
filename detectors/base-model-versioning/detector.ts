import { defineDetector } from '../../src/model/rule.js';
import { baseNotRecorded } from './rules/base-not-recorded.js';
import { unpinnedModel } from './rules/unpinned-model.js';
import { unpinnedTokenizer } from './rules/unpinned-tokenizer.js';

export const baseModelVersioning = defineDetector({
  id: 'base-model-versioning',
  metric: 'finetuning_architecture.base_model_versioning_score',
  composite: 'reproducibility_score',
  rules: [unpinnedModel, unpinnedTokenizer, baseNotRecorded],
});
