import { type CST, Parser } from 'yaml';
import type { Language } from './spelling.js';

export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** The comments of a text, and a way around them. */
export class Trivia {
  readonly #text: string;
  readonly #byStart: ReadonlyMap<number, Stretch>;
  readonly #byEnd: ReadonlyMap<number, Stretch>;

  constructor(text: string, comments: readonly Stretch[]) {
    this.#text = text;
    this.#byStart = new Map(comments.map((comment) => [comment.start, comment]));
    this.#byEnd = new Map(comments.map((comment) => [comment.end, comment]));
  }

  /** The first character at or behind an offset that is neither blank nor comment; the text's length if none is. */
  after(offset: number): number {
    let at = offset;
    for (;;) {
      const comment = this.#byStart.get(at);
      if (comment !== undefined) at = comment.end;
      else if (at < this.#text.length && BLANK.test(this.#text.charAt(at))) at++;
      else return at;
    }
  }

  /** The last character before an offset that is neither blank nor comment; -1 if none is. */
  before(offset: number): number {
    let at = offset;
    for (;;) {
      const comment = this.#byEnd.get(at);
      if (comment !== undefined) at = comment.start;
      else if (at > 0 && BLANK.test(this.#text.charAt(at - 1))) at--;
      else return at - 1;
    }
  }

  /** Whether a comment starts in a stretch. */
  hasComment({ start, end }: Stretch): boolean {
    for (const comment of this.#byStart.keys()) if (start <= comment && comment < end) return true;
    return false;
  }

  /** The comment that is next on the same line, with only spaces and tabs before it; null if there is none. */
  commentOnLine(offset: number): Stretch | null {
    let at = offset;
    while (this.#text[at] === ' ' || this.#text[at] === '\t') at++;
    return this.#byStart.get(at) ?? null;
  }
}

export function findTrivia(text: string, language: Language): Trivia {
  switch (language) {
    case 'python':
      return new Trivia(text, pythonComments(text));
    case 'yaml':
      return new Trivia(text, yamlComments(text));
    case 'json':
      return new Trivia(text, jsonComments(text));
  }
}

/** Strings of Python, to be passed over as a whole by who counts brackets. */
export function pythonStrings(text: string): readonly Stretch[] {
  return stretches(text, PYTHON_TOKEN).filter(({ start }) => text[start] !== '#');
}

/** Every token of a YAML text, collections before what they hold. A list, since recursion could overflow the stack. */
export function yamlTokens(text: string): (CST.Token | CST.SourceToken)[] {
  const found: (CST.Token | CST.SourceToken)[] = [];
  const pending: (CST.Token | CST.SourceToken)[] = [...new Parser().parse(text)].reverse();
  for (let token = pending.pop(); token !== undefined; token = pending.pop()) {
    found.push(token);
    pending.push(...partsOf(token).reverse());
  }
  return found;
}

// A backslash before a line end joins two lines of Python.
const BLANK = /[\s\\\uFEFF]/;
const PYTHON_TOKEN =
  /#[^\r\n]*|"""(?:\\[\s\S]|[^\\])*?"""|'''(?:\\[\s\S]|[^\\])*?'''|"(?:\\[\s\S]|[^\\\n"])*"|'(?:\\[\s\S]|[^\\\n'])*'/g;
const JSON_TOKEN = /"(?:[^"\\\r\n]|\\.)*"?|\/\/[^\r\n]*|\/\*[\s\S]*?\*\//g;

function pythonComments(text: string): Stretch[] {
  return stretches(text, PYTHON_TOKEN).filter(({ start }) => text[start] === '#');
}

function jsonComments(text: string): Stretch[] {
  return stretches(text, JSON_TOKEN).filter(({ start }) => text[start] === '/');
}

function stretches(text: string, token: RegExp): Stretch[] {
  return [...text.matchAll(token)].map(({ index, 0: found }) => ({ start: index, end: index + found.length }));
}

function yamlComments(text: string): Stretch[] {
  return yamlTokens(text).flatMap((token) =>
    token.type === 'comment'
      ? [{ start: token.offset, end: token.offset + (token as CST.SourceToken).source.trimEnd().length }]
      : [],
  );
}

function partsOf(token: CST.Token | CST.SourceToken): (CST.Token | CST.SourceToken)[] {
  const parts: (CST.Token | CST.SourceToken)[] = [];
  if ('start' in token) parts.push(...(Array.isArray(token.start) ? token.start : [token.start]));
  if ('props' in token) parts.push(...token.props);
  if ('items' in token) {
    for (const { start, key, sep, value } of token.items) {
      parts.push(...start, ...(key ? [key] : []), ...(sep ?? []), ...(value ? [value] : []));
    }
  }
  if ('value' in token && token.value !== undefined) parts.push(token.value);
  if ('end' in token && token.end !== undefined) parts.push(...token.end);
  return parts;
}
