import type { Expression } from '../../model/expression.js';
import type { Place } from '../../model/location.js';
import { maskSecrets } from '../../model/secrets.js';
import type { LineIndex } from '../places.js';

/** A string, unescaped, with the text it is written in. */
export interface WrittenString {
  readonly text: string;
  readonly source: string;
  readonly start: number;
  readonly end: number;
  readonly lines: LineIndex;
}

/** Longer strings are prompts and templates, which no setting is compared with. */
const MAX_STRING = 2_000;

/**
 * A string as a constant, a reference, or a template of both. `${a.b}` and `${..b}` name another key (OmegaConf),
 * `$VAR` and `${VAR}` the environment; the reader of the facts tells which. What is computed in another language
 * (`${oc.env:X,default}`, `{{ x }}`) or is still to be given (`???`) is opaque.
 */
export function readString(written: WrittenString): Expression {
  const { text } = written;
  const place = written.lines.place(written.start, written.end);
  if (text.length > MAX_STRING || /\{\{|\{%/.test(text) || text.trim() === '???') return opaque(text, place);
  const pieces = text.includes('$') ? split(text) : [];
  if (!pieces.some((piece) => piece.kind !== 'text')) return { kind: 'scalar', value: maskSecrets(text), place };
  const parts = placeParts(pieces, written);
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? { ...only, place } : { kind: 'template', parts, place };
}

/** Text that was not read, cut short for messages. Masked before it is cut, so that no part of a token is left. */
export function opaque(text: string, place: Place, parts: readonly Expression[] = []): Expression {
  return { kind: 'opaque', text: maskSecrets(text.slice(0, MAX_STRING)).slice(0, 80), parts, place };
}

interface Piece {
  readonly kind: 'text' | 'name' | 'computed';
  /** What stands in the string, with `$` and braces. */
  readonly written: string;
  readonly name: string;
}

const NAME_IN_BRACES = /^\.*[A-Za-z_][\w-]*(?:[./][\w-]+|\[[^[\]$]+\])*$/;
const BARE_NAME = /[A-Za-z_]\w*/y;

function split(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (let at = text.indexOf('$'); at !== -1; at = text.indexOf('$', at + 1)) {
    const piece = text[at - 1] === '\\' ? null : interpolationAt(text, at);
    if (piece === null) continue;
    if (at > from) pieces.push(literal(text.slice(from, at)));
    pieces.push(piece);
    from = at + piece.written.length;
    at = from - 1;
  }
  if (from < text.length) pieces.push(literal(text.slice(from)));
  return pieces;
}

function interpolationAt(text: string, at: number): Piece | null {
  if (text[at + 1] !== '{') {
    BARE_NAME.lastIndex = at + 1;
    const [name] = BARE_NAME.exec(text) ?? [];
    return name === undefined ? null : { kind: 'name', written: `$${name}`, name };
  }
  const end = closingBrace(text, at + 2);
  if (end === -1) return null;
  const name = text.slice(at + 2, end).trim();
  return { kind: NAME_IN_BRACES.test(name) ? 'name' : 'computed', written: text.slice(at, end + 1), name };
}

function closingBrace(text: string, from: number): number {
  let open = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '{') open++;
    if (text[at] === '}' && --open === 0) return at;
  }
  return -1;
}

function literal(written: string): Piece {
  return { kind: 'text', written, name: '' };
}

/** Pieces are looked up in the source one behind the other; one that is escaped there gets the whole string's place. */
function placeParts(pieces: readonly Piece[], string: WrittenString): Expression[] {
  let from = string.start;
  return pieces.map((piece) => {
    const found = string.source.indexOf(piece.written, from);
    const inside = found !== -1 && found + piece.written.length <= string.end;
    if (inside) from = found + piece.written.length;
    const place = inside ? string.lines.place(found, from) : string.lines.place(string.start, string.end);
    return partOf(piece, place);
  });
}

function partOf(piece: Piece, place: Place): Expression {
  switch (piece.kind) {
    case 'text':
      return { kind: 'scalar', value: maskSecrets(piece.written), place };
    case 'name':
      return { kind: 'reference', name: piece.name, place };
    case 'computed':
      return opaque(piece.written, place);
  }
}
