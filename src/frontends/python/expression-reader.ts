import type { Argument, Expression, MapEntry, Scalar } from '../../model/expression.js';
import type { LineNumber } from '../../model/identifiers.js';
import type { Place } from '../../model/location.js';
import { maskSecrets } from '../../model/secrets.js';
import type { LineIndex } from '../places.js';
import { fillFields, isText, joinParts, OperatorChain } from './operator-chain.js';
import { decodeContent, type StringShape, stringShape } from './string-literal.js';
import type { TokenStream } from './token-stream.js';

/**
 * The node types that the reader enters. `await x` and `name=x` are read as they stand; everything else inside an
 * expression is read from the gaps.
 */
export const EXPRESSION_NODES = [
  'as_pattern',
  'binary_operator',
  'boolean_operator',
  'call',
  'comparison_operator',
  'concatenated_string',
  'conditional_expression',
  'dictionary',
  'dictionary_comprehension',
  'dictionary_splat',
  'for_in_clause',
  'generator_expression',
  'if_clause',
  'interpolation',
  'lambda',
  'list',
  'list_comprehension',
  'list_splat',
  'named_expression',
  'not_operator',
  'parenthesized_expression',
  'set',
  'set_comprehension',
  'slice',
  'string',
  'subscript',
  'tuple',
  'type',
  'unary_operator',
  'yield',
] as const;

/** A name that an expression gives to a value on its way: `name := value`, `value as name`. */
export interface Binding {
  readonly target: Expression;
  readonly value: Expression;
  readonly place: Place;
}

/** Texts beyond this many characters are prompts and data, not settings. */
const LONGEST_TEXT = 2_000;

/** Reads expressions off a token stream. What a value cannot hold is left to be taken. */
export class ExpressionReader {
  /** The line where nesting first passed the bound. */
  tooDeepAt: LineNumber | null = null;
  /** The character or word that ended the last `value`; empty at its limit. */
  stop = '';

  readonly #text: string;
  readonly #tokens: TokenStream;
  readonly #lines: LineIndex;
  readonly #nesting: number;
  /** Whether the file holds nothing token-shaped: then no stretch of it needs masking by itself. */
  readonly #clean: boolean;
  #depth = 0;
  #bindings: Binding[] = [];
  #asides: Expression[] = [];

  constructor(options: { text: string; tokens: TokenStream; lines: LineIndex; nesting: number; clean: boolean }) {
    this.#text = options.text;
    this.#tokens = options.tokens;
    this.#lines = options.lines;
    this.#nesting = options.nesting;
    this.#clean = options.clean;
  }

