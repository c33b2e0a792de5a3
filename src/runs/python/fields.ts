import { type CallExpression, type Expression, findArgument, lastName } from '../../model/expression.js';
import type { AssignmentFact, ClassFact, FunctionFact } from '../../model/fact.js';
import { type Location, locate } from '../../model/location.js';
import { LazyMap } from '../compose/lazy-map.js';
import type { Evaluator } from './evaluate.js';
import type { PythonModule } from './module.js';
import { flagValue } from './options/absl-flags.js';
import { isParsing, optionNames, parsedOption } from './options/parsers.js';
import { folderPart } from './text.js';
import {
  type CallValue,
  type Chain,
  type Context,
  type EntryValue,
  literalOf,
  type MapValue,
  unknownValue,
  type Value,
} from './values.js';

const MAX_ANCESTORS = 20;

/** What a value holds under the name of an attribute. Null where that is not followed. */
export function heldAttribute(
  evaluator: Evaluator,
  owner: Value,
  field: string,
  at: Location,
  chain: Chain,
): Value | null {
  switch (owner.kind) {
    case 'map':
      return field === '__dict__' ? owner : (owner.entries.get(field)?.value ?? null);
    case 'scalar':
      return pathPart(owner, field);
    case 'call':
      return field === '__dict__' ? objectMap(evaluator, owner) : fieldOfCall(evaluator, owner, field, at, chain);
    default:
      return null;
  }
}

/** `Path("a/b.yaml").parent`. */
function pathPart(owner: Extract<Value, { kind: 'scalar' }>, field: string): Value | null {
  if (typeof owner.value !== 'string') return null;
  // A member of an enumeration.
  if (field === 'value') return owner;
  const name = owner.value.slice(owner.value.lastIndexOf('/') + 1);
  if (field === 'parent') return { ...owner, value: parentOf(owner.value) };
  if (field === 'name') return { ...owner, value: name };
  return field === 'stem' ? { ...owner, value: name.replace(/(.)\.[^.]*$/, '$1') } : null;
}

function parentOf(path: string): string {
  if (/^(?:\.|(?:\.\.\/)*\.\.)$/.test(path)) return path === '.' ? '..' : `../${path}`;
  return folderPart(path) === '' ? '.' : folderPart(path);
}

function fieldOfCall(evaluator: Evaluator, owner: CallValue, field: string, at: Location, chain: Chain): Value | null {
  const later = setLater(evaluator, owner, field, at, chain);
  if (later !== null) return later;
  if (isParsing(owner, evaluator)) return parsedOption(evaluator, owner, field, at, chain);
  const flag = field === 'value' ? flagValue(evaluator, owner, at, chain) : null;
  if (flag !== null) return flag;
  const { module, scope } = owner.context;
  const symbol = owner.call.callee === '' ? null : evaluator.program.symbol(module, scope, owner.call.callee);
  if (symbol?.kind === 'class' && symbol.rest.length === 0) {
    const made = { call: owner.call, context: owner.context };
    return objectField(evaluator, { type: symbol.definition, module: symbol.module, call: made }, field, at, chain);
  }
  const keyword = evaluator.control(owner.call, [field], owner.context, undefined, chain).value;
  // The keyword of a factory need not be an attribute of what it makes; of a class it nearly always is.
  return keyword !== null && /^[A-Z]/.test(lastName(owner.call.callee)) ? keyword : null;
}

/** `args.model = "…"` behind the call that made `args`. */
function setLater(evaluator: Evaluator, { held }: CallValue, field: string, at: Location, chain: Chain): Value | null {
  if (held === undefined) return null;
  const { module, name, scope } = held;
  const put = module.assignmentsTo(`${name}.${field}`).filter((it) => module.variableScope(it.scope, name) === scope);
  const [only] = put;
  const isAltered = module
    .callsNamed('setattr')
    .some(({ call, scope: from }) => altersField(call, name, field) && module.variableScope(from, name) === scope);
  if (isAltered) return unknownValue(`${name}.${field}`, at, chain, { cause: 'attribute' });
  if (only?.value == null) return null;
  if (put.length > 1 || only.conditional || only.scope !== scope || mentionsField(only.value, `${name}.${field}`))
    return unknownValue(`${name}.${field}`, at, chain, { cause: 'branches' });
  return evaluator.evaluate(only.value, { module, scope: only.scope }, chain);
}

/** `setattr(args, key, value)`, where the key may be this field. */
function altersField(call: CallExpression, name: string, field: string): boolean {
  const [object, key] = call.arguments;
  if (call.callee !== 'setattr' || object?.value.kind !== 'reference' || object.value.name !== name) return false;
  return key?.value.kind !== 'scalar' || key.value.value === field;
}

