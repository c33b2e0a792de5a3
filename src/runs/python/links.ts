import { type ClassFact, type FunctionFact, MODULE_SCOPE, type ScopeId } from '../../model/fact.js';
import type { ModuleScope, PythonModule } from './module.js';
import type { PythonProgram, Symbol as PythonSymbol } from './program.js';

/** Where the code of one scope leads. */
export interface ScopeLinks {
  /** What each name stands for that it mentions and reaches. */
  readonly symbols: ReadonlyMap<string, PythonSymbol | null>;
  /** Scopes of the tree that run where it runs: functions and classes that it names, the top level of what it imports. */
  readonly scopes: ReadonlySet<ModuleScope>;
}

/** `isEntry`: the module is the program itself, which alone runs what stands behind its `__main__` question. */
export function scopeLinks(module: PythonModule, scope: ScopeId, program: PythonProgram, isEntry: boolean): ScopeLinks {
  const symbols = new Map<string, PythonSymbol | null>();
  const scopes = new Set<ModuleScope>();
  const add = (reached: readonly ModuleScope[]): void => {
    for (const it of reached) scopes.add(it);
  };
  for (const imported of module.imports) {
    if (imported.scope === scope) add(importedScopes(module, imported.module, imported.name, program));
  }
  for (const [name, { at, called }] of module.namesIn(scope)) {
    if (!isEntry && !runsOnImport(module, scope, at)) continue;
    if (name.startsWith('self.')) add(methodScopes(module, scope, name.slice('self.'.length)));
    const symbol = program.symbol(module, scope, name);
    symbols.set(name, symbol);
    if (symbol?.kind === 'function') add(functionScopes(symbol.module, symbol.definition));
    // A class that is named and not made, as in a registry of a hundred models, runs none of its methods here.
    if (symbol?.kind === 'class' && called) add(classScopes(symbol.module, symbol.definition));
  }
  return { symbols, scopes };
}

/** Whether what stands at a place of an imported module runs. */
export function runsOnImport(module: PythonModule, scope: ScopeId, at: number): boolean {
  return scope !== MODULE_SCOPE || module.mainGuard === null || at < module.mainGuard;
}

/** Which methods of an object run is not followed: all of them may. */
export function classScopes(module: PythonModule, definition: ClassFact): readonly ModuleScope[] {
  return [
    module.scopeOf(definition.body),
    ...module.methodsOf(definition).flatMap((method) => functionScopes(module, method)),
  ];
}

/** A function defined inside runs when the outer one uses it, which is nearly always. */
function functionScopes(module: PythonModule, definition: FunctionFact): readonly ModuleScope[] {
  const inner = module.functions.filter((it) => it.scope === definition.body);
  return [definition, ...inner].map((it) => module.scopeOf(it.body));
}

function methodScopes(module: PythonModule, scope: ScopeId, name: string): readonly ModuleScope[] {
  const type = module.enclosingClass(scope);
  const method = type === null ? undefined : module.methodsOf(type).find((it) => it.name === name);
  return method === undefined ? [] : functionScopes(module, method);
}

function importedScopes(
  module: PythonModule,
  dotted: string,
  name: string | null,
  program: PythonProgram,
): readonly ModuleScope[] {
  const names =
    name === null || name === '*'
      ? [dotted]
      : [dotted, dotted.endsWith('.') ? `${dotted}${name}` : `${dotted}.${name}`];
  return names.flatMap((it) => {
    const path = program.moduleFile(module.path, it);
    return (path === null ? null : program.module(path))?.scopeOf(MODULE_SCOPE) ?? [];
  });
}
