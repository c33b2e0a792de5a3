import { EVALUATION_PACKAGES, isEvaluationCommand, namesEvaluation } from '../model/evaluation-tools.js';
import type { FileFacts } from '../model/fact.js';
import type { RepoPath } from '../model/identifiers.js';
import type { SourceTree } from '../model/source-tree.js';
import { mayHoldRuns } from './role.js';

/** A file of the tree, none of the given ones, that evaluates models: a script named for it, or one that calls a tool. */
export function evaluatedElsewhere(tree: SourceTree, files: readonly RepoPath[]): RepoPath | null {
  return evaluatingFiles(tree).find((path) => !files.includes(path)) ?? null;
}

function evaluatingFiles(tree: SourceTree): readonly RepoPath[] {
  const known = found.get(tree);
  if (known !== undefined) return known;
  const files = [...tree.files].filter(([path, facts]) => evaluates(path, facts) && mayHoldRuns(path, tree));
  const paths = files.map(([path]) => path).sort();
  found.set(tree, paths);
  return paths;
}

const found = new WeakMap<SourceTree, readonly RepoPath[]>();

function evaluates(path: RepoPath, { facts }: FileFacts): boolean {
  if (/\.(?:py|ipynb|sh|bash)$/.test(path) && namesEvaluation(path)) return true;
  return facts.some((fact) => {
    if (fact.kind === 'import') return EVALUATION_PACKAGES.test(fact.module);
    if (fact.kind !== 'command') return false;
    return isEvaluationCommand(fact.words.map((word) => (word.kind === 'scalar' ? String(word.value) : '…')));
  });
}
