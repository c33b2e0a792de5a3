import { type Expression, lastName } from '../../model/expression.js';
import type { AssignmentFact, FunctionFact, ScopeId } from '../../model/fact.js';
import { locate } from '../../model/location.js';
import type { Evaluator } from './evaluate.js';
import type { PythonModule, ScopedCall } from './module.js';
import { type Context, doubted, type EntryValue, type MapValue, unknownValue, type Value } from './values.js';

/** Where a dict is used: what is put in further down in the same scope is not there yet. */
export interface Use {
  readonly scope: ScopeId;
  readonly before: number | null;
}

/**
 * A dict with what other statements do to it before it is used: `kwargs["revision"] = REVISION`, `kwargs.update(…)`,
 * `kwargs.pop("name")`. What another function does to it happens at a time that is not followed.
 */
export function grown(
  name: string,
  made: AssignmentFact,
  value: MapValue,
  use: Use,
  evaluator: Evaluator,
  context: Context,
): MapValue {
  const { module } = context;
  const changes = changesOf(name, module).filter((it) => module.variableScope(it.scope, name) === made.scope);
  let dict: MapValue = value;
  for (const change of changes) {
    if (change.scope !== made.scope) dict = changedElsewhere(dict, change);
    else if (
      change.at > made.place.start &&
      (use.scope !== made.scope || use.before === null || change.at < use.before)
    )
      dict = change.apply(dict, evaluator, { ...context, scope: change.scope });
  }
  return handedOn(name, made, evaluator, context) ? { ...dict, complete: false } : dict;
}

interface Change {
  readonly at: number;
  readonly scope: ScopeId;
  /** The path of keys that it concerns; empty for what may concern any. */
  readonly keys: readonly string[];
  readonly apply: (dict: MapValue, evaluator: Evaluator, context: Context) => MapValue;
}

function changedElsewhere(dict: MapValue, { keys }: Change): MapValue {
  const [key] = keys;
  if (key === undefined) return doubtedDict(dict);
  const known = dict.entries.get(key);
  const entries = known === undefined ? dict.entries : new Map(dict.entries).set(key, doubted(key, known));
  return withEntries(dict, entries, false);
}

function changesOf(name: string, module: PythonModule): readonly Change[] {
  const known = changes.get(module)?.get(name);
  if (known !== undefined) return known;
  const found = [
    ...module.assignmentsInto(name).map((put) => putChange(name, put, module)),
    ...module.computedPuts.flatMap((put) => computedChange(name, put)),
    ...CHANGING.flatMap((method) => module.callsNamed(method).flatMap((it) => callChange(name, method, it))),
  ].sort((a, b) => a.at - b.at);
  const byName = changes.get(module) ?? new Map<string, readonly Change[]>();
  changes.set(module, byName.set(name, found));
  return found;
}

const changes = new WeakMap<PythonModule, Map<string, readonly Change[]>>();

/** Methods that change a dict. */
const CHANGING = ['update', 'pop', 'setdefault', 'clear', 'popitem'] as const;

function putChange(name: string, put: AssignmentFact, module: PythonModule): Change {
  const keys = put.target.slice(name.length + 1).split('.');
  const stated = locate(module.path, put.place);
  return {
    at: put.place.start,
    scope: put.scope,
    keys,
    apply(dict, evaluator, context) {
      if (put.value === null) return dict;
      const added = evaluator.evaluate(put.value, context, dict.chain);
      const value = put.conditional ? unknownValue(keys.join('.'), stated, added.chain, { cause: 'branches' }) : added;
      return withKeys(dict, keys, { value, stated });
    },
  };
}

/** `config[key] = value`: under which key is known only when the code runs, so that it may be any. */
function computedChange(name: string, { value, scope }: PythonModule['computedPuts'][number]): Change[] {
  if (value.kind !== 'subscript') return [];
  const keys = keysBelow(name, value.base);
  if (keys === null) return [];
  const at = value.place.start;
  return [{ at, scope, keys, apply: (dict) => (keys.length === 0 ? doubtedDict(dict) : doubtedAt(dict, keys)) }];
}

