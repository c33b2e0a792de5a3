import { type CallExpression, findArgument, lastName, positionalArgument } from '../../model/expression.js';
import { type Location, locate } from '../../model/location.js';
import { composedByCall, mergedConfigs, structuredConfig, writtenOverrides } from '../compose/python-configs.js';
import type { Evaluator } from './evaluate.js';
import { objectMap } from './fields.js';
import { readDocumentCall } from './files-read.js';
import { filledText, folderPart, pythonText } from './text.js';
import {
  type Chain,
  type Context,
  defaulted,
  type EntryValue,
  literalOf,
  type MapValue,
  unknownValue,
  type Value,
} from './values.js';

/** One call of the standard library, or of a library for configurations, whose result can be told. */
export interface KnownCall {
  readonly evaluator: Evaluator;
  readonly call: CallExpression;
  readonly context: Context;
  readonly at: Location;
  readonly chain: Chain;
}

/** What a call that needs no code of the tree comes to. Null for every other call. */
export function knownCall(
  evaluator: Evaluator,
  call: CallExpression,
  context: Context,
  at: Location,
  chain: Chain,
): Value | null {
  const read = READERS.get(lastName(call.callee));
  return read === undefined ? null : read({ evaluator, call, context, at, chain });
}

type Reader = (it: KnownCall) => Value | null;

/** By the last part of the callee's name; each looks at the rest itself. */
const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['dict', (it) => (it.call.callee === 'dict' ? dictOf(it) : null)],
  ['OrderedDict', dictOf],
  ...[
    'SimpleNamespace',
    'Namespace',
    'Munch',
    'munchify',
    'EasyDict',
    'edict',
    'Box',
    'AttrDict',
    'DotDict',
    'DotMap',
    'ConfigDict',
    'Dict',
    'Config',
  ].map((name): [string, Reader] => [name, objectOfDict]),
  ...['copy', 'deepcopy', 'to_container', 'to_object', 'toDict', 'to_dict'].map((name): [string, Reader] => [
    name,
    sameDict,
  ]),
  ['create', interpolated],
  ['merge', mergedConfigs],
  ['unsafe_merge', mergedConfigs],
  ['from_cli', writtenOverrides],
  ['from_dotlist', writtenOverrides],
  ['structured', structuredConfig],
  ['compose', composedByCall],
  ['asdict', dictOfObject],
  ['vars', dictOfObject],
  ['model_dump', dictOfObject],
  ['replace', replaced],
  ['get', got],
  ['pop', got],
  ['setdefault', got],
  ['getenv', (it) => (/(?:^|\.)getenv$/.test(it.call.callee) ? environmentRead(it) : null)],
  ['getattr', attributeGot],
  ['str', (it) => (it.call.callee === 'str' ? textOf(it) : null)],
  ['int', (it) => (it.call.callee === 'int' ? converted(it, wholeNumber) : null)],
  ['float', (it) => (it.call.callee === 'float' ? converted(it, numberIn) : null)],
  ['Path', pathOf],
  ['PurePath', pathOf],
  ['joinpath', (it) => joinedTo(it)],
  ['join', (it) => (/(?:^|\.)path\.join$/.test(it.call.callee) ? pathOf(it) : textJoined(it))],
  ...['expanduser', 'resolve', 'absolute', 'as_posix', 'abspath', 'realpath', 'normpath', 'fspath'].map(
    (name): [string, Reader] => [name, samePath],
  ),
  ['dirname', folderOfPath],
  ['format', formatted],
  ...['strip', 'lstrip', 'rstrip', 'lower', 'upper', 'removeprefix', 'removesuffix'].map((name): [string, Reader] => [
    name,
    reshaped,
  ]),
  ...['load', 'safe_load', 'full_load', 'unsafe_load', 'loads', 'from_yaml', 'from_json'].map(
    (name): [string, Reader] => [name, readDocumentCall],
  ),
]);

function argumentValue(it: KnownCall, index: number, name?: string): Value | null {
  const argument = (name === undefined ? undefined : findArgument(it.call, name)) ?? positionalArgument(it.call, index);
  return argument === undefined || argument.spread !== ''
    ? null
    : it.evaluator.evaluate(argument.value, it.context, it.chain);
}

/** What a method is called on; null for a plain function, or where nothing of the value is known. */
export function receiverValue({ evaluator, call, context, at, chain }: KnownCall): Value | null {
  if (call.receiver !== null) return evaluator.evaluate(call.receiver, context, chain);
  const dot = call.callee.lastIndexOf('.');
  return dot <= 0 ? null : evaluator.named(call.callee.slice(0, dot), context, at, chain, call.place.start);
}

function dictOf(it: KnownCall): Value {
  const { evaluator, call, context, at, chain } = it;
  const entries = new Map<string, EntryValue>();
  let complete = true;
  for (const argument of call.arguments) {
    const value = evaluator.evaluate(argument.value, context, chain);
    if (argument.name !== null) {
      entries.set(argument.name, { value, stated: locate(context.module.path, argument.place) });
      continue;
    }
    if (value.kind === 'map') for (const [key, entry] of value.entries) entries.set(key, entry);
    complete &&= value.kind === 'map' && value.complete;
  }
  return { kind: 'map', entries, complete, at, chain };
}

