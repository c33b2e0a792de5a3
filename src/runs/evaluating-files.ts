import { EVALUATION_PACKAGES, isEvaluationCommand, namesEvaluation } from '../model/evaluation-tools.js';
import type { FileFacts } from '../model/fact.js';
import type { RepoPath } from '../model/identifiers.js';

/** Whether a file evaluates models: a script named for it, or one that calls a tool. */
export function evaluates(path: RepoPath, { facts }: FileFacts): boolean {
  if (/\.(?:py|ipynb|sh|bash)$/.test(path) && namesEvaluation(path)) return true;
  return facts.some((fact) => {
    if (fact.kind === 'import') return EVALUATION_PACKAGES.test(fact.module);
    if (fact.kind !== 'command') return false;
    return isEvaluationCommand(fact.words.map((word) => (word.kind === 'scalar' ? String(word.value) : '…')));
  });
}
