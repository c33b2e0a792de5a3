import type { Argument, Expression } from '../../model/expression.js';
import type { Parameter } from '../../model/fact.js';
import type { ExpressionReader } from './expression-reader.js';
import type { TokenStream } from './token-stream.js';

/** What stands between `def` or `class` and the body. */
export class SignatureReader {
  readonly #tokens: TokenStream;
  readonly #expressions: ExpressionReader;

  constructor(options: { tokens: TokenStream; expressions: ExpressionReader }) {
    this.#tokens = options.tokens;
    this.#expressions = options.expressions;
  }

  /** The name behind `def` or `class`. */
  name(limit: number): string {
    for (let kind = this.#tokens.next(limit); kind !== 'end'; kind = this.#tokens.next(limit)) {
      if (kind === 'name') return this.#tokens.text;
      if (kind === 'node') this.#tokens.leave(this.#tokens.end);
    }
    return '';
  }

  /** The bases of a class; keywords such as `metaclass=` are left out. */
  bases(limit: number): Expression[] {
    if (!this.#toBracket(limit)) return [];
    return this.#expressions
      .arguments(limit)
      .filter(isBase)
      .map((argument) => argument.value);
  }

  /** The parameters of a function, in order. The separators `*` and `/` are left out. */
  parameters(limit: number): Parameter[] {
    const found: Parameter[] = [];
    if (!this.#toBracket(limit)) return found;
    let draft = nothingYet();
    for (let kind = this.#tokens.next(limit); kind !== 'end'; kind = this.#tokens.next(limit)) {
      const { text } = this.#tokens;
      if (kind === 'mark' && text === ')') break;
      // Only types stand among parameters; another node is the body, because the bracket was not closed.
      if (kind === 'node' && text !== 'type' && text !== 'ERROR') {
        this.#tokens.putBack();
        break;
      }
      if (kind === 'mark' && text === ',') {
        if (draft.name !== '') found.push(draft);
        draft = nothingYet();
      } else this.#addToken(draft, limit);
    }
    if (draft.name !== '') found.push(draft);
    return found;
  }

  #addToken(draft: Draft, limit: number): void {
    const { kind, text, start, end } = this.#tokens;
    if (kind === 'name' && draft.name === '') draft.name = text;
    else if (kind === 'mark' && text === '*') draft.spread = draft.spread === '*' ? '**' : '*';
    else if (kind === 'mark' && text === '=') draft.default = this.#expressions.operand(limit);
    else if (kind === 'node') {
      if (text === 'type') draft.annotation = this.#expressions.source(start, end);
      this.#tokens.leave(end);
    }
  }

  /** Goes behind the opening bracket, past type parameters; false where the colon comes first. */
  #toBracket(limit: number): boolean {
    for (let kind = this.#tokens.next(limit); kind !== 'end'; kind = this.#tokens.next(limit)) {
      if (kind === 'mark' && this.#tokens.text === '(') return true;
      if (kind === 'mark' && this.#tokens.text === ':') return false;
      if (kind === 'node') this.#tokens.leave(this.#tokens.end);
    }
    return false;
  }
}

type Draft = { -readonly [Key in keyof Parameter]: Parameter[Key] };

function nothingYet(): Draft {
  return { name: '', spread: '', annotation: null, default: null };
}

function isBase(argument: Argument): boolean {
  return argument.name === null && argument.spread === '';
}
