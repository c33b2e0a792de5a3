import { type CallExpression, type Expression, visitDescendants } from '../../model/expression.js';
import {
  type AssignmentFact,
  type ClassFact,
  type Fact,
  type FileFacts,
  type FunctionFact,
  type ImportFact,
  MODULE_SCOPE,
  type ReturnFact,
  type ScopeId,
} from '../../model/fact.js';
import type { RepoPath } from '../../model/identifiers.js';

/** A call and the scope it stands in. */
export interface ScopedCall {
  readonly call: CallExpression;
  readonly scope: ScopeId;
  /** Whether it may not happen, as under `if`. */
  readonly conditional: boolean;
}

/** A scope of a module: one object for each. */
export interface ModuleScope {
  readonly module: PythonModule;
  readonly scope: ScopeId;
}

/** What a statement evaluates, and where. */
interface ScopedExpression {
  readonly value: Expression;
  readonly scope: ScopeId;
  readonly conditional: boolean;
}

type Definition = ImportFact | FunctionFact | ClassFact;

/** The symbols of one Python file. */
export class PythonModule {
  readonly path: RepoPath;
  readonly imports: readonly ImportFact[];
  readonly functions: readonly FunctionFact[];
  readonly classes: readonly ClassFact[];
  readonly returns: readonly ReturnFact[];
  readonly calls: readonly ScopedCall[];
  /** References outside calls, too: a function handed on by name is reached as well. */
  readonly expressions: readonly ScopedExpression[];
  readonly #definitions = new Map<ScopeId, Map<string, Definition>>();
  readonly #byScope = new Map<ScopeId, Expression[]>();
  readonly #names = new Map<ScopeId, ReadonlyMap<string, { readonly at: number; readonly called: boolean }>>();
  #callsByName: Map<string, ScopedCall[]> | null = null;
  #callsByArgument: Map<string, ScopedCall[]> | null = null;
  #mainGuard: number | null | undefined;
  #fields: Map<ScopeId, { readonly target: string; readonly start: number }[]> | null = null;
  readonly #lookups = new Map<ScopeId, readonly ScopeId[]>();
  readonly #assignments = new Map<string, AssignmentFact[]>();
  readonly #puts = new Map<string, AssignmentFact[]>();
  /** What something is put into under a key that is computed: `config[key] = value`. */
  readonly computedPuts: readonly ScopedExpression[];
  readonly #unpackings = new Map<string, AssignmentFact[]>();
  readonly #owners = new Map<ScopeId, FunctionFact | ClassFact>();
  readonly #scopes = new Map<ScopeId, ModuleScope>();

  constructor(path: RepoPath, { facts }: FileFacts) {
    this.path = path;
    this.imports = ofKind(facts, 'import');
    this.functions = ofKind(facts, 'function');
    this.classes = ofKind(facts, 'class');
    this.returns = ofKind(facts, 'return');
    for (const owner of [...this.functions, ...this.classes]) this.#owners.set(owner.body, owner);
    // The first definition of a name stands, but an import is what the name means wherever there is one.
    for (const it of [...this.classes, ...this.functions].reverse()) this.#define(it.scope, it.name, it);
    for (const it of this.imports) this.#define(it.scope, it.alias, it);
    for (const assignment of ofKind(facts, 'assignment')) {
      const known = this.#assignments.get(assignment.target);
      if (known === undefined) this.#assignments.set(assignment.target, [assignment]);
      else known.push(assignment);
      for (let dot = assignment.target.lastIndexOf('.'); dot > 0; dot = assignment.target.lastIndexOf('.', dot - 1)) {
        const owner = assignment.target.slice(0, dot);
        const puts = this.#puts.get(owner);
        if (puts === undefined) this.#puts.set(owner, [assignment]);
        else puts.push(assignment);
      }
      if (assignment.value?.kind === 'opaque') {
        const siblings = this.#unpackings.get(statementOf(assignment));
        if (siblings === undefined) this.#unpackings.set(statementOf(assignment), [assignment]);
        else siblings.push(assignment);
      }
    }
    this.computedPuts = ofKind(facts, 'evaluation').flatMap((it) => (it.puts === true ? expressionsOf(it) : []));
    this.expressions = facts.flatMap((fact) => expressionsOf(fact));
    for (const { value, scope } of this.expressions) {
      const known = this.#byScope.get(scope);
      if (known === undefined) this.#byScope.set(scope, [value]);
      else known.push(value);
    }
    this.calls = callsOnce(this.expressions);
  }

  /** What an import, a function or a class of exactly this scope gives the name to. */
  definedAs(scope: ScopeId, name: string): Definition | null {
    return this.#definitions.get(scope)?.get(name) ?? null;
  }

