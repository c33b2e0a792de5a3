import type { Bounds } from '../../model/bounds.js';
import type { Expression, MapEntry, MapExpression, Scalar } from '../../model/expression.js';
import type { Place } from '../../model/location.js';
import { maskSecrets } from '../../model/secrets.js';
import type { LineIndex } from '../places.js';
import type { AliasNode, ListNode, MapNode, Pair, ScalarNode, SyntaxNode } from './syntax-tree.js';
import { opaque, readString } from './templates.js';

/** What a plain scalar means, and whether `<<` merges: the difference between YAML and JSON. */
export interface Dialect {
  /** Undefined for what the language does not know. */
  readonly readPlainScalar: (text: string) => Scalar | undefined;
  readonly mergesMaps: boolean;
}

export interface ReadingContext {
  readonly text: string;
  readonly lines: LineIndex;
  readonly dialect: Dialect;
  readonly bounds: Bounds;
}

/** One document's value; `hit` tells which bounds it ran into. */
export interface DocumentReading {
  readonly root: Expression;
  readonly hit: ReadonlySet<BoundHit>;
}
export type BoundHit = 'too-deep' | 'too-many-aliases';

export function readDocument(node: SyntaxNode, context: ReadingContext): DocumentReading {
  const reader = new DocumentReader(context);
  const root = reader.read(node, 0);
  return { root, hit: reader.hit };
}

/** Expressions that aliases may add up to, however they are nested in one another. */
const MAX_ALIASED_EXPRESSIONS = 20_000;
const YAML_TAG = 'tag:yaml.org,2002:';
const LEAF: Size = { expressions: 1, height: 0 };

/** How much a value weighs where it is used: an alias costs as much as all that it stands for. */
interface Size {
  readonly expressions: number;
  readonly height: number;
}

class DocumentReader {
  readonly hit = new Set<BoundHit>();
  readonly #context: ReadingContext;
  /** Null while the anchored value is being read: an alias in there would make the value hold itself. */
  readonly #anchors = new Map<string, Expression | null>();
  readonly #sizes = new Map<Expression, Size>();
  #aliasUses = 0;
  #aliasedExpressions = 0;

  constructor(context: ReadingContext) {
    this.#context = context;
  }

  /** `depth` counts the maps and lists around the node. */
  read(node: SyntaxNode, depth: number): Expression {
    if (node.anchor !== null) this.#anchors.set(node.anchor, null);
    const expression = this.#readUnnamed(node, depth);
    if (node.anchor !== null) this.#anchors.set(node.anchor, expression);
    return expression;
  }