  /**
   * The next expression before `limit`; `a, b` without brackets is a list. Ends at the first token that cannot go on
   * with it, which `stop` then holds. Null where there is none.
   */
  value(limit: number): Expression | null {
    const items: Expression[] = [];
    let open = true;
    let several = false;
    let complete = true;
    let stop = '';
    for (let kind = this.#tokens.next(limit); kind !== 'end'; kind = this.#tokens.next(limit)) {
      const { text } = this.#tokens;
      if (kind === 'mark' && (text === ',' || OPENING.has(text))) {
        open = true;
        several = true;
      } else if (kind === 'mark' && text === '*' && open) complete = false;
      else if (kind === 'mark' && CLOSING.has(text)) open = false;
      else if (kind === 'node' && text === 'ERROR') this.#tokens.leave(this.#tokens.end);
      else if (kind === 'node' && text === 'assignment') open = true;
      else if (kind === 'mark' || kind === 'keyword') {
        if (items.length === 0 && text !== ':') continue;
        stop = text;
        break;
      } else if (!open) {
        this.#tokens.putBack();
        break;
      } else {
        if (kind === 'node' && text === 'list_splat') complete = false;
        items.push(this.#operandHere(limit));
        open = false;
      }
    }
    // Set last, since a value inside this one has its own.
    this.stop = stop;
    return this.#one(items, several, complete);
  }

  /** The names given inside the expressions read since the last call. */
  takeBindings(): readonly Binding[] {
    const found = this.#bindings;
    if (found.length > 0) this.#bindings = [];
    return found;
  }

  /** What was evaluated since the last call and no value holds: the condition of a choice, a computed key of a map. */
  takeAsides(): readonly Expression[] {
    const found = this.#asides;
    if (found.length > 0) this.#asides = [];
    return found;
  }

  /** A stretch that is present but not read. */
  opaque(start: number, end: number, parts: readonly Expression[] = []): Expression {
    return { kind: 'opaque', text: this.#excerpt(start, end), parts, place: this.place(start, end) };
  }

  /** A stretch as written, with tokens masked: annotations and targets are kept as they stand. */
  source(start: number, end: number): string {
    const text = this.#text.slice(start, end);
    return this.#clean ? text : maskSecrets(text);
  }

  place(start: number, end: number): Place {
    return this.#lines.place(start, end);
  }

  /** Call arguments up to the closing bracket; the opening one is behind us. */
  arguments(limit: number): Argument[] {
    const found: Argument[] = [];
    for (let kind = this.#tokens.next(limit); kind !== 'end'; kind = this.#tokens.next(limit)) {
      // The colon ends the bases of a class whose bracket was not closed.
      if (kind === 'mark' && (this.#tokens.text === ')' || this.#tokens.text === ':')) break;
      if (kind === 'mark' || kind === 'keyword') continue;
      found.push(this.#argument(limit));
    }
    return found;
  }

  /** All operands up to `limit`. */
  operands(limit: number): Expression[] {
    const found: Expression[] = [];
    for (let kind = this.#tokens.next(limit); kind !== 'end'; kind = this.#tokens.next(limit)) {
      if (kind === 'mark' || kind === 'keyword') continue;
      if (this.#tokens.text === 'ERROR') this.#tokens.leave(this.#tokens.end);
      else found.push(this.#operandHere(limit));
    }
    return found;
  }

  /** The next operand alone. An empty opaque one where the source lacks it. */
  operand(limit: number): Expression {
    for (let kind = this.#tokens.next(limit); kind !== 'end'; kind = this.#tokens.next(limit)) {
      if (kind === 'mark' && ENDING.has(this.#tokens.text)) {
        this.#tokens.putBack();
        break;
      }
      if (kind === 'mark' || kind === 'keyword') continue;
      if (this.#tokens.text !== 'ERROR') return this.#operandHere(limit);
      this.#tokens.leave(this.#tokens.end);
    }
    return this.opaque(this.#tokens.start, this.#tokens.start);
  }

  #one(items: Expression[], several: boolean, complete: boolean): Expression | null {
    const first = items[0];
    const last = items[items.length - 1];
    if (first === undefined || last === undefined) return null;
    if (!several && complete) return first;
    return { kind: 'list', items, complete, place: this.place(first.place.start, last.place.end) };
  }

  /** The operand that the stream stands on, with the names behind its dots. */
  #operandHere(limit: number): Expression {
    const { kind, start, end, text } = this.#tokens;
    if (kind === 'name') return this.#name(text, start, limit);
    if (kind === 'number') return this.#number(text, start, end);
    const expression = this.#node();
    const suffix = this.#tokens.suffix(limit);
    if (suffix === '') return expression;
    const place = this.place(start, this.#tokens.position);
    if (expression.kind === 'reference') return { kind: 'reference', name: expression.name + suffix, place };
    return attributeOf(expression, suffix, place);
  }

  #name(word: string, start: number, limit: number): Expression {
    const constant = word.length <= LONGEST_CONSTANT ? CONSTANTS.get(word) : undefined;
    if (constant !== undefined) return this.#scalar(constant, start, this.#tokens.position);
    const name = word + this.#tokens.suffix(limit);
    return { kind: 'reference', name, place: this.place(start, this.#tokens.position) };
  }

  #number(source: string, start: number, end: number): Expression {
    let value = Number(source);
    // Underscores between digits, and the `L` of Python 2.
    if (Number.isNaN(value)) value = Number(source.replaceAll('_', '').replace(/[lL]$/, ''));
    return Number.isNaN(value) ? this.opaque(start, end) : this.#scalar(value, start, end);
  }

  #scalar(value: Scalar, start: number, end: number): Expression {
    return { kind: 'scalar', value, place: this.place(start, end) };
  }

  /** Reads the node that the stream stands on and leaves it. */
  #node(): Expression {
    const { text: type, start, end } = this.#tokens;
    if (this.#depth >= this.#nesting) {
      this.tooDeepAt ??= this.#lines.lineAt(start);
      this.#tokens.leave(end);
      return this.opaque(start, end);
    }
    this.#depth += 1;
    const expression = this.#structure(type, start, end);
    this.#depth -= 1;
    this.#tokens.leave(end);
    return expression;
  }

  #structure(type: string, start: number, end: number): Expression {
    switch (type) {
      case 'call':
        return this.#call(start, end);
      case 'string':
        return this.#string(start, end);
      case 'concatenated_string':
        return this.#concatenation(start, end);
      case 'subscript':
        return this.#subscript(start, end);
      case 'list':
      case 'tuple':
      case 'set':
        return this.#list(start, end);
      case 'dictionary':
        return this.#dictionary(start, end);
      case 'parenthesized_expression':
        return this.operand(end);
      case 'binary_operator':
        return this.#binary(start, end);
      case 'boolean_operator':
        return this.#boolean(start, end);
      case 'unary_operator':
        return this.#unary(start, end);
      case 'conditional_expression':
        return this.#conditional(start, end);
      case 'named_expression':
        return this.#binding(start, end, 'target');
      case 'as_pattern':
        return this.#binding(start, end, 'value');
      case 'lambda':
        return this.#lambda(start, end);
      case 'for_in_clause':
        return this.#iterated(start, end);
      case 'yield':
        // The keyword has a node of the same name.
        this.#tokens.enterSame(type, start);
        return this.opaque(start, end, this.operands(end));
      case 'type':
        return this.opaque(start, end);
      default:
        return this.opaque(start, end, this.operands(end));
    }
  }

  #call(start: number, end: number): Expression {
    const { callee, receiver } = this.#callee(end);
    for (let kind = this.#tokens.next(end); kind !== 'end'; kind = this.#tokens.next(end)) {
      const open = this.#tokens.start;
      // `f(x for x in xs)`: the generator's brackets are the call's.
      const generator = kind === 'node' && this.#tokens.text === 'generator_expression';
      if (!generator && !(kind === 'mark' && this.#tokens.text === '(')) {
        if (kind === 'node') this.#tokens.leave(this.#tokens.end);
        continue;
      }
      const found = generator ? [this.#argument(end)] : this.arguments(end);
      return this.#finishedCall({ callee, receiver, found, start, open, end });
    }
    return this.#finishedCall({ callee, receiver, found: [], start, open: end, end });
  }

  #finishedCall(call: {
    callee: string;
    receiver: Expression | null;
    found: Argument[];
    start: number;
    open: number;
    end: number;
  }): Expression {
    const expression: Expression = {
      kind: 'call',
      callee: call.callee,
      receiver: call.receiver,
      arguments: call.found,
      place: this.place(call.start, call.end),
      argumentsPlace: this.place(call.open, call.end),
    };
    return fillFields(expression) ?? expression;
  }

  #callee(limit: number): { callee: string; receiver: Expression | null } {
    let kind = this.#tokens.next(limit);
    // In `[*a.b(c)][0]` the grammar hangs the call on `*a`.
    if (kind === 'node' && this.#tokens.text === 'list_splat') {
      this.#tokens.next(limit);
      kind = this.#tokens.next(limit);
    }
    const { text, start } = this.#tokens;
    if (kind === 'name') return { callee: text + this.#tokens.suffix(limit), receiver: null };
    if (kind !== 'node') return { callee: '', receiver: null };
    const receiver = this.#node();
    const callee = this.#tokens.suffix(limit);
    if (receiver.kind === 'reference') return { callee: receiver.name + callee, receiver: null };
    // `handlers[name](x)`: what is called is known only when the code runs.
    if (receiver.kind !== 'subscript' || callee !== '') return { callee, receiver };
    return { callee, receiver: this.opaque(start, receiver.place.end, [receiver]) };
  }

  /** The argument that the stream stands on. */
  #argument(limit: number): Argument {
    const { kind, text, start, end } = this.#tokens;
    if (kind === 'name' && this.#tokens.take('=', limit)) {
      const value = this.operand(limit);
      return { name: text, spread: '', value, place: this.place(start, Math.max(value.place.end, end)) };
    }
    const spread = kind === 'node' ? (SPREADS.get(text) ?? '') : '';
    if (spread === '') {
      const value = this.#operandHere(limit);
      return { name: null, spread, value, place: value.place };
    }
    // What could not be parsed may have been any argument, so the call is left as open as by `**`.
    const value = text === 'ERROR' ? this.opaque(start, end) : this.operand(end);
    this.#tokens.leave(end);
    return { name: null, spread, value, place: this.place(start, end) };
  }

  #string(start: number, end: number): Expression {
    const shape = stringShape(this.#text, start, end);
    if (shape.formatted) return this.#formatted(shape, start, end);
    if (shape.contentEnd - shape.contentStart > LONGEST_TEXT) return this.opaque(start, end);
    return this.#scalar(this.#content(shape, shape.contentStart, shape.contentEnd), start, end);
  }

  #formatted(shape: StringShape, start: number, end: number): Expression {
    const parts: Expression[] = [];
    let from = shape.contentStart;
    const literal = (to: number) => {
      if (to > from) parts.push(this.#scalar(this.#content(shape, from, to), from, to));
    };
    while (this.#tokens.nextNode(end)) {
      const inner = { start: this.#tokens.start, end: this.#tokens.end };
      literal(inner.start);
      const value = this.value(inner.end);
      // `{x:.2f}`, `{x!r}` and `{x=}` stand for another text than the value's own.
      const asItIs = this.stop === '' || this.stop === '}';
      if (value !== null) parts.push(asItIs ? value : this.opaque(inner.start, inner.end, [value]));
      this.#tokens.leave(inner.end);
      from = inner.end;
    }
    const computed = from > shape.contentStart;
    if (shape.contentEnd - shape.contentStart > LONGEST_TEXT) {
      return this.opaque(
        start,
        end,
        parts.filter((part) => !isText(part)),
      );
    }
    if (!computed) return this.#scalar(this.#content(shape, from, shape.contentEnd), start, end);
    literal(shape.contentEnd);
    return { kind: 'template', parts, place: this.place(start, end) };
  }

  #content(shape: StringShape, start: number, end: number): string {
    const content = this.#text.slice(start, end);
    const decoded = decodeContent(content, shape);
    return this.#clean && decoded === content ? decoded : maskSecrets(decoded);
  }

  /** `"a" "b"`: one text, however many lines it is written on. */
  #concatenation(start: number, end: number): Expression {
    const strings = this.operands(end);
    if (!strings.every(isText)) return { kind: 'template', parts: joinParts(strings), place: this.place(start, end) };
    const joined = strings.map((part) => part.value).join('');
    return joined.length > LONGEST_TEXT ? this.opaque(start, end) : this.#scalar(maskSecrets(joined), start, end);
  }

  #subscript(start: number, end: number): Expression {
    const base = this.operand(end);
    const keys = this.operands(end);
    const key = keys.length === 1 && keys[0] !== undefined ? keys[0] : this.#one(keys, true, true);
    if (key === null) return this.opaque(start, end, [base]);
    return { kind: 'subscript', base, key, place: this.place(start, end) };
  }

  #list(start: number, end: number): Expression {
    const items: Expression[] = [];
    let complete = true;
    for (let kind = this.#tokens.next(end); kind !== 'end'; kind = this.#tokens.next(end)) {
      if (kind === 'mark' || kind === 'keyword') continue;
      // By its first character, since `[*a.b(c)][0]` has a call here in place of a spread.
      if (this.#text[this.#tokens.start] === '*' || this.#tokens.text === 'ERROR') complete = false;
      items.push(this.#operandHere(end));
    }
    return { kind: 'list', items, complete, place: this.place(start, end) };
  }

  #dictionary(start: number, end: number): Expression {
    const entries: MapEntry[] = [];
    const spreads: Expression[] = [];
    let key: Expression | null = null;
    for (let kind = this.#tokens.next(end); kind !== 'end'; kind = this.#tokens.next(end)) {
      if (kind === 'mark' && this.#tokens.text === ',') key = null;
      if (kind === 'mark' || kind === 'keyword') continue;
      if (kind === 'node' && SPREADS.has(this.#tokens.text)) spreads.push(this.#argument(end).value);
      else if (key === null) key = this.#operandHere(end);
      else {
        entries.push(this.#entry(key, this.#operandHere(end)));
        key = null;
      }
    }
    return { kind: 'map', entries, spreads, style: 'flow', place: this.place(start, end) };
  }

  #entry(key: Expression, value: Expression): MapEntry {
    const constant = key.kind === 'scalar' && (typeof key.value === 'string' || typeof key.value === 'number');
    if (!constant) this.#aside(key);
    return {
      key: constant ? String(key.value) : null,
      keyPlace: key.place,
      value,
      place: this.place(key.place.start, value.place.end),
    };
  }

  #binary(start: number, end: number): Expression {
    const ends = this.#leftEnds('binary_operator', start, end);
    const chain = new OperatorChain(this.operand(ends[ends.length - 1] ?? end));
    for (let at = ends.length - 1; at >= 0; at -= 1) {
      const limit = ends[at] ?? end;
      const operator = this.#operator(limit);
      chain.add(operator, this.operand(limit), this.place(start, limit));
    }
    const [first] = chain.operands;
    if (chain.operands.length === 1 && first !== undefined) return first;
    const place = this.place(start, end);
    if (chain.merged !== null) return { kind: 'map', entries: [], spreads: chain.merged, style: 'flow', place };
    if (chain.joined === null) return this.opaque(start, end, chain.operands);
    return { kind: 'template', parts: chain.joined, place };
  }

  #boolean(start: number, end: number): Expression {
    const ends = this.#leftEnds('boolean_operator', start, end);
    let operands = [this.operand(ends[ends.length - 1] ?? end)];
    let word = '';
    for (let at = ends.length - 1; at >= 0; at -= 1) {
      const limit = ends[at] ?? end;
      const operator = this.#operator(limit);
      // `and` binds closer, so a chain changes its word once: from `and` to `or`.
      if (word === 'and' && operator === 'or') operands = [this.opaque(start, this.#tokens.start, operands)];
      word = operator;
      operands.push(this.operand(limit));
    }
    if (word !== 'or') return this.opaque(start, end, operands);
    return { kind: 'choice', options: openChoices(operands, 'or'), by: 'or', place: this.place(start, end) };
  }

  /** Enters the operators that start where this one does; their ends, outermost first. */
  #leftEnds(type: string, start: number, end: number): number[] {
    const ends = [end];
    while (this.#tokens.enterSame(type, start)) ends.push(this.#tokens.end);
    return ends;
  }

  /** The first mark of the operator between two operands, or its word. */
  #operator(limit: number): string {
    for (let kind = this.#tokens.next(limit); kind !== 'end'; kind = this.#tokens.next(limit)) {
      if (kind === 'mark' || kind === 'keyword') return this.#tokens.text;
      if (kind === 'node') this.#tokens.leave(this.#tokens.end);
    }
    return '';
  }

  #unary(start: number, end: number): Expression {
    const operator = this.#operator(end);
    const operand = this.operand(end);
    if (operand.kind === 'scalar' && typeof operand.value === 'number' && operator !== '~') {
      return this.#scalar(operator === '-' ? -operand.value : operand.value, start, end);
    }
    return this.opaque(start, end, [operand]);
  }

  #conditional(start: number, end: number): Expression {
    const [first, condition, second, ...rest] = this.operands(end);
    if (first === undefined || condition === undefined || second === undefined || rest.length > 0) {
      return this.opaque(
        start,
        end,
        [first, condition, second, ...rest].filter((part) => part !== undefined),
      );
    }
    this.#aside(condition);
    return { kind: 'choice', options: openChoices([first, second], undefined), place: this.place(start, end) };
  }

  #aside(expression: Expression): void {
    if (expression.kind !== 'scalar' && expression.kind !== 'reference') this.#asides.push(expression);
  }

  /**
   * `name := value` or `value as name`. What is left in its place is the name, so that the calls in the value are
   * found once.
   */
  #binding(start: number, end: number, first: 'target' | 'value'): Expression {
    const left = this.operand(end);
    this.#operator(end);
    const right = this.operand(end);
    const [target, value] = first === 'target' ? [left, right] : [right, left];
    this.#bindings.push({ target, value, place: this.place(start, end) });
    return target.kind === 'reference' ? target : this.opaque(start, end);
  }

