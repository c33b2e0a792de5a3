import {
  type CallExpression,
  type Expression,
  findArgument,
  lastName,
  positionalArgument,
} from '../../model/expression.js';
import type { ScopeId } from '../../model/fact.js';
import { locate } from '../../model/location.js';
import type { DataSource, DataUse, RunData } from '../../model/run-data.js';
import type { Evaluator } from './evaluate.js';
import type { TrainerCall } from './trainers.js';
import type { Context } from './values.js';

/** What a trainer is handed to train on and to be measured on, followed to the data sets that it comes from. */
export function dataOf(trainer: TrainerCall, evaluator: Evaluator): RunData {
  const walk = new SourceWalk(evaluator);
  return {
    training: walk.use(trainer, 'train_dataset'),
    evaluation: walk.use(trainer, 'eval_dataset'),
  };
}

/** Steps from an argument to a data set. */
const MOST_STEPS = 24;
/** Methods that give back the same rows, written in another way or order. */
const SAME_ROWS =
  /^(?:map|shuffle|rename_columns?|remove_columns|select_columns|cast|cast_column|with_format|with_transform|sort|flatten|flatten_indices|add_column|class_encode_column|to_iterable_dataset)$/;
/** Methods that give back some of the rows. */
const SOME_ROWS = /^(?:filter|select|skip|take|shard|unique)$/;

/** A data set of several splits, before one of them is taken. */
interface Splits {
  readonly of: (key: string) => readonly DataSource[] | null;
}

class SourceWalk {
  readonly #evaluator: Evaluator;

  constructor(evaluator: Evaluator) {
    this.#evaluator = evaluator;
  }

  use({ call, context }: TrainerCall, name: string): DataUse | null {
    const argument = findArgument(call, name);
    if (argument === undefined) return null;
    const { value, place } = argument;
    return {
      at: locate(context.module.path, place),
      written: writtenOf(value),
      sources: this.#rows(value, context, place.start, 0),
    };
  }

