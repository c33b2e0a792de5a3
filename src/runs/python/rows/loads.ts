import { type CallExpression, type Expression, findArgument, lastName } from '../../../model/expression.js';
import { type Location, locate } from '../../../model/location.js';
import { originNamed } from '../../../model/run-data.js';
import type { Evaluator } from '../evaluate.js';
import type { Context, Value } from '../values.js';
import { idOf } from './definitions.js';
import type { Row } from './row.js';

/** A data set as it is loaded: one of its splits, or all of them. */
export interface Loaded {
  /** Null where the call names one split or several, which `rows` then holds. */
  readonly split: ((name: string) => Row) | null;
  readonly rows: readonly Row[];
}

/** What a call of a library reads from the hub or from files; null for any other call. */
export function loaded(call: CallExpression, context: Context, evaluator: Evaluator): Loaded | null {
  const symbol = evaluator.program.symbol(context.module, context.scope, call.callee);
  const name = symbol?.kind === 'external' ? symbol.name : '';
  const load = { call, context, evaluator };
  if (name === 'datasets.load_dataset') return fromHub(load);
  if (name === 'datasets.load_from_disk' || name === 'datasets.DatasetDict.load_from_disk')
    return allSplits(load, originOf(load, ['dataset_path', 'dataset_dict_path'], 0));
  return /^pandas\.read_\w+$/.test(name) ? fromFile(load) : null;
}

interface Load {
  readonly call: CallExpression;
  readonly context: Context;
  readonly evaluator: Evaluator;
}

interface Origin {
  readonly name: string | null;
  readonly configuration: string | null;
  readonly origin: string;
}

/** Builders of the library, which read the files that they are handed. */
const BUILDERS = /^(?:json|csv|parquet|text|arrow|pandas|xml|webdataset|imagefolder|audiofolder)$/;

function fromHub(load: Load): Loaded {
  const { call, context, evaluator } = load;
  const files = evaluator.control(call, ['data_files'], context).value;
  const split = evaluator.control(call, ['split'], context).value;
  const configuration = textOf(evaluator.control(call, ['name'], context, 1).value);
  const hub = originOf(load, ['path'], 0);
  if (files?.kind === 'map') return fromFiles(load, files, split, hub);
  const isSpread = call.arguments.some((it) => it.spread !== '');
  const file = files === null || isNothing(files) ? null : originOfValue(files, context, load);
  const known =
    isSpread || configuration === undefined
      ? unknownOrigin(load)
      : named(file === null ? hub : inHub(hub, file), configuration);
  if (isSpread) return computedSplit(load, known);
  if (split === null || isNothing(split)) return allSplits(load, known);
  return ofSplits(load, known, split);
}

/** `data_files={"train": "a.jsonl", "test": "b.jsonl"}`. */
function fromFiles(load: Load, files: Extract<Value, { kind: 'map' }>, split: Value | null, hub: Origin): Loaded {
  const whole = unknownOrigin(load);
  const at = locate(load.context.module.path, load.call.place);
  const of = (name: string): Row => {
    const file = files.complete ? files.entries.get(name)?.value : undefined;
    const literal = file === undefined ? undefined : textOf(file);
    return typeof literal === 'string'
      ? rowOf(inHub(hub, { name: literal, configuration: null, origin: literal }), 'train', at)
      : rowOf(whole, name, at);
  };
  if (split === null || isNothing(split)) return { split: of, rows: [rowOf(whole, null, at)] };
  const name = textOf(split);
  return typeof name === 'string' ? { split: null, rows: [of(name)] } : computedSplit(load, whole);
}

/** A file of a data set on the hub is not the file of the same name in another one. */
function inHub(hub: Origin, file: Origin): Origin {
  if (hub.name === null) return { ...file, origin: `${hub.origin} ${file.origin}` };
  if (BUILDERS.test(hub.name)) return file;
  const name = file.name === null ? null : `${hub.name} ${file.name}`;
  return { name, configuration: null, origin: `${hub.origin} ${file.origin}` };
}

