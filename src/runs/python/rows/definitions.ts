import { type CallExpression, type Expression, findArgument, positionalArgument } from '../../../model/expression.js';
import type { AssignmentFact, FunctionFact, ScopeId } from '../../../model/fact.js';
import { encloses } from '../../../model/location.js';
import type { Evaluator } from '../evaluate.js';
import type { PythonModule } from '../module.js';
import type { Context } from '../values.js';

/** Where an expression stands. */
export interface Site {
  readonly context: Context;
  /** The offset where it is evaluated: what is assigned behind it is not seen. */
  readonly before: number;
}

/** One thing that a name may stand for. */
export type Definition =
  | { readonly kind: 'value'; readonly value: Expression; readonly site: Site }
  /** `a, b = value`: one item of it. */
  | { readonly kind: 'item'; readonly of: Expression; readonly index: number; readonly site: Site }
  /** It is given something that is not read: by a loop, a caller, an operator. */
  | { readonly kind: 'unread' };

/** What a name stands for at a place. */
export interface Defined {
  /** More than one where it depends on a condition. */
  readonly definitions: readonly Definition[];
  /** The same for two uses of one value. */
  readonly id: string;
  /** Where it was last given a value that it has in every case; -1 where it may have none of these. */
  readonly since: number;
}

/** What a name was last set to before it is used; null for a name that the tree says nothing of. */
export function definitionsOf(name: string, site: Site, evaluator: Evaluator): Defined | null {
  const { context } = site;
  const { module } = context;
  if (/^(?:self|cls)\./.test(name)) return fieldOf(name, context);
  for (const scope of module.lookupScopes(context.scope)) {
    const owner = module.ownerOf(scope);
    const takes = owner?.kind === 'function' && owner.parameters.some((it) => it.name === name);
    const all = module.assignmentsTo(name).filter((it) => it.scope === scope);
    // Another scope runs at a time that is not followed: any of its values may be meant.
    const reached = scope === context.scope ? reaching(all, site.before) : all;
    // What is put into an object is not there before.
    if (!takes && (all.length === 0 || (reached.length === 0 && name.includes('.')))) continue;
    const inner = { module, scope, ...frameWithin(context, module, scope) };
    const given = reached.map((it) => assigned(it, inner));
    const always = scope === context.scope ? reached.findLast((it) => !it.conditional) : undefined;
    if (always === undefined && takes) given.unshift(parameterOf(name, owner, inner, evaluator));
    // In a loop it may be given further down.
    if (given.length === 0) given.push({ kind: 'unread' });
    const places = reached.map((it) => it.place.start);
    const id = idOf(module, `${scope}.${name}@${places.join()}`, inner);
    return { definitions: given, id, since: always?.place.start ?? -1 };
  }
  const symbol = evaluator.program.symbol(module, context.scope, name);
  if (symbol?.kind !== 'variable' || symbol.rest.length > 0) return null;
  const definitions = symbol.assignments.map((it) => assigned(it, { module: symbol.module, scope: it.scope }));
  return { definitions, id: `${symbol.module.path} ${name}`, since: -1 };
}

/** What a call hands in for a parameter; null where it cannot be told. */
export function handedTo(name: string, owner: FunctionFact, call: CallExpression): Expression | null {
  const index = owner.parameters
    .filter((it) => it.spread === '' && it.name !== 'self' && it.name !== 'cls')
    .findIndex((it) => it.name === name);
  const argument = findArgument(call, name) ?? (index === -1 ? undefined : positionalArgument(call, index));
  if (argument !== undefined) return argument.spread === '' ? argument.value : null;
  const isOpen = call.arguments.some((it) => it.spread !== '');
  return isOpen ? null : (owner.parameters.find((it) => it.name === name)?.default ?? null);
}

/** A name that is unique among those of one run: what it is about, and the calls that lead there. */
export function idOf(module: PythonModule, what: string | number, { frame }: Context): string {
  const within = frame === undefined ? '' : `<${idOf(frame.context.module, frame.call.place.start, frame.context)}`;
  return `${module.path}:${what}${within}`;
}

/** Whether a function is being followed already. */
export function isFollowed(owner: FunctionFact, context: Context): boolean {
  for (let { frame } = context; frame !== undefined; frame = frame.context.frame)
    if (frame.owner === owner) return true;
  return false;
}

function assigned(assignment: AssignmentFact, { module, frame }: Context): Definition {
  const { value, scope, place } = assignment;
  const context = { module, scope, ...(frame === undefined ? {} : { frame }) };
  const site = { context, before: place.start };
  if (value === null) return { kind: 'unread' };
  if (value.kind !== 'opaque') return { kind: 'value', value, site };
  const siblings = module.unpackedWith(assignment);
  const whole = siblings[0]?.value;
  const [of] = whole?.kind === 'opaque' ? whole.parts : [];
  // What is taken apart is the whole right side, and not an operand of it.
  if (whole == null || of === undefined || !encloses(of.place, whole.place)) return { kind: 'value', value, site };
  return { kind: 'item', of, index: siblings.indexOf(assignment), site };
}

/** What `self.name` is set to by a method of the class around. */
function fieldOf(name: string, { module, scope }: Context): Defined | null {
  const type = module.enclosingClass(scope);
  if (type === null) return null;
  const all = module.assignmentsTo(name).filter((it) => module.enclosingClass(it.scope) === type);
  if (all.length === 0) return null;
  const definitions = all.map((it) => assigned(it, { module, scope: it.scope }));
  return { definitions, id: `${module.path}:${type.body}.${name}`, since: -1 };
}

function parameterOf(name: string, owner: FunctionFact, { module, frame }: Context, evaluator: Evaluator): Definition {
  if (frame?.owner === owner) return argument(handedTo(name, owner, frame.call), frame.context, frame.call);
  const [only, ...others] = evaluator.callersOf(owner, module);
  if (only === undefined || others.length > 0) return { kind: 'unread' };
  return argument(handedTo(name, owner, only.call), { module: only.from, scope: only.scope }, only.call);
}

function argument(value: Expression | null, context: Context, call: CallExpression): Definition {
  return value === null ? { kind: 'unread' } : { kind: 'value', value, site: { context, before: call.place.start } };
}

/** A frame holds in the function that it leads into, and in those inside it. */
function frameWithin({ frame }: Context, module: PythonModule, scope: ScopeId): Pick<Context, 'frame'> {
  const holds = frame !== undefined && module.enclosingScopes(scope).includes(frame.owner.body);
  return holds ? { frame } : {};
}

/** The last assignment before an offset that always happens, and those under a condition behind it. */
function reaching(assignments: readonly AssignmentFact[], before: number): readonly AssignmentFact[] {
  const earlier = assignments.filter((it) => it.place.end <= before);
  const last = earlier.findLastIndex((it) => !it.conditional);
  return earlier.slice(Math.max(0, last));
}
