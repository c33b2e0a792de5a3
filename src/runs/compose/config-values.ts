import type { Expression } from '../../model/expression.js';
import type { RepoPath } from '../../model/identifiers.js';
import { type Location, locate } from '../../model/location.js';
import type { LiteralSetting } from '../../model/setting.js';
import { type Chain, type EntryValue, type MapValue, unknownValue, type Value } from '../python/values.js';
import { type ConfigEntry, type ConfigMap, type ConfigNode, type ConfigRoot, entryIn } from './config-tree.js';
import { LazyMap } from './lazy-map.js';
import { readPlainWord } from './plain-words.js';

/** Names that stand for names that stand for names. */
const MAX_HOPS = 12;
/** Items of a list that are told one by one. Longer ones are data. */
const MAX_ITEMS = 1_000;

/** The configuration as a dict; its values are made when they are asked for. */
export function configValue(root: ConfigRoot, chain: Chain): MapValue {
  return mapValue(root.tree, { root, keys: [], hops: 0 }, [...chain, root.tree.at]);
}

/** Where in a configuration a value stands, which is what relative names start from. */
interface Position {
  readonly root: ConfigRoot;
  readonly keys: readonly string[];
  readonly hops: number;
}

function mapValue(tree: ConfigMap, position: Position, chain: Chain): MapValue {
  const entries = new LazyMap<string, EntryValue>([...tree.entries.keys()], (key) => {
    const { node, stated } = tree.entries.get(key) as { node: ConfigNode; stated: Location };
    return { value: nodeValue(node, { ...position, keys: [...position.keys, key] }, chain), stated };
  });
  const config: ConfigRoot = { ...position.root, tree };
  return { kind: 'map', entries, complete: tree.complete, at: tree.at, chain, config };
}

function nodeValue(node: ConfigNode, position: Position, chain: Chain): Value {
  switch (node.kind) {
    case 'map':
      return mapValue(node, position, chain);
    case 'made':
      return madeValue(node.value, position, chain);
    case 'written':
      return writtenValue(node.expression, node.path, position, chain);
  }
}