  #rows(expression: Expression, context: Context, before: number, depth: number): readonly DataSource[] | null {
    if (depth > MOST_STEPS) return null;
    switch (expression.kind) {
      case 'reference': {
        const made = this.#made(expression.name, context, before);
        return made === null ? null : this.#rows(made.value, made.context, made.before, depth + 1);
      }
      case 'subscript': {
        const key = expression.key.kind === 'scalar' ? expression.key.value : null;
        const splits = this.#splits(expression.base, context, before, depth + 1);
        return typeof key === 'string' ? (splits?.of(key) ?? null) : null;
      }
      case 'call':
        return this.#rowsOfCall(expression, context, before, depth);
      default:
        return null;
    }
  }

  #rowsOfCall(call: CallExpression, context: Context, before: number, depth: number): readonly DataSource[] | null {
    const method = lastName(call.callee);
    if (this.#isLibrary(call, context, 'load_dataset')) return this.#loaded(call, context);
    if (
      this.#isLibrary(call, context, 'concatenate_datasets') ||
      this.#isLibrary(call, context, 'interleave_datasets')
    ) {
      const list = positionalArgument(call, 0)?.value ?? findArgument(call, 'datasets')?.value;
      if (list?.kind !== 'list' || !list.complete) return null;
      const all = list.items.map((item) => this.#rows(item, context, before, depth + 1));
      return all.some((it) => it === null) ? null : all.flatMap((it) => it ?? []);
    }
    const base = baseOf(call);
    if (base === null || !(SAME_ROWS.test(method) || SOME_ROWS.test(method))) return null;
    const rows = this.#rows(base, context, before, depth + 1);
    return SOME_ROWS.test(method) ? (rows?.map((it) => ({ ...it, isSubset: true })) ?? null) : rows;
  }

  /** `load_dataset(name)` without a split, or the two parts of a random split. */
  #splits(expression: Expression, context: Context, before: number, depth: number): Splits | null {
    if (depth > MOST_STEPS) return null;
    if (expression.kind === 'reference') {
      const made = this.#made(expression.name, context, before);
      return made === null ? null : this.#splits(made.value, made.context, made.before, depth + 1);
    }
    if (expression.kind !== 'call') return null;
    if (this.#isLibrary(expression, context, 'load_dataset')) {
      const [all] = this.#loaded(expression, context) ?? [];
      if (all === undefined || all.split !== null) return null;
      return { of: (key) => [{ ...all, split: key }] };
    }
    const base = baseOf(expression);
    if (base === null) return null;
    const method = lastName(expression.callee);
    if (method === 'train_test_split') {
      const whole = this.#rows(base, context, before, depth + 1);
      return { of: (key) => whole?.map((it) => ({ ...it, part: key })) ?? null };
    }
    // Methods of a dict of data sets change each of them.
    if (!SAME_ROWS.test(method) && !SOME_ROWS.test(method)) return null;
    const splits = this.#splits(base, context, before, depth + 1);
    if (splits === null || !SOME_ROWS.test(method)) return splits;
    return { of: (key) => splits.of(key)?.map((it) => ({ ...it, isSubset: true })) ?? null };
  }

  #loaded(call: CallExpression, context: Context): readonly DataSource[] | null {
    if (call.arguments.some(({ spread }) => spread !== '')) return null;
    const text = (
      names: readonly string[],
      position?: number,
    ): { value: string; at: DataSource['at'] } | null | undefined => {
      const { value } = this.#evaluator.control(call, names, context, position);
      if (value === null || (value.kind === 'scalar' && value.value === null)) return undefined;
      return value.kind === 'scalar' && typeof value.value === 'string' && value.byDefault !== true
        ? { value: value.value, at: value.at }
        : null;
    };
    const [name, configuration, files, split] = [
      text(['path'], 0),
      text(['name'], 1),
      text(['data_files']),
      text(['split']),
    ];
    if (name == null || configuration === null || files === null || split === null) return null;
    const at = locate(context.module.path, call.place);
    return [
      {
        name: files === undefined ? name.value : files.value,
        configuration: configuration?.value ?? null,
        split: split?.value ?? null,
        part: null,
        isSubset: false,
        at: split?.at ?? at,
      },
    ];
  }

  #isLibrary(call: CallExpression, context: Context, name: string): boolean {
    if (lastName(call.callee) !== name) return false;
    const symbol = this.#evaluator.program.symbol(context.module, context.scope, call.callee);
    return symbol?.kind === 'external' && symbol.name === `datasets.${name}`;
  }

  /** What a name was last set to before a place, where that is one thing in every case. */
  #made(
    name: string,
    context: Context,
    before: number,
  ): { value: Expression; context: Context; before: number } | null {
    const { module } = context;
    for (const scope of module.lookupScopes(context.scope)) {
      if (isParameter(name, scope, context)) return null;
      const all = module.assignmentsTo(name).filter((it) => it.scope === scope);
      if (all.length === 0) continue;
      // Another scope runs at a time that is not followed, so only a name that is set once has one value there.
      if (scope !== context.scope && all.length > 1) return null;
      const known = scope === context.scope ? all.filter(({ place }) => place.end <= before) : all;
      const last = known.at(-1);
      if (last === undefined || last.value === null || last.conditional || last.value.kind === 'opaque') return null;
      return { value: last.value, context: { module, scope }, before: last.place.start };
    }
    return null;
  }
}

function isParameter(name: string, scope: ScopeId, { module }: Context): boolean {
  const owner = module.ownerOf(scope);
  return owner?.kind === 'function' && owner.parameters.some((it) => it.name === name);
}

/** What a method is called on. */
function baseOf({ receiver, callee, place }: CallExpression): Expression | null {
  if (receiver !== null) return receiver;
  const name = callee.split('.').slice(0, -1).join('.');
  return name === '' ? null : { kind: 'reference', name, place };
}

function writtenOf(expression: Expression): string | null {
  if (expression.kind === 'reference') return expression.name;
  if (expression.kind !== 'subscript' || expression.key.kind !== 'scalar') return null;
  const base = writtenOf(expression.base);
  return base === null ? null : `${base}[${JSON.stringify(expression.key.value)}]`;
}
