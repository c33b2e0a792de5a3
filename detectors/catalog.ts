import { type Detector, type DetectorDefinition, type Weights, weighDetectors } from '../src/model/rule.js';
import { adapterIsolation } from './adapter-isolation/detector.js';
import { artifactTrustSurface } from './artifact-trust-surface/detector.js';
import { baseModelVersioning } from './base-model-versioning/detector.js';
import { checkpointEvalLineage } from './checkpoint-eval-lineage/detector.js';
import { checkpointManagement } from './checkpoint-management/detector.js';
import { datasetContamination } from './dataset-contamination/detector.js';
import { distillationIntegrity } from './distillation-integrity/detector.js';
import { evalAbsence } from './eval-absence/detector.js';
import { methodIntegrity } from './method-integrity/detector.js';
import { modelArtifactAccess } from './model-artifact-access/detector.js';
import { privacyRecordkeeping } from './privacy-recordkeeping/detector.js';
import { promptFormatInconsistency } from './prompt-format-inconsistency/detector.js';
import { runLineage } from './run-lineage/detector.js';
import { WEIGHTS } from './weights.js';

/** Every detector, in the playbook's order. */
const DEFINITIONS: readonly DetectorDefinition[] = [
  baseModelVersioning,
  runLineage,
  evalAbsence,
  datasetContamination,
  checkpointManagement,
  checkpointEvalLineage,
  methodIntegrity,
  distillationIntegrity,
  artifactTrustSurface,
  privacyRecordkeeping,
  adapterIsolation,
  modelArtifactAccess,
  promptFormatInconsistency,
];

/** The detectors with other weights than Tunelint's own, where these are given. */
export function createDetectors(overrides: Partial<Weights> = {}): readonly Detector[] {
  return weighDetectors(DEFINITIONS, {
    rules: { ...WEIGHTS.rules, ...overrides.rules },
    metrics: { ...WEIGHTS.metrics, ...overrides.metrics },
  });
}

/** Every detector, in the playbook's order, weighted as Tunelint does. */
export const detectors: readonly Detector[] = createDetectors();
