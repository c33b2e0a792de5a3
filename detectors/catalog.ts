import type { Detector } from '../src/model/rule.js';
import { adapterIsolation } from './adapter-isolation/detector.js';
import { artifactTrustSurface } from './artifact-trust-surface/detector.js';
import { baseModelVersioning } from './base-model-versioning/detector.js';
import { checkpointEvalLineage } from './checkpoint-eval-lineage/detector.js';
import { checkpointManagement } from './checkpoint-management/detector.js';
import { evalAbsence } from './eval-absence/detector.js';
import { modelArtifactAccess } from './model-artifact-access/detector.js';
import { privacyRecordkeeping } from './privacy-recordkeeping/detector.js';
import { runLineage } from './run-lineage/detector.js';

/** Every detector, in the playbook's order. */
export const detectors: readonly Detector[] = [
  baseModelVersioning,
  runLineage,
  evalAbsence,
  checkpointManagement,
  checkpointEvalLineage,
  artifactTrustSurface,
  privacyRecordkeeping,
  adapterIsolation,
  modelArtifactAccess,
];
