import { type CallExpression, callsIn, type Expression, findArgument, lastName } from '../../../model/expression.js';
import type { FunctionFact } from '../../../model/fact.js';
import { type Location, locate } from '../../../model/location.js';
import type { Mixing } from '../../../model/run-data.js';
import type { Evaluator } from '../evaluate.js';
import type { PythonModule } from '../module.js';
import type { Site } from './definitions.js';
import { isSameTaking, type Row } from './row.js';

/**
 * What `rows.map(make, batched=True)` makes of documents, where its code says so: `packed`, as in `group_texts` of the
 * language modelling examples (huggingface/transformers, `examples/pytorch/language-modeling/run_clm.py`), or
 * `windowed`. Null for anything else, which may leave each row what it was.
 */
export function mappedMixing(call: CallExpression, site: Site, evaluator: Evaluator): Mixing | null {
  const given = (findArgument(call, 'function') ?? call.arguments.find((it) => it.name === null))?.value;
  const made = given === undefined ? null : bodyOf(given, site, evaluator);
  const kind = made === null ? null : kindOf(made.calls);
  if (made === null || kind === null) return null;
  return { kind, by: made.name, at: locate(site.context.module.path, call.place) };
}

/** Rows that stand among these more than once, also where each is written in another way. */
export function repeatedRow(rows: readonly Row[]): Row | null {
  return rows.find((row, index) => rows.slice(0, index).some((other) => isSameRow(row, other))) ?? null;
}

export function repeatedAt(call: CallExpression, at: Location): Mixing {
  return { kind: 'repeated', by: lastName(call.callee), at };
}

function isSameRow(a: Row, b: Row): boolean {
  return (
    a.origin === b.origin &&
    a.split === b.split &&
    a.taken.length === b.taken.length &&
    a.taken.every((it, index) => isSameTaking(it, b.taken[index]))
  );
}

interface Body {
  /** As an author would call it. */
  readonly name: string;
  readonly calls: readonly CallExpression[];
}

/** The calls of a function by its name, with its arguments bound, or written on the spot. */
function bodyOf(given: Expression, { context }: Site, evaluator: Evaluator): Body | null {
  if (given.kind === 'call' && lastName(given.callee) === 'partial') {
    const [bound] = given.arguments;
    return bound === undefined ? null : bodyOf(bound.value, { context, before: 0 }, evaluator);
  }
  if (given.kind === 'reference') {
    const symbol = evaluator.program.symbol(context.module, context.scope, given.name);
    return symbol?.kind === 'function' ? functionBody(symbol.definition, symbol.module) : null;
  }
  if (given.kind !== 'opaque') return null;
  const calls = [...callsIn(given)];
  // `lambda batch: group_texts(batch, size)` does what the function does.
  const [only, ...others] = calls;
  const symbol =
    only === undefined || only.callee.startsWith('.')
      ? null
      : evaluator.program.symbol(context.module, context.scope, only.callee);
  return symbol?.kind === 'function' && others.length === 0
    ? functionBody(symbol.definition, symbol.module)
    : { name: 'map', calls };
}

function functionBody({ name, body }: FunctionFact, module: PythonModule): Body {
  return { name, calls: module.expressionsIn(body).flatMap((it) => [...callsIn(it)]) };
}

function kindOf(calls: readonly CallExpression[]): Mixing['kind'] | null {
  if (calls.some(joinsTexts) && calls.some(cutsEvenly)) return 'packed';
  return calls.some(keepsOverflow) ? 'windowed' : null;
}

/** `sum(texts, [])`, `chain(*texts)`. */
function joinsTexts({ callee, arguments: given }: CallExpression): boolean {
  if (callee === 'sum') return given[1]?.value.kind === 'list' && given[1].value.items.length === 0;
  return /(?:^|\.)chain$/.test(callee) ? given[0]?.spread === '*' : /(?:^|\.)chain\.from_iterable$/.test(callee);
}

/** `range(0, total, size)`. */
function cutsEvenly({ callee, arguments: given }: CallExpression): boolean {
  return callee === 'range' && given.length === 3;
}

/** A tokenizer that makes several rows of one long text. */
function keepsOverflow(call: CallExpression): boolean {
  const value = findArgument(call, 'return_overflowing_tokens')?.value;
  return value?.kind === 'scalar' && value.value === true;
}
