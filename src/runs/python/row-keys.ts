import {
  type CallExpression,
  type Expression,
  findArgument,
  lastName,
  positionalArgument,
  visitDescendants,
} from '../../model/expression.js';
import type { RowKeys } from '../../model/run.js';
import type { Evaluator } from './evaluate.js';
import type { Context } from './values.js';

type Calls = readonly { readonly call: CallExpression; readonly context: Context }[];

/**
 * The keys that functions which rows are mapped with take from each of them. Null where none is seen, and where the code
 * looks at a row before it takes something: it filters them, uses `get`, or asks for a key.
 */
export function rowKeys(calls: Calls, evaluator: Evaluator): RowKeys | null {
  if (calls.some(({ call }) => FILTERS.test(call.callee))) return null;
  const names = new Set<string>();
  for (const { call, context } of calls) {
    if (lastName(call.callee) !== 'map' || !(call.callee.includes('.') || call.receiver !== null)) continue;
    const given = findArgument(call, 'function') ?? positionalArgument(call, 0);
    const mapping = given === undefined ? null : mappingOf(given.value, context, evaluator);
    const taken = mapping === null ? [] : keysTaken(mapping);
    if (taken === null) return null;
    for (const name of taken) names.add(name);
  }
  return names.size === 0 ? null : { names: [...names] };
}

const FILTERS = /(?:^|\.)(?:filter|dropna|isna|isnull|notna)$/;

/** A function of one row: what it calls the row, and all that it evaluates. */
interface Mapping {
  readonly row: string;
  readonly body: readonly Expression[];
}

function mappingOf(given: Expression, context: Context, evaluator: Evaluator): Mapping | null {
  if (given.kind === 'opaque') {
    const row = /^lambda\s+(\w+)\s*:/.exec(given.text)?.[1];
    return row === undefined ? null : { row, body: given.parts };
  }
  if (given.kind !== 'reference') return null;
  const symbol = evaluator.program.symbol(context.module, context.scope, given.name);
  if (symbol?.kind !== 'function') return null;
  const { module, definition } = symbol;
  const [first] = definition.parameters.filter(({ name }) => name !== 'self');
  return first === undefined ? null : { row: first.name, body: module.expressionsIn(definition.body) };
}

/** Null where the mapping looks before it takes. */
function keysTaken({ row, body }: Mapping): string[] | null {
  const taken: string[] = [];
  const texts = new Map<string, number>();
  let looks = false;
  for (const expression of body) {
    visitDescendants(expression, (inner) => {
      if (inner.kind === 'call' && inner.callee === `${row}.get`) looks = true;
      if (inner.kind === 'scalar' && typeof inner.value === 'string')
        texts.set(inner.value, (texts.get(inner.value) ?? 0) + 1);
      const key = keyOf(inner, row);
      if (key !== null) taken.push(key);
    });
  }
  // `"input" in row` names a key where nothing is taken.
  const isAskedFor = taken.some((key) => (texts.get(key) ?? 0) > taken.filter((it) => it === key).length);
  return looks || isAskedFor ? null : [...new Set(taken)];
}

function keyOf(expression: Expression, row: string): string | null {
  if (expression.kind !== 'subscript' || expression.dotted === true) return null;
  const { base, key } = expression;
  const isRow = base.kind === 'reference' && base.name === row;
  return isRow && key.kind === 'scalar' && typeof key.value === 'string' ? key.value : null;
}
