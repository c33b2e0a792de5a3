import type { Expression } from './expression.js';
import type { LineNumber } from './identifiers.js';
import type { Place } from './location.js';

/**
 * A source-located statement of one file. Facts are free of repository state, so they can be kept by the id of the
 * blob they were read from, and hold no syntax node, so the front-end frees its tree when it is done.
 */
export type Fact =
  | ImportFact
  | AssignmentFact
  | EvaluationFact
  | ReturnFact
  | FunctionFact
  | ClassFact
  | DocumentFact
  | CommandFact
  | RequirementFact
  | SecretFact;

/** A function or class body, numbered by order in the file. The module itself, or a whole script, is 0. */
export type ScopeId = number;
export const MODULE_SCOPE: ScopeId = 0;

/** `import module as alias`, or `from module import name as alias`. Relative modules keep their leading dots. */
export interface ImportFact {
  readonly kind: 'import';
  readonly module: string;
  /** The imported name; null where the module itself is imported; `*` for a star import. */
  readonly name: string | null;
  /** What the file calls it. For `import a.b` without `as` that is `a`. */
  readonly alias: string;
  readonly scope: ScopeId;
  readonly place: Place;
}

/** `target = value`, also of a class field and of a shell variable. */
export interface AssignmentFact {
  readonly kind: 'assignment';
  /** A name or a dotted name, `args.model_init_kwargs`; `config["key"]` is written `config.key`. */
  readonly target: string;
  /** The annotation as written, for fields of a dataclass; null where there is none. */
  readonly annotation: string | null;
  /** Null for a field that is declared without a value. */
  readonly value: Expression | null;
  readonly scope: ScopeId;
  /** Whether it stands under `if`, `for`, `while`, `try` or `match`, so that it may not happen. */
  readonly conditional: boolean;
  readonly place: Place;
}

/** An expression that stands for itself: a call statement, a condition, what a loop runs over. */
export interface EvaluationFact {
  readonly kind: 'evaluation';
  readonly value: Expression;
  readonly scope: ScopeId;
  /** Set under `if`, `for`, `while`, `try` or `match`, where it may not happen, or more than once. */
  readonly conditional?: true;
  /** Set for what something is put into under no name of its own: `config[key] = value`. */
  readonly puts?: true;
  readonly place: Place;
}

export interface ReturnFact {
  readonly kind: 'return';
  readonly value: Expression;
  readonly scope: ScopeId;
  readonly place: Place;
}

export interface FunctionFact {
  readonly kind: 'function';
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly decorators: readonly Expression[];
  /** Where the function stands, and the scope that its body is. */
  readonly scope: ScopeId;
  readonly body: ScopeId;
  readonly place: Place;
}

export interface Parameter {
  readonly name: string;
  readonly spread: '' | '*' | '**';
  readonly annotation: string | null;
  readonly default: Expression | null;
}

export interface ClassFact {
  readonly kind: 'class';
  readonly name: string;
  readonly bases: readonly Expression[];
  readonly decorators: readonly Expression[];
  readonly scope: ScopeId;
  readonly body: ScopeId;
  readonly place: Place;
}

/** One document of a YAML or JSON file. */
export interface DocumentFact {
  readonly kind: 'document';
  /** Counted from 0. */
  readonly index: number;
  readonly root: Expression;
  /** What Hydra's comment `# @package x` above the first key says; absent where there is none. */
  readonly package?: string;
}

/** One simple command of a shell script, its continuation lines joined. */
export interface CommandFact {
  readonly kind: 'command';
  /** The program and its arguments, one expression a word; a word with `$X` in it is a reference or a template. */
  readonly words: readonly Expression[];
  /** Variables set for this command alone: `FORCE_TORCHRUN=1 llamafactory-cli train …`. */
  readonly environment: readonly { readonly name: string; readonly value: Expression }[];
  readonly place: Place;
}

/** A library the repository asks for. */
export interface RequirementFact {
  readonly kind: 'requirement';
  /** Normalised as PEP 503 says: lower case, `-` between words. */
  readonly library: string;
  /** A PEP 440 specifier; empty where any version will do. A lock file gives `==x`. */
  readonly specifier: string;
  /** A lock file says what is installed; the others say what may be. */
  readonly origin: 'declared' | 'locked';
  readonly place: Place;
}

/** A secret is written out here, in the code or in a comment. What it is is kept nowhere. */
export interface SecretFact {
  readonly kind: 'secret';
  /** Whose token it is; null for what only its name makes a secret. */
  readonly vendor: string | null;
  readonly place: Place;
}

/** What a front-end made of one file. */
export interface FileFacts {
  readonly facts: readonly Fact[];
  /** Why the reading is incomplete; null where all of the file was read. */
  readonly partial: PartialReading | null;
}

export type FactsByKind = { readonly [K in Fact['kind']]: readonly Extract<Fact, { kind: K }>[] };

/** The facts of each kind in their order, in one pass: who wants several kinds would go through all facts for each. */
export function factsByKind(facts: readonly Fact[]): FactsByKind {
  const groups: { readonly [K in Fact['kind']]: Fact[] } = {
    import: [],
    assignment: [],
    evaluation: [],
    return: [],
    function: [],
    class: [],
    document: [],
    command: [],
    requirement: [],
    secret: [],
  };
  for (const fact of facts) groups[fact.kind].push(fact);
  return groups as FactsByKind;
}

/** A file that was read in part, or not at all: what is missing, in words an author can act on. */
export interface PartialReading {
  readonly reason:
    | 'syntax-error'
    | 'too-large'
    | 'too-deep'
    | 'too-many-aliases'
    | 'too-slow'
    | 'not-utf8'
    | 'binary'
    | 'missing'
    | 'lfs-pointer'
    | 'link'
    | 'bound-reached'
    | 'crashed';
  /** Where it went wrong, if there is one place. */
  readonly line: LineNumber | null;
  /** The bound that was hit, the parser's own message, and so on; null where the reason says all. */
  readonly detail: string | null;
}
