import type { Expression } from '../../model/expression.js';
import type { FactsByKind } from '../../model/fact.js';
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
export function isTrainingScript({ import: imports }: FactsByKind): boolean {
  return imports.some((it) => TRAINING_PACKAGES.test(it.module));
}

/** Whether what a file defines or imports shows that the code takes an option of this name, or has a variable of it. */
export function definesKey(facts: FactsByKind, key: OptionalKey): boolean {
  return (
    facts.import.some((it) => ARGUMENT_CLASSES.test(it.name ?? '') && !it.module.startsWith('.')) ||
    facts.assignment.some((it) => isNamed(it.target, key)) ||
    facts.function.some((it) => it.parameters.some(({ name }) => name === key))
  );
}

/** Whether an expression, without those inside it, shows the same: `args.model_revision`, `"--model_revision"`. */
export function mentionsKey(expression: Expression, key: OptionalKey): boolean {
  if (expression.kind === 'reference') return isNamed(expression.name, key);
  return expression.kind === 'scalar' && expression.value === FLAGS[key];
}

const FLAGS: Readonly<Record<OptionalKey, string>> = { model_revision: '--model_revision' };

/** Asked of every name of a tree, of which next to none ends in the key: taking its last part out would cost more. */
function isNamed(dotted: string, key: OptionalKey): boolean {
  return dotted.endsWith(key) && (dotted.length === key.length || dotted.at(-key.length - 1) === '.');
}