/** `EasyDict(config)`, `SimpleNamespace(**config)`: the dict, with its keys for attributes. Not for a class of the tree. */
function objectOfDict(it: KnownCall): Value | null {
  const { evaluator, call, context } = it;
  const symbol = evaluator.program.symbol(context.module, context.scope, call.callee);
  if (symbol?.kind !== 'external') return null;
  const [first, ...others] = call.arguments;
  if (first === undefined) return null;
  if (others.length === 0 && first.name === null) {
    const value = evaluator.evaluate(first.value, context, it.chain);
    return value.kind === 'map' ? value : null;
  }
  return dictOf(it);
}

/** A copy, or a configuration as a plain dict. Names in it may be resolved on the way. */
function sameDict(it: KnownCall): Value | null {
  const isMethod = /\.(?:copy|to_dict|toDict)$/.test(it.call.callee) && !/^(?:copy|OmegaConf)\./.test(it.call.callee);
  const value = isMethod ? receiverValue(it) : argumentValue(it, 0);
  return value?.kind === 'map' ? value : null;
}

/** `OmegaConf.create(dict)`. */
function interpolated(it: KnownCall): Value | null {
  if (!/(?:^|\.)OmegaConf\.create$/.test(it.call.callee)) return null;
  return mergedConfigs(it);
}

function dictOfObject(it: KnownCall): Value | null {
  const value = it.call.callee.endsWith('.model_dump') ? receiverValue(it) : argumentValue(it, 0);
  if (value?.kind === 'map') return value;
  return value?.kind === 'call' ? objectMap(it.evaluator, value) : null;
}

/** `dataclasses.replace(config, seed=1)`, and `text.replace("a", "b")`. */
function replaced(it: KnownCall): Value | null {
  const { call, at, chain } = it;
  const object = /^(?:dataclasses\.)?replace$/.test(call.callee) ? argumentValue(it, 0) : null;
  if (object?.kind === 'call') {
    const dict = objectMap(it.evaluator, object);
    if (dict === null) return null;
    const changes = dictOf({ ...it, call: { ...call, arguments: call.arguments.slice(1) } }) as MapValue;
    const entries = new Map([...dict.entries, ...changes.entries]);
    return { kind: 'map', entries, complete: dict.complete && changes.complete, at, chain };
  }
  const text = call.callee.endsWith('.replace') ? receiverValue(it) : null;
  const [from, to] = [argumentValue(it, 0), argumentValue(it, 1)];
  if (!isText(text) || !isText(from) || !isText(to) || call.arguments.length > 2) return null;
  return defaulted({ kind: 'scalar', value: text.value.replaceAll(from.value, to.value), at, chain }, [text, from, to]);
}

/** `config.get("key", default)`, `config.pop("key", default)`, and `os.environ.get`. */
function got(it: KnownCall): Value | null {
  const { call, at, chain } = it;
  if (/(?:^|\.)environ\.(?:get|pop|setdefault)$/.test(call.callee)) return environmentRead(it);
  if (call.arguments.some((argument) => argument.spread !== '') || call.arguments.length === 0) return null;
  const owner = receiverValue(it);
  if (owner?.kind !== 'map') return null;
  const key = argumentValue(it, 0);
  if (key?.kind !== 'scalar') return unknownValue(`${call.callee}(…)`, at, chain, { cause: 'attribute' });
  const entry = owner.entries.get(String(key.value));
  if (entry !== undefined) return defaulted(entry.value, [key]);
  const standard = argumentValue(it, 1, 'default');
  if (!owner.complete) {
    const fallback = standard === null ? null : literalOf(standard);
    return unknownValue(String(key.value), at, chain, { cause: 'attribute', fallback, parts: [owner] });
  }
  if (standard !== null) return defaulted(standard, [key]);
  return lastName(call.callee) === 'pop' ? null : { kind: 'scalar', value: null, at, chain };
}

function environmentRead(it: KnownCall): Value {
  const standard = argumentValue(it, 1, 'default');
  const fallback = standard === null ? null : literalOf(standard);
  return unknownValue(it.call.callee, it.at, it.chain, { cause: 'environment', fallback });
}

/** `getattr(args, "name", default)`. */
function attributeGot(it: KnownCall): Value | null {
  if (it.call.callee !== 'getattr') return null;
  const [owner, name] = [argumentValue(it, 0), argumentValue(it, 1)];
  if (owner === null || !isText(name)) return null;
  return it.evaluator.attributeOf(owner, name.value, `….${name.value}`, it.at, it.chain);
}

function textOf(it: KnownCall): Value | null {
  const value = argumentValue(it, 0);
  const text = value?.kind === 'scalar' ? pythonText(value.value) : null;
  return value?.kind === 'scalar' && text !== null
    ? { ...value, value: text }
    : value?.kind === 'unknown'
      ? value
      : null;
}

