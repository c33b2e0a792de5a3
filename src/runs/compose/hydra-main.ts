import { type CallExpression, type Expression, findArgument, positionalArgument } from '../../model/expression.js';
import type { RepoPath } from '../../model/identifiers.js';
import { type Location, locate } from '../../model/location.js';
import { releasedSince } from '../../model/versions.js';
import { folderOf } from '../folders.js';
import { overridesIn } from '../launch/command-line.js';
import type { Launch } from '../launch/launches.js';
import { pathBelow } from '../paths.js';
import type { Evaluator } from '../python/evaluate.js';
import { objectMap } from '../python/fields.js';
import type { PythonModule } from '../python/module.js';
import { type Chain, type Context, unknownValue, type Value } from '../python/values.js';
import { versionsFor } from '../versions.js';
import { type ConfigMap, doubtedTree } from './config-tree.js';
import { configValue, treeOfDict } from './config-values.js';
import { composeHydra, type HydraSources, isGroup, type Override } from './hydra.js';

/** Commands of one application that are put together. */
const MAX_COMMANDS = 8;

/** What `@hydra.main(config_path="conf", config_name="config")` hands to its function. */
export function composedForMain(
  evaluator: Evaluator,
  decorator: CallExpression,
  context: Context,
  at: Location,
  chain: Chain,
): Value {
  const { module } = context;
  const path = findArgument(decorator, 'config_path') ?? positionalArgument(decorator, 0);
  const name = findArgument(decorator, 'config_name') ?? positionalArgument(decorator, 1);
  const through = [...chain, locate(module.path, decorator.place)];
  const launches = evaluator.commands.startedWith(module.path);
  const sources = sourcesFor(
    evaluator,
    context,
    path?.value ?? { kind: 'scalar', value: '.', place: decorator.place },
    chain,
  );
  if (sources === null) return unknownValue('hydra.main(…)', at, through, { cause: 'file' });
  const commands = launches.slice(0, MAX_COMMANDS + 1).map((launch) => commandOf(launch));
  const composed = (commands.length === 0 ? [NO_COMMAND] : commands).map((command) => {
    const chosen = command?.name ?? constant(evaluator, name?.value, context, chain);
    if (chosen === null || command === null) return null;
    return { chosen, command };
  });
  const [first] = composed;
  if (first == null || composed.some((it) => it?.chosen !== first.chosen) || composed.length > MAX_COMMANDS)
    return unknownValue('hydra.main(…)', at, through, { cause: 'commands' });
  const overrides = agreedOverrides(composed.map((it) => it?.command.overrides ?? []));
  const sure = overrides.filter((it) => !isGroup(sources, it.key) || it.value?.kind === 'scalar');
  if (sure.length < overrides.length) return unknownValue('hydra.main(…)', at, through, { cause: 'commands' });
  const tree = composeHydra(sources, first.chosen, overrides, locate(module.path, decorator.place));
  const isOpen = composed.some((it) => it?.command.isOpen === true);
  return configValue({ tree: isOpen ? doubtedTree(tree) : tree, interpolates: true }, through);
}

/** `compose(config_name="config", overrides=[…])` behind `initialize(config_path="conf")`. */
export function composedConfig(
  evaluator: Evaluator,
  call: CallExpression,
  context: Context,
  at: Location,
  chain: Chain,
): Value | null {
  const { module } = context;
  const symbol = evaluator.program.symbol(module, context.scope, call.callee);
  if (symbol?.kind !== 'external' || !/^hydra\.(?:experimental\.)?compose$/.test(symbol.name)) return null;
  const [start, ...others] = [...module.callsNamed('initialize'), ...module.callsNamed('initialize_config_dir')];
  const folder =
    start === undefined
      ? undefined
      : (findArgument(start.call, 'config_path') ??
        findArgument(start.call, 'config_dir') ??
        positionalArgument(start.call, 0));
  const unread = unknownValue('compose(…)', at, chain, { cause: 'file' });
  const sources =
    folder === undefined || others.length > 0 ? null : sourcesFor(evaluator, context, folder.value, chain);
  const name = constant(
    evaluator,
    (findArgument(call, 'config_name') ?? positionalArgument(call, 0))?.value,
    context,
    chain,
  );
  if (sources === null || name === null) return unread;
  const overrides = listedOverrides(
    evaluator,
    (findArgument(call, 'overrides') ?? positionalArgument(call, 1))?.value,
    context,
    chain,
  );
  if (overrides === null) return unread;
  const tree = composeHydra(sources, name, overrides, at);
  return configValue({ tree, interpolates: true }, chain);
}

/** `key=value` texts in a list of Python, and as `OmegaConf.from_dotlist` takes them. */
export function listedOverrides(
  evaluator: Evaluator,
  list: Expression | undefined,
  context: Context,
  chain: Chain,
): Override[] | null {
  if (list === undefined) return [];
  const value = evaluator.evaluate(list, context, chain);
  if (value.kind !== 'list' || !value.complete) return null;
  const words = value.items.map((item) =>
    item.kind === 'scalar' && typeof item.value === 'string'
      ? ({ kind: 'scalar', value: item.value, place: item.at } as const)
      : null,
  );
  if (words.some((word) => word === null)) return null;
  const line = {
    program: '',
    kind: 'script',
    words: words.flatMap((it) => it ?? []),
    positionals: [],
    flags: NO_FLAGS,
  } as const;
  const path = value.at.path;
  return overridesIn(line, path)?.map((it) => it) ?? null;
}

