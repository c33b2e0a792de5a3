import { type CallExpression, descendants, type Expression, lastName } from '../../model/expression.js';
import { type AssignmentFact, type FileFacts, MODULE_SCOPE, type ScopeId } from '../../model/fact.js';
import type { PythonModule } from './module.js';

/** Rounds until nothing new is reached: each follows one step through a variable or a function. */
const MOST_ROUNDS = 8;

/**
 * Where the results of some calls go in one file: through variables, loops, lists that they are put into, and functions
 * that return them. What is done in other files is not followed.
 */
export class AnswerFlow {
  readonly #module: PythonModule;
  readonly #assignments: readonly AssignmentFact[];
  readonly #isSource: (call: CallExpression) => boolean;
  /** Variables by scope and name, and functions by name. */
  readonly #names = new Set<string>();
  readonly #functions = new Set<string>();

  constructor(module: PythonModule, { facts }: FileFacts, isSource: (call: CallExpression) => boolean) {
    this.#module = module;
    this.#assignments = facts.filter((fact) => fact.kind === 'assignment');
    this.#isSource = isSource;
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const before = this.#names.size + this.#functions.size;
      this.#spread();
      if (this.#names.size + this.#functions.size === before) break;
    }
  }

  /** Whether something of a result is in the value of an expression. */
  reaches(expression: Expression, scope: ScopeId): boolean {
    for (const inner of descendants(expression)) {
      if (inner.kind === 'reference' && this.holds(inner.name, scope)) return true;
      if (inner.kind !== 'call') continue;
      if (this.#isSource(inner) || this.#functions.has(lastName(inner.callee))) return true;
      if (inner.callee.includes('.') && this.holds(inner.callee, scope)) return true;
    }
    return false;
  }

  #spread(): void {
    const { returns, expressions } = this.#module;
    for (const { target, value, scope } of this.#assignments) {
      if (value !== null && (this.reaches(value, scope) || this.#isIterated(value, scope))) this.#add(target, scope);
    }
    for (const { value, scope } of returns) {
      const owner = this.#module.ownerOf(scope);
      if (owner?.kind === 'function' && this.reaches(value, scope)) this.#functions.add(owner.name);
    }
    for (const { value, scope } of expressions) {
      for (const inner of descendants(value)) if (inner.kind === 'call') this.#handOn(inner, scope);
    }
  }

  /** What is put into a list, and what a function of the file is handed. */
  #handOn(call: CallExpression, scope: ScopeId): void {
    const given = call.arguments.filter(({ value }) => this.reaches(value, scope));
    if (given.length === 0) return;
    const [root = ''] = call.callee.split('.');
    if (/\.(?:append|extend|insert|add|put|update|write|writelines)$/.test(call.callee)) this.#add(root, scope);
    if (/^(?:json|pickle|csv)\.dump$/.test(call.callee)) this.#addReferences(call, scope);
    const definition = this.#module.functions.find((it) => it.name === lastName(call.callee));
    if (definition === undefined) return;
    const parameters = definition.parameters.filter(({ name, spread }) => spread === '' && name !== 'self');
    for (const argument of given) {
      const position = call.arguments.filter(({ name }) => name === null).indexOf(argument);
      const parameter = argument.name ?? parameters[position]?.name;
      if (parameter !== undefined) this.#names.add(`${definition.body} ${parameter}`);
    }
  }

  /** `json.dump(rows, out)` puts the rows into what `out` stands for. */
  #addReferences(call: CallExpression, scope: ScopeId): void {
    for (const { value } of call.arguments) if (value.kind === 'reference') this.#add(value.name, scope);
  }

  /** A loop gives its variables what it runs over, which stands beside them as an expression of its own. */
  #isIterated(value: Expression, scope: ScopeId): boolean {
    if (value.kind !== 'opaque' || !value.parts.every((part) => part.kind === 'opaque' && part.parts.length === 0)) {
      return false;
    }
    const { start, end } = value.place;
    return this.#module
      .expressionsIn(scope)
      .some((it) => it.place.start === start && it.place.end === end && it !== value && this.reaches(it, scope));
  }

  #add(target: string, scope: ScopeId): void {
    const [root = ''] = target.split('.');
    this.#names.add(`${this.#scopeOf(root, scope)} ${root}`);
  }

  /** Whether a variable holds something of a result. */
  holds(name: string, scope: ScopeId): boolean {
    const [root = ''] = name.split('.');
    return this.#names.has(`${this.#scopeOf(root, scope)} ${root}`);
  }

  #scopeOf(name: string, scope: ScopeId): ScopeId {
    return this.#module.variableScope(scope, name) ?? MODULE_SCOPE;
  }
}
