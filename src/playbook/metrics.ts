import { type DetectorId, detectorId, type MetricKey, metricKey } from '../model/identifiers.js';

/** What every metric and composite key begins with. */
export const KEY_PREFIX = 'finetuning_architecture.';

/** One metric of the playbook: what it is called, who measures it, and the fix a review quotes for it. */
export interface Metric {
  /** The playbook's section title. */
  readonly title: string;
  readonly key: MetricKey;
  readonly detector: DetectorId;
  /** Quoted word for word for a degraded metric; never reworded, shortened or re-cased. */
  readonly minimalFix: string;
}

/** The thirteen metrics, in the playbook's order. */
export const METRICS: readonly Metric[] = [
  metric(
    'Base Model Pinning',
    'base_model_versioning_score',
    'base-model-versioning',
    'pin base model/tokenizer revisions and store base fingerprints in adapter metadata.',
  ),
  metric(
    'Run Lineage',
    'run_lineage_score',
    'run-lineage',
    'require run tracking (`wandb`/`mlflow`), commit hash capture, deterministic seeds, dataset snapshot fingerprint.',
  ),
  metric(
    'Eval Harness and Maturity',
    'eval_absence_score',
    'eval-absence',
    'enforce eval split, task metrics, and profile-appropriate maturity (`dpo/ppo/rft/grpo/rloo`).',
  ),
  metric(
    'Dataset Contamination',
    'dataset_contamination_score',
    'dataset-contamination',
    'explicit split policy, overlap checks, duplicate/near-duplicate removal.',
  ),
  metric(
    'Checkpoint Management',
    'checkpoint_management_score',
    'checkpoint-management',
    'use run-scoped output dirs, retention controls, and best-checkpoint policy.',
  ),
  metric(
    'Checkpoint-Eval Lineage',
    'checkpoint_eval_lineage_score',
    'checkpoint-eval-lineage',
    'link checkpoints with eval outcomes, enable best-checkpoint selection, and rollback quality criteria.',
  ),
  metric(
    'Method Integrity',
    'method_integrity_score',
    'method-integrity',
    'enforce method-specific invariants (DPO pair schema+ref model, PPO/RFT/GRPO/RLOO reward+safety eval).',
  ),
  metric(
    'Distillation Integrity',
    'distillation_integrity_score',
    'distillation-integrity',
    'pin teacher model revisions, track synthetic provenance, and verify teacher-student eval parity and split separation.',
  ),
  metric(
    'Artifact Trust Surface',
    'artifact_trust_surface_score',
    'artifact-trust-surface',
    'avoid `trust_remote_code=true`; enforce `safetensors`/`safe_serialization=true` on save/load paths.',
  ),
  metric(
    'Privacy and Recordkeeping',
    'privacy_recordkeeping_score',
    'privacy-recordkeeping',
    'add DP controls where required, log epsilon/delta budget, and publish technical governance metadata.',
  ),
  metric(
    'Adapter Isolation',
    'adapter_isolation_score',
    'adapter-isolation',
    'persist base compatibility metadata and explicit adapter target modules.',
  ),
  metric(
    'Model Artifact Access',
    'model_artifact_access_score',
    'model-artifact-access',
    'enforce access checks around checkpoint/model read/write paths.',
  ),
  metric(
    'Prompt Format Inconsistency',
    'prompt_format_inconsistency_score',
    'prompt-format-inconsistency',
    'choose one canonical training format per pipeline stage and enforce through data contracts.',
  ),
];

/** The four composites, confirmed together after the metrics: the overall one last. */
export const COMPOSITE_TITLES = {
  reproducibility_score: 'Reproducibility',
  data_integrity_score: 'Data integrity',
  safety_governance_score: 'Safety and governance',
  overall_finetuning_health: 'Overall fine-tuning health',
} as const;

function metric(title: string, key: string, detector: string, minimalFix: string): Metric {
  return { title, key: metricKey(`${KEY_PREFIX}${key}`), detector: detectorId(detector), minimalFix };
}