function converted(it: KnownCall, read: (value: string | number | boolean) => number | null): Value | null {
  const value = argumentValue(it, 0);
  if (value?.kind !== 'scalar' || value.value === null || it.call.arguments.length > 1) return null;
  const number = read(value.value);
  return number === null ? null : { ...value, value: number };
}

function wholeNumber(value: string | number | boolean): number | null {
  const number = numberIn(value);
  if (number === null || (typeof value === 'string' && !/^\s*[-+]?\d+\s*$/.test(value))) return null;
  return Math.trunc(number);
}

function numberIn(value: string | number | boolean): number | null {
  if (typeof value === 'string' && !/^\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*$/.test(value)) return null;
  return Number(value);
}

/** `Path("a", "b")`, `os.path.join("a", "b")`. */
function pathOf(it: KnownCall): Value | null {
  if (it.call.arguments.length === 0 || it.call.arguments.some((argument) => argument.spread !== '')) return null;
  const parts = it.call.arguments.map((argument) => it.evaluator.evaluate(argument.value, it.context, it.chain));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? withoutSlash(only) : it.evaluator.path(parts, it.at, it.chain);
}

/** `Path` drops a slash at the end, and what joins on to it adds one. */
function withoutSlash(value: Value): Value {
  if (value.kind !== 'scalar' || typeof value.value !== 'string') return value;
  return { ...value, value: value.value.replace(/(.)\/+$/, '$1') };
}

function joinedTo(it: KnownCall): Value | null {
  const owner = receiverValue(it);
  if (owner === null) return null;
  const parts = it.call.arguments.map((argument) => it.evaluator.evaluate(argument.value, it.context, it.chain));
  return it.evaluator.path([owner, ...parts], it.at, it.chain);
}

/** `"/".join([a, b])`. */
function textJoined(it: KnownCall): Value | null {
  const separator = receiverValue(it);
  const list = argumentValue(it, 0);
  if (!isText(separator) || list?.kind !== 'list' || !list.complete || !list.items.every(isText)) return null;
  const value = list.items.map((item) => item.value).join(separator.value);
  return defaulted({ kind: 'scalar', value, at: it.at, chain: it.chain }, [separator, ...list.items]);
}

/** Where a file lies does not change by how its path is written. */
function samePath(it: KnownCall): Value | null {
  return it.call.arguments.length === 0 ? receiverValue(it) : argumentValue(it, 0);
}

function folderOfPath(it: KnownCall): Value | null {
  const value = argumentValue(it, 0);
  if (!isText(value)) return value?.kind === 'unknown' ? value : null;
  return {
    ...value,
    value: /^(?:\.|\.\.(?:\/\.\.)*)$/.test(value.value) ? `${value.value}/..` : folderPart(value.value),
  };
}

/** `TEMPLATE.format(a, name=b)`. */
function formatted(it: KnownCall): Value | null {
  const template = receiverValue(it);
  if (!isText(template) || it.call.arguments.some((argument) => argument.spread !== '')) return null;
  const positional: string[] = [];
  const named = new Map<string, string>();
  const values: Value[] = [];
  for (const argument of it.call.arguments) {
    const value = it.evaluator.evaluate(argument.value, it.context, it.chain);
    const text = value.kind === 'scalar' ? pythonText(value.value) : null;
    if (text === null) return null;
    values.push(value);
    if (argument.name === null) positional.push(text);
    else named.set(argument.name, text);
  }
  const text = filledText(template.value, positional, named);
  return text === null
    ? null
    : defaulted({ kind: 'scalar', value: text, at: it.at, chain: it.chain }, [template, ...values]);
}

function reshaped(it: KnownCall): Value | null {
  const text = receiverValue(it);
  const given = argumentValue(it, 0);
  if (!isText(text) || (given !== null && !isText(given)) || it.call.arguments.length > 1) return null;
  const value = reshapedText(lastName(it.call.callee), text.value, given?.value ?? null);
  return value === null ? null : { ...text, value };
}

function reshapedText(method: string, text: string, given: string | null): string | null {
  switch (method) {
    case 'lower':
      return text.toLowerCase();
    case 'upper':
      return text.toUpperCase();
    case 'removeprefix':
      return given !== null && text.startsWith(given) ? text.slice(given.length) : text;
    case 'removesuffix':
      return given !== null && given !== '' && text.endsWith(given) ? text.slice(0, -given.length) : text;
    default:
      return stripped(text, given ?? ' \t\n\r\f\v', method);
  }
}

function stripped(text: string, characters: string, method: string): string {
  let [start, end] = [0, text.length];
  if (method !== 'rstrip') while (start < end && characters.includes(text.charAt(start))) start += 1;
  if (method !== 'lstrip') while (end > start && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

type TextValue = Extract<Value, { kind: 'scalar' }> & { readonly value: string };

function isText(value: Value | null): value is TextValue {
  return value?.kind === 'scalar' && typeof value.value === 'string';
}