  #lambda(start: number, end: number): Expression {
    const parts: Expression[] = [];
    // The keyword has a node of the same name.
    this.#tokens.enterSame('lambda', start);
    for (let kind = this.#tokens.next(end); kind !== 'end'; kind = this.#tokens.next(end)) {
      if (kind === 'mark' && this.#tokens.text === ':') break;
      if (kind === 'node') parts.push(this.#operandHere(end));
    }
    parts.push(this.operand(end));
    return this.opaque(start, end, parts);
  }

  /** What `for x in xs` runs over. */
  #iterated(start: number, end: number): Expression {
    for (let kind = this.#tokens.next(end); kind !== 'end'; kind = this.#tokens.next(end)) {
      if (kind === 'keyword' && this.#tokens.text === 'in') return this.value(end) ?? this.opaque(start, end);
      if (kind === 'node') this.#tokens.leave(this.#tokens.end);
    }
    return this.opaque(start, end);
  }

  /** At most 80 characters. Masked before it is cut, or the head of a token would be left. */
  #excerpt(start: number, end: number): string {
    const source = this.#text.slice(start, Math.min(end, start + (this.#clean ? EXCERPT : MASKED_EXCERPT)));
    const text = this.#clean ? source : maskSecrets(source).slice(0, EXCERPT);
    // Half of a surrogate pair cannot be written as UTF-8.
    const last = text.charCodeAt(text.length - 1);
    return last >= 0xd800 && last <= 0xdbff ? text.slice(0, -1) : text;
  }
}

