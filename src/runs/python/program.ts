import type { AssignmentFact, ClassFact, FileFacts, FunctionFact, ImportFact, ScopeId } from '../../model/fact.js';
import type { RepoPath } from '../../model/identifiers.js';
import { HOLDS_PYTHON } from '../tree/file-outline.js';
import type { TreeView } from '../tree/tree-view.js';
import { type ScopeLinks, scopeLinks } from './links.js';
import { type ModuleScope, PythonModule, type ScopedCall } from './module.js';

/** What a dotted name in some scope stands for. */
export type Symbol =
  /** From a package that is not in the tree: its full dotted name, `transformers.AutoModel.from_pretrained`. */
  | { readonly kind: 'external'; readonly name: string }
  | {
      readonly kind: 'function';
      readonly module: PythonModule;
      readonly definition: FunctionFact;
    }
  | {
      readonly kind: 'class';
      readonly module: PythonModule;
      readonly definition: ClassFact;
      /** What is named on the class: `['from_pretrained']`. */
      readonly rest: readonly string[];
    }
  | {
      readonly kind: 'variable';
      readonly module: PythonModule;
      readonly assignments: readonly AssignmentFact[];
      readonly rest: readonly string[];
    };

/** Calls with the modules they stand in. */
export type CallSites = readonly { readonly module: PythonModule; readonly site: ScopedCall }[];

const MAX_HOPS = 6;
/** Characters of a dotted name. Nobody writes longer ones by hand, and each dot is a step. */
export const MAX_NAME = 300;

/**
 * The Python files of a tree and the names between them, as one entry sees them. Read-only, and made for each file whose
 * runs are looked for: what it remembers is then known to have been asked of the tree for that file.
 */
export class PythonProgram {
  readonly tree: TreeView;
  readonly #modules = new Map<RepoPath, PythonModule | null>();
  readonly #symbols = new Map<PythonModule, Map<ScopeId, ScopeSymbols>>();
  readonly #callSites = new Map<PythonModule, Map<string, CallSites>>();
  /** Star imports asked for the name in hand, each file once: the ways through them are more than can be tried. */
  readonly #asked = new Set<string>();

  constructor(tree: TreeView) {
    this.tree = tree;
  }

  /** Null for a file that holds no Python or was not read. */
  module(path: RepoPath): PythonModule | null {
    const known = this.#modules.get(path);
    if (known !== undefined) return known;
    const facts = HOLDS_PYTHON.test(path) ? this.tree.facts(path) : null;
    const module = facts === null ? null : moduleOf(path, facts);
    this.#modules.set(path, module);
    return module;
  }

  /**
   * Follows a dotted name from the scope it is used in to what defines it. Null for what cannot be told: a parameter,
   * a builtin, something star-imported.
   */
  symbol(module: PythonModule, scope: ScopeId, dotted: string, hops = 0): Symbol | null {
    if (hops > 0) return this.#findSymbol(module, scope, dotted, hops);
    const known = this.#symbolsOf(module, scope);
    const found = known.linked?.get(dotted) ?? known.own.get(dotted);
    if (found !== undefined) return found;
    this.#asked.clear();
    const symbol = this.#findSymbol(module, scope, dotted, hops);
    known.own.set(dotted, symbol);
    return symbol;
  }

  /** What the code of a scope names, where it is imported. The names are known from then on. */
  linksOf(module: PythonModule, scope: ScopeId): ScopeLinks {
    const links = this.tree.shared(importedLinks, module.scopeOf(scope));
    this.#symbolsOf(module, scope).linked = links.symbols;
    return links;
  }

