import { defineDetector } from '../../src/model/rule.js';
import { commitNotCaptured } from './rules/commit-not-captured.js';
import { datasetNotPinned } from './rules/dataset-not-pinned.js';
import { unseeded } from './rules/unseeded.js';
import { untracked } from './rules/untracked.js';

/** What fewer than one in twenty training files does, capture a commit or pin a dataset, carries a tenth each. */
export const runLineage = defineDetector({
  id: 'run-lineage',
  metric: 'finetuning_architecture.run_lineage_score',
  composite: 'reproducibility_score',
  rules: [
    { rule: untracked, weight: 5 },
    { rule: unseeded, weight: 3 },
    { rule: commitNotCaptured, weight: 1 },
    { rule: datasetNotPinned, weight: 1 },
  ],
});
