import {
  type CallExpression,
  type Expression,
  findArgument,
  lastName,
  positionalArgument,
} from '../../../model/expression.js';
import type { Bound } from '../../../model/run-data.js';
import type { Evaluator } from '../evaluate.js';
import { definitionsOf, type Site } from './definitions.js';

/** Rows by their place, from the first to the one behind the last; null for the end. */
export interface Stretch {
  readonly from: Bound;
  readonly to: Bound | null;
}

/** `rows[:100]`; null for a step, and for a bound that cannot be named. */
export function rangeOfSlice(key: Expression, site: Site, evaluator: Evaluator): Stretch | null {
  if (key.kind !== 'opaque' || !key.text.includes(':')) return null;
  const [before = '', behind = '', ...step] = key.text.split(':').map((it) => it.trim());
  if (step.length > 0) return null;
  const bounds = [before, behind].map((text) => {
    if (text === '') return 'none';
    const part = key.parts.find((it) => it.place.end - it.place.start === text.length && isWritten(it, text));
    return part === undefined ? null : boundOf(part, site, evaluator);
  });
  const [from, to] = bounds;
  if (from == null || to == null) return null;
  return { from: from === 'none' ? 0 : from, to: to === 'none' ? null : to };
}

/** `rows.select(range(100))`, `rows.take(100)`, `rows.skip(100)`; null for anything else. */
export function rangeOfSelect(call: CallExpression, site: Site, evaluator: Evaluator): Stretch | null {
  const method = lastName(call.callee);
  const given = findArgument(call, method === 'select' ? 'indices' : 'n')?.value ?? positionalArgument(call, 0)?.value;
  if (given === undefined) return null;
  if (method === 'select') return stretchOf(given, site, evaluator);
  const bound = boundOf(given, site, evaluator);
  if (bound === null) return null;
  return method === 'take' ? { from: 0, to: bound } : { from: bound, to: null };
}

function stretchOf(indices: Expression, site: Site, evaluator: Evaluator): Stretch | null {
  if (indices.kind === 'reference') {
    const [only, ...others] = definitionsOf(indices.name, site, evaluator)?.definitions ?? [];
    return only?.kind === 'value' && only.value.kind === 'call' && others.length === 0
      ? stretchOf(only.value, only.site, evaluator)
      : null;
  }
  if (indices.kind !== 'call') return null;
  const [first, second, third] = indices.arguments;
  if (first === undefined || first.spread !== '' || first.name !== null) return null;
  if (indices.callee === 'list') return stretchOf(first.value, site, evaluator);
  if (indices.callee !== 'range' || third !== undefined) return null;
  const bounds = [first, ...(second === undefined ? [] : [second])].map(({ value }) => boundOf(value, site, evaluator));
  const [from, to] = bounds.length === 1 ? [0, bounds[0]] : bounds;
  if (from == null || to == null) return null;
  // `range(100, len(rows))` goes to the end.
  const end = second?.value;
  return { from, to: end?.kind === 'call' && end.callee === 'len' ? null : to };
}

/** A number, or the name of one; null for what has no name. */
function boundOf(expression: Expression, site: Site, evaluator: Evaluator): Bound | null {
  const value = evaluator.evaluate(expression, site.context);
  const isKnown = value.kind === 'scalar' && typeof value.value === 'number' && value.byDefault !== true;
  if (isKnown && Number(value.value) >= 0) return Number(value.value);
  if (isKnown) return `${value.value}`;
  if (expression.kind === 'reference') return definitionsOf(expression.name, site, evaluator)?.id ?? expression.name;
  if (expression.kind === 'call' && expression.callee === 'len') {
    const [of] = expression.arguments;
    return of?.value.kind === 'reference' ? `len(${of.value.name})` : null;
  }
  return null;
}

function isWritten(part: Expression, text: string): boolean {
  if (part.kind === 'reference') return part.name === text;
  return part.kind === 'scalar' && String(part.value) === text.replaceAll('_', '');
}