const NO_FLAGS = {
  kind: 'map',
  entries: [],
  spreads: [],
  style: 'flow',
  place: { start: 0, end: 0, startLine: 1, endLine: 1 } as Location,
} as const;

interface Command {
  readonly overrides: readonly Override[];
  /** `--config-name`, which wins over what the code says. */
  readonly name: string | null;
  /** Whether words are handed on that only the shell knows. */
  readonly isOpen: boolean;
}

const NO_COMMAND: Command = { overrides: [], name: null, isOpen: false };

/** Null for a command that names its folder of configurations, or its configuration by a variable. */
function commandOf({ line, path }: Launch): Command | null {
  const flag = (name: string): Expression | undefined => line.flags.entries.find((it) => it.key === name)?.value;
  if (['config_path', 'cp', 'config_dir', 'cd', 'experimental_rerun'].some((name) => flag(name) !== undefined))
    return null;
  const named = flag('config_name') ?? flag('cn');
  if (named !== undefined && named.kind !== 'scalar') return null;
  const overrides = overridesIn(line, path);
  return {
    overrides: overrides ?? [],
    name: named === undefined ? null : String(named.value),
    isOpen: overrides === null,
  };
}

/** What all commands say alike; what one of several says is known only when one is started. */
export function agreedOverrides(commands: readonly (readonly Override[])[]): Override[] {
  const [first = [], ...others] = commands;
  if (others.length === 0) return [...first];
  const merged = new Map<string, Override>();
  for (const override of commands.flat()) {
    const id = `${override.sign}${override.key}`;
    const words = JSON.stringify(wordsOf(override));
    const isSame = commands.every((it) =>
      it.some((other) => `${other.sign}${other.key}` === id && JSON.stringify(wordsOf(other)) === words),
    );
    const unsure: Expression = { kind: 'opaque', text: override.key, parts: [], place: override.at };
    merged.set(id, isSame ? override : { ...override, value: unsure });
  }
  return [...merged.values()];
}

function wordsOf({ value }: Override): unknown {
  if (value?.kind === 'scalar') return value.value;
  return value?.kind === 'list'
    ? value.items.map((item) => (item.kind === 'scalar' ? item.value : item.kind))
    : (value?.kind ?? null);
}

function sourcesFor(evaluator: Evaluator, context: Context, path: Expression, chain: Chain): HydraSources | null {
  const { tree } = evaluator.program;
  const { module } = context;
  const value = evaluator.evaluate(path, context, chain);
  if (value.kind !== 'scalar') return null;
  const folder = value.value === null ? null : folderNamed(module.path, value);
  if (value.value !== null && folder === null) return null;
  return {
    tree,
    folder,
    stored: (name) => storedConfig(evaluator, name, module, chain),
    selfLast: releasedSince(versionsFor(tree, module.path), 'hydra-core', '1.1') !== 'none',
  };
}

/** The root is the empty folder; null for what leads out of the tree. */
function folderNamed(from: RepoPath, value: Extract<Value, { kind: 'scalar' }>): string | null {
  const name = String(value.value);
  if (/^(?:\/|~|pkg:)/.test(name)) return null;
  const start = folderOf(value.from ?? from);
  const found = pathBelow(start === '' ? 'x' : `x/${start}`, name);
  return found === null || (found !== 'x' && !found.startsWith('x/')) ? null : found.slice(2);
}

function constant(
  evaluator: Evaluator,
  expression: Expression | undefined,
  context: Context,
  chain: Chain,
): string | null {
  const value = expression === undefined ? null : evaluator.evaluate(expression, context, chain);
  return value?.kind === 'scalar' && typeof value.value === 'string' ? value.value : null;
}

/** `ConfigStore.instance().store(group="model", name="llama", node=LlamaConfig)`. */
function storedConfig(evaluator: Evaluator, path: string, from: PythonModule, chain: Chain): ConfigMap | null {
  for (const { module, site } of evaluator.program.callSites('store', from)) {
    const context = { module, scope: site.scope };
    const [name, group] = ['name', 'group'].map((it) =>
      constant(evaluator, findArgument(site.call, it)?.value, context, chain),
    );
    if (name === null || (group === null ? name : `${group}/${name}`) !== path) continue;
    const node = findArgument(site.call, 'node')?.value;
    if (node === undefined || findArgument(site.call, 'package') !== undefined) return null;
    return structuredTree(evaluator, node, context, chain);
  }
  return null;
}

/** A dataclass, an object of one, or a dict, as a configuration. */
export function structuredTree(
  evaluator: Evaluator,
  node: Expression,
  context: Context,
  chain: Chain,
): ConfigMap | null {
  const symbol = node.kind === 'reference' ? evaluator.program.symbol(context.module, context.scope, node.name) : null;
  const isClass = symbol?.kind === 'class' && symbol.rest.length === 0;
  const made: Expression =
    node.kind === 'reference' && isClass
      ? {
          kind: 'call',
          callee: node.name,
          receiver: null,
          arguments: [],
          place: node.place,
          argumentsPlace: node.place,
        }
      : node;
  const value = evaluator.evaluate(made, context, chain);
  if (value.kind === 'map') return treeOfDict(value);
  const map = value.kind === 'call' ? objectMap(evaluator, value) : null;
  return map === null ? null : treeOfDict(map);
}
