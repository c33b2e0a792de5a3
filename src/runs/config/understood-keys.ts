import { descendants, lastName } from '../../model/expression.js';
import type { Fact } from '../../model/fact.js';
import type { Stack } from '../../model/run.js';
import type { SourceTree } from '../../model/source-tree.js';

/** Stacks whose files are read by a script, often one of the repository, with whatever arguments it declares. */
export const READ_BY_SCRIPT: ReadonlySet<Stack> = new Set(['trl-recipe', 'hf-trainer', 'open-instruct']);
/** Classes from outside the tree that declare the usual model arguments, `model_revision` among them. */
const ARGUMENT_CLASSES = /^(?:ModelConfig|ModelArguments|H4ArgumentParser|FlatArguments)$/;
const TRAINING_PACKAGES = /^(?:transformers|trl)(?:\.|$)/;

/**
 * Whether a key that a configuration lacks would be read if it were there. A script that declares its own arguments
 * takes no others: to ask for one would be to ask for an error. Without such a script in the tree, the stack's own
 * arguments hold.
 */
export function isUnderstood(tree: SourceTree, stack: Stack, key: string): boolean {
  if (!READ_BY_SCRIPT.has(stack)) return true;
  const known = answers.get(tree) ?? new Map<string, boolean>();
  answers.set(tree, known);
  const answer = known.get(key) ?? asksFor(tree, key);
  known.set(key, answer);
  return answer;
}

/** Whether Python of the tree trains, and so may read a configuration of the tree. */
export function holdsTrainingScripts(tree: SourceTree): boolean {
  return [...tree.files].some(
    ([path, { facts }]) =>
      /\.(?:py|ipynb)$/.test(path) && facts.some((it) => it.kind === 'import' && TRAINING_PACKAGES.test(it.module)),
  );
}

const answers = new WeakMap<SourceTree, Map<string, boolean>>();

function asksFor(tree: SourceTree, key: string): boolean {
  let trains = false;
  for (const [path, { facts }] of tree.files) {
    if (!/\.(?:py|ipynb)$/.test(path)) continue;
    for (const fact of facts) {
      if (fact.kind === 'import' && TRAINING_PACKAGES.test(fact.module)) trains = true;
      if (declares(fact, key)) return true;
    }
  }
  return !trains;
}

function declares(fact: Fact, key: string): boolean {
  if (fact.kind === 'import') return ARGUMENT_CLASSES.test(fact.name ?? '') && !fact.module.startsWith('.');
  if (fact.kind === 'assignment' && lastName(fact.target) === key) return true;
  if (fact.kind === 'function' && fact.parameters.some((it) => it.name === key)) return true;
  if (fact.kind !== 'assignment' && fact.kind !== 'evaluation' && fact.kind !== 'return') return false;
  if (fact.value === null) return false;
  for (const inner of descendants(fact.value)) {
    if (inner.kind === 'reference' && lastName(inner.name) === key) return true;
    if (inner.kind === 'scalar' && inner.value === `--${key}`) return true;
  }
  return false;
}
