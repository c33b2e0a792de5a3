import type { Weights } from '../src/model/rule.js';

/**
 * What counts how much, all in one place. Tunelint's own judgement, published as such: within a metric only the ratios of its
 * rules matter, and the metrics weigh the same unless they are listed. A rule whose good evidence is found in fewer than one in
 * twenty real training files has at most a tenth of its metric.
 */
export const WEIGHTS: Weights = {
  rules: {
    'base-model-versioning/unpinned-model': 5,
    'base-model-versioning/unpinned-tokenizer': 3,
    'base-model-versioning/base-not-recorded': 1,
    'run-lineage/untracked': 5,
    'run-lineage/unseeded': 3,
    'run-lineage/commit-not-captured': 1,
    'run-lineage/dataset-not-pinned': 1,
    'eval-absence/no-held-out-set': 3,
    'eval-absence/evaluation-not-scheduled': 3,
    'eval-absence/no-task-metrics': 1,
    'eval-absence/immature-for-method': 3,
    'checkpoint-management/shared-output-dir': 3,
    'checkpoint-management/output-at-risk': 2,
    'checkpoint-management/nothing-saved': 3,
    'checkpoint-management/no-retention': 2,
    'checkpoint-management/best-checkpoint-deleted': 1,
    'checkpoint-eval-lineage/schedules-incompatible': 3,
    'checkpoint-eval-lineage/wrong-direction': 2,
    'checkpoint-eval-lineage/metric-without-effect': 2,
    'checkpoint-eval-lineage/metric-not-logged': 1,
    'checkpoint-eval-lineage/best-not-selected': 3,
    'checkpoint-eval-lineage/no-rollback-criterion': 1,
    'artifact-trust-surface/remote-code': 4,
    'artifact-trust-surface/unsafe-serialization': 3,
    'artifact-trust-surface/unsafe-load': 3,
    'privacy-recordkeeping/privacy-not-in-force': 5,
    'privacy-recordkeeping/budget-not-logged': 3,
    'privacy-recordkeeping/samples-logged': 1,
    'privacy-recordkeeping/no-model-card': 1,
    'adapter-isolation/wrong-base': 3,
    'adapter-isolation/published-without-base': 3,
    'adapter-isolation/default-targets': 2,
    'adapter-isolation/no-task-type': 1,
    'model-artifact-access/secret-in-source': 4,
    'model-artifact-access/public-upload': 3,
    'model-artifact-access/public-storage': 2,
    'model-artifact-access/access-not-checked': 1,
    'prompt-format-inconsistency/template-differs': 3,
    'prompt-format-inconsistency/mixed-formats': 3,
    'prompt-format-inconsistency/roles-not-mapped': 3,
    'prompt-format-inconsistency/template-undefined': 2,
    'prompt-format-inconsistency/no-data-contract': 1,
  },
  metrics: {},
};
