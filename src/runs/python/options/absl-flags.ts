import { type CallExpression, lastName, positionalArgument } from '../../../model/expression.js';
import type { Location } from '../../../model/location.js';
import type { Evaluator } from '../evaluate.js';
import type { CallValue, Chain, Context, Value } from '../values.js';
import { type OptionType, optionValue } from './option.js';

/** How absl's functions that define a flag read what is given. */
const TYPES: ReadonlyMap<string, OptionType> = new Map([
  ['DEFINE_string', 'text'],
  ['DEFINE_enum', 'text'],
  ['DEFINE_integer', 'integer'],
  ['DEFINE_float', 'number'],
  ['DEFINE_bool', 'boolean'],
  ['DEFINE_boolean', 'boolean'],
]);

/** `FLAGS.model`: a flag that a file of the tree defines. Null for any other attribute. */
export function definedFlag(
  evaluator: Evaluator,
  base: string,
  field: string,
  context: Context,
  at: Location,
  chain: Chain,
): Value | null {
  if (!isFlags(evaluator, base, context)) return null;
  const definitions = [...TYPES.keys()]
    .flatMap((define) => evaluator.program.callSites(define, context.module))
    .filter(({ site }) => flagName(site.call) === field);
  // Scripts of one tree may define a flag of the same name each.
  const own = definitions.filter(({ module }) => module === context.module);
  const [definition, ...others] = own.length > 0 ? own : definitions;
  if (definition === undefined || others.length > 0) return null;
  return flagOf(
    evaluator,
    definition.site.call,
    { module: definition.module, scope: definition.site.scope },
    at,
    chain,
  );
}

/** `MODEL.value` of `MODEL = flags.DEFINE_string(…)`. */
export function flagValue(evaluator: Evaluator, owner: CallValue, at: Location, chain: Chain): Value | null {
  return TYPES.has(lastName(owner.call.callee)) ? flagOf(evaluator, owner.call, owner.context, at, chain) : null;
}

function flagOf(
  evaluator: Evaluator,
  call: CallExpression,
  context: Context,
  at: Location,
  chain: Chain,
): Value | null {
  const name = flagName(call);
  if (name === null) return null;
  const given = evaluator.control(call, ['default'], context, 1, chain).value;
  const type = TYPES.get(lastName(call.callee)) ?? 'other';
  const option = { name, flags: [name], position: null, fileKeys: null, type, standard: given };
  return optionValue(evaluator, context.module.path, option, at, chain);
}

function flagName(call: CallExpression): string | null {
  const name = positionalArgument(call, 0)?.value;
  return name?.kind === 'scalar' && typeof name.value === 'string' ? name.value : null;
}

/** `FLAGS = flags.FLAGS`, in this file or where it is imported from. */
function isFlags(evaluator: Evaluator, base: string, { module, scope }: Context): boolean {
  if (!/(?:^|\.)FLAGS$/.test(base)) return false;
  const symbol = evaluator.program.symbol(module, scope, base);
  if (symbol?.kind === 'external') return /^absl\.flags\.FLAGS$/.test(symbol.name);
  if (symbol?.kind !== 'variable') return false;
  return symbol.assignments.some(({ value }) => value?.kind === 'reference' && /(?:^|\.)FLAGS$/.test(value.name));
}
