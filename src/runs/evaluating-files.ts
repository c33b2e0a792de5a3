import { EVALUATION_PACKAGES, isEvaluationCommand, namesEvaluation } from '../model/evaluation-tools.js';
import type { FileFacts } from '../model/fact.js';
import type { RepoPath } from '../model/identifiers.js';

/** Whether a file evaluates models: a script named for it, one that calls a tool, or that measures and does not train. */
export function evaluates(path: RepoPath, { facts }: FileFacts): boolean {
  if (/\.(?:py|ipynb|sh|bash)$/.test(path) && namesEvaluation(path)) return true;
  const imports = facts.filter((fact) => fact.kind === 'import');
  const trains = imports.some(({ name }) => name !== null && TRAINS.test(name));
  if (!trains && imports.some(({ module }) => MEASURES.test(module))) return true;
  return facts.some((fact) => {
    if (fact.kind === 'import') return EVALUATION_PACKAGES.test(fact.module);
    if (fact.kind !== 'command') return false;
    return isEvaluationCommand(fact.words.map((word) => (word.kind === 'scalar' ? String(word.value) : '…')));
  });
}

const MEASURES = /^(?:evaluate|rouge_score|sacrebleu|bert_score)(?:\.|$)/;
const TRAINS = /Train(?:er|ing)(?:Arguments|Callback)?$|^\w+Config$/;