  #readUnnamed(node: SyntaxNode, depth: number): Expression {
    switch (node.kind) {
      case 'scalar':
        return this.#readScalar(node);
      case 'alias':
        return this.#readAlias(node, depth);
      case 'unread':
        return this.#tooDeep(node);
      default:
        return depth >= this.#context.bounds.nesting ? this.#tooDeep(node) : this.#readCollection(node, depth);
    }
  }

  #tooDeep(node: SyntaxNode): Expression {
    this.hit.add('too-deep');
    return this.#opaque(node);
  }

  #opaque(node: SyntaxNode, parts: readonly Expression[] = []): Expression {
    const tag = node.tag === null ? '' : `${node.tag.replace(YAML_TAG, '!!')} `;
    const written = this.#context.text.slice(node.start, node.end);
    return opaque(`${tag}${written}`.trim(), this.#placeOf(node), parts);
  }

  #placeOf({ start, end }: { start: number; end: number }): Place {
    return this.#context.lines.place(start, end);
  }

  #readScalar(node: ScalarNode): Expression {
    if (node.tag !== null) return this.#readTaggedScalar(node, node.tag);
    if (node.style !== 'plain') return this.#readString(node);
    const value = this.#context.dialect.readPlainScalar(node.text);
    if (value === undefined) return this.#opaque(node);
    return typeof value === 'string' ? this.#readString(node) : this.#scalar(node, value);
  }

  #scalar(node: ScalarNode, value: Scalar): Expression {
    return { kind: 'scalar', value, place: this.#placeOf(node) };
  }

  #readString(node: ScalarNode): Expression {
    const { text: source, lines } = this.#context;
    return readString({ text: node.text, source, start: node.start, end: node.end, lines });
  }

  #readTaggedScalar(node: ScalarNode, tag: string): Expression {
    if (tag === '!' || tag === `${YAML_TAG}str`) return this.#readString(node);
    const value = readTaggedText(node.text, tag, this.#context.dialect);
    return value === undefined ? this.#opaque(node) : this.#scalar(node, value);
  }

  #readAlias(node: AliasNode, depth: number): Expression {
    const target = this.#anchors.get(node.name) ?? null;
    if (target === null) return this.#opaque(node);
    const size = this.#sizeOf(target);
    this.#aliasUses++;
    this.#aliasedExpressions += size.expressions;
    const { yamlAliases, nesting } = this.#context.bounds;
    if (this.#aliasUses > yamlAliases || this.#aliasedExpressions > MAX_ALIASED_EXPRESSIONS) {
      this.hit.add('too-many-aliases');
      return this.#opaque(node);
    }
    return depth + size.height > nesting ? this.#tooDeep(node) : target;
  }

  #readCollection(node: MapNode | ListNode, depth: number): Expression {
    if (node.kind === 'map' && isMoustache(node, this.#context.text)) return this.#opaque(node);
    const expression = node.kind === 'map' ? this.#readMap(node, depth) : this.#readList(node, depth);
    const known = node.tag === null || node.tag === '!' || node.tag === `${YAML_TAG}${TAG_OF[node.kind]}`;
    return known ? expression : this.#opaque(node, [expression]);
  }

  #readList(node: ListNode, depth: number): Expression {
    const items = node.items.map((item) => this.read(item, depth + 1));
    return this.#measured({ kind: 'list', items, complete: true, place: this.#placeOf(node) }, items);
  }

  #readMap(node: MapNode, depth: number): Expression {
    const own: MapEntry[] = [];
    const sources: Expression[] = [];
    for (const pair of node.pairs) {
      if (this.#context.dialect.mergesMaps && isMergeKey(pair.key)) {
        sources.push(...mergeOrder(this.read(pair.value, depth + 1)));
      } else own.push(this.#readPair(pair, depth));
    }
    const { entries, spreads } = merge(sources, own);
    const map: MapExpression = { kind: 'map', entries, spreads, style: node.style, place: this.#placeOf(node) };
    return this.#measured(map, [...entries.map((entry) => entry.value), ...spreads]);
  }

  #readPair({ key, value }: Pair, depth: number): MapEntry {
    return {
      key: this.#readKey(key, depth),
      keyPlace: this.#placeOf(key),
      value: this.read(value, depth + 1),
      place: this.#placeOf({ start: key.start, end: Math.max(key.end, value.end) }),
    };
  }

  /** Keys are names here, so `on` and `1` stay as they are written. */
  #readKey(node: SyntaxNode, depth: number): string | null {
    const expression = this.read(node, depth + 1);
    if (node.kind === 'scalar') return node.start === node.end || isComputed(node) ? null : maskSecrets(node.text);
    return expression.kind === 'scalar' ? String(expression.value) : null;
  }

  #measured(expression: Expression, children: readonly Expression[]): Expression {
    const sizes = children.map((child) => this.#sizeOf(child));
    const expressions = sizes.reduce((sum, size) => sum + size.expressions, 1);
    this.#sizes.set(expression, { expressions, height: 1 + Math.max(0, ...sizes.map((size) => size.height)) });
    return expression;
  }

  #sizeOf(expression: Expression): Size {
    return this.#sizes.get(expression) ?? LEAF;
  }
}

const TAG_OF = { map: 'map', list: 'seq' } as const;

/** `{{ x }}` without quotes reads as a map in a map; its author means a template. */
function isMoustache(node: MapNode, text: string): boolean {
  return node.style === 'flow' && text.startsWith('{{', node.start);
}

function isMergeKey(key: SyntaxNode): boolean {
  return key.kind === 'scalar' && key.style === 'plain' && key.text === '<<';
}

function isComputed(key: ScalarNode): boolean {
  return key.text.includes('{{') || key.text.length > 2_000;
}

/** Of several maps under one `<<` the first wins, so they are merged from the last on. */
function mergeOrder(source: Expression): readonly Expression[] {
  return source.kind === 'list' ? source.items.toReversed() : [source];
}

function merge(sources: readonly Expression[], own: readonly MapEntry[]) {
  const inherited = new Map<string | MapEntry, MapEntry>();
  const spreads: Expression[] = [];
  for (const source of sources) {
    if (source.kind !== 'map') spreads.push(source);
    else {
      spreads.push(...source.spreads);
      for (const entry of source.entries) inherited.set(entry.key ?? entry, entry);
    }
  }
  for (const entry of own) if (entry.key !== null) inherited.delete(entry.key);
  return { entries: [...inherited.values(), ...own], spreads };
}

function readTaggedText(text: string, tag: string, dialect: Dialect): Scalar | undefined {
  const value = dialect.readPlainScalar(text);
  switch (tag) {
    case `${YAML_TAG}null`:
      return null;
    case `${YAML_TAG}bool`:
      return typeof value === 'boolean' ? value : undefined;
    case `${YAML_TAG}int`:
      return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
    case `${YAML_TAG}float`:
      return typeof value === 'number' ? value : decimal(text);
    default:
      return undefined;
  }
}

/** `!!float 1e-5` is how an author makes PyYAML read a number that it would take for text. */
function decimal(text: string): number | undefined {
  return /^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/.test(text) ? Number(text) : undefined;
}