  #define(scope: ScopeId, name: string, definition: Definition): void {
    const known = this.#definitions.get(scope);
    if (known === undefined) this.#definitions.set(scope, new Map([[name, definition]]));
    else known.set(name, definition);
  }

  expressionsIn(scope: ScopeId): readonly Expression[] {
    return this.#byScope.get(scope) ?? [];
  }

  /** Calls whose callee ends in this name. */
  callsNamed(name: string): readonly ScopedCall[] {
    if (this.#callsByName === null) {
      this.#callsByName = new Map();
      for (const it of this.calls) {
        const last = it.call.callee.slice(it.call.callee.lastIndexOf('.') + 1);
        const known = this.#callsByName.get(last);
        if (known === undefined) this.#callsByName.set(last, [it]);
        else known.push(it);
      }
    }
    return this.#callsByName.get(name) ?? [];
  }

  /** Calls that take this name for a plain argument. */
  callsGiven(name: string): readonly ScopedCall[] {
    if (this.#callsByArgument === null) {
      this.#callsByArgument = new Map();
      for (const it of this.calls) {
        for (const { spread, value } of it.call.arguments) {
          if (spread !== '' || value.kind !== 'reference') continue;
          const known = this.#callsByArgument.get(value.name);
          if (known === undefined) this.#callsByArgument.set(value.name, [it]);
          else known.push(it);
        }
      }
    }
    return this.#callsByArgument.get(name) ?? [];
  }

  assignmentsTo(target: string): readonly AssignmentFact[] {
    return this.#assignments.get(target) ?? [];
  }

  /** Assignments to `name.key` for some key: what is put into a dict or onto an object later. */
  assignmentsInto(name: string): readonly AssignmentFact[] {
    return this.#puts.get(name) ?? [];
  }

  /** The same for the object that an expression makes, under whatever name: `self.trainer.step = …`. */
  assignmentsOnto({ place }: Expression): readonly AssignmentFact[] {
    const isMade = ({ value }: AssignmentFact): boolean =>
      value !== null && value.place.start === place.start && value.place.end === place.end;
    return [...this.#puts].flatMap(([name, puts]) => (this.assignmentsTo(name).some(isMade) ? puts : []));
  }

  /** The assignments of one statement that takes its right side apart, in order; all stand at the same place. */
  unpackedWith(assignment: AssignmentFact): readonly AssignmentFact[] {
    return this.#unpackings.get(statementOf(assignment)) ?? [];
  }

  ownerOf(scope: ScopeId): FunctionFact | ClassFact | null {
    return this.#owners.get(scope) ?? null;
  }

  scopeOf(scope: ScopeId): ModuleScope {
    const known = this.#scopes.get(scope) ?? { module: this, scope };
    this.#scopes.set(scope, known);
    return known;
  }

  /** The scopes a name is looked up in, innermost first. A class body is seen only from itself, as in Python. */
  lookupScopes(scope: ScopeId): readonly ScopeId[] {
    const known = this.#lookups.get(scope);
    if (known !== undefined) return known;
    const scopes: ScopeId[] = [scope];
    for (let owner = this.ownerOf(scope); owner !== null; owner = this.ownerOf(owner.scope)) {
      if (owner.scope === MODULE_SCOPE || this.ownerOf(owner.scope)?.kind === 'function') scopes.push(owner.scope);
    }
    const all = scopes.includes(MODULE_SCOPE) ? scopes : [...scopes, MODULE_SCOPE];
    this.#lookups.set(scope, all);
    return all;
  }

  /** The scope whose variable or parameter a name is, used in a scope; null where no scope around gives it a value. */
  variableScope(scope: ScopeId, name: string): ScopeId | null {
    const assigned = this.assignmentsTo(name);
    const holds = (it: ScopeId): boolean => {
      const owner = this.ownerOf(it);
      const takes = owner?.kind === 'function' && owner.parameters.some((parameter) => parameter.name === name);
      return takes || assigned.some((assignment) => assignment.scope === it);
    };
    return this.lookupScopes(scope).find(holds) ?? null;
  }

  /** The scope itself and those around it, class bodies included. */
  enclosingScopes(scope: ScopeId): ScopeId[] {
    const scopes: ScopeId[] = [scope];
    for (let owner = this.ownerOf(scope); owner !== null; owner = this.ownerOf(owner.scope)) scopes.push(owner.scope);
    return scopes;
  }

  /** The class whose body or method the scope is part of. */
  enclosingClass(scope: ScopeId): ClassFact | null {
    for (const it of this.enclosingScopes(scope)) {
      const owner = this.ownerOf(it);
      if (owner?.kind === 'class') return owner;
    }
    return null;
  }

  methodsOf(type: ClassFact): FunctionFact[] {
    return this.functions.filter((method) => method.scope === type.body);
  }

  /** The annotated names of a class body in order, which are the fields where it is a dataclass. */
  fieldsOf(type: ClassFact): readonly string[] {
    if (this.#fields === null) {
      this.#fields = new Map();
      for (const [target, assignments] of this.#assignments) {
        for (const { scope, annotation, place } of assignments) {
          if (annotation === null || scope === MODULE_SCOPE || annotation.startsWith('ClassVar')) continue;
          const known = this.#fields.get(scope) ?? [];
          this.#fields.set(scope, known);
          known.push({ target, start: place.start });
        }
      }
    }
    const fields = this.#fields.get(type.body) ?? [];
    return fields.toSorted((a, b) => a.start - b.start).map((it) => it.target);
  }

  /** Whether the file runs something by itself: it asks whether it is `__main__`. */
  get isScript(): boolean {
    return this.mainGuard !== null;
  }

  /** Where the file asks whether it is the program. What follows at its top level does not run on import. */
  get mainGuard(): number | null {
    if (this.#mainGuard === undefined) {
      const guard = this.expressionsIn(MODULE_SCOPE).find(asksForMain);
      this.#mainGuard = guard?.place.start ?? null;
    }
    return this.#mainGuard;
  }

  /** Every name that the code of one scope mentions, with where it is first mentioned and whether it is called. */
  namesIn(scope: ScopeId): ReadonlyMap<string, { readonly at: number; readonly called: boolean }> {
    const known = this.#names.get(scope);
    if (known !== undefined) return known;
    const names = new Map<string, { at: number; called: boolean }>();
    for (const expression of this.expressionsIn(scope)) {
      visitDescendants(expression, (inner) => {
        const name = inner.kind === 'reference' ? inner.name : inner.kind === 'call' ? inner.callee : '';
        if (name === '' || name.startsWith('.')) return;
        const before = names.get(name);
        const called = inner.kind === 'call' || before?.called === true;
        if (before === undefined || before.called !== called) {
          names.set(name, { at: before?.at ?? expression.place.start, called });
        }
      });
    }
    this.#names.set(scope, names);
    return names;
  }
}

