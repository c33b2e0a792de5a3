import {
  type CallExpression,
  descendants,
  type Expression,
  findArgument,
  lastName,
  positionalArgument,
} from '../../model/expression.js';
import { type Location, locate } from '../../model/location.js';
import type { TrainingColumns } from '../../model/run.js';
import type { Evaluator } from './evaluate.js';
import { positionsOf, type TrainerCall } from './trainers.js';
import type { Context, Value } from './values.js';

/** The columns of `train_dataset`, where the code puts them together; null where some come from elsewhere. */
export function trainingColumns(trainer: TrainerCall, evaluator: Evaluator): TrainingColumns | null {
  const position = positionsOf(trainer).indexOf('train_dataset');
  const { value } = evaluator.control(
    trainer.call,
    ['train_dataset'],
    trainer.context,
    position === -1 ? undefined : position,
  );
  return value === null ? null : columnsOf(value, evaluator, 0);
}

const MAX_STEPS = 12;

function columnsOf(value: Value, evaluator: Evaluator, depth: number): TrainingColumns | null {
  if (depth > MAX_STEPS) return null;
  // `dataset["train"]` has the columns of all its splits.
  if (value.kind === 'unknown' && /^\[\w+\]$/.test(value.expression) && value.parts.length === 1) {
    return columnsOf(value.parts[0] as Value, evaluator, depth + 1);
  }
  if (value.kind !== 'call') return null;
  const { call, context } = value;
  const step = new DatasetStep(call, context, evaluator);
  const before = () => {
    const base = step.base();
    return base === null ? null : columnsOf(base, evaluator, depth + 1);
  };
  switch (lastName(call.callee)) {
    case 'from_dict':
      return step.literalRows('from_dict');
    case 'from_list':
      return step.literalRows('from_list');
    case 'map':
      return step.mapped(before);
    case 'select_columns':
      return step.selected();
    case 'rename_column':
    case 'rename_columns':
      return step.renamed(before());
    case 'remove_columns':
      return step.removed(before());
    case 'add_column':
      return step.added(before());
    default:
      return KEEPS_COLUMNS.test(call.callee) ? before() : null;
  }
}

/** Methods of a data set that change its rows and leave its columns. */
const KEEPS_COLUMNS =
  /\.(?:shuffle|select|filter|train_test_split|shard|skip|take|sort|repeat|flatten_indices|with_format)$/;

/** One call in a chain that makes a data set. */
class DatasetStep {
  readonly #call: CallExpression;
  readonly #context: Context;
  readonly #evaluator: Evaluator;

  constructor(call: CallExpression, context: Context, evaluator: Evaluator) {
    this.#call = call;
    this.#context = context;
    this.#evaluator = evaluator;
  }

  /** What the method is called on. */
  base(): Value | null {
    const { receiver, callee, place } = this.#call;
    if (receiver !== null) return this.#evaluator.evaluate(receiver, this.#context);
    const name = callee.split('.').slice(0, -1).join('.');
    return name === '' ? null : this.#evaluator.evaluate({ kind: 'reference', name, place }, this.#context);
  }

