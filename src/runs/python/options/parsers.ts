import {
  type CallExpression,
  type Expression,
  findArgument,
  lastName,
  positionalArgument,
} from '../../../model/expression.js';
import type { ClassFact } from '../../../model/fact.js';
import type { Location } from '../../../model/location.js';
import type { Evaluator } from '../evaluate.js';
import { classDefault, dataclassFields, lineageOf } from '../fields.js';
import type { PythonModule, ScopedCall } from '../module.js';
import { type CallValue, type Chain, unknownValue, type Value } from '../values.js';
import { argparseNames, argparseOption } from './argparse.js';
import { optionValue, typeOfAnnotation } from './option.js';

/** Functions that read the command line into the dataclass they are given, by full name; how they call nested flags. */
const CLASS_FUNCTIONS: ReadonlyMap<string, 'nested' | 'flat'> = new Map([
  ['tyro.cli', 'nested'],
  ['draccus.parse', 'nested'],
  ['draccus.wrap', 'nested'],
  ['pyrallis.parse', 'nested'],
  ['pyrallis.wrap', 'nested'],
  ['simple_parsing.parse', 'flat'],
]);

/** Whether the result of a call holds what the command line said. */
export function isParsing(owner: CallValue, evaluator: Evaluator): boolean {
  if (owner.parsed !== undefined) return true;
  const name = lastName(owner.call.callee);
  if (/^(?:parse_\w+|parse)$/.test(name)) return true;
  return name === 'cli' && classFunction(owner, evaluator) !== null;
}

/** Whether what a parser gave back is an object of a class that it was made with. */
export function parsesClass(evaluator: Evaluator, owner: CallValue): boolean {
  return isParsing(owner, evaluator) && parsedClass(evaluator, owner).state !== 'unknown';
}

/** A field of what a parser gave back: what the command line says of it, or its default. */
export function parsedOption(evaluator: Evaluator, owner: CallValue, field: string, at: Location, chain: Chain): Value {
  const overlaid = overlay(evaluator, owner, field, at, chain);
  if (overlaid !== null) return overlaid;
  const { module } = owner.context;
  const found = parsedClass(evaluator, owner);
  if (found.state === 'unknown') {
    const option = argparseOption(evaluator, owner, field, chain);
    return option === null
      ? unknownValue(`args.${field}`, at, chain, { cause: 'option' })
      : optionValue(evaluator, module.path, option, at, chain);
  }
  const path = [...(owner.fields ?? []), field];
  const flags = found.names === 'flat' ? [field] : [path.join('.').replaceAll('-', '_')];
  const common = { name: field, flags, position: null, fileKeys: path };
  // A class of another library: what the commands say can be read, and no default.
  if (found.state === 'outside')
    return optionValue(evaluator, module.path, { ...common, type: 'word', standard: null }, at, chain);
  const lineage = lineageOf(evaluator, found.module, found.type);
  const annotation = annotationOf(found, field, evaluator);
  const standard = classDefault(evaluator, lineage, field, at, chain);
  if (nestedClass(evaluator, annotation, standard) !== null) return { ...owner, fields: path, at, chain };
  // The parent of a class of the tree may be of another library, as `TrainingArguments` is.
  const inherited = annotation === null && lineage.outside.length > 0;
  return optionValue(
    evaluator,
    module.path,
    { ...common, type: inherited ? 'word' : typeOfAnnotation(annotation?.text ?? null), standard },
    at,
    chain,
  );
}

/** The names of all options; null where they cannot be listed. */
export function optionNames(
  evaluator: Evaluator,
  owner: CallValue,
): { readonly names: readonly string[]; readonly complete: boolean } | null {
  const found = parsedClass(evaluator, owner);
  if (found.state === 'unknown') return argparseNames(evaluator, owner);
  if (found.state === 'outside') return null;
  const lineage = lineageOf(evaluator, found.module, found.type);
  return { names: dataclassFields(lineage), complete: lineage.outside.length === 0 };
}

/**
 * Two ways of one parser to the same result, as in `if argv[1].endswith(".json"): parse_json_file(…) else: parse_args…()`: the
 * one that reads the command line, which also names the file. Null for anything else.
 */