/** `a = b = f()` states one value twice; the call in it is one call. */
function callsOnce(expressions: readonly ScopedExpression[]): ScopedCall[] {
  const calls = new Map<number, ScopedCall>();
  for (const { value, scope, conditional } of expressions) {
    visitDescendants(value, (inner) => {
      if (inner.kind !== 'call') return;
      const { start, end } = inner.place;
      const key = start * LONGEST_FILE + end;
      if (!calls.has(key)) calls.set(key, { call: inner, scope, conditional });
    });
  }
  return [...calls.values()];
}

/** More characters than any file has that is read. */
const LONGEST_FILE = 2 ** 26;

function statementOf({ scope, place }: AssignmentFact): string {
  return `${scope} ${place.start} ${place.end}`;
}

function asksForMain(value: Expression): boolean {
  return value.kind === 'opaque' && value.parts.some((part) => part.kind === 'reference' && part.name === '__name__');
}

/** What a fact of a Python file says, each with the scope it is said in. */
export function expressionsOf(fact: Fact): ScopedExpression[] {
  const { scope, conditional, values } = valuesOf(fact);
  return values.map((value) => ({ value, scope, conditional }));
}

function valuesOf(fact: Fact): { values: readonly Expression[]; scope: ScopeId; conditional: boolean } {
  switch (fact.kind) {
    case 'assignment':
      return { values: fact.value === null ? [] : [fact.value], scope: fact.scope, conditional: fact.conditional };
    case 'evaluation':
      return { values: [fact.value], scope: fact.scope, conditional: fact.conditional === true };
    case 'return':
      return { values: [fact.value], scope: fact.scope, conditional: false };
    case 'function': {
      const defaults = fact.parameters.flatMap((it) => (it.default === null ? [] : [it.default]));
      return { values: [...fact.decorators, ...defaults], scope: fact.scope, conditional: false };
    }
    case 'class':
      return { values: [...fact.decorators, ...fact.bases], scope: fact.scope, conditional: false };
    default:
      return NO_VALUES;
  }
}

const NO_VALUES = { values: [], scope: MODULE_SCOPE, conditional: false };

function ofKind<K extends Fact['kind']>(facts: readonly Fact[], kind: K): Extract<Fact, { kind: K }>[] {
  return facts.filter((fact): fact is Extract<Fact, { kind: K }> => fact.kind === kind);
}
