import type { Node, Tree } from 'web-tree-sitter';
import { CST } from 'yaml';
import type { Bounds } from '../../model/bounds.js';
import { assertNodeTypes, type Grammar } from '../grammar.js';
import {
  leftOut,
  type Pair,
  type ScalarNode,
  type SyntaxNode,
  type SyntaxProblem,
  type SyntaxReading,
} from './syntax-tree.js';

/**
 * Reads a text with tree-sitter, for texts that the `yaml` library would be too slow on. A word instead where it
 * cannot: it took longer than the bound, or has more lines than the grammar's scanner can count.
 */
export function readWithGrammar(
  text: string,
  bounds: Bounds,
  grammar: Grammar,
): SyntaxReading | 'too-slow' | 'too-large' {
  if (countLines(text) > MAX_LINES) return 'too-large';
  if (blockColumns(text) > MAX_BLOCK_COLUMNS) return { documents: [], tooDeep: true, error: null };
  return grammar.withTree(text, bounds.parseMilliseconds, (tree) => readTree(tree, text, bounds.nesting)) ?? 'too-slow';
}

export function assertYamlNodeTypes({ language }: Grammar): void {
  assertNodeTypes(language, [...CONTENT, ...SCALARS, ...FLOW_ONLY, ...PAIRS, 'anchor', 'tag', 'alias', 'document']);
}

/**
 * The grammar's scanner keeps its open blocks in a fixed buffer of about 250 and writes past its end, which breaks the
 * parser for every later file. One column can hold two blocks, a map and the list that is a value in it.
 */
const MAX_BLOCK_COLUMNS = 100;

/** The scanner counts lines in 16 bits with a sign; beyond that it takes good YAML for broken. */
const MAX_LINES = 32_000;

const FLOW_ONLY = ['flow_mapping', 'flow_sequence'];
const PAIRS = ['block_mapping_pair', 'flow_pair', 'block_sequence_item'];
const CONTENT = ['block_node', 'flow_node', 'block_mapping', 'block_sequence'];
const SCALARS = ['plain_scalar', 'double_quote_scalar', 'single_quote_scalar', 'block_scalar'];

function countLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

/** How many columns blocks are open at, at most. Text inside of strings may add to the count. */
function blockColumns(text: string): number {
  const open: number[] = [];
  let most = 0;
  for (const [, indent = '', indicators = ''] of text.matchAll(/^([ \t]*)((?:[-?:][ \t]+)*)\S/gm)) {
    while ((open.at(-1) ?? -1) >= indent.length) open.pop();
    const columns = [...indicators.matchAll(/[-?:]/g)].map((indicator) => indent.length + indicator.index);
    for (const column of [...columns, indent.length + indicators.length]) open.push(column);
    most = Math.max(most, open.length);
  }
  return most;
}

function readTree(tree: Tree, text: string, maxNesting: number): SyntaxReading {
  const reader: Reader = { text, maxNesting, tooDeep: false };
  // An error between documents may have cut one short that looks whole.
  const intact = children(tree.rootNode).every((node) => !node.isError);
  const documents = (intact ? children(tree.rootNode) : [])
    .filter((node) => node.type === 'document' && !node.hasError)
    .flatMap((document) => children(document).filter((node) => CONTENT.includes(node.type)))
    .map((node) => convert(node, 0, reader));
  return { documents, tooDeep: reader.tooDeep, error: firstError(tree.rootNode) };
}

interface Reader {
  readonly text: string;
  readonly maxNesting: number;
  tooDeep: boolean;
}

function children(node: Node): Node[] {
  return node.namedChildren.filter((child) => child !== null && child.type !== 'comment') as Node[];
}

/** Reads a `block_node` or `flow_node`: properties such as `&name` and `!tag`, then one content node, or none. */
function convert(node: Node, depth: number, reader: Reader): SyntaxNode {
  let anchor: string | null = null;
  let tag: string | null = null;
  let content: Node | null = null;
  for (const child of children(node)) {
    if (child.type === 'anchor') anchor = slice(child, reader).slice(1);
    else if (child.type === 'tag') tag = fullTag(slice(child, reader));
    else content = child;
  }
  return { ...convertContent(content, node, depth, reader), anchor, tag };
}

function slice(node: Node, { text }: Reader): string {
  return text.slice(node.startIndex, node.endIndex);
}

function fullTag(written: string): string {
  return written.startsWith('!!') ? `tag:yaml.org,2002:${written.slice(2)}` : written.replace(/^!<(.*)>$/, '$1');
}