function named({ name, configuration, origin }: Origin, given: string | null): Origin {
  return given === null
    ? { name, configuration, origin }
    : { name, configuration: given, origin: originNamed(origin, given) };
}

function ofSplits(load: Load, origin: Origin, split: Value): Loaded {
  const items = split.kind === 'list' && split.complete ? split.items : [split];
  const names = items.map((it) => textOf(it));
  if (!names.every((it) => typeof it === 'string')) return computedSplit(load, origin);
  // `train+validation` is both.
  const rows = items.flatMap((it, index) =>
    String(names[index])
      .split('+')
      .map((name) => rowOf(origin, name.trim(), it.at)),
  );
  return { split: null, rows };
}

function allSplits(load: Load, origin: Origin): Loaded {
  const at = locate(load.context.module.path, load.call.place);
  return { split: (name) => rowOf(origin, name, at), rows: [rowOf(origin, null, at)] };
}

function computedSplit(load: Load, origin: Origin): Loaded {
  const at = locate(load.context.module.path, load.call.place);
  const by = idOf(load.context.module, load.call.place.start, load.context);
  const row = rowOf(origin, null, at);
  return { split: null, rows: [{ ...row, taken: [{ kind: 'some', by, at }], order: by }] };
}

function fromFile(load: Load): Loaded {
  const at = locate(load.context.module.path, load.call.place);
  return { split: null, rows: [rowOf(originOf(load, ['filepath_or_buffer', 'path_or_buf', 'path'], 0), 'train', at)] };
}

function rowOf({ name, configuration, origin }: Origin, split: string | null, at: Location): Row {
  return {
    name,
    configuration,
    origin,
    split,
    taken: [],
    at,
    order: `${origin} ${split ?? ''}`,
    shuffled: null,
    mixed: null,
  };
}

function originOf(load: Load, names: readonly string[], position: number): Origin {
  const { value } = load.evaluator.control(load.call, names, load.context, position);
  return value === null ? unknownOrigin(load) : originOfValue(value, load.context, load);
}

/** A constant, or an option that both loads of a run name alike: `args.dataset`. */
function originOfValue(value: Value, context: Context, load: Load): Origin {
  const text = textOf(value);
  if (typeof text === 'string') return { name: text, configuration: null, origin: text };
  if (value.kind !== 'unknown' || !/^[A-Za-z_]\w*(?:\.\w+)*$/.test(value.expression)) return unknownOrigin(load);
  // A name without a dot is a variable or a parameter, which another function may have, too.
  const where = value.expression.includes('.') ? value.at.path : idOf(context.module, context.scope, context);
  return { name: null, configuration: null, origin: `${where} ${value.expression}` };
}

function unknownOrigin({ call, context }: Load): Origin {
  return { name: null, configuration: null, origin: idOf(context.module, call.place.start, context) };
}

/** Null for nothing; undefined for what is computed, or is the default of an option. */
function textOf(value: Value | null): string | null | undefined {
  if (value === null || isNothing(value)) return null;
  return value.kind === 'scalar' && typeof value.value === 'string' && value.byDefault !== true
    ? value.value
    : undefined;
}

function isNothing(value: Value): boolean {
  return value.kind === 'scalar' && value.value === null;
}

/** `dict(train=a)` and `DatasetDict({"train": a})`: what they hold by name; null for any other call. */
export function entriesOf(call: CallExpression): ((name: string) => Expression | null) | null {
  const name = lastName(call.callee);
  if (name !== 'dict' && name !== 'DatasetDict') return null;
  if (call.arguments.some((it) => it.spread !== '')) return null;
  const [map] = call.arguments;
  if (map === undefined) return null;
  if (map.name !== null) return (key) => findArgument(call, key)?.value ?? null;
  const { value } = map;
  if (value.kind !== 'map' || value.spreads.length > 0) return null;
  return (key) => value.entries.findLast((it) => it.key === key)?.value ?? null;
}
