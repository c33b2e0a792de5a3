import type { Node } from 'web-tree-sitter';
import type { Expression, ReferenceExpression, SubscriptExpression } from '../../model/expression.js';
import type { Place } from '../../model/location.js';
import { maskSecrets } from '../../model/secrets.js';
import type { LineIndex } from '../places.js';
import type { HereDocument } from './here-document.js';

/** What reading a word needs, and what it tells. */
export interface WordContext {
  readonly text: string;
  readonly lines: LineIndex;
  /** How many further levels of nesting are read. */
  readonly depth: number;
  /** Told of each node that may hold commands: `$(…)` and its like. */
  readonly foundCommands: (node: Node) => void;
  /** Told of `${X:=value}`, which sets `X` besides standing for it. */
  readonly foundDefault: (target: string, value: Expression) => void;
}

/** In a word of a command `*` and `{a,b}` stand for many words; in the value of a variable they stand for themselves. */
type Role = 'word' | 'value';
/** Which characters a backslash takes the meaning of. */
type Quoting = 'bare' | 'double' | 'document';

/** Longer words are programs or data in disguise. */
const LONGEST_WORD = 2_000;
/** A value may be a whole command line, kept in a variable. */
const LONGEST_VALUE = 16_000;
const LONGEST_OPAQUE = 80;

