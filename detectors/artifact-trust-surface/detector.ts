import { defineDetector } from '../../src/model/rule.js';
import { remoteCode } from './rules/remote-code.js';
import { unsafeLoad } from './rules/unsafe-load.js';
import { unsafeSerialization } from './rules/unsafe-serialization.js';

export const artifactTrustSurface = defineDetector({
  id: 'artifact-trust-surface',
  metric: 'finetuning_architecture.artifact_trust_surface_score',
  composite: 'safety_governance_score',
  rules: [remoteCode, unsafeSerialization, unsafeLoad],
});