const EXCERPT = 80;
const MASKED_EXCERPT = 1_000;
const ENDING: ReadonlySet<string> = new Set([',', ':']);
const OPENING: ReadonlySet<string> = new Set(['(', '[']);
const CLOSING: ReadonlySet<string> = new Set([')', ']']);
const CONSTANTS: ReadonlyMap<string, Scalar> = new Map([
  ['True', true],
  ['False', false],
  ['None', null],
]);
const LONGEST_CONSTANT = 'False'.length;
const SPREADS: ReadonlyMap<string, '*' | '**'> = new Map([
  ['list_splat', '*'],
  ['dictionary_splat', '**'],
  ['ERROR', '**'],
]);

/** `a or (b or c)` is one choice of three; `a or (b if c else d)` is one of two. */
function openChoices(options: readonly Expression[], by: 'or' | undefined): Expression[] {
  return options.flatMap((option) => (option.kind === 'choice' && option.by === by ? option.options : [option]));
}

/** `.a.b` behind an expression that is no name. */
function attributeOf(expression: Expression, suffix: string, place: Place): Expression {
  return suffix
    .split('.')
    .slice(1)
    .reduce<Expression>(
      (base, name) => ({ kind: 'subscript', base, key: { kind: 'scalar', value: name, place }, dotted: true, place }),
      expression,
    );
}
