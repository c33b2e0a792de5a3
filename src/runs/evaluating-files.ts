import { EVALUATION_PACKAGES, isEvaluationCommand, namesEvaluation } from '../model/evaluation-tools.js';
import type { FactsByKind } from '../model/fact.js';
import type { RepoPath } from '../model/identifiers.js';

/** Whether a file evaluates models: a script named for it, one that calls a tool, or that measures and does not train. */
export function evaluates(path: RepoPath, facts: FactsByKind): boolean {
  if (/\.(?:py|ipynb|sh|bash)$/.test(path) && namesEvaluation(path)) return true;
  const trains = facts.import.some(({ name }) => name !== null && TRAINS.test(name));
  return (
    facts.import.some(({ module }) => EVALUATION_PACKAGES.test(module) || (!trains && MEASURES.test(module))) ||
    facts.command.some(({ words }) =>
      isEvaluationCommand(words.map((word) => (word.kind === 'scalar' ? String(word.value) : '…'))),
    )
  );
}

const MEASURES = /^(?:evaluate|rouge_score|sacrebleu|bert_score)(?:\.|$)/;
const TRAINS = /Train(?:er|ing)(?:Arguments|Callback)?$|^\w+Config$/;
