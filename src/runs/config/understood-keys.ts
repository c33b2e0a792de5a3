import { descendants, lastName } from '../../model/expression.js';
import type { Fact, FileFacts } from '../../model/fact.js';
import type { Stack } from '../../model/run.js';
import type { TreeView } from '../tree/tree-view.js';

/** Stacks whose files are read by a script, often one of the repository, with whatever arguments it declares. */
export const READ_BY_SCRIPT: ReadonlySet<Stack> = new Set(['trl-recipe', 'hf-trainer', 'open-instruct']);
/** Classes from outside the tree that declare the usual model arguments, `model_revision` among them. */
const ARGUMENT_CLASSES = /^(?:ModelConfig|ModelArguments|H4ArgumentParser|FlatArguments)$/;
const TRAINING_PACKAGES = /^(?:transformers|trl)(?:\.|$)/;

/**
 * Keys that are asked for where a configuration lacks them. Whether Python of the tree takes one is part of what is
 * kept of each file, so a key must be in this list to be asked for.
 */
export const OPTIONAL_KEYS = ['model_revision'] as const;
export type OptionalKey = (typeof OPTIONAL_KEYS)[number];

export function isOptionalKey(key: string): key is OptionalKey {
  return (OPTIONAL_KEYS as readonly string[]).includes(key);
}

/**
 * Whether a key that a configuration lacks would be read if it were there. A script that declares its own arguments
 * takes no others: to ask for one would be to ask for an error. Without such a script in the tree, the stack's own
 * arguments hold.
 */
export function isUnderstood(tree: TreeView, stack: Stack, key: OptionalKey): boolean {
  return !READ_BY_SCRIPT.has(stack) || tree.asksFor(key) || !tree.holdsTrainingScripts();
}

/** Whether a file imports what training is done with. */
export function isTrainingScript({ facts }: FileFacts): boolean {
  return facts.some((it) => it.kind === 'import' && TRAINING_PACKAGES.test(it.module));
}

/** Whether a fact shows that the code takes an option of this name, or has a variable of it. */
export function declares(fact: Fact, key: string): boolean {
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
