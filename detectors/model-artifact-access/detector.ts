import { defineDetector } from '../../src/model/rule.js';
import { accessNotChecked } from './rules/access-not-checked.js';
import { publicStorage } from './rules/public-storage.js';
import { publicUpload } from './rules/public-upload.js';
import { secretInSource } from './rules/secret-in-source.js';

export const modelArtifactAccess = defineDetector({
  id: 'model-artifact-access',
  metric: 'finetuning_architecture.model_artifact_access_score',
  composite: 'safety_governance_score',
  rules: [secretInSource, publicUpload, publicStorage, accessNotChecked],
});