export function sameParser(values: readonly Value[]): CallValue | null {
  const calls = values.filter((it) => it.kind === 'call' && /^parse_/.test(lastName(it.call.callee))) as CallValue[];
  const [first] = calls;
  if (first === undefined || calls.length < values.length) return null;
  const isSame = calls.every(
    (it) =>
      parserName(it.call) === parserName(first.call) &&
      it.item === first.item &&
      it.context.module === first.context.module,
  );
  return isSame && parserName(first.call) !== ''
    ? (calls.find((it) => !READS_FILE.test(it.call.callee)) ?? first)
    : null;
}

const READS_FILE = /\.parse_(?:json|yaml|yml|toml)\w*$/;

type ParsedClass =
  | {
      readonly state: 'found';
      readonly module: PythonModule;
      readonly type: ClassFact;
      readonly names: 'nested' | 'flat';
    }
  | { readonly state: 'outside'; readonly names: 'nested' | 'flat' }
  | { readonly state: 'unknown' };

/** The class that an item of a parser's result is an instance of: `HfArgumentParser((ModelArguments, …))`. */
function parsedClass(evaluator: Evaluator, owner: CallValue): ParsedClass {
  const root = rootClass(evaluator, owner);
  if (root.state !== 'found') return root;
  let { module, type } = root;
  for (const field of owner.fields ?? []) {
    const at = owner.at;
    const standard = classDefault(evaluator, lineageOf(evaluator, module, type), field, at, []);
    const inner = nestedClass(evaluator, annotationOf({ module, type }, field, evaluator), standard);
    if (inner === null) return { state: 'unknown' };
    ({ module, type } = inner);
  }
  return { ...root, module, type };
}

function rootClass(evaluator: Evaluator, owner: CallValue): ParsedClass {
  const { module, scope } = owner.context;
  if (owner.parsed !== undefined) return { state: 'found', ...owner.parsed, names: 'nested' };
  const names = classFunction(owner, evaluator);
  if (names !== null) {
    const given =
      findArgument(owner.call, 'config_class') ?? findArgument(owner.call, 'f') ?? positionalArgument(owner.call, 0);
    return classNamed(evaluator, given?.value, module, scope, names);
  }
  const made = parserConstruction(module, owner.call);
  if (made === null) return { state: 'unknown' };
  // `class Args(Tap)`, `Args().parse_args()`: the parser is the dataclass.
  const parser = evaluator.program.symbol(module, made.scope, made.call.callee);
  if (
    parser?.kind === 'class' &&
    lineageOf(evaluator, parser.module, parser.definition).outside.some((it) => /^tap\.|(?:^|\.)Tap$/.test(it))
  )
    return { state: 'found', module: parser.module, type: parser.definition, names: 'flat' };
  const classes = dataclassArguments(module, made.call);
  return classes === null
    ? { state: 'unknown' }
    : classNamed(evaluator, classes[owner.item ?? 0], module, made.scope, 'flat');
}

function classNamed(
  evaluator: Evaluator,
  name: Expression | undefined,
  module: PythonModule,
  scope: number,
  names: 'nested' | 'flat',
): ParsedClass {
  if (name?.kind !== 'reference') return { state: 'unknown' };
  const symbol = evaluator.program.symbol(module, scope, name.name);
  if (symbol?.kind === 'external') return { state: 'outside', names };
  return symbol?.kind === 'class' && symbol.rest.length === 0
    ? { state: 'found', module: symbol.module, type: symbol.definition, names }
    : { state: 'unknown' };
}

function classFunction({ call, context }: CallValue, evaluator: Evaluator): 'nested' | 'flat' | null {
  if (call.callee === '' || call.callee.startsWith('.')) return null;
  const symbol = evaluator.program.symbol(context.module, context.scope, call.callee);
  return symbol?.kind === 'external' ? (CLASS_FUNCTIONS.get(symbol.name) ?? null) : null;
}

