import { defineDetector } from '../../src/model/rule.js';
import { defaultTargets } from './rules/default-targets.js';
import { noTaskType } from './rules/no-task-type.js';
import { publishedWithoutBase } from './rules/published-without-base.js';
import { wrongBase } from './rules/wrong-base.js';

export const adapterIsolation = defineDetector({
  id: 'adapter-isolation',
  metric: 'finetuning_architecture.adapter_isolation_score',
  composite: 'reproducibility_score',
  rules: [wrongBase, publishedWithoutBase, defaultTargets, noTaskType],
});
