import type { Expression, ListExpression } from '../../model/expression.js';
import { type Fact, MODULE_SCOPE, type ScopeId } from '../../model/fact.js';
import type { ExpressionReader } from './expression-reader.js';
import { readImports } from './imports.js';
import { SignatureReader } from './signature.js';
import { targetName } from './target-name.js';
import type { TokenStream } from './token-stream.js';

/** The node types that make a statement. Statements without a value, such as `pass` and `global x`, are not asked for. */
export const STATEMENT_NODES = [
  'assert_statement',
  'assignment',
  'augmented_assignment',
  'case_clause',
  'case_pattern',
  'class_definition',
  'decorator',
  'delete_statement',
  'elif_clause',
  'else_clause',
  'except_clause',
  'finally_clause',
  'for_statement',
  'function_definition',
  'future_import_statement',
  'if_statement',
  'import_from_statement',
  'import_statement',
  'match_statement',
  'print_statement',
  'raise_statement',
  'return_statement',
  'try_statement',
  'while_statement',
  'with_statement',
] as const;

/** Where a statement stands. */
interface Context {
  readonly scope: ScopeId;
  readonly conditional: boolean;
}

/** A node that was entered: what the stream said of it before its tokens were read. */
interface Entered {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** Reads the statements of a module off a token stream, as facts in the order of the source. */
export class StatementReader {
  readonly facts: Fact[] = [];
  readonly #text: string;
  readonly #tokens: TokenStream;
  readonly #expressions: ExpressionReader;
  readonly #signatures: SignatureReader;
  readonly #nesting: number;
  #depth = 0;
  #scopes: ScopeId = MODULE_SCOPE;
  #decorators: Expression[] = [];

  constructor(options: { text: string; tokens: TokenStream; expressions: ExpressionReader; nesting: number }) {
    this.#text = options.text;
    this.#tokens = options.tokens;
    this.#expressions = options.expressions;
    this.#signatures = new SignatureReader(options);
    this.#nesting = options.nesting;
  }

  readModule(): void {
    this.#statements(this.#text.length, { scope: MODULE_SCOPE, conditional: false });
  }

  #statements(limit: number, context: Context): void {
    if (this.#depth > this.#nesting) {
      this.#expressions.tooDeepAt ??= this.#expressions.place(this.#tokens.position, limit).startLine;
      return;
    }
    this.#depth += 1;
    while (this.#tokens.nextNode(limit)) {
      const node = { type: this.#tokens.text, start: this.#tokens.start, end: this.#tokens.end };
      // What tree-sitter could make sense of inside an error stands in it as statements.
      if (node.type === 'ERROR') continue;
      this.#statement(node, context);
      this.#tokens.leave(node.end);
    }
    this.#depth -= 1;
  }

  #statement(node: Entered, context: Context): void {
    switch (node.type) {
      case 'assignment':
        this.#assignment(node, context);
        break;
      case 'augmented_assignment':
        this.#augmentedAssignment(node, context);
        break;
      case 'import_statement':
      case 'import_from_statement':
      case 'future_import_statement':
        this.#import(node, context);
        break;
      case 'return_statement':
        this.#return(node, context);
        break;
      case 'function_definition':
        this.#function(node, context);
        break;
      case 'class_definition':
        this.#class(node, context);
        break;
      case 'decorator':
        this.#decorators.push(this.#expressions.operand(node.end));
        this.#settle(context);
        break;
      case 'if_statement':
        this.#if(node, context);
        break;
      case 'for_statement':
        this.#for(node, context);
        break;
      case 'with_statement':
        this.#with(node, context);
        break;
      case 'except_clause':
        this.#except(node, context);
        break;
      case 'elif_clause':
      case 'while_statement':
      case 'match_statement':
        this.#branch(node, context);
        break;
      case 'case_clause':
        this.#case(node, context);
        break;
      case 'else_clause':
      case 'finally_clause':
      case 'try_statement':
        this.#statements(node.end, { ...context, conditional: true });
        break;
      case 'yield':
        // The keyword has a node of the same name.
        this.#tokens.enterSame(node.type, node.start);
        this.#evaluateNext(node, context);
        break;
      case 'print_statement':
      case 'delete_statement':
        this.#evaluateNext(node, context);
        break;
      case 'assert_statement':
      case 'raise_statement':
        this.#evaluateAll(node, context);
        break;
      // A string that stands for itself is documentation, and a type alias holds no value.
      case 'string':
      case 'concatenated_string':
      case 'interpolation':
      case 'type':
        break;
      default:
        this.#tokens.putBack();
        this.#evaluateNext(node, context);
        break;
    }
  }