/** How the class of the tree nearest to a field annotates it. */
function annotationOf(
  { module, type }: { readonly module: PythonModule; readonly type: ClassFact },
  field: string,
  evaluator: Evaluator,
): { readonly text: string; readonly module: PythonModule; readonly scope: number } | null {
  for (const it of lineageOf(evaluator, module, type).classes) {
    const found = it.module
      .assignmentsTo(field)
      .find(({ scope, annotation }) => scope === it.type.body && annotation !== null);
    if (found?.annotation != null) return { text: found.annotation, module: it.module, scope: it.type.scope };
  }
  return null;
}

/** The dataclass that a field holds, by its annotation or by what its default makes. */
function nestedClass(
  evaluator: Evaluator,
  annotation: { readonly text: string; readonly module: PythonModule; readonly scope: number } | null,
  standard: Value,
): { readonly module: PythonModule; readonly type: ClassFact } | null {
  if (annotation !== null && /^[A-Za-z_][\w.]*$/.test(annotation.text)) {
    const symbol = evaluator.program.symbol(annotation.module, annotation.scope, annotation.text);
    const isData =
      symbol?.kind === 'class' && lineageOf(evaluator, symbol.module, symbol.definition).outside.length === 0;
    if (symbol?.kind === 'class' && isData) return { module: symbol.module, type: symbol.definition };
  }
  if (standard.kind !== 'call') return null;
  const { module, scope } = standard.context;
  const symbol = standard.call.callee === '' ? null : evaluator.program.symbol(module, scope, standard.call.callee);
  return symbol?.kind === 'class' && symbol.rest.length === 0
    ? { module: symbol.module, type: symbol.definition }
    : null;
}

/** `parser = HfArgumentParser(…)` for `parser.parse_…()`, or the construction that the call is chained to. */
function parserConstruction(module: PythonModule, call: CallExpression): Omit<ScopedCall, 'conditional'> | null {
  if (call.receiver?.kind === 'call') return { call: call.receiver, scope: 0 };
  const made = module.assignmentsTo(parserName(call)).find((it) => it.value?.kind === 'call');
  return made?.value?.kind === 'call' ? { call: made.value, scope: made.scope } : null;
}

/** The variable that a parser is in. */
export function parserName(call: CallExpression): string {
  return call.callee.split('.').slice(0, -1).join('.');
}

function dataclassArguments(module: PythonModule, made: CallExpression): readonly Expression[] | null {
  if (!/Parser$/.test(made.callee)) return null;
  const first = (positionalArgument(made, 0) ?? findArgument(made, 'dataclass_types'))?.value;
  if (first === undefined || first.kind === 'scalar') return null;
  if (first.kind === 'list') return first.items;
  const named = first.kind === 'reference' ? module.assignmentsTo(first.name) : [];
  const [only] = named;
  return named.length === 1 && only?.value?.kind === 'list' ? only.value.items : [first];
}

/** `vars(args).update(config)`, `args.__dict__.update(config)`: what is put over the parsed options. */
function overlay(evaluator: Evaluator, { held }: CallValue, field: string, at: Location, chain: Chain): Value | null {
  if (held === undefined) return null;
  const { module, name, scope } = held;
  for (const it of module.callsNamed('update')) {
    if (!updatesOptions(it.call, name) || module.variableScope(it.scope, name) !== scope) continue;
    const [first] = it.call.arguments;
    const map = first === undefined ? null : evaluator.evaluate(first.value, { module, scope: it.scope }, chain);
    const entry = map?.kind === 'map' ? map.entries.get(field) : undefined;
    if (map?.kind === 'map' && map.complete && entry === undefined) continue;
    if (entry !== undefined && !it.conditional) return entry.value;
    return unknownValue(`args.${field}`, at, chain, { cause: map?.kind === 'unknown' ? map.cause : 'branches' });
  }
  return null;
}

function updatesOptions({ callee, receiver }: CallExpression, name: string): boolean {
  if (callee === `${name}.__dict__.update`) return true;
  if (callee !== '.update' || receiver?.kind !== 'call' || receiver.callee !== 'vars') return false;
  const [given] = receiver.arguments;
  return given?.value.kind === 'reference' && given.value.name === name;
}