  #findSymbol(module: PythonModule, scope: ScopeId, dotted: string, hops: number): Symbol | null {
    const [head = '', ...rest] = dotted.split('.');
    if (head === '' || hops > MAX_HOPS || dotted.length > MAX_NAME) return null;
    for (const it of module.lookupScopes(scope)) {
      const found = this.#definedIn(module, it, head, rest, hops);
      if (found !== null) return found;
    }
    // Packages that import everything from each other would be followed for ever.
    return hops >= MAX_HOPS ? null : this.#starImported(module, dotted, hops + 1);
  }

  /** The file that `import dotted` reads when `from` says so; null for a package outside the tree. */
  moduleFile(from: RepoPath, dotted: string): RepoPath | null {
    return this.tree.moduleFile(from, dotted);
  }

  /** Calls that may mean a function of this name which the module defines. */
  callSites(name: string, definedIn: PythonModule): CallSites {
    const known = this.#callSites.get(definedIn) ?? new Map<string, CallSites>();
    this.#callSites.set(definedIn, known);
    const found = known.get(name);
    if (found !== undefined) return found;
    const sites = this.tree.callersOf(name, definedIn.path).flatMap((caller) => {
      const module = this.module(caller);
      return module === null ? [] : module.callsNamed(name).map((site) => ({ module, site }));
    });
    known.set(name, sites);
    return sites;
  }

  // Maps in maps rather than keys made of several: most of what is asked is known, and making a key costs more.
  #symbolsOf(module: PythonModule, scope: ScopeId): ScopeSymbols {
    let scopes = this.#symbols.get(module);
    if (scopes === undefined) {
      scopes = new Map();
      this.#symbols.set(module, scopes);
    }
    let symbols = scopes.get(scope);
    if (symbols === undefined) {
      symbols = { own: new Map(), linked: null };
      scopes.set(scope, symbols);
    }
    return symbols;
  }

  #definedIn(module: PythonModule, scope: ScopeId, head: string, rest: readonly string[], hops: number): Symbol | null {
    const definition = module.definedAs(scope, head);
    if (definition?.kind === 'import') return this.#imported(module, definition, rest, hops);
    if (definition?.kind === 'function') return { kind: 'function', module, definition };
    if (definition?.kind === 'class') return { kind: 'class', module, definition, rest };
    const assignments = module.assignmentsTo(head).filter((it) => it.scope === scope);
    return assignments.length === 0 ? null : { kind: 'variable', module, assignments, rest };
  }

  #imported(module: PythonModule, it: ImportFact, rest: readonly string[], hops: number): Symbol | null {
    const names = it.name === null ? rest : [it.name, ...rest];
    // `import a.b` binds `a`, so the written name holds the whole path; `import a.b as c` binds `a.b`.
    const base = it.name === null && !it.module.includes('.') ? it.module : boundModule(it);
    return this.#inModule(module, base, names, hops) ?? externalSymbol(base, names);
  }

  /** The longest part of `base.names` that is a file of the tree, and the rest looked up in it. */
  #inModule(from: PythonModule, base: string, names: readonly string[], hops: number): Symbol | null {
    for (let taken = names.length; taken >= 0; taken -= 1) {
      const dotted = [base, ...names.slice(0, taken)].join(base.endsWith('.') ? '' : '.');
      const path = this.moduleFile(from.path, dotted);
      const module = path === null ? null : this.module(path);
      if (module === null) continue;
      const inside = names.slice(taken);
      return inside.length === 0 ? null : this.symbol(module, 0, inside.join('.'), hops + 1);
    }
    return null;
  }

  #starImported(module: PythonModule, dotted: string, hops: number): Symbol | null {
    const question = `${module.path} ${dotted}`;
    if (this.#asked.has(question)) return null;
    this.#asked.add(question);
    const stars = module.imports.filter((it) => it.name === '*');
    for (const star of stars) {
      const path = this.moduleFile(module.path, star.module);
      const target = path === null ? null : this.module(path);
      const found = target === null || target === module ? null : this.symbol(target, 0, dotted, hops);
      if (found !== null) return found;
    }
    const outside = stars.find((it) => this.moduleFile(module.path, it.module) === null && !it.module.startsWith('.'));
    return outside !== undefined && /^[A-Z]/.test(dotted)
      ? { kind: 'external', name: `${outside.module}.${dotted}` }
      : null;
  }
}

interface ScopeSymbols {
  readonly own: Map<string, Symbol | null>;
  /** What is shared with other entries of the tree; null for a scope that is not followed. */
  linked: ReadonlyMap<string, Symbol | null> | null;
}

function importedLinks({ module, scope }: ModuleScope, tree: TreeView): ScopeLinks {
  return scopeLinks(module, scope, new PythonProgram(tree), false);
}

/** Both sides of a change share the facts of what it leaves alone, and so the symbols; files of one content share the facts. */
const modulesByFacts = new WeakMap<FileFacts, Map<RepoPath, PythonModule>>();

function moduleOf(path: RepoPath, facts: FileFacts): PythonModule {
  const modules = modulesByFacts.get(facts) ?? new Map<RepoPath, PythonModule>();
  modulesByFacts.set(facts, modules);
  const module = modules.get(path) ?? new PythonModule(path, facts);
  modules.set(path, module);
  return module;
}

function boundModule(it: ImportFact): string {
  if (it.name !== null) return it.module;
  return it.alias === it.module.split('.')[0] ? it.alias : it.module;
}

function externalSymbol(base: string, names: readonly string[]): Symbol | null {
  return base.startsWith('.') ? null : { kind: 'external', name: [base, ...names].join('.') };
}
