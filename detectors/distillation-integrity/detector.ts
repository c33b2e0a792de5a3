import { defineDetector } from '../../src/model/rule.js';
import { mismatchedTeacher } from './rules/mismatched-teacher.js';
import { promptsNotSeparated } from './rules/prompts-not-separated.js';
import { provenanceNotRecorded } from './rules/provenance-not-recorded.js';
import { studentNotCompared } from './rules/student-not-compared.js';
import { unpinnedTeacher } from './rules/unpinned-teacher.js';

export const distillationIntegrity = defineDetector({
  id: 'distillation-integrity',
  metric: 'finetuning_architecture.distillation_integrity_score',
  composite: 'data_integrity_score',
  rules: [unpinnedTeacher, mismatchedTeacher, promptsNotSeparated, provenanceNotRecorded, studentNotCompared],
});
