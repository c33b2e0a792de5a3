import { defineDetector } from '../../src/model/rule.js';
import { evaluatedOnTrainingData } from './rules/evaluated-on-training-data.js';
import { notDeduplicated } from './rules/not-deduplicated.js';
import { overlappingSlices } from './rules/overlapping-slices.js';
import { splitAfterMixing } from './rules/split-after-mixing.js';
import { trainedOnTestSplit } from './rules/trained-on-test-split.js';
import { unseededSplit } from './rules/unseeded-split.js';

export const datasetContamination = defineDetector({
  id: 'dataset-contamination',
  metric: 'finetuning_architecture.dataset_contamination_score',
  composite: 'data_integrity_score',
  rules: [
    evaluatedOnTrainingData,
    trainedOnTestSplit,
    overlappingSlices,
    unseededSplit,
    splitAfterMixing,
    notDeduplicated,
  ],
});