function mentionsField(value: Expression, name: string): boolean {
  if (value.kind === 'reference') return value.name === name;
  if (value.kind === 'choice') return value.options.some((it) => mentionsField(it, name));
  return value.kind === 'template' || value.kind === 'opaque'
    ? value.parts.some((it) => mentionsField(it, name))
    : false;
}

/** An object of a class of the tree, and the call that made it, where that is known. */
export interface TreeObject {
  readonly type: ClassFact;
  readonly module: PythonModule;
  readonly call: { readonly call: CallExpression; readonly context: Context } | null;
}

/** What an object of a class of the tree holds: what its methods set, what it was made with, or the class's default. */
export function objectField(
  evaluator: Evaluator,
  object: TreeObject,
  field: string,
  at: Location,
  chain: Chain,
): Value {
  const lineage = lineageOf(evaluator, object.module, object.type);
  const set = lineage.classes.flatMap(({ module, type }) => settersOf(module, type, field));
  if (set.length > 0) return valueSet(evaluator, set, object, field, at, chain);
  const made = object.call === null ? null : madeWith(evaluator, object.call, lineage, field, at, chain);
  if (made !== null) return made;
  const standard = classDefault(evaluator, lineage, field, at, chain);
  // The environment may say otherwise of a class that reads it.
  if (lineage.outside.some((name) => lastName(name) === 'BaseSettings'))
    return unknownValue(field, at, chain, { cause: 'environment', fallback: literalOf(standard) });
  return standard;
}

/** The default of a field in the class or the nearest of those it derives from. */
export function classDefault(evaluator: Evaluator, lineage: Lineage, field: string, at: Location, chain: Chain): Value {
  for (const { module, type } of lineage.classes) {
    const fields = module.assignmentsTo(field).filter((it) => it.scope === type.body);
    const valued = fields.filter((it) => it.value !== null);
    if (valued.length > 0)
      return fieldDefault(evaluator, evaluator.oneOf(valued, field, { module, scope: type.body }, at, chain));
    if (fields.length > 0) break;
  }
  return unknownValue(field, at, chain, { cause: 'attribute' });
}

/** `field(default=…)` and `field(default_factory=…)` of a dataclass stand for what they give. */
function fieldDefault(evaluator: Evaluator, value: Value): Value {
  if (value.kind !== 'call' || !/^(?:field|Field|HfArg|ib|attrib)$/.test(lastName(value.call.callee))) return value;
  const { call, context, at, chain } = value;
  const standard = findArgument(call, 'default') ?? call.arguments.find((it) => it.name === null && it.spread === '');
  if (standard !== undefined) return evaluator.evaluate(standard.value, context, chain);
  const factory = (findArgument(call, 'default_factory') ?? findArgument(call, 'factory'))?.value;
  return (
    (factory === undefined ? null : produced(evaluator, factory, context, chain)) ??
    unknownValue('field(…)', at, chain, { cause: 'option' })
  );
}

/** What a factory without arguments gives. */
function produced(evaluator: Evaluator, factory: Expression, context: Context, chain: Chain): Value | null {
  const at = locate(context.module.path, factory.place);
  if (factory.kind === 'opaque' && /^lambda\s*:/.test(factory.text)) {
    const body = factory.parts.at(-1);
    return body === undefined ? null : evaluator.evaluate(body, context, chain);
  }
  if (factory.kind !== 'reference') return null;
  if (factory.name === 'list' || factory.name === 'List') return { kind: 'list', items: [], complete: true, at, chain };
  if (factory.name === 'dict') return { kind: 'map', entries: new Map(), complete: true, at, chain };
  const call: CallExpression = {
    kind: 'call',
    callee: factory.name,
    receiver: null,
    arguments: [],
    place: factory.place,
    argumentsPlace: factory.place,
  };
  return evaluator.evaluate(call, context, chain);
}

interface Setter {
  readonly module: PythonModule;
  readonly method: FunctionFact;
  readonly assignment: AssignmentFact;
}

function settersOf(module: PythonModule, type: ClassFact, field: string): Setter[] {
  const assignments = module.assignmentsTo(`self.${field}`);
  if (assignments.length === 0) return [];
  return module
    .methodsOf(type)
    .flatMap((method) =>
      assignments.filter((it) => it.scope === method.body).map((assignment) => ({ module, method, assignment })),
    );
}

/** What `__init__` sets stands, unless it is set again, under a condition or elsewhere. */
function valueSet(
  evaluator: Evaluator,
  set: readonly Setter[],
  object: TreeObject,
  field: string,
  at: Location,
  chain: Chain,
): Value {
  const isInit = set.every(({ method }) => method.name === '__init__');
  const values = set.map(({ module, method, assignment }): Value => {
    if (assignment.value === null || mentionsField(assignment.value, `self.${field}`))
      return unknownValue(`self.${field}`, at, chain, { cause: 'expression' });
    const made = object.call;
    const frame = made !== null && isInit ? { frame: { owner: method, ...made } } : {};
    return evaluator.evaluate(assignment.value, { module, scope: method.body, ...frame }, chain);
  });
  if (set.some(({ assignment }) => assignment.conditional) && set.length === 1 && !isInit)
    return unknownValue(`self.${field}`, at, chain, { cause: 'branches' });
  return evaluator.agreed(values, at, chain);
}

