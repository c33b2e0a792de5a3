import {
  Composer,
  type CST,
  type Document,
  type DocumentOptions,
  isAlias,
  isMap,
  isPair,
  isScalar,
  type ParsedNode,
  type ParseOptions,
  Parser,
  type Scalar,
  type SchemaOptions,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import {
  leftOut,
  type Pair,
  type ScalarNode,
  type SyntaxNode,
  type SyntaxProblem,
  type SyntaxReading,
} from './syntax-tree.js';

/**
 * Reads a text with the `yaml` library. Every scalar stays text (the `failsafe` schema), because what a plain scalar
 * means is another reader's business, and because an unknown tag is then no error.
 */
export function readWithLibrary(text: string, maxNesting: number): SyntaxReading {
  const { composed, emptied } = composeShallow(text, maxNesting, OPTIONS);
  const documents: SyntaxNode[] = [];
  let error: SyntaxProblem | null = null;
  for (const document of composed) {
    const [first] = document.errors;
    if (first !== undefined) error ??= { offset: first.pos[0], message: first.message };
    else if (document.contents !== null && !isLeftOut(document))
      documents.push(convert(document.contents, { text, emptied }));
  }
  return { documents, tooDeep: emptied.size > 0, error };
}

/**
 * The documents of a text, and where the collections stand that lie too deep. Their content is taken out before the
 * documents are made: the library's composer calls itself once a level, and a stack that overflows inside one of its
 * regular expressions ends the whole process.
 */
export function composeShallow(
  text: string,
  maxNesting: number,
  options: ParseOptions & DocumentOptions & SchemaOptions,
): { readonly composed: Iterable<Document.Parsed>; readonly emptied: ReadonlySet<number> } {
  const tokens = [...new Parser().parse(text)];
  const emptied = new Set<number>();
  for (const token of tokens) emptyBelow(token, maxNesting, emptied);
  return { composed: new Composer(options).compose(tokens, false, text.length), emptied };
}

const OPTIONS = {
  schema: 'failsafe',
  strict: false,
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const;

function emptyBelow(token: CST.Token, maxNesting: number, emptied: Set<number>): void {
  const pending = [{ token: token.type === 'document' ? token.value : undefined, depth: 1 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { token: inner, depth } = next;
    if (inner === undefined || !('items' in inner)) continue;
    if (depth > maxNesting) {
      inner.items.length = 0;
      emptied.add(inner.offset);
      continue;
    }
    for (const item of inner.items) {
      if (item.key) pending.push({ token: item.key, depth: depth + 1 });
      if (item.value) pending.push({ token: item.value, depth: depth + 1 });
    }
  }
}

/** A document that holds nothing, not even `null`: the text before a first `---`, or after a last one. */
function isLeftOut(document: Document.Parsed): boolean {
  const { contents } = document;
  return isScalar(contents) && contents.range[0] === contents.range[1] && !contents.tag && !contents.anchor;
}

interface Reader {
  readonly text: string;
  /** Where the collections stand whose content was taken out. */
  readonly emptied: ReadonlySet<number>;
}

function convert(node: ParsedNode, reader: Reader): SyntaxNode {
  if (isAlias(node)) return { ...baseOf(node), anchor: null, tag: null, kind: 'alias', name: node.source };
  if (isScalar(node)) return convertScalar(node, reader);
  if (reader.emptied.has(node.range[0])) return { ...baseOf(node), kind: 'unread' };
  return isMap(node) ? convertMap(node, reader) : convertList(node as YAMLSeq.Parsed, reader);
}

function baseOf(node: ParsedNode) {
  const named = isAlias(node) ? undefined : node;
  return { start: node.range[0], end: node.range[1], anchor: named?.anchor ?? null, tag: named?.tag ?? null };
}

function convertScalar(node: Scalar.Parsed, { text }: Reader): ScalarNode {
  const scalar = { ...baseOf(node), kind: 'scalar', text: String(node.value) } as const;
  if (scalar.start === scalar.end) {
    const { anchor, tag } = scalar;
    return { ...leftOut(behindLastMark(text, scalar.start)), anchor, tag };
  }
  if (!node.type?.startsWith('BLOCK')) return { ...scalar, style: node.type === 'PLAIN' ? 'plain' : 'quoted' };
  // The library counts the blank lines behind a block scalar as part of it.
  const end = scalar.start + text.slice(scalar.start, scalar.end).trimEnd().length;
  return { ...scalar, style: 'block', end };
}

function convertMap(node: YAMLMap.Parsed, reader: Reader): SyntaxNode {
  const pairs = node.items.filter(isPair).map(({ key, value }): Pair => {
    const convertedKey = convert(key, reader);
    return { key: convertedKey, value: value === null ? leftOut(convertedKey.end) : convert(value, reader) };
  });
  if (node.flow) return { ...baseOf(node), kind: 'map', style: 'flow', pairs };
  // The library ends a block collection behind the comments that follow it.
  const end = pairs.at(-1)?.value.end ?? node.range[0];
  return { ...baseOf(node), end, kind: 'map', style: 'block', pairs };
}

function convertList(node: YAMLSeq.Parsed, reader: Reader): SyntaxNode {
  const items = node.items.map((item) => convert(item as ParsedNode, reader));
  if (node.flow) return { ...baseOf(node), kind: 'list', items };
  return { ...baseOf(node), end: items.at(-1)?.end ?? node.range[0], kind: 'list', items };
}

/** A value that is not there stands directly behind its colon or dash, whatever blanks and comments follow. */
function behindLastMark(text: string, offset: number): number {
  let at = offset;
  while (text[at - 1] === ' ' || text[at - 1] === '\t') at--;
  return at;
}
