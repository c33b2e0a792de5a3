import { type CallExpression, type Expression, findArgument, lastName } from '../../../model/expression.js';
import type { Evaluator } from '../evaluate.js';
import type { PythonModule } from '../module.js';
import { type CallValue, type Chain, type Context, literalOf, unknownValue, type Value } from '../values.js';
import type { Option, OptionType } from './option.js';

/** An `add_argument`, and where it stands. */
interface Added {
  readonly call: CallExpression;
  readonly context: Context;
}

/** An option of `argparse` by the attribute it is kept under. Null where no parser of the file has it. */
export function argparseOption(evaluator: Evaluator, owner: CallValue, field: string, chain: Chain): Option | null {
  const added = addedTo(evaluator, owner);
  const found = added.filter(({ call }) => attributeName(call) === field);
  const [first] = found;
  const overriding = setDefault(evaluator, owner, field, chain);
  if (first === undefined) {
    if (overriding === null) return null;
    return { name: field, flags: [], position: null, fileKeys: null, type: 'other', standard: overriding };
  }
  return {
    name: field,
    flags: flagNames(first.call).map((flag) => flag.replace(/^-+/, '').replaceAll('-', '_')),
    position: positionOf(added, first, owner),
    fileKeys: readsFiles(evaluator, owner) ? [field] : null,
    type: typeOf(first.call),
    standard: overriding ?? standardOf(evaluator, found, chain),
  };
}

export function argparseNames(
  evaluator: Evaluator,
  owner: CallValue,
): { readonly names: readonly string[]; readonly complete: boolean } | null {
  const added = addedTo(evaluator, owner);
  if (added.length === 0) return null;
  const names = added.flatMap(({ call }) => attributeName(call) ?? []);
  const isOnly = owner.context.module.callsNamed('ArgumentParser').length <= 1;
  const isWhole = names.length === added.length && owner.context.module.callsNamed('set_defaults').length === 0;
  return { names: [...new Set(names)], complete: isOnly && isWhole };
}

/** The options that may belong to a parser: those of its file, and of the functions that it is made by or handed to. */
function addedTo(evaluator: Evaluator, owner: CallValue): readonly Added[] {
  const { module } = owner.context;
  const name = owner.call.callee.split('.').slice(0, -1).join('.');
  const key = `${name} ${owner.context.scope}`;
  const known = found.get(module)?.get(key);
  if (known !== undefined && known.program === evaluator.program) return known.added;
  const added = [...addedIn(module, null), ...addedElsewhere(evaluator, module, name)];
  const byName = found.get(module) ?? new Map<string, Found>();
  found.set(module, byName.set(key, { program: evaluator.program, added }));
  return added;
}

interface Found {
  readonly program: Evaluator['program'];
  readonly added: readonly Added[];
}

const found = new WeakMap<PythonModule, Map<string, Found>>();

function addedIn(module: PythonModule, scope: number | null): Added[] {
  return module
    .callsNamed('add_argument')
    .filter((it) => scope === null || it.scope === scope)
    .map((it) => ({ call: it.call, context: { module, scope: it.scope } }));
}

function addedElsewhere(evaluator: Evaluator, module: PythonModule, name: string): Added[] {
  if (name === '') return [];
  const handed = module.callsGiven(name);
  const made = module
    .assignmentsTo(name)
    .flatMap((it) => (it.value?.kind === 'call' ? [{ call: it.value, scope: it.scope }] : []));
  return [...handed, ...made].flatMap(({ call, scope }) => {
    if (call.callee === '' || call.callee.startsWith('.')) return [];
    const symbol = evaluator.program.symbol(module, scope, call.callee);
    if (symbol?.kind !== 'function' || symbol.module === module) return [];
    return addedIn(symbol.module, symbol.definition.body);
  });
}

/** The default of the options of one name; unknown where those of several parsers differ. */
function standardOf(evaluator: Evaluator, options: readonly Added[], chain: Chain): Value | null {
  const defaults = options.map((it) => defaultOf(evaluator, it, chain));
  const [first = null, ...others] = defaults;
  if (first === null) return others.some((it) => it !== null) ? differing(options, chain) : null;
  const literal = JSON.stringify(literalOf(first)?.value);
  const agree = others.every((it) => it !== null && JSON.stringify(literalOf(it)?.value) === literal);
  return agree && (others.length === 0 || literal !== undefined) ? first : differing(options, chain);
}

function differing(options: readonly Added[], chain: Chain): Value | null {
  const [first] = options;
  if (first === undefined) return null;
  const at = { path: first.context.module.path, ...first.call.place };
  return unknownValue('one of several values', at, chain, { cause: 'branches' });
}

