import type { CallExpression } from '../../model/expression.js';
import { type ClassFact, type FunctionFact, MODULE_SCOPE, type ScopeId } from '../../model/fact.js';
import type { RepoPath } from '../../model/identifiers.js';
import type { PythonModule, ScopedCall } from './module.js';
import type { PythonProgram } from './program.js';
import type { Context } from './values.js';

/** The parts of a program that run when one call runs: scopes by file. */
export class Reach {
  readonly #scopes = new Map<RepoPath, Set<ScopeId>>();
  readonly #program: PythonProgram;
  readonly #entry: PythonModule;
  readonly #outside: readonly string[];
  readonly #pending: { module: PythonModule; scope: ScopeId }[] = [];

  /** `outside` are folders whose code is not followed: packages of a framework that the entry only starts. */
  constructor(program: PythonProgram, entry: Context, outside: readonly string[]) {
    this.#program = program;
    this.#outside = outside;
    this.#entry = entry.module;
    this.#addEntry(entry);
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) this.#follow(next);
  }

  get paths(): RepoPath[] {
    return [...this.#scopes.keys()];
  }

  /** Every scope in reach. */
  get contexts(): Context[] {
    return [...this.#scopes].flatMap(([path, scopes]) => {
      const module = this.#program.module(path);
      return module === null ? [] : [...scopes].map((scope) => ({ module, scope }));
    });
  }

  has(path: RepoPath, scope: ScopeId): boolean {
    return this.#scopes.get(path)?.has(scope) === true;
  }

  /** Every call in reach, with where it stands. */
  *calls(): Generator<{ readonly call: CallExpression; readonly context: Context }> {
    for (const [path, scopes] of this.#scopes) {
      const module = this.#program.module(path);
      for (const { call, scope } of module?.calls ?? []) {
        if (module === null || !scopes.has(scope) || !this.#runs(module, scope, call.place.start)) continue;
        yield { call, context: { module, scope } };
      }
    }
  }

  /** Only the program itself runs what stands behind its `__main__` question. */
  #runs(module: PythonModule, scope: ScopeId, at: number): boolean {
    if (scope !== MODULE_SCOPE || module === this.#entry) return true;
    return module.mainGuard === null || at < module.mainGuard;
  }

  /** The scope of the entry, the functions that call it in the same file, and the file's top level. */
  #addEntry({ module, scope }: Context): void {
    this.#add(module, MODULE_SCOPE);
    const around = module.enclosingScopes(scope);
    for (const it of around) this.#add(module, it);
    const type = module.enclosingClass(scope);
    if (type !== null) this.#addClass(module, type);
    for (const it of around) {
      const owner = module.ownerOf(it);
      if (owner?.kind === 'function') this.#addCallers(module, owner.name, 0);
    }
    if (type !== null) this.#addCallers(module, type.name, 0);
  }

  #addCallers(module: PythonModule, name: string, depth: number): void {
    if (depth > 8) return;
    for (const { scope } of callsTo(module, name)) {
      const owner = module.ownerOf(scope);
      if (this.has(module.path, scope)) continue;
      for (const it of module.enclosingScopes(scope)) this.#add(module, it);
      if (owner?.kind === 'function') this.#addCallers(module, owner.name, depth + 1);
    }
  }

  #add(module: PythonModule, scope: ScopeId): void {
    if (this.#outside.some((folder) => module.path.startsWith(folder))) return;
    const scopes = this.#scopes.get(module.path);
    if (scopes === undefined) this.#scopes.set(module.path, new Set([scope]));
    else if (scopes.has(scope)) return;
    else scopes.add(scope);
    this.#pending.push({ module, scope });
  }

  /** What the code of one scope names: functions and classes of the tree, and the top level of what it imports. */
  #follow({ module, scope }: { module: PythonModule; scope: ScopeId }): void {
    for (const imported of module.imports) {
      if (imported.scope === scope) this.#followImport(module, imported.module, imported.name);
    }
    for (const [name, { at, called }] of module.namesIn(scope)) {
      if (this.#runs(module, scope, at)) this.#followName(module, scope, name, called);
    }
  }

  #followImport(module: PythonModule, dotted: string, name: string | null): void {
    const names =
      name === null || name === '*'
        ? [dotted]
        : [dotted, dotted.endsWith('.') ? `${dotted}${name}` : `${dotted}.${name}`];
    for (const it of names) {
      const path = this.#program.moduleFile(module.path, it);
      const target = path === null ? null : this.#program.module(path);
      if (target !== null) this.#add(target, MODULE_SCOPE);
    }
  }

  #followName(module: PythonModule, scope: ScopeId, name: string, called: boolean): void {
    if (name.startsWith('self.')) this.#followMethod(module, scope, name.slice(5));
    const symbol = this.#program.symbol(module, scope, name);
    if (symbol?.kind === 'function') this.#addFunction(symbol.module, symbol.definition);
    // A class that is named and not made, as in a registry of a hundred models, runs none of its methods here.
    if (symbol?.kind === 'class' && called) this.#addClass(symbol.module, symbol.definition);
  }

  #followMethod(module: PythonModule, scope: ScopeId, name: string): void {
    const type = module.enclosingClass(scope);
    const method = type === null ? undefined : module.methodsOf(type).find((it) => it.name === name);
    if (method !== undefined) this.#addFunction(module, method);
  }

  #addFunction(module: PythonModule, definition: FunctionFact): void {
    this.#add(module, definition.body);
    // A function defined inside runs when the outer one uses it, which is nearly always.
    for (const inner of module.functions) if (inner.scope === definition.body) this.#add(module, inner.body);
  }

  /** Which methods of an object run is not followed: all of them may. */
  #addClass(module: PythonModule, definition: ClassFact): void {
    this.#add(module, definition.body);
    for (const method of module.methodsOf(definition)) this.#addFunction(module, method);
  }
}

function callsTo(module: PythonModule, name: string): ScopedCall[] {
  return module.callsNamed(name).filter(({ call }) => !call.callee.startsWith('.'));
}
