/**
 * A YAML or JSON text as its parser saw it, before any meaning: the one shape that both parsers are read into.
 * Offsets are UTF-16 units; `end` is not included.
 */
export type SyntaxNode = ScalarNode | MapNode | ListNode | AliasNode | UnreadNode;

interface NodeBase {
  readonly start: number;
  readonly end: number;
  /** The name behind `&`; null without one. */
  readonly anchor: string | null;
  /** In full (`tag:yaml.org,2002:str`) where it is one of YAML's own; `!` stands for "a plain string". */
  readonly tag: string | null;
}

export interface ScalarNode extends NodeBase {
  readonly kind: 'scalar';
  /** Plain scalars are the only ones that can be a number, a truth value or null. */
  readonly style: 'plain' | 'quoted' | 'block';
  /** Unquoted, unescaped, folded. Empty with an empty stretch where a value is left out. */
  readonly text: string;
}

export interface MapNode extends NodeBase {
  readonly kind: 'map';
  readonly style: 'block' | 'flow';
  readonly pairs: readonly Pair[];
}

export interface Pair {
  readonly key: SyntaxNode;
  readonly value: SyntaxNode;
}

export interface ListNode extends NodeBase {
  readonly kind: 'list';
  readonly items: readonly SyntaxNode[];
}

export interface AliasNode extends NodeBase {
  readonly kind: 'alias';
  readonly name: string;
}

/** What lies too deep, or is of no use. */
export interface UnreadNode extends NodeBase {
  readonly kind: 'unread';
}

/** The documents of one text that were read without an error, and what went wrong in the others. */
export interface SyntaxReading {
  readonly documents: readonly SyntaxNode[];
  readonly tooDeep: boolean;
  readonly error: SyntaxProblem | null;
}

export interface SyntaxProblem {
  readonly offset: number;
  readonly message: string;
}

/** The scalar that stands for a value which is not written. */
export function leftOut(at: number): ScalarNode {
  return { kind: 'scalar', style: 'plain', text: '', start: at, end: at, anchor: null, tag: null };
}