function convertContent(content: Node | null, node: Node, depth: number, reader: Reader): SyntaxNode {
  if (content === null) return leftOut(node.endIndex);
  const base = { start: content.startIndex, end: content.endIndex, anchor: null, tag: null };
  if (SCALARS.includes(content.type)) return convertScalar(content, reader);
  if (content.type === 'alias') return { ...base, kind: 'alias', name: slice(content, reader).slice(1) };
  if (depth >= reader.maxNesting) {
    reader.tooDeep = true;
    return { ...base, kind: 'unread' };
  }
  if (content.type.endsWith('_mapping')) return convertMap(content, depth, reader);
  const items = children(content).map((item) => convertItem(item, depth + 1, reader));
  const end = content.type === 'flow_sequence' ? content.endIndex : (items.at(-1)?.end ?? content.endIndex);
  return { ...base, end, kind: 'list', items };
}

function convertMap(content: Node, depth: number, reader: Reader): SyntaxNode {
  const pairs = children(content).map((pair) => convertPair(pair, depth + 1, reader));
  const flow = content.type === 'flow_mapping';
  const end = flow ? content.endIndex : (pairs.at(-1)?.value.end ?? content.endIndex);
  const style = flow ? 'flow' : 'block';
  return { kind: 'map', style, pairs, start: content.startIndex, end, anchor: null, tag: null };
}

function convertPair(node: Node, depth: number, reader: Reader): Pair {
  // In `{a}` the key stands alone, with no pair around it.
  const isPair = PAIRS.includes(node.type);
  const key = isPair ? node.childForFieldName('key') : node;
  const value = isPair ? node.childForFieldName('value') : null;
  const convertedKey = key === null ? leftOut(node.startIndex) : convert(key, depth, reader);
  if (value !== null) return { key: convertedKey, value: convert(value, depth, reader) };
  const colon = node.children.find((child) => child?.type === ':');
  return { key: convertedKey, value: leftOut(colon?.endIndex ?? convertedKey.end) };
}

function convertItem(node: Node, depth: number, reader: Reader): SyntaxNode {
  if (node.type === 'flow_pair') {
    const pair = convertPair(node, depth, reader);
    const place = { start: node.startIndex, end: node.endIndex, anchor: null, tag: null };
    return { ...place, kind: 'map', style: 'flow', pairs: [pair] };
  }
  if (node.type !== 'block_sequence_item') return convert(node, depth, reader);
  const [content] = children(node);
  return content === undefined ? leftOut(node.startIndex + 1) : convert(content, depth, reader);
}

function convertScalar(node: Node, reader: Reader): ScalarNode {
  const written = slice(node, reader);
  const base = { kind: 'scalar', start: node.startIndex, anchor: null, tag: null } as const;
  const end = node.startIndex + written.trimEnd().length;
  if (node.type === 'block_scalar') return { ...base, end, style: 'block', text: blockText(written) };
  const type = FLOW_SCALARS.get(node.type) ?? 'scalar';
  const simple = type === 'scalar' && !written.includes('\n');
  const text = simple ? written : resolve({ type, offset: 0, indent: 0, source: written });
  return { ...base, end: node.endIndex, style: type === 'scalar' ? 'plain' : 'quoted', text };
}

const FLOW_SCALARS: ReadonlyMap<string, CST.FlowScalar['type']> = new Map([
  ['double_quote_scalar', 'double-quoted-scalar'],
  ['single_quote_scalar', 'single-quoted-scalar'],
]);

/** What quotes, escapes and line folds stand for is the library's business here as well. */
function resolve(token: CST.FlowScalar | CST.BlockScalar): string {
  return CST.resolveAsScalar(token, false, () => undefined)?.value ?? '';
}

function blockText(written: string): string {
  const [header = '', ...body] = written.split(/(?<=\n)/);
  const source = header.trim().replace(/[ \t].*$/, '');
  const props: CST.Token[] = [{ type: 'block-scalar-header', offset: 0, indent: 0, source }];
  return resolve({ type: 'block-scalar', offset: 0, indent: 0, props, source: body.join('') });
}

/** The first place that does not parse, found by going down where the parser says it lies. */
function firstError(root: Node): SyntaxProblem | null {
  let node: Node | null = root;
  while (node !== null) {
    if (node.isError || node.isMissing) return { offset: node.startIndex, message: 'this is not YAML' };
    if (!node.hasError) return null;
    node = node.children.find((child) => child?.hasError || child?.isMissing) ?? null;
  }
  return { offset: root.startIndex, message: 'this is not YAML' };
}