function callChange(name: string, method: (typeof CHANGING)[number], found: ScopedCall): Change[] {
  const { call, scope, conditional } = found;
  const receiver = call.callee === `${name}.${method}` ? [] : keysBelow(name, call.receiver);
  if (receiver === null || (receiver.length === 0 && call.receiver !== null)) return [];
  const [first] = call.arguments;
  const key = first?.value.kind === 'scalar' ? String(first.value.value) : null;
  const named = method === 'pop' || method === 'setdefault' ? key : null;
  const at = call.place.start;
  if (receiver.length > 0) return [{ at, scope, keys: receiver, apply: (dict) => doubtedAt(dict, receiver) }];
  const keys = named === null ? [] : [named];
  return [
    {
      at,
      scope,
      keys,
      apply(dict, evaluator, context) {
        const changed = applied(method, named, dict, found, evaluator, context);
        if (changed === null) return doubtedDict(dict);
        return conditional ? eitherDict(dict, changed) : changed;
      },
    },
  ];
}

function applied(
  method: (typeof CHANGING)[number],
  key: string | null,
  dict: MapValue,
  { call }: ScopedCall,
  evaluator: Evaluator,
  context: Context,
): MapValue | null {
  if (method === 'update') return updated(dict, call.arguments, evaluator, context);
  if (method === 'clear') return withEntries(dict, new Map(), true);
  if (key === null) return null;
  const entries = new Map(dict.entries);
  if (method === 'pop') {
    entries.delete(key);
    return withEntries(dict, entries, dict.complete);
  }
  const standard = call.arguments[1];
  if (method !== 'setdefault' || entries.has(key)) return dict;
  if (standard === undefined || !dict.complete) return withEntries(dict, entries, false);
  const value = evaluator.evaluate(standard.value, context, dict.chain);
  entries.set(key, { value, stated: locate(context.module.path, call.place) });
  return withEntries(dict, entries, true);
}

/** `d.update(other, key=value)`. */
function updated(
  dict: MapValue,
  given: ScopedCall['call']['arguments'],
  evaluator: Evaluator,
  context: Context,
): MapValue | null {
  const entries = new Map(dict.entries);
  let { complete } = dict;
  for (const argument of given) {
    const value = evaluator.evaluate(argument.value, context, dict.chain);
    if (argument.name !== null)
      entries.set(argument.name, { value, stated: locate(context.module.path, argument.place) });
    else if (value.kind !== 'map') return null;
    else {
      if (!value.complete) for (const [key, entry] of entries) entries.set(key, doubted(key, entry));
      for (const [key, entry] of value.entries) entries.set(key, entry);
      complete &&= value.complete;
    }
  }
  return withEntries(dict, entries, complete);
}

/** What is the same in both stands; what differs is known only when the code runs. */
export function eitherDict(a: MapValue, b: MapValue): MapValue {
  const entries = new Map<string, EntryValue>();
  for (const key of new Set([...a.entries.keys(), ...b.entries.keys()])) {
    const [first, second] = [a.entries.get(key), b.entries.get(key)];
    const entry = first ?? second;
    if (entry === undefined) continue;
    const isSame =
      first === second || (first !== undefined && second !== undefined && sameValue(first.value, second.value));
    entries.set(key, isSame ? entry : doubted(key, entry));
  }
  return withEntries(a, entries, a.complete && b.complete);
}

export function sameValue(a: Value, b: Value): boolean {
  if (a.kind === 'scalar' && b.kind === 'scalar') return a.value === b.value;
  if (a.kind !== 'list' || b.kind !== 'list' || !a.complete || !b.complete || a.items.length !== b.items.length)
    return false;
  return a.items.every((item, index) => sameValue(item, b.items[index] as Value));
}

export function withEntries(dict: MapValue, entries: MapValue['entries'], complete: boolean): MapValue {
  const { kind, at, chain } = dict;
  return { kind, entries, complete, at, chain };
}

/** A dict of which anything may have been replaced. */
export function doubtedDict(dict: MapValue): MapValue {
  return withEntries(dict, new Map([...dict.entries].map(([key, entry]) => [key, doubted(key, entry)])), false);
}

function doubtedAt(dict: MapValue, keys: readonly string[]): MapValue {
  const [key = '', ...rest] = keys;
  const known = dict.entries.get(key);
  if (known === undefined) return withEntries(dict, dict.entries, false);
  const inner = known.value;
  const value =
    inner.kind !== 'map' ? doubted(key, known).value : rest.length > 0 ? doubtedAt(inner, rest) : doubtedDict(inner);
  return withEntries(dict, new Map(dict.entries).set(key, { ...known, value }), dict.complete);
}