  /** `Dataset.from_dict({"prompt": prompts})`, `Dataset.from_list([{"prompt": "…"}])`. */
  literalRows(kind: 'from_dict' | 'from_list'): TrainingColumns | null {
    const given = this.#argument('mapping', 0);
    const rows = kind === 'from_dict' ? [given] : given?.kind === 'list' && given.complete ? given.items : [null];
    const keys = rows.map((row) => (row?.kind === 'map' && row.complete ? [...row.entries.keys()] : null));
    const [first] = keys;
    // What no column is named of is filled in a way that is not followed.
    if (first == null || first.length === 0) return null;
    return keys.some((it) => it?.join() !== first.join()) ? null : { names: first, at: this.#at };
  }

  /** The keys that the function returns, and the columns that were there and are not removed. */
  mapped(before: () => TrainingColumns | null): TrainingColumns | null {
    const given = findArgument(this.#call, 'function') ?? positionalArgument(this.#call, 0);
    const returned = given === undefined ? null : this.#returnedKeys(given.value);
    if (returned === null) return null;
    const removed = findArgument(this.#call, 'remove_columns')?.value;
    if (removed !== undefined && this.#isAllColumns(removed)) return { names: returned, at: this.#at };
    const known = before();
    const dropped = removed === undefined ? [] : this.#texts(removed);
    if (known === null || dropped === null) return null;
    const kept = known.names.filter((name) => !dropped.includes(name));
    return { names: [...new Set([...kept, ...returned])], at: this.#at };
  }

  selected(): TrainingColumns | null {
    const names = this.#textsAt('column_names', 0);
    return names === null ? null : { names, at: this.#at };
  }

  renamed(before: TrainingColumns | null): TrainingColumns | null {
    const first = this.#argument('original_column_name', 0) ?? this.#argument('column_mapping', 0);
    const second = this.#argument('new_column_name', 1);
    const names = renaming(first, second);
    if (before === null || names === null) return null;
    return { names: before.names.map((name) => names.get(name) ?? name), at: this.#at };
  }

  removed(before: TrainingColumns | null): TrainingColumns | null {
    const names = this.#textsAt('column_names', 0);
    if (before === null || names === null) return null;
    return { names: before.names.filter((name) => !names.includes(name)), at: this.#at };
  }

  added(before: TrainingColumns | null): TrainingColumns | null {
    const name = this.#argument('name', 0);
    if (before === null || name?.kind !== 'scalar') return null;
    return { names: [...before.names, String(name.value)], at: this.#at };
  }

  get #at(): Location {
    return locate(this.#context.module.path, this.#call.place);
  }

  #argument(name: string, position: number): Value | null {
    return this.#evaluator.control(this.#call, [name], this.#context, position).value;
  }

  /** Keys of the dict that a function of the tree, or a lambda, returns in every case. */
  #returnedKeys(given: Expression): string[] | null {
    if (given.kind === 'opaque' && given.text.startsWith('lambda')) return keysOf(given.parts.at(-1));
    if (given.kind !== 'reference') return null;
    const { program } = this.#evaluator;
    const symbol = program.symbol(this.#context.module, this.#context.scope, given.name);
    if (symbol?.kind !== 'function') return null;
    const returns = symbol.module.returns.filter((it) => it.scope === symbol.definition.body);
    const keys = returns.map((it) => keysOf(it.value));
    const [first] = keys;
    return first == null || keys.some((it) => it?.join() !== first.join()) ? null : first;
  }

  /** `dataset.column_names`, perhaps of one split, perhaps kept in a variable. */
  #isAllColumns(expression: Expression): boolean {
    const names = [...descendants(expression)].flatMap((it) => (it.kind === 'reference' ? [it.name] : []));
    if (names.some((name) => /\.column_names$/.test(name))) return true;
    const value = this.#evaluator.evaluate(expression, this.#context);
    return value.kind === 'unknown' && /\.column_names$/.test(value.expression);
  }

  #textsAt(name: string, position: number): string[] | null {
    const stated = findArgument(this.#call, name) ?? positionalArgument(this.#call, position);
    return stated === undefined ? null : this.#texts(stated.value);
  }

  #texts(expression: Expression): string[] | null {
    const value = this.#evaluator.evaluate(expression, this.#context);
    const items = value.kind === 'list' && value.complete ? value.items : [value];
    const texts = items.map((it) => (it.kind === 'scalar' && typeof it.value === 'string' ? it.value : null));
    return texts.every((it) => it !== null) ? texts : null;
  }
}

function keysOf(expression: Expression | undefined): string[] | null {
  if (expression?.kind !== 'map' || expression.spreads.length > 0) return null;
  const keys = expression.entries.map(({ key }) => key);
  return keys.every((key) => key !== null) ? keys : null;
}

/** Old names to new ones; null where they are computed. */
function renaming(first: Value | null, second: Value | null): ReadonlyMap<string, string> | null {
  if (first?.kind === 'scalar' && second?.kind === 'scalar')
    return new Map([[String(first.value), String(second.value)]]);
  if (first?.kind !== 'map' || !first.complete) return null;
  const pairs = [...first.entries].map(([from, { value }]) => [
    from,
    value.kind === 'scalar' ? String(value.value) : null,
  ]);
  return pairs.some(([, to]) => to === null) ? null : new Map(pairs as [string, string][]);
}
