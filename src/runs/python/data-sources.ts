import { type Expression, findArgument, positionalArgument } from '../../model/expression.js';
import { type Location, locate } from '../../model/location.js';
import type { DataSource, DataUse, RunData } from '../../model/run-data.js';
import type { Evaluator } from './evaluate.js';
import type { Site } from './rows/definitions.js';
import type { Row } from './rows/row.js';
import { RowWalk } from './rows/row-walk.js';
import { positionsOf, type TrainerCall } from './trainers.js';

/** What a trainer is handed to train on and to be measured on, followed to the data sets that it comes from. */
export function dataOf(trainer: TrainerCall, evaluator: Evaluator): RunData {
  return {
    training: useOf(trainer, 'train_dataset', evaluator),
    evaluation: useOf(trainer, 'eval_dataset', evaluator),
  };
}

function useOf(trainer: TrainerCall, name: string, evaluator: Evaluator): DataUse | null {
  const { call, context } = trainer;
  const { module } = context;
  const walk = new RowWalk(evaluator);
  const site: Site = { context, before: call.place.start };
  const position = positionsOf(trainer).indexOf(name);
  const argument = findArgument(call, name) ?? (position === -1 ? undefined : positionalArgument(call, position));
  if (argument !== undefined) {
    const { value, place } = argument;
    return used(rowsOf(value, site, walk), writtenOf(value), locate(module.path, place));
  }
  for (const { spread, value, place } of call.arguments) {
    const rows = spread === '**' ? walk.entry(value, name, site) : null;
    if (rows !== null) return used(rows, null, locate(module.path, place));
  }
  return null;
}

/** Several sets to be measured on, by name. One that says it is of the training data is there to compare the others with. */
function rowsOf(value: Expression, site: Site, walk: RowWalk): readonly Row[] {
  if (value.kind !== 'map') return walk.rows(value, site);
  return value.entries.filter(({ key }) => !/train/i.test(key ?? '')).flatMap((it) => walk.rows(it.value, site));
}

function used(rows: readonly Row[], written: string | null, at: Location): DataUse | null {
  return rows.length === 0 ? null : { at, written, sources: rows.map(sourceOf) };
}

function sourceOf({ name, configuration, origin, split, taken, at }: Row): DataSource {
  return { name, configuration, origin, split, taken, at };
}

function writtenOf(expression: Expression): string | null {
  if (expression.kind === 'reference') return expression.name;
  if (expression.kind !== 'subscript' || expression.key.kind !== 'scalar') return null;
  const base = writtenOf(expression.base);
  return base === null ? null : `${base}[${JSON.stringify(expression.key.value)}]`;
}
