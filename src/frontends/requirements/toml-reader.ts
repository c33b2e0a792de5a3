import { parse } from 'smol-toml';
import type { Node, Tree } from 'web-tree-sitter';
import type { Bounds } from '../../model/bounds.js';
import type { FileFacts, RequirementFact } from '../../model/fact.js';
import type { Place } from '../../model/location.js';
import type { Source } from '../frontend.js';
import type { Grammar } from '../grammar.js';
import { LineIndex } from '../places.js';
import { syntaxErrorIn } from '../syntax-error.js';

/** One table of a TOML file, as far as it is asked for. */
export interface TomlTable {
  /** The names in its header; none for what stands above the first one. */
  readonly path: readonly string[];
  readonly pairs: readonly TomlPair[];
}

export interface TomlPair {
  /** The key's parts, those of its table first. */
  readonly path: readonly string[];
  readonly place: Place;
  readonly value: () => TomlValue;
}

export type TomlValue =
  | {
      readonly kind: 'string';
      readonly text: string;
      readonly place: Place /** Where its characters begin. */;
      readonly inner: number;
    }
  | { readonly kind: 'array'; readonly items: readonly TomlValue[] }
  | { readonly kind: 'table'; readonly pairs: readonly TomlPair[] }
  | { readonly kind: 'other' };

export type TablesReader = (tables: Iterable<TomlTable>, lines: LineIndex) => RequirementFact[];

/**
 * Reads TOML for facts with positions. The tree gives the places, and the values of strings come from a TOML library.
 * Values are read only when asked for, so that the hashes of a large lock file cost nothing.
 */
export function createTomlReader(grammar: Grammar) {
  return (source: Source, bounds: Bounds, read: TablesReader): FileFacts => {
    const { parseMilliseconds } = bounds;
    const facts = grammar.withTree(source.text, parseMilliseconds, (tree) => readTree(tree, source.text, read));
    return facts ?? { facts: [], partial: { reason: 'too-slow', line: null, detail: `over ${parseMilliseconds} ms` } };
  };
}

function readTree(tree: Tree, text: string, read: TablesReader): FileFacts {
  const lines = new LineIndex(text);
  const context: Context = { text, lines };
  return { facts: read(tables(tree.rootNode, context), lines), partial: syntaxErrorIn(tree.rootNode, lines) };
}

interface Context {
  readonly text: string;
  readonly lines: LineIndex;
}

const KEYS = new Set(['bare_key', 'quoted_key', 'dotted_key']);

function* tables(root: Node, context: Context): Generator<TomlTable> {
  const children = root.namedChildren;
  yield { path: [], pairs: pairsIn(children, [], context) };
  for (const child of children) {
    if (child.type !== 'table' && child.type !== 'table_array_element') continue;
    const parts = child.namedChildren;
    const header = parts.find((part) => KEYS.has(part.type));
    const path = header === undefined ? [] : keyPath(header, context);
    yield { path, pairs: pairsIn(parts, path, context) };
  }
}

function pairsIn(nodes: readonly Node[], path: readonly string[], context: Context): TomlPair[] {
  return nodes
    .filter((node) => node.type === 'pair')
    .flatMap((node) => {
      const [key, value] = node.namedChildren.filter((child) => child.type !== 'comment');
      if (key === undefined || value === undefined) return [];
      // The grammar counts a comment behind the value as part of the pair.
      const place = context.lines.place(node.startIndex, value.endIndex);
      return [{ path: [...path, ...keyPath(key, context)], place, value: () => readValue(value, context) }];
    });
}

function keyPath(key: Node, context: Context): string[] {
  const parts = key.type === 'dotted_key' ? key.descendantsOfType(['bare_key', 'quoted_key']) : [key];
  return parts.map((part) => {
    const source = context.text.slice(part.startIndex, part.endIndex);
    return part.type === 'quoted_key' ? stringValue(source) : source;
  });
}

function readValue(node: Node, context: Context): TomlValue {
  switch (node.type) {
    case 'string': {
      const source = context.text.slice(node.startIndex, node.endIndex);
      const inner = node.startIndex + (/^(?:"""|''')\r?\n?|^./.exec(source)?.[0].length ?? 0);
      return {
        kind: 'string',
        text: stringValue(source),
        place: context.lines.place(node.startIndex, node.endIndex),
        inner,
      };
    }
    case 'array':
      return { kind: 'array', items: node.namedChildren.flatMap((item) => readItem(item, context)) };
    case 'inline_table':
      return { kind: 'table', pairs: pairsIn(node.namedChildren, [], context) };
    default:
      return { kind: 'other' };
  }
}

/** An array in an array says nothing about requirements; not going into it keeps hostile nesting harmless. */
function readItem(item: Node, context: Context): TomlValue[] {
  return item.type === 'array' || item.type === 'comment' ? [] : [readValue(item, context)];
}

function stringValue(source: string): string {
  try {
    const { value } = parse(`value = ${source}`);
    return typeof value === 'string' ? value : source;
  } catch {
    // The file has a syntax error, which is reported for the whole of it.
    return source;
  }
}
