import type { CallExpression } from '../../model/expression.js';
import { MODULE_SCOPE, type ScopeId } from '../../model/fact.js';
import type { RepoPath } from '../../model/identifiers.js';
import { classScopes, runsOnImport, scopeLinks } from './links.js';
import type { ModuleScope, PythonModule, ScopedCall } from './module.js';
import type { PythonProgram } from './program.js';
import type { Context } from './values.js';

/** The parts of a program that run when one call runs: scopes by file. */
export class Reach {
  readonly #scopes = new Map<RepoPath, Set<ScopeId>>();
  readonly #program: PythonProgram;
  readonly #entry: PythonModule;
  readonly #outside: readonly string[];
  readonly #pending: ModuleScope[] = [];

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
        if (module === null || !scopes.has(scope)) continue;
        if (module !== this.#entry && !runsOnImport(module, scope, call.place.start)) continue;
        yield { call, context: { module, scope } };
      }
    }
  }

  /** The scope of the entry, the functions that call it in the same file, and the file's top level. */
  #addEntry({ module, scope }: Context): void {
    this.#add(module, MODULE_SCOPE);
    const around = module.enclosingScopes(scope);
    for (const it of around) this.#add(module, it);
    const type = module.enclosingClass(scope);
    if (type !== null) for (const it of classScopes(module, type)) this.#add(module, it.scope);
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
    this.#pending.push(module.scopeOf(scope));
  }

  /** What the entry's own module names is followed as the program runs it, the others as they are imported. */
  #follow({ module, scope }: ModuleScope): void {
    const links =
      module === this.#entry ? scopeLinks(module, scope, this.#program, true) : this.#program.linksOf(module, scope);
    for (const it of links.scopes) this.#add(it.module, it.scope);
  }
}

function callsTo(module: PythonModule, name: string): ScopedCall[] {
  return module.callsNamed(name).filter(({ call }) => !call.callee.startsWith('.'));
}