/** What the call hands in: by keyword, in a dict that is spread, or by position in the order of the fields. */
function madeWith(
  evaluator: Evaluator,
  { call, context }: { readonly call: CallExpression; readonly context: Context },
  lineage: Lineage,
  field: string,
  at: Location,
  chain: Chain,
): Value | null {
  const keyword = evaluator.control(call, [field], context, undefined, chain).value;
  if (keyword !== null) return keyword;
  const position = call.arguments.some((it) => it.name === null) ? dataclassFields(lineage).indexOf(field) : -1;
  const positional = call.arguments.filter((it) => it.name === null && it.spread !== '**');
  if (position !== -1 && positional.slice(0, position + 1).some((it) => it.spread === '*'))
    return unknownValue(field, at, chain, { cause: 'attribute' });
  const given = position === -1 ? undefined : positional[position];
  if (given !== undefined) return evaluator.evaluate(given.value, context, chain);
  return evaluator.openness(call, context, chain) === null
    ? null
    : unknownValue(field, at, chain, { cause: 'attribute' });
}

/** A class of the tree with those of the tree that it derives from, nearest first. */
export interface Lineage {
  readonly classes: readonly { readonly module: PythonModule; readonly type: ClassFact }[];
  /** Full names of the classes outside of the tree that it derives from. */
  readonly outside: readonly string[];
}

export function lineageOf(evaluator: Evaluator, module: PythonModule, type: ClassFact): Lineage {
  const known = lineages.get(type);
  if (known !== undefined && known.program === evaluator.program) return known.lineage;
  const classes: { module: PythonModule; type: ClassFact }[] = [];
  const outside: string[] = [];
  const pending = [{ module, type }];
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    // Two classes that name each other as bases do not run, but they can be written.
    if (classes.length >= MAX_ANCESTORS || classes.some((it) => it.type === next.type)) continue;
    classes.push(next);
    for (const base of next.type.bases) {
      const symbol =
        base.kind === 'reference' ? evaluator.program.symbol(next.module, next.type.scope, base.name) : null;
      if (symbol?.kind === 'class') pending.push({ module: symbol.module, type: symbol.definition });
      else if (base.kind !== 'reference' || base.name !== 'object')
        outside.push(symbol?.kind === 'external' ? symbol.name : base.kind === 'reference' ? base.name : '…');
    }
  }
  const lineage = { classes, outside };
  lineages.set(type, { program: evaluator.program, lineage });
  return lineage;
}

const lineages = new WeakMap<ClassFact, { readonly program: Evaluator['program']; readonly lineage: Lineage }>();

/** The fields of a dataclass in the order that its constructor takes them. */
export function dataclassFields({ classes }: Lineage): string[] {
  const names = classes.toReversed().flatMap(({ module, type }) => module.fieldsOf(type));
  return [...new Set(names)];
}

/** `vars(config)`, `asdict(config)`: an object as a dict. */
export function objectMap(evaluator: Evaluator, owner: CallValue): MapValue | null {
  const { module, scope } = owner.context;
  const { at, chain } = owner;
  const symbol = owner.call.callee === '' ? null : evaluator.program.symbol(module, scope, owner.call.callee);
  const field = (name: string): EntryValue => {
    const value =
      fieldOfCall(evaluator, owner, name, at, chain) ?? unknownValue(name, at, chain, { cause: 'attribute' });
    return { value, stated: value.at };
  };
  if (isParsing(owner, evaluator)) return parsedMap(evaluator, owner, field);
  if (symbol?.kind !== 'class' || symbol.rest.length > 0) return null;
  const lineage = lineageOf(evaluator, symbol.module, symbol.definition);
  return {
    kind: 'map',
    entries: new LazyMap(dataclassFields(lineage), field),
    complete: lineage.outside.every((name) =>
      /^(?:typing\.|abc\.|pydantic\.BaseModel|Generic|Protocol|ABC)/.test(name),
    ),
    at,
    chain,
  };
}

function parsedMap(evaluator: Evaluator, owner: CallValue, field: (name: string) => EntryValue): MapValue | null {
  const names = optionNames(evaluator, owner);
  if (names === null) return null;
  return {
    kind: 'map',
    entries: new LazyMap(names.names, field),
    complete: names.complete,
    at: owner.at,
    chain: owner.chain,
  };
}
