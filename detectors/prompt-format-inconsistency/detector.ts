import { defineDetector } from '../../src/model/rule.js';
import { mixedFormats } from './rules/mixed-formats.js';
import { noDataContract } from './rules/no-data-contract.js';
import { rolesNotMapped } from './rules/roles-not-mapped.js';
import { templateDiffers } from './rules/template-differs.js';
import { templateOfOtherModel } from './rules/template-of-other-model.js';
import { templateUndefined } from './rules/template-undefined.js';

export const promptFormatInconsistency = defineDetector({
  id: 'prompt-format-inconsistency',
  metric: 'finetuning_architecture.prompt_format_inconsistency_score',
  composite: 'data_integrity_score',
  rules: [templateDiffers, templateOfOtherModel, mixedFormats, rolesNotMapped, templateUndefined, noDataContract],
});
