import type { Place } from './location.js';

/** A value that needs no evaluation. Numbers are doubles, as YAML and JSON have them. */
export type Scalar = string | number | boolean | null;

/**
 * What a source says about a value, as far as its front-end could read it; the same for every language. A Python
 * keyword argument, a YAML key and a shell flag all hold one of these.
 */
export type Expression =
  | ScalarExpression
  | ReferenceExpression
  | ListExpression
  | MapExpression
  | TemplateExpression
  | ChoiceExpression
  | CallExpression
  | SubscriptExpression
  | OpaqueExpression;

/** A constant. `source` is its text as written where that differs in meaning from the value (`1e-5` in YAML). */
export interface ScalarExpression {
  readonly kind: 'scalar';
  readonly value: Scalar;
  readonly place: Place;
}

/** A name, dotted as in the source: `BASE_MODEL`, `args.model_name`; in shell `MODEL`; in OmegaConf `model.name`. */
export interface ReferenceExpression {
  readonly kind: 'reference';
  readonly name: string;
  readonly place: Place;
}

export interface ListExpression {
  readonly kind: 'list';
  readonly items: readonly Expression[];
  /** Whether every item is listed here; false once something is spread in with `*`. */
  readonly complete: boolean;
  readonly place: Place;
}

export interface MapExpression {
  readonly kind: 'map';
  readonly entries: readonly MapEntry[];
  /** What is spread in: `**defaults` in Python, `<<: *defaults` that could not be merged in YAML. */
  readonly spreads: readonly Expression[];
  /** How the map is written, which an edit must keep: `flow` is `{a: 1}` and all of JSON. */
  readonly style: 'block' | 'flow';
  readonly place: Place;
}

export interface MapEntry {
  /** Null where the key is not a constant. */
  readonly key: string | null;
  readonly keyPlace: Place;
  readonly value: Expression;
  /** From the first character of the key to the last of the value. */
  readonly place: Place;
}

/** Parts joined to one string: an f-string, `"a" + b`, `os.path.join(a, b)`, `$ROOT/data`. */
export interface TemplateExpression {
  readonly kind: 'template';
  readonly parts: readonly Expression[];
  readonly place: Place;
}

/** One of several values, known only when the code runs: `a if c else b`, `a or b`, `${A:-b}`. */
export interface ChoiceExpression {
  readonly kind: 'choice';
  readonly options: readonly Expression[];
  /** Set for `a or b` alone: the first option that counts as true is taken, else the last. */
  readonly by?: 'or';
  readonly place: Place;
}

export interface CallExpression {
  readonly kind: 'call';
  /** Dotted callee as in the source, `AutoModel.from_pretrained`; of a chained call, `.name` behind an empty head. */
  readonly callee: string;
  /** What the method is called on, where that is not a plain name: `load(x).to(y)` has `load(x)` here. */
  readonly receiver: Expression | null;
  readonly arguments: readonly Argument[];
  readonly place: Place;
  /** From the opening to the closing bracket, both included. */
  readonly argumentsPlace: Place;
}

export interface Argument {
  /** Null for a positional argument. */
  readonly name: string | null;
  /** `*` and `**` for spread arguments, whose value is what is spread. */
  readonly spread: '' | '*' | '**';
  readonly value: Expression;
  readonly place: Place;
}

/** `base[key]`, and `.name` behind what is no name itself: `load(path).model`. */
export interface SubscriptExpression {
  readonly kind: 'subscript';
  readonly base: Expression;
  readonly key: Expression;
  /** Set for an attribute. */
  readonly dotted?: true;
  readonly place: Place;
}

/** Anything else: present, but not read. Calls inside it are still found through `parts`. */
export interface OpaqueExpression {
  readonly kind: 'opaque';
  /** At most 80 characters of the source, for messages. */
  readonly text: string;
  readonly parts: readonly Expression[];
  readonly place: Place;
}

/** Every expression inside this one, itself first. */
export function* descendants(expression: Expression): Generator<Expression> {
  const pending: Expression[] = [expression];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next;
    pushChildren(next, pending);
  }
}

/** The same for where all of a tree is read: a generator costs more than what is done with most of what it gives. */
export function visitDescendants(expression: Expression, visit: (inner: Expression) => void): void {
  const pending: Expression[] = [expression];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    visit(next);
    pushChildren(next, pending);
  }
}

/** Every call inside this expression, outermost first. */
export function* callsIn(expression: Expression): Generator<CallExpression> {
  for (const inner of descendants(expression)) if (inner.kind === 'call') yield inner;
}

export function findArgument(call: CallExpression, name: string): Argument | undefined {
  return call.arguments.find((argument) => argument.name === name);
}

/** The argument at a position, unless something spread before it hides which one that is. */
export function positionalArgument(call: CallExpression, index: number): Argument | undefined {
  const positional = call.arguments.filter((argument) => argument.name === null && argument.spread !== '**');
  if (positional.slice(0, index + 1).some((argument) => argument.spread === '*')) return undefined;
  return positional[index];
}

export function findEntry(map: MapExpression, key: string): MapEntry | undefined {
  // The last of two equal keys wins in most readers of YAML and JSON.
  return map.entries.findLast((entry) => entry.key === key);
}

/** The last child first, so that the first is taken next. */
function pushChildren(expression: Expression, pending: Expression[]): void {
  switch (expression.kind) {
    case 'scalar':
    case 'reference':
      return;
    case 'list':
      pushReversed(expression.items, pending);
      return;
    case 'map':
      pushReversed(expression.spreads, pending);
      for (let at = expression.entries.length - 1; at >= 0; at -= 1) {
        pending.push((expression.entries[at] as MapEntry).value);
      }
      return;
    case 'template':
    case 'opaque':
      pushReversed(expression.parts, pending);
      return;
    case 'choice':
      pushReversed(expression.options, pending);
      return;
    case 'call':
      for (let at = expression.arguments.length - 1; at >= 0; at -= 1) {
        pending.push((expression.arguments[at] as Argument).value);
      }
      if (expression.receiver !== null) pending.push(expression.receiver);
      return;
    case 'subscript':
      pending.push(expression.key, expression.base);
      return;
    default:
      assertNever(expression);
  }
}

// One by one: a list of a hundred thousand items is more than a call takes arguments.
function pushReversed(expressions: readonly Expression[], pending: Expression[]): void {
  for (let at = expressions.length - 1; at >= 0; at -= 1) pending.push(expressions[at] as Expression);
}

/** Ends a `switch` over a union: a new member then lists every place to visit. */
export function assertNever(value: never): never {
  throw new TypeError(`unexpected member of a union: ${JSON.stringify(value)}`);
}

/** The last part of a dotted name: `Trainer` of `transformers.Trainer`. */
export function lastName(dotted: string): string {
  return dotted.slice(dotted.lastIndexOf('.') + 1);
}
