import type { Detector } from '../src/model/rule.js';
import { artifactTrustSurface } from './artifact-trust-surface/detector.js';
import { baseModelVersioning } from './base-model-versioning/detector.js';

/** Every detector, in the playbook's order. */
export const detectors: readonly Detector[] = [baseModelVersioning, artifactTrustSurface];
