import { defineDetector } from '../../src/model/rule.js';
import { commitNotCaptured } from './rules/commit-not-captured.js';
import { datasetNotPinned } from './rules/dataset-not-pinned.js';
import { unseeded } from './rules/unseeded.js';
import { untracked } from './rules/untracked.js';

export const runLineage = defineDetector({
  id: 'run-lineage',
  metric: 'finetuning_architecture.run_lineage_score',
  composite: 'reproducibility_score',
  rules: [untracked, unseeded, commitNotCaptured, datasetNotPinned],
});
