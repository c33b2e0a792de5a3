import type { Expression } from '../../model/expression.js';
import { overridesIn } from '../launch/command-line.js';
import type { KnownCall } from '../python/known-calls.js';
import { unknownValue, type Value } from '../python/values.js';
import { type ConfigMap, emptyTree, mergeTrees, withEntry } from './config-tree.js';
import { configValue, treeOfDict } from './config-values.js';
import type { Override } from './hydra.js';
import { agreedOverrides, composedConfig, listedOverrides, structuredTree } from './hydra-main.js';

/** `OmegaConf.merge(base, override)`, later ones on top; `OmegaConf.create(dict)` is a merge of one. */
export function mergedConfigs(it: KnownCall): Value | null {
  const { call, at, chain } = it;
  if (!isOmegaConf(it)) return null;
  if (call.arguments.length === 0 || call.arguments.some((argument) => argument.spread !== '')) return null;
  let tree: ConfigMap | null = null;
  for (const argument of call.arguments) {
    const next = treeOf(it, argument.value) ?? { ...emptyTree(at), complete: false };
    tree = tree === null ? next : mergeTrees(tree, next);
  }
  return tree === null ? null : configValue({ tree, interpolates: true }, chain);
}

/** `OmegaConf.from_cli()` and `OmegaConf.from_dotlist(["a.b=1"])`. */
export function writtenOverrides(it: KnownCall): Value | null {
  const { evaluator, call, context, at, chain } = it;
  if (!isOmegaConf(it)) return null;
  const isList = call.callee.endsWith('from_dotlist');
  const overrides = isList ? listedOverrides(evaluator, call.arguments[0]?.value, context, chain) : ofCommands(it);
  if (overrides === null)
    return unknownValue(`${call.callee}(…)`, at, chain, { cause: isList ? 'expression' : 'commands' });
  let tree = emptyTree(at);
  for (const { sign, key, value, at: stated } of overrides) {
    if (sign !== '' || value === null) continue;
    tree = withEntry(tree, key.split('.'), { node: { kind: 'written', expression: value, path: stated.path }, stated });
  }
  return configValue({ tree, interpolates: true }, chain);
}

/** Without a command in the tree there is nothing to override: the files say what is trained. */
function ofCommands({ evaluator, context }: KnownCall): Override[] | null {
  const launches = evaluator.commands.startedWith(context.module.path);
  const overrides = launches.map(({ line, path }) => overridesIn(line, path));
  return overrides.some((it) => it === null)
    ? null
    : agreedOverrides(overrides.flatMap((it) => (it === null ? [] : [it])));
}

/** `OmegaConf.structured(TrainConfig)`. */
export function structuredConfig(it: KnownCall): Value | null {
  const [first] = it.call.arguments;
  if (!isOmegaConf(it) || first === undefined) return null;
  const tree = treeOf(it, first.value);
  return tree === null ? null : configValue({ tree, interpolates: true }, it.chain);
}

export function composedByCall({ evaluator, call, context, at, chain }: KnownCall): Value | null {
  if (call.callee === '' || call.callee.startsWith('.')) return null;
  return composedConfig(evaluator, call, context, at, chain);
}

function treeOf({ evaluator, context, chain }: KnownCall, expression: Expression): ConfigMap | null {
  const value = evaluator.evaluate(expression, context, chain);
  return value.kind === 'map' ? treeOfDict(value) : structuredTree(evaluator, expression, context, chain);
}

function isOmegaConf({ evaluator, call, context }: KnownCall): boolean {
  if (!/(?:^|\.)OmegaConf\.\w+$/.test(call.callee)) return false;
  const symbol = evaluator.program.symbol(context.module, context.scope, call.callee);
  return symbol?.kind === 'external' && symbol.name.startsWith('omegaconf.');
}
