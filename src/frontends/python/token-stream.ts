import type { Node } from 'web-tree-sitter';

export type TokenKind = 'node' | 'name' | 'number' | 'keyword' | 'mark' | 'end';

/**
 * The text of a file as tokens, where each syntax node that was asked for is one token that can be entered. Names,
 * numbers and punctuation are read from the gaps between nodes: a node costs about a microsecond on its way out of
 * wasm, and half of the named nodes of Python are names and dots.
 */
export class TokenStream {
  /** What `next` found. For a node `text` is its type, for a mark its one character, else the word as written. */
  kind: TokenKind = 'end';
  text = '';
  start = 0;
  end = 0;

  readonly #source: string;
  /** In pre-order, so the nodes inside a node follow it. */
  readonly #nodes: readonly Node[];
  /** Whether strings are read from the gaps too: where nothing is wrong in the file, they end where they seem to. */
  readonly #readsStrings: boolean;
  #index = 0;
  #position = 0;
  #nextNode: number;
  /** Where the string starts that was read from a gap last: until it is left, what comes next is what is in it. */
  #string = -1;

  constructor(source: string, nodes: readonly Node[], readsStrings: boolean) {
    this.#source = source;
    this.#nodes = nodes;
    this.#readsStrings = readsStrings;
    this.#nextNode = nodes[0]?.startIndex ?? Number.POSITIVE_INFINITY;
  }

