import { defineDetector } from '../../src/model/rule.js';
import { budgetNotLogged } from './rules/budget-not-logged.js';
import { noModelCard } from './rules/no-model-card.js';
import { privacyNotInForce } from './rules/privacy-not-in-force.js';
import { samplesLogged } from './rules/samples-logged.js';

export const privacyRecordkeeping = defineDetector({
  id: 'privacy-recordkeeping',
  metric: 'finetuning_architecture.privacy_recordkeeping_score',
  composite: 'safety_governance_score',
  rules: [privacyNotInForce, budgetNotLogged, samplesLogged, noModelCard],
});
