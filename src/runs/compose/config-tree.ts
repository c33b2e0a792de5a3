import { type Expression, findEntry, type MapExpression } from '../../model/expression.js';
import type { DocumentFact, FileFacts } from '../../model/fact.js';
import type { RepoPath } from '../../model/identifiers.js';
import { type Location, locate } from '../../model/location.js';
import type { Value } from '../python/values.js';

/** A configuration put together from files, dicts and overrides. Every value keeps the place that states it. */
export interface ConfigMap {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, ConfigEntry>;
  /** Whether all that could state a key of this map was read. */
  readonly complete: boolean;
  readonly at: Location;
}

export interface ConfigEntry {
  readonly node: ConfigNode;
  /** The key with its value, or the override. */
  readonly stated: Location;
}

export type ConfigNode =
  | ConfigMap
  /** As a file or a command writes it; a name in it may stand for another key. */
  | { readonly kind: 'written'; readonly expression: Expression; readonly path: RepoPath }
  /** As Python made it. */
  | { readonly kind: 'made'; readonly value: Value };

/** A configuration as its reader hands it out. */
export interface ConfigRoot {
  readonly tree: ConfigMap;
  /** Whether `${a.b}` stands for another key, as OmegaConf has it, or for itself, as a plain reader of YAML has it. */
  readonly interpolates: boolean;
}

/** The one document of a file. Null where the file holds several, or no map. */
export function documentTree(path: RepoPath, facts: FileFacts): ConfigMap | null {
  const known = trees.get(facts);
  if (known?.path === path) return known.tree;
  const document = onlyDocument(facts);
  const tree = document?.root.kind === 'map' ? mapTree(path, document.root, facts.partial === null) : null;
  trees.set(facts, { path, tree });
  return tree;
}

const trees = new WeakMap<FileFacts, { readonly path: RepoPath; readonly tree: ConfigMap | null }>();

export function onlyDocument({ facts }: FileFacts): DocumentFact | null {
  const [document, ...others] = facts.filter((fact) => fact.kind === 'document');
  return document === undefined || others.length > 0 ? null : document;
}

export function mapTree(path: RepoPath, root: MapExpression, complete = true): ConfigMap {
  const entries = new Map<string, ConfigEntry>();
  for (const { key, value, place } of root.entries) {
    if (key !== null) entries.set(key, { node: nodeOf(path, value), stated: locate(path, place) });
  }
  const isWhole = complete && root.spreads.length === 0 && root.entries.every((entry) => entry.key !== null);
  return { kind: 'map', entries, complete: isWhole, at: locate(path, root.place) };
}

export function nodeOf(path: RepoPath, expression: Expression): ConfigNode {
  return expression.kind === 'map' ? mapTree(path, expression) : { kind: 'written', expression, path };
}

/** Maps are merged key by key; of anything else the second stands. What is not read of it may say otherwise. */
export function mergeTrees(under: ConfigMap, over: ConfigMap): ConfigMap {
  const entries = new Map(over.complete ? under.entries : doubtedEntries(under));
  for (const [key, entry] of over.entries) {
    const known = under.entries.get(key);
    const both = known?.node.kind === 'map' && entry.node.kind === 'map';
    entries.set(key, both ? { ...entry, node: mergeTrees(known.node as ConfigMap, entry.node as ConfigMap) } : entry);
  }
  return { kind: 'map', entries, complete: under.complete && over.complete, at: over.at };
}

/** Everything in the map may have been replaced by what could not be read. */
export function doubtedTree(tree: ConfigMap): ConfigMap {
  return { ...tree, entries: doubtedEntries(tree), complete: false };
}

function doubtedEntries(tree: ConfigMap): Map<string, ConfigEntry> {
  const entries = new Map<string, ConfigEntry>();
  for (const [key, { node, stated }] of tree.entries) {
    entries.set(key, { stated, node: node.kind === 'map' ? doubtedTree(node) : doubtedNode(key, stated) });
  }
  return entries;
}

function doubtedNode(text: string, stated: Location): ConfigNode {
  return { kind: 'written', expression: { kind: 'opaque', text, parts: [], place: stated }, path: stated.path };
}

/** What a key path leads to. Null where it leads nowhere, which says nothing in a map that is not whole. */
export function entryIn(tree: ConfigMap, keys: readonly string[]): ConfigEntry | null {
  let map = tree;
  for (const [index, key] of keys.entries()) {
    const entry = map.entries.get(key);
    if (entry === undefined) return null;
    if (index === keys.length - 1) return entry;
    if (entry.node.kind !== 'map') return null;
    map = entry.node;
  }
  return null;
}

/** The tree with an entry at a key path, merged with the map that stands there. */
export function withEntry(tree: ConfigMap, keys: readonly string[], entry: ConfigEntry): ConfigMap {
  return mergeTrees(tree, nested(keys, entry));
}

/** A tree that holds nothing but one entry. */
export function nested(keys: readonly string[], entry: ConfigEntry): ConfigMap {
  const [key = '', ...rest] = keys;
  const node = rest.length === 0 ? entry.node : nested(rest, entry);
  const entries = new Map([[key, { node, stated: entry.stated }]]);
  return { kind: 'map', entries, complete: true, at: entry.stated };
}

export function withoutEntry(tree: ConfigMap, keys: readonly string[]): ConfigMap {
  const [key = '', ...rest] = keys;
  const entries = new Map(tree.entries);
  const known = entries.get(key);
  if (rest.length === 0) entries.delete(key);
  else if (known?.node.kind === 'map') entries.set(key, { ...known, node: withoutEntry(known.node, rest) });
  return { ...tree, entries };
}

export function emptyTree(at: Location): ConfigMap {
  return { kind: 'map', entries: new Map(), complete: true, at };
}

/** What stands at a key of the document's first level, unread. */
export function topLevel(facts: FileFacts, key: string): Expression | null {
  const root = onlyDocument(facts)?.root;
  return root?.kind === 'map' ? (findEntry(root, key)?.value ?? null) : null;
}