  /** Moves to the next token before `limit`. A node's own tokens come next, unless `leave` skips them. */
  next(limit: number): TokenKind {
    const start = this.#skipBlanks(this.#position, limit);
    while (this.#nextNode < start) this.#advanceNode();
    this.start = start;
    if (start >= limit) return this.#found('end', '', limit);
    if (start === this.#nextNode) return this.#enterNode();
    const code = this.#source.charCodeAt(start);
    if (isNameStart(code)) return this.#word(start);
    if (isDigit(code)) return this.#number(start);
    if (code === DOT) return this.#dot(start);
    if (isQuote(code) && this.#readsStrings && this.#string !== start) return this.#quoted(start, start);
    return this.#found('mark', this.#source.charAt(start), start + 1);
  }

  /** Enters the next node before `limit`, whatever stands in front of it. */
  nextNode(limit: number): boolean {
    while (this.#nextNode < this.#position) this.#advanceNode();
    if (this.#nextNode >= limit) return false;
    this.start = this.#nextNode;
    this.#enterNode();
    return true;
  }

  /** Whether the next node has this type and starts at `start`: the left end of a chain of operators. */
  enterSame(type: string, start: number): boolean {
    const node = this.#nodes[this.#index];
    if (this.#nextNode !== start || node === undefined || node.type !== type) return false;
    this.start = start;
    this.#enterNode();
    return true;
  }

  /** Goes to `end`, past every node that starts before it. */
  leave(end: number): void {
    this.#position = end;
    while (this.#nextNode < end) this.#advanceNode();
  }

  /** Makes the last token the next one again. */
  putBack(): void {
    this.#position = this.start;
    if (this.#string === this.start) this.#string = -1;
    else if (this.kind === 'node') this.#backToNode();
  }

  #backToNode(): void {
    this.#index -= 1;
    this.#nextNode = this.start;
  }

  /** Skips a word the grammar keeps and the lexer takes for a name, such as `match`. */
  skip(length: number): void {
    this.#position += length;
  }

  /** Reads `.name.name` right here; an empty string where there is none. */
  suffix(limit: number): string {
    let suffix = '';
    for (;;) {
      const dot = this.#skipBlanks(this.#position, limit);
      if (dot >= limit || dot === this.#nextNode || this.#source.charCodeAt(dot) !== DOT) return suffix;
      const start = this.#skipBlanks(dot + 1, limit);
      if (start >= limit || !isNameStart(this.#source.charCodeAt(start))) return suffix;
      this.#position = this.#wordEnd(start);
      suffix += `.${this.#source.slice(start, this.#position)}`;
    }
  }

  /** Takes `mark` if it is the next character, as long as it is not the first half of `==`. */
  take(mark: string, limit: number): boolean {
    const at = this.#skipBlanks(this.#position, limit);
    if (at >= limit || this.#source[at] !== mark || this.#source[at + 1] === '=') return false;
    this.#position = at + 1;
    return true;
  }

  get position(): number {
    return this.#position;
  }

  #enterNode(): TokenKind {
    const node = this.#nodes[this.#index] as Node;
    const kind = this.#found('node', node.type, node.endIndex);
    this.#position = this.start;
    this.#advanceNode();
    return kind;
  }

  #advanceNode(): void {
    this.#index += 1;
    this.#nextNode = this.#nodes[this.#index]?.startIndex ?? Number.POSITIVE_INFINITY;
  }

  #word(start: number): TokenKind {
    const end = this.#wordEnd(start);
    const word = this.#source.slice(start, end);
    if (this.#readsStrings && this.#string !== start && isQuote(this.#source.charCodeAt(end)) && PREFIX.test(word)) {
      return this.#quoted(start, end);
    }
    // Most names are longer than any keyword, which saves the search for them.
    const keyword = word.length <= LONGEST_KEYWORD && KEYWORDS.has(word);
    return this.#found(keyword ? 'keyword' : 'name', word, end);
  }

  /** A string that starts at `start`, with its first quote at `open`. */
  #quoted(start: number, open: number): TokenKind {
    const quote = this.#source.charAt(open);
    const quotes = this.#source.startsWith(quote.repeat(3), open) ? quote.repeat(3) : quote;
    const end = this.#closing(open + quotes.length, quotes) + quotes.length;
    this.#found('node', 'string', end);
    this.#position = start;
    this.#string = start;
    return 'node';
  }

  /** Where the closing quotes stand; those inside of what a string computes are not its own. */
  #closing(from: number, quotes: string): number {
    const quote = quotes.charCodeAt(0);
    let computed = this.#index;
    let at = from;
    while (at < this.#source.length) {
      const code = this.#source.charCodeAt(at);
      const node = this.#nodes[computed];
      if (node !== undefined && at >= node.startIndex) {
        // Behind it come the nodes inside of it.
        if (at === node.startIndex) at = node.endIndex;
        computed += 1;
      } else if (code === BACKSLASH) at += at + 1 === node?.startIndex ? 1 : 2;
      else if (code === quote && this.#source.startsWith(quotes, at)) return at;
      else at += 1;
    }
    return at;
  }

  #dot(start: number): TokenKind {
    // An ellipsis is a value like a number, and as little read.
    if (this.#source.startsWith('...', start)) return this.#found('number', '...', start + 3);
    if (isDigit(this.#source.charCodeAt(start + 1))) return this.#number(start);
    return this.#found('mark', '.', start + 1);
  }

  #number(start: number): TokenKind {
    let end = start;
    while (isDigit(this.#source.charCodeAt(end))) end += 1;
    if (end === start || isNumberPart(this.#source.charCodeAt(end))) {
      NUMBER.lastIndex = start;
      end = NUMBER.test(this.#source) ? NUMBER.lastIndex : start + 1;
    }
    return this.#found('number', this.#source.slice(start, end), end);
  }

  #found(kind: TokenKind, text: string, end: number): TokenKind {
    this.kind = kind;
    this.text = text;
    this.end = end;
    this.#position = end;
    return kind;
  }

  #wordEnd(start: number): number {
    let end = start + 1;
    while (isNamePart(this.#source.charCodeAt(end))) end += 1;
    return end;
  }

  #skipBlanks(from: number, limit: number): number {
    let at = from;
    while (at < limit) {
      const code = this.#source.charCodeAt(at);
      if (code === HASH) {
        const lineEnd = this.#source.indexOf('\n', at);
        at = lineEnd === -1 ? limit : lineEnd;
      } else if (!isBlank(code)) return at;
      at += 1;
    }
    return limit;
  }
}

const DOT = 46;
const HASH = 35;
const BACKSLASH = 92;
const DOUBLE_QUOTE = 34;
const SINGLE_QUOTE = 39;
const BACK_QUOTE = 96;
const NUMBER =
  /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?[jJlL]?/y;

/** Words that cannot name anything. `True`, `False` and `None` are left out, since they are values. */
const KEYWORDS: ReadonlySet<string> = new Set(
  (
    'and as assert async await break class continue def del elif else except finally for from global if import in is ' +
    'lambda nonlocal not or pass raise return try while with yield'
  ).split(' '),
);

/** What may stand in front of a string's quotes. */
const PREFIX = /^[bBfFrRtTuU]+$/;
const LONGEST_KEYWORD = 'continue'.length;

/** Blanks, and the backslash that joins two lines. */
function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === BACKSLASH || (code > 127 && OTHER_BLANKS.has(code));
}
const OTHER_BLANKS: ReadonlySet<number> = new Set([0xa0, 0x2028, 0x2029, 0x2060, 0x200b, 0xfeff]);

function isQuote(code: number): boolean {
  return code === DOUBLE_QUOTE || code === SINGLE_QUOTE || code === BACK_QUOTE;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isNameStart(code: number): boolean {
  return (
    (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || (code > 127 && !OTHER_BLANKS.has(code))
  );
}

/** What may follow the digits of a number that is more than an integer. */
function isNumberPart(code: number): boolean {
  return code === DOT || isNameStart(code);
}

function isNamePart(code: number): boolean {
  return isNameStart(code) || isDigit(code);
}