/** One word or value, written as the given nodes with nothing between them. */
export function readGroup(nodes: readonly Node[], role: Role, context: WordContext): Expression {
  const [first, last] = [nodes[0], nodes.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('a word has at least one node');
  const place = context.lines.place(startOf(first, context), last.endIndex);
  const longest = role === 'word' ? LONGEST_WORD : LONGEST_VALUE;
  if (place.end - place.start > longest) return opaqueNodes(nodes, place, context);
  const pieces = withHome(between(nodes, place.start, place.end, 'bare', context), context);
  if (role === 'word' && expandsToMany(pieces)) return opaqueNodes(nodes, place, context);
  return joined(pieces, place, context);
}

/** The text of a here-document, without the white space around it, which `read` and `$(…)` drop. */
export function readHereDocument(document: HereDocument, context: WordContext): Expression {
  const { body, quoted } = document;
  const place = context.lines.place(body.startIndex, body.endIndex);
  if (place.end - place.start > LONGEST_VALUE) return opaque(place, context);
  // No command inside is reported: the text is data here.
  const silent = { ...context, foundCommands: () => {} };
  const pieces: Piece[] = quoted
    ? [literal(context.text.slice(place.start, place.end), place.start, place.end)]
    : between(body.namedChildren, place.start, place.end, 'document', silent);
  return joined(trimmed(document.indented ? pieces.map(withoutTabs) : pieces), place, context);
}

/** What `${…}` or an assignment is about: `X`, or `X[3]`. `name` is null where the index is not a constant. */
export function readSubject(node: Node, context: WordContext): { variable: string; name: string | null } {
  const variable = sourceOf(node.childForFieldName('name') ?? node, context);
  const index = node.childForFieldName('index');
  if (index === null) return { variable, name: variable };
  return { variable, name: isPlain(index) ? `${variable}.${sourceOf(index, context)}` : null };
}

export function opaque(place: Place, context: WordContext, parts: readonly Expression[] = []): Expression {
  // Masked before it is cut: half a token would not be recognised as one.
  const source = maskSecrets(context.text.slice(place.start, Math.min(place.end, place.start + LONGEST_WORD)));
  return { kind: 'opaque', text: source.slice(0, LONGEST_OPAQUE), parts, place };
}

/** A stretch of a word: text that stands for itself, or an expression. */
type Piece = LiteralPiece | Expression;
interface LiteralPiece {
  readonly kind: 'literal';
  readonly value: string;
  /** The characters that no quotes or backslash protect. */
  readonly bare: string;
  readonly start: number;
  readonly end: number;
}

const EXPANDED = new Set([
  'simple_expansion',
  'expansion',
  'command_substitution',
  'process_substitution',
  'arithmetic_expansion',
  'brace_expression',
]);
const QUOTED = new Set(['string', 'raw_string', 'ansi_c_string', 'translated_string']);
const JOINED = new Set(['concatenation', 'command_name']);

/** The nodes that do not stand for themselves. */
function flattened(node: Node): Node[] {
  if (JOINED.has(node.type)) return node.namedChildren.flatMap(flattened);
  return EXPANDED.has(node.type) || QUOTED.has(node.type) ? [node] : [];
}

/**
 * The pieces of a stretch. Only nodes that do not stand for themselves are looked at, and the text between them is
 * read as written: the grammar leaves out white space, and puts some of it into the node that follows.
 */
function between(nodes: readonly Node[], start: number, end: number, quoting: Quoting, context: WordContext): Piece[] {
  const pieces: Piece[] = [];
  let at = start;
  for (const node of nodes.flatMap(flattened)) {
    const from = Math.max(at, startOf(node, context));
    pieces.push(...textPieces(at, from, quoting, context), ...piecesOf(node, from, quoting, context));
    at = Math.max(at, node.endIndex);
  }
  pieces.push(...textPieces(at, end, quoting, context));
  return pieces;
}

function piecesOf(node: Node, start: number, quoting: Quoting, context: WordContext): Piece[] {
  const { text } = context;
  switch (node.type) {
    case 'translated_string':
      return between(node.namedChildren, start + 1, node.endIndex, quoting, context);
    case 'string':
      return between(node.namedChildren, start + 1, node.endIndex - 1, 'double', context);
    case 'raw_string':
      return [literal(text.slice(start + 1, node.endIndex - 1), start, node.endIndex)];
    case 'ansi_c_string':
      return [literal(decodeAnsi(text.slice(start + 2, node.endIndex - 1)), start, node.endIndex)];
    default:
      return [readExpansion(node, quoting, context)];
  }
}

function readExpansion(node: Node, quoting: Quoting, context: WordContext): Expression {
  const place = context.lines.place(startOf(node, context), node.endIndex);
  if (node.type === 'simple_expansion') {
    return { kind: 'reference', name: context.text.slice(place.start + 1, place.end), place };
  }
  if (node.type === 'expansion') return readBraced(node, place, quoting, context);
  context.foundCommands(node);
  return opaque(place, context);
}

/** `${X}`, `${X[0]}`, `${X:-default}`. What changes the value (`${X%.*}`) is opaque. */
function readBraced(node: Node, place: Place, quoting: Quoting, context: WordContext): Expression {
  const subject = node.namedChildren.find((child) => SUBJECTS.has(child.type));
  const plain = subject !== undefined && subject.startIndex === place.start + '${'.length;
  if (!plain || context.depth <= 0) return opaqueNodes([node], place, context);
  const value = readVariable(subject, place, context);
  const rest = context.text.slice(subject.endIndex, place.end - 1);
  if (rest === '' || /^:?\?/.test(rest)) return value;
  const operator = /^:?[-=]/.exec(rest)?.[0];
  if (operator === undefined) {
    context.foundCommands(node);
    return opaque(place, context, [value]);
  }
  const fallback = readDefault(node, subject.endIndex + operator.length, quoting, context);
  const choice: Expression = { kind: 'choice', options: [value, fallback], place };
  if (operator.endsWith('=') && value.kind === 'reference') context.foundDefault(value.name, choice);
  return choice;
}

const SUBJECTS = new Set(['variable_name', 'special_variable_name', 'subscript']);

function readVariable(subject: Node, place: Place, context: WordContext): ReferenceExpression | SubscriptExpression {
  const index = subject.childForFieldName('index');
  const name = sourceOf(subject.childForFieldName('name') ?? subject, context);
  // `${X[@]}` is all of X.
  if (index === null || /^[@*]$/.test(sourceOf(index, context))) return { kind: 'reference', name, place };
  const deeper = { ...context, depth: context.depth - 1 };
  return {
    kind: 'subscript',
    base: { kind: 'reference', name, place },
    key: readGroup([index], 'value', deeper),
    place,
  };
}

function readDefault(node: Node, start: number, quoting: Quoting, context: WordContext): Expression {
  const nodes = node.namedChildren.filter((child) => child.startIndex >= start);
  const place = context.lines.place(start, node.endIndex - 1);
  const deeper = { ...context, depth: context.depth - 1 };
  return joined(between(nodes, place.start, place.end, quoting, deeper), place, deeper);
}

function opaqueNodes(nodes: readonly Node[], place: Place, context: WordContext): Expression {
  for (const node of nodes) context.foundCommands(node);
  return opaque(place, context);
}

/** One expression for all pieces, with texts that stand side by side as one. */
function joined(pieces: readonly Piece[], place: Place, context: WordContext): Expression {
  const parts: Expression[] = [];
  let text: LiteralPiece | null = null;
  for (const piece of pieces) {
    if (piece.kind === 'literal') {
      text = text === null ? piece : merged(text, piece);
      continue;
    }
    if (text !== null) parts.push(scalar(text, context));
    text = null;
    parts.push(piece);
  }
  if (text !== null && (text.value !== '' || parts.length === 0)) parts.push(scalar(text, context));
  const [only, ...others] = parts;
  if (only === undefined) return { kind: 'scalar', value: '', place };
  return others.length === 0 ? { ...only, place } : { kind: 'template', parts, place };
}

function merged(a: LiteralPiece, b: LiteralPiece): LiteralPiece {
  return { ...a, value: a.value + b.value, bare: a.bare + b.bare, end: b.end };
}

function scalar(piece: LiteralPiece, context: WordContext): Expression {
  return { kind: 'scalar', value: maskSecrets(piece.value), place: context.lines.place(piece.start, piece.end) };
}

/**
 * Whether the shell makes several words of this one. Brackets alone do not count: `model.layers=[0,1]` is a pattern
 * too, but one that matches no file, so the shell leaves it as it is.
 */
function expandsToMany(pieces: readonly Piece[]): boolean {
  const bare = pieces.map((piece) => (piece.kind === 'literal' ? piece.bare : PROTECTED)).join('');
  return /[*?]|\{[^{}]*(?:,|\.\.)[^{}]*\}/.test(bare);
}

/** Stands for characters that have no meaning of their own, so that what is around them stays apart. */
const PROTECTED = '\0';

/** `~/models` begins with the reader's home folder, unless the `~` is quoted. */
function withHome(pieces: readonly Piece[], context: WordContext): readonly Piece[] {
  const [first, ...others] = pieces;
  if (first?.kind !== 'literal' || !/^~(?:\/|$)/.test(first.bare)) return pieces;
  const home: Expression = {
    kind: 'reference',
    name: 'HOME',
    place: context.lines.place(first.start, first.start + 1),
  };
  const rest = { ...first, value: first.value.slice(1), bare: first.bare.slice(1), start: first.start + 1 };
  return [home, rest, ...others];
}

/** A backslash and what it protects, or a variable. */
const VARIABLE = /\\[\s\S]|\$(?:(?<name>[A-Za-z_]\w*|[0-9@*])|\{(?<braced>[A-Za-z_]\w*)\})/g;

/** The grammar takes some variables for text, such as the second one in `$MODEL/$TASK` without quotes. */
function textPieces(start: number, end: number, quoting: Quoting, context: WordContext): Piece[] {
  const source = context.text.slice(start, end);
  const pieces: Piece[] = [];
  let at = 0;
  for (const match of source.matchAll(VARIABLE)) {
    const name = match.groups?.name ?? match.groups?.braced;
    if (name === undefined) continue;
    const next = match.index + match[0].length;
    if (match.index > at) pieces.push(unescaped(source.slice(at, match.index), start + at, quoting));
    pieces.push({ kind: 'reference', name, place: context.lines.place(start + match.index, start + next) });
    at = next;
  }
  if (at < source.length) pieces.push(unescaped(source.slice(at), start + at, quoting));
  return pieces;
}

const ESCAPES: Record<Quoting, RegExp> = {
  bare: /\\(\r?\n|[\s\S])/g,
  double: /\\(\r?\n|[$`"\\])/g,
  document: /\\(\r?\n|[$`\\])/g,
};

function unescaped(source: string, start: number, quoting: Quoting): LiteralPiece {
  const value = source.replace(ESCAPES[quoting], (_, escaped: string) => (escaped.endsWith('\n') ? '' : escaped));
  const bare = quoting === 'bare' ? source.replace(ESCAPES.bare, PROTECTED) : PROTECTED;
  return { kind: 'literal', value, bare, start, end: start + source.length };
}

function literal(value: string, start: number, end: number): LiteralPiece {
  return { kind: 'literal', value, bare: PROTECTED, start, end };
}

const ANSI: Record<string, string> = { n: '\n', t: '\t', r: '\r', "'": "'", '"': '"', '\\': '\\' };

/** The escapes of `$'…'` that are in use; the others stay as written. */
function decodeAnsi(source: string): string {
  return source.replace(/\\([ntr'"\\])/g, (whole, escaped: string) => ANSI[escaped] ?? whole);
}

function withoutTabs(piece: Piece): Piece {
  return piece.kind === 'literal' ? { ...piece, value: piece.value.replace(/^\t+/gm, '') } : piece;
}

function trimmed(pieces: readonly Piece[]): Piece[] {
  return pieces.map((piece, index) => {
    if (piece.kind !== 'literal') return piece;
    const value = index === 0 ? piece.value.trimStart() : piece.value;
    return { ...piece, value: index === pieces.length - 1 ? value.trimEnd() : value };
  });
}

/** In strings the grammar counts white space before `$` as part of what follows. */
function startOf(node: Node, context: WordContext): number {
  const { startIndex, endIndex } = node;
  BLANK.lastIndex = startIndex;
  BLANK.test(context.text);
  return BLANK.lastIndex < endIndex ? BLANK.lastIndex : startIndex;
}

const BLANK = /\s*/y;

function isPlain(node: Node): boolean {
  return node.type === 'word' || node.type === 'number' || node.type === 'variable_name';
}

function sourceOf(node: Node, context: WordContext): string {
  return context.text.slice(node.startIndex, node.endIndex);
}