/** A text of Python that names another key once it is part of a configuration. */
function madeValue(value: Value, position: Position, chain: Chain): Value {
  if (value.kind !== 'scalar' || typeof value.value !== 'string' || !position.root.interpolates) return value;
  if (!/\$\{|^\?\?\?$/.test(value.value)) return value;
  const name = /^\$\{\s*(\.*[\w.-]+)\s*\}$/.exec(value.value)?.[1];
  return name === undefined
    ? resolved(value.value, value.at, position, [...chain, value.at])
    : named(name, value.at, position, [...chain, value.at]);
}

function writtenValue(expression: Expression, path: RepoPath, position: Position, chain: Chain): Value {
  const at = locate(path, expression.place);
  const through = [...chain, at];
  const unread = (text: string): Value => unknownValue(text, at, through, { cause: 'expression' });
  switch (expression.kind) {
    case 'scalar':
      return { kind: 'scalar', value: expression.value, at, chain: through };
    case 'list':
      return {
        kind: 'list',
        items: expression.items.slice(0, MAX_ITEMS).map((item) => writtenValue(item, path, position, through)),
        complete: expression.complete && expression.items.length <= MAX_ITEMS,
        at,
        chain: through,
      };
    case 'map':
      return mapInList(expression, path, position, through);
    case 'reference':
      return position.root.interpolates ? named(expression.name, at, position, through) : unread(expression.name);
    case 'template':
      return position.root.interpolates ? joined(expression.parts, path, position, through, at) : unread('a template');
    case 'opaque':
      return position.root.interpolates ? resolved(expression.text, at, position, through) : unread(expression.text);
    default:
      return unread(expression.kind);
  }
}

/** Lists are replaced whole, so the maps in them are never merged. */
function mapInList(
  expression: Extract<Expression, { kind: 'map' }>,
  path: RepoPath,
  position: Position,
  chain: Chain,
): MapValue {
  const entries = new Map<string, EntryValue>();
  for (const { key, value, place } of expression.entries) {
    if (key === null) continue;
    entries.set(key, { value: writtenValue(value, path, position, chain), stated: locate(path, place) });
  }
  const complete = expression.spreads.length === 0 && expression.entries.every((entry) => entry.key !== null);
  return { kind: 'map', entries, complete, at: locate(path, expression.place), chain };
}

/** `${a.b}` from the root; `${.b}` beside the key itself, `${..b}` one level up. */
function named(name: string, at: Location, position: Position, chain: Chain): Value {
  const dots = /^\.*/.exec(name)?.[0].length ?? 0;
  const base = dots === 0 ? [] : position.keys.slice(0, -dots);
  const path = name.slice(dots).replace(/\[(\w+)\]/g, '.$1');
  const unread = (): Value => unknownValue(`\${${name}}`, at, chain, { cause: 'expression' });
  if (position.hops >= MAX_HOPS || dots > position.keys.length || !/^[\w-]+(?:\.[\w-]+)*$/.test(path)) return unread();
  const keys = [...base, ...path.split('.')];
  const found = entryIn(position.root.tree, keys);
  return found === null ? unread() : nodeValue(found.node, { ...position, keys, hops: position.hops + 1 }, chain);
}

function joined(parts: readonly Expression[], path: RepoPath, position: Position, chain: Chain, at: Location): Value {
  const values = parts.map((part) => writtenValue(part, path, position, chain));
  const texts = values.map((value) => (value.kind === 'scalar' ? value.value : null));
  if (texts.every((text) => typeof text === 'string' || Number.isSafeInteger(text))) {
    return { kind: 'scalar', value: texts.join(''), at, chain };
  }
  const cause = values.find((value) => value.kind === 'unknown')?.cause ?? 'expression';
  return unknownValue(texts.map((text) => text ?? '…').join(''), at, chain, { cause, parts: values });
}

/** `${oc.env:NAME,default}` and `${oc.select:key,default}`; any other resolver is the author's own. */
function resolved(text: string, at: Location, position: Position, chain: Chain): Value {
  if (text.trim() === '???') return unknownValue('???', at, chain, { cause: 'option' });
  const [, resolver, name = '', standard] =
    /^\$\{\s*(oc\.env|oc\.select)\s*:\s*([\w.]+)\s*(?:,\s*([^${}]*?)\s*)?\}$/.exec(text) ?? [];
  const fallback: LiteralSetting | null =
    standard === undefined ? null : { state: 'literal', value: readPlainWord(standard), at, chain };
  if (resolver === 'oc.env') return unknownValue(text, at, chain, { cause: 'environment', fallback });
  if (resolver !== 'oc.select') return unknownValue(text, at, chain, { cause: 'expression' });
  const selected = named(name, at, position, chain);
  const { tree } = position.root;
  if (entryIn(tree, name.split('.')) !== null || fallback === null || !tree.complete) return selected;
  return { kind: 'scalar', value: fallback.value as string, at, chain };
}

/** What a configuration says at a key path, for those that ask for nothing else. */
export function valueAt(root: ConfigRoot, keys: readonly string[], chain: Chain): EntryValue | null {
  const found = entryIn(root.tree, keys);
  if (found === null) return null;
  return { value: nodeValue(found.node, { root, keys, hops: 0 }, chain), stated: found.stated };
}

/** A dict as a configuration, to be merged with others. */
export function treeOfDict(value: MapValue): ConfigMap {
  if (value.config !== undefined) return value.config.tree;
  const entries = new Map<string, ConfigEntry>();
  for (const [key, entry] of value.entries) entries.set(key, { node: nodeOfValue(entry.value), stated: entry.stated });
  return { kind: 'map', entries, complete: value.complete, at: value.at };
}

function nodeOfValue(value: Value): ConfigNode {
  return value.kind === 'map' ? treeOfDict(value) : { kind: 'made', value };
}