  #assignment(node: Entered, context: Context): void {
    const targets: Expression[] = [];
    let annotation: string | null = null;
    let value = this.#expressions.value(node.end);
    while (value !== null && (this.#expressions.stop === '=' || this.#expressions.stop === ':')) {
      targets.push(value);
      if (this.#expressions.stop === ':') annotation = this.#annotation(node.end);
      value = this.#expressions.value(node.end);
    }
    this.#settle(context);
    if (targets.length === 0 && value !== null) targets.push(value);
    for (const target of targets) this.#assign({ target, annotation, value, node, context });
  }

  /** The text of the type after a colon. */
  #annotation(limit: number): string | null {
    if (this.#tokens.next(limit) !== 'node') return null;
    const { start, end } = this.#tokens;
    this.#tokens.leave(end);
    return this.#expressions.source(start, end);
  }

  #augmentedAssignment(node: Entered, context: Context): void {
    const target = this.#expressions.value(node.end);
    const operand = this.#expressions.value(node.end);
    this.#settle(context);
    if (target === null) return;
    const value = this.#expressions.opaque(node.start, node.end, operand === null ? [] : [operand]);
    this.#assign({ target, annotation: null, value, node, context });
  }

  #assign(assignment: {
    target: Expression;
    annotation: string | null;
    value: Expression | null;
    node: { readonly start: number; readonly end: number };
    context: Context;
  }): void {
    const { target, annotation, value, node, context } = assignment;
    if (target.kind === 'list') {
      for (const part of this.#unpack(target, value)) this.#assign({ ...assignment, ...part });
      return;
    }
    const name =
      target.kind === 'reference'
        ? target.name
        : targetName(this.#expressions.source(target.place.start, target.place.end));
    if (name === null) {
      const { scope, conditional } = context;
      const { place } = target;
      this.facts.push({
        kind: 'evaluation',
        value: target,
        scope,
        ...(conditional ? { conditional } : {}),
        puts: true,
        place,
      });
      if (value !== null) this.#evaluate(value, context);
      return;
    }
    const place = this.#expressions.place(node.start, node.end);
    const { scope, conditional } = context;
    this.facts.push({ kind: 'assignment', target: name, annotation, value, scope, conditional, place });
  }

  /**
   * `a, b = x, y` item by item. Where the items cannot be told apart each name gets an opaque value, and the first
   * alone holds the right side, so that the calls in it are found once.
   */
  #unpack(targets: ListExpression, value: Expression | null): { target: Expression; value: Expression | null }[] {
    const { items } = targets;
    const matching =
      value?.kind === 'list' && value.complete && targets.complete && value.items.length === items.length;
    return items.map((target, index) => {
      if (value === null || isBare(value)) return { target, value };
      if (matching) return { target, value: value.items[index] ?? value };
      const { start, end } = value.place;
      return { target, value: this.#expressions.opaque(start, end, index === 0 ? [value] : []) };
    });
  }

  #import(node: Entered, context: Context): void {
    const place = this.#expressions.place(node.start, node.end);
    for (const found of readImports(this.#text.slice(node.start, node.end))) {
      this.facts.push({ kind: 'import', ...found, scope: context.scope, place });
    }
  }

  #return(node: Entered, context: Context): void {
    const value = this.#expressions.value(node.end);
    this.#settle(context);
    if (value === null) return;
    this.facts.push({
      kind: 'return',
      value,
      scope: context.scope,
      place: this.#expressions.place(node.start, node.end),
    });
  }

  #function(node: Entered, context: Context): void {
    const name = this.#signatures.name(node.end);
    const parameters = this.#signatures.parameters(node.end);
    this.#settle(context);
    const { scope } = context;
    const body = this.#openScope();
    const place = this.#expressions.place(node.start, node.end);
    this.facts.push({ kind: 'function', name, parameters, decorators: this.#takeDecorators(), scope, body, place });
    this.#statements(node.end, { scope: body, conditional: false });
  }

  #class(node: Entered, context: Context): void {
    const name = this.#signatures.name(node.end);
    const bases = this.#signatures.bases(node.end);
    this.#settle(context);
    const { scope } = context;
    const body = this.#openScope();
    const place = this.#expressions.place(node.start, node.end);
    this.facts.push({ kind: 'class', name, bases, decorators: this.#takeDecorators(), scope, body, place });
    this.#statements(node.end, { scope: body, conditional: false });
  }

  #openScope(): ScopeId {
    this.#scopes += 1;
    return this.#scopes;
  }

  #takeDecorators(): Expression[] {
    const decorators = this.#decorators;
    this.#decorators = [];
    return decorators;
  }

  #if(node: Entered, context: Context): void {
    const condition = this.#expressions.value(node.end);
    this.#settle(context);
    if (condition !== null) this.#evaluate(condition, context);
    const always = condition !== null && ALWAYS.test(this.#text.slice(condition.place.start, condition.place.end));
    this.#statements(node.end, { ...context, conditional: context.conditional || !always });
  }

  /** A branch with a condition or a subject in its head. */
  #branch(node: Entered, context: Context): void {
    if (node.type === 'match_statement') this.#tokens.skip('match'.length);
    const subject = this.#expressions.value(node.end);
    this.#settle(context);
    if (subject !== null) this.#evaluate(subject, context);
    this.#statements(node.end, { ...context, conditional: true });
  }

  #for(node: Entered, context: Context): void {
    const inside = { ...context, conditional: true };
    const target = this.#expressions.value(node.end);
    const iterable = this.#expressions.value(node.end);
    this.#settle(context);
    if (iterable !== null) this.#evaluate(iterable, context);
    if (target !== null && iterable !== null) {
      const { start, end } = iterable.place;
      const value = this.#expressions.opaque(start, end);
      this.#assign({ target, annotation: null, value, node: { start: node.start, end }, context: inside });
    }
    this.#statements(node.end, inside);
  }

  #with(node: Entered, context: Context): void {
    for (let kind = this.#tokens.next(node.end); kind !== 'end'; kind = this.#tokens.next(node.end)) {
      if (kind === 'mark' && this.#tokens.text === ':') break;
      if (kind === 'mark' || kind === 'keyword') continue;
      const { text, end } = this.#tokens;
      this.#tokens.putBack();
      if (text === 'ERROR') this.#tokens.leave(end);
      else {
        const value = this.#expressions.operand(node.end);
        if (text !== 'as_pattern') this.#evaluate(value, context);
      }
    }
    this.#settle(context);
    this.#statements(node.end, context);
  }

  #except(node: Entered, context: Context): void {
    this.#expressions.value(node.end);
    const inside = { ...context, conditional: true };
    for (const { target, value, place } of this.#expressions.takeBindings()) {
      const caught = this.#expressions.opaque(value.place.start, value.place.end);
      this.#assign({ target, annotation: null, value: caught, node: place, context: inside });
    }
    this.#statements(node.end, inside);
  }

  #case(node: Entered, context: Context): void {
    for (let kind = this.#tokens.next(node.end); kind !== 'end'; kind = this.#tokens.next(node.end)) {
      if (kind === 'mark' && this.#tokens.text === ':') break;
      if (kind !== 'node') continue;
      const { text, end } = this.#tokens;
      if (text === 'if_clause') this.#evaluateNext({ ...node, end }, context);
      this.#tokens.leave(end);
    }
    this.#statements(node.end, { ...context, conditional: true });
  }

  #evaluateNext(node: Entered, context: Context): void {
    if (node.type === 'print_statement') this.#tokens.skip('print'.length);
    const value = this.#expressions.value(node.end);
    this.#settle(context);
    if (value !== null) this.#evaluate(value, context);
  }

  #evaluateAll(node: Entered, context: Context): void {
    const values = this.#expressions.operands(node.end);
    this.#settle(context);
    for (const value of values) this.#evaluate(value, context);
  }

  #evaluate(value: Expression, { scope, conditional }: Context): void {
    const { place } = value;
    if (conditional) this.facts.push({ kind: 'evaluation', value, scope, conditional, place });
    else this.facts.push({ kind: 'evaluation', value, scope, place });
  }

  /** Turns what the last expressions left behind into facts of their own. */
  #settle(context: Context): void {
    for (const { target, value, place } of this.#expressions.takeBindings()) {
      this.#assign({ target, annotation: null, value, node: place, context });
    }
    for (const aside of this.#expressions.takeAsides()) this.#evaluate(aside, context);
  }
}

function isBare(value: Expression): boolean {
  return value.kind === 'opaque' && value.parts.length === 0;
}

/** Conditions that hold when the file is run, or when a type checker reads it. */
const ALWAYS = /^(?:__name__\s*==\s*(["'])__main__\1|(["'])__main__\2\s*==\s*__name__|(?:[\w.]+\.)?TYPE_CHECKING)$/;