function defaultOf(evaluator: Evaluator, { call, context }: Added, chain: Chain): Value | null {
  const standard = findArgument(call, 'default');
  if (standard !== undefined) return evaluator.evaluate(standard.value, context, chain);
  const type = typeOf(call);
  if (type !== 'switch-on' && type !== 'switch-off') return null;
  const at = { path: context.module.path, ...call.place };
  return { kind: 'scalar', value: type === 'switch-off', at, chain: [...chain, at] };
}

/** `parser.set_defaults(model="…")`, `parser.set_defaults(**config)`. */
function setDefault(evaluator: Evaluator, owner: CallValue, field: string, chain: Chain): Value | null {
  const { module } = owner.context;
  let value: Value | null = null;
  for (const { call, scope, conditional } of module.callsNamed('set_defaults')) {
    const context = { module, scope };
    const said = evaluator.control(call, [field], context, undefined, chain).value;
    const open = evaluator.openness(call, context, chain);
    if (said === null && open === null) continue;
    const isSure: boolean = said !== null && !conditional && value === null;
    value = isSure
      ? said
      : unknownValue(field, { path: module.path, ...call.place }, chain, { cause: open?.cause ?? 'branches' });
  }
  return value;
}

/** Which of the words without a flag an option takes. Not told where a sub-command, or an option of several words, takes some. */
function positionOf(added: readonly Added[], option: Added, owner: CallValue): Option['position'] {
  if (flagNames(option.call).some((flag) => flag.startsWith('-'))) return null;
  const positional = added.filter(({ call }) => flagNames(call).every((flag) => !flag.startsWith('-')));
  const isPlain = positional.every(({ call }) => findArgument(call, 'nargs') === undefined);
  const index =
    isPlain && owner.context.module.callsNamed('add_subparsers').length === 0 ? positional.indexOf(option) : -1;
  return { index, count: index === -1 ? -1 : positional.length };
}

/** Parsers other than argparse's own may read a file of arguments, too. */
function readsFiles(evaluator: Evaluator, owner: CallValue): boolean {
  const { module, scope } = owner.context;
  const name = owner.call.callee.split('.').slice(0, -1).join('.');
  const made = module.assignmentsTo(name).find((it) => it.value?.kind === 'call')?.value;
  const callee =
    made?.kind === 'call' ? made.callee : owner.call.receiver?.kind === 'call' ? owner.call.receiver.callee : '';
  const symbol = callee === '' || callee.startsWith('.') ? null : evaluator.program.symbol(module, scope, callee);
  if (symbol?.kind === 'class') return true;
  return symbol?.kind === 'external' && !/^(?:argparse|simple_parsing|transformers)\./.test(symbol.name);
}

/** The attribute that argparse stores an option under. */
function attributeName(call: CallExpression): string | null {
  const explicit = findArgument(call, 'dest')?.value;
  if (explicit?.kind === 'scalar') return String(explicit.value);
  const flags = flagNames(call);
  const long = flags.find((flag) => flag.startsWith('--')) ?? flags[0];
  return long === undefined ? null : long.replace(/^-+/, '').replaceAll('-', '_');
}

function flagNames(call: CallExpression): string[] {
  return call.arguments.flatMap((it) =>
    it.name === null && it.value.kind === 'scalar' ? [String(it.value.value)] : [],
  );
}

function typeOf(call: CallExpression): OptionType {
  const action = findArgument(call, 'action')?.value;
  if (action !== undefined) {
    if (action.kind === 'scalar' && action.value === 'store_true') return 'switch-on';
    if (action.kind === 'scalar' && action.value === 'store_false') return 'switch-off';
    if (action.kind === 'reference' && lastName(action.name) === 'BooleanOptionalAction') return 'switch-on';
    if (action.kind !== 'scalar' || action.value !== 'store') return 'other';
  }
  if (findArgument(call, 'nargs') !== undefined) return 'other';
  return typeNamed(findArgument(call, 'type')?.value);
}

/** `type=int` and the like; `type=bool` takes every word for true. */
export function typeNamed(type: Expression | undefined): OptionType {
  if (type === undefined) return 'text';
  if (type.kind !== 'reference') return 'other';
  const name = lastName(type.name);
  if (/^(?:str|Path|abspath|expanduser)$/.test(name)) return 'text';
  if (name === 'int') return 'integer';
  if (name === 'float') return 'number';
  return /bool/i.test(name) && name !== 'bool' ? 'boolean' : 'other';
}