function withKeys(dict: MapValue, keys: readonly string[], entry: EntryValue): MapValue {
  const [key = '', ...rest] = keys;
  const entries = new Map(dict.entries);
  const inner = entries.get(key);
  if (rest.length === 0) entries.set(key, entry);
  else if (inner?.value.kind === 'map') entries.set(key, { ...inner, value: withKeys(inner.value, rest, entry) });
  else if (inner !== undefined) entries.set(key, doubted(key, inner));
  // `config.model.name = x` of what has no `model`: kept as it is written.
  else entries.set(keys.join('.'), entry);
  return withEntries(dict, entries, dict.complete);
}

/** The keys behind a name in `name["a"]["b"]`; null for anything else. */
function keysBelow(name: string, expression: Expression | null): string[] | null {
  if (expression?.kind === 'reference') return expression.name === name ? [] : null;
  if (expression?.kind !== 'subscript' || expression.key.kind !== 'scalar') return null;
  const base = keysBelow(name, expression.base);
  return base === null ? null : [...base, String(expression.key.value)];
}

/** Whether the dict itself, not its items, is given to a function that may put something in. */
function handedOn(name: string, made: AssignmentFact, evaluator: Evaluator, { module }: Context): boolean {
  return module
    .callsGiven(name)
    .some((it) => module.variableScope(it.scope, name) === made.scope && mayChange(it, name, evaluator, module, 0));
}

const READS_A_DICT =
  /^(?:print|len|dict|str|repr|sorted|list|isinstance|vars|type|hasattr|getattr|bool|enumerate|zip|deepcopy|copy|pformat|pprint|munchify|EasyDict|edict|Box|Munch|AttrDict|DotDict|SimpleNamespace|Namespace|ConfigDict)$|(?:^|\.)(?:dumps?|info|debug|warning|log|update|pformat|pprint|deepcopy|copy|create|to_yaml|to_container|to_object|merge|save|init|resolve|get_deprecated|print)$/;
/** Packages that take a dict for what it says. */
const READING_PACKAGES =
  /^(?:wandb|mlflow|omegaconf|yaml|json|copy|pprint|logging|rich|trl|transformers|peft|datasets|torch|accelerate|unsloth)\./;
const MAX_HANDS = 3;

function mayChange(
  { call, scope }: ScopedCall,
  name: string,
  evaluator: Evaluator,
  module: PythonModule,
  hands: number,
): boolean {
  if (READS_A_DICT.test(call.callee)) return false;
  if (call.callee === '' || call.callee.startsWith('.')) return true;
  const symbol = evaluator.program.symbol(module, scope, call.callee);
  if (symbol?.kind === 'external') return !READING_PACKAGES.test(symbol.name);
  if (symbol?.kind !== 'function' || hands >= MAX_HANDS) return true;
  const parameter = parameterFor(call, name, symbol.definition);
  return parameter === null || changesParameter(parameter, symbol.definition, symbol.module, evaluator, hands + 1);
}

/** The parameter that takes what is called `name` at the call. */
function parameterFor(call: ScopedCall['call'], name: string, owner: FunctionFact): string | null {
  const plain = owner.parameters.filter((it) => it.spread === '');
  let position = 0;
  for (const argument of call.arguments) {
    if (argument.spread !== '') return null;
    const index = argument.name === null ? position++ : -1;
    if (argument.value.kind !== 'reference' || argument.value.name !== name) continue;
    return argument.name ?? plain[index]?.name ?? null;
  }
  return null;
}

function changesParameter(
  name: string,
  owner: FunctionFact,
  module: PythonModule,
  evaluator: Evaluator,
  hands: number,
): boolean {
  const isOwn = (scope: ScopeId): boolean => module.variableScope(scope, name) === owner.body;
  return (
    changesOf(name, module).some((it) => isOwn(it.scope)) ||
    module.callsGiven(name).some((it) => isOwn(it.scope) && mayChange(it, name, evaluator, module, hands))
  );
}

/** The method's name where a call is one of a dict that changes it. */
export function changesDict(callee: string): boolean {
  return CHANGING.some((method) => lastName(callee) === method);
}
