import { findArgument, lastName, positionalArgument } from '../../model/expression.js';
import type { FunctionFact } from '../../model/fact.js';
import type { RepoPath } from '../../model/identifiers.js';
import type { RewardMade, RewardSource, Rewards } from '../../model/rewards.js';
import type { Evaluator } from './evaluate.js';
import type { PythonModule } from './module.js';
import { rewardMade } from './reward-function.js';
import type { TrainerCall } from './trainers.js';
import { positionsOf } from './trainers.js';
import type { Value } from './values.js';

/** What a trainer is told to score answers with: the functions and models of `reward_funcs`. */
export function rewardsOf(trainer: TrainerCall, evaluator: Evaluator): Rewards | null {
  const { call, context } = trainer;
  const position = positionsOf(trainer).indexOf('reward_funcs');
  const { value } = evaluator.control(call, ['reward_funcs'], context, position === -1 ? undefined : position);
  if (value === null || (value.kind === 'scalar' && value.value === null)) return null;
  const items = value.kind === 'list' ? value.items : [value];
  // A name that is not followed may stand for one function or for a list of them.
  const sources = items.map((item) => sourceOf(item, evaluator));
  const isFunction = sources.every((it) => it.made.kind !== 'unknown');
  const complete = value.kind === 'list' ? value.complete : value.kind === 'scalar' || isFunction;
  return { sources, complete: complete && !growsLater(trainer) && !isPatched(trainer) };
}

/** `reward_funcs.append(…)`: which functions are put into a list is not followed. */
function growsLater({ call, context }: TrainerCall): boolean {
  const given = (findArgument(call, 'reward_funcs') ?? positionalArgument(call, 1))?.value;
  if (given?.kind !== 'reference') return false;
  const { module } = context;
  const isGrown = GROWS.some((method) =>
    module.callsNamed(method).some((it) => it.call.callee === `${given.name}.${method}`),
  );
  return isGrown || module.assignmentsTo(given.name).length > 1;
}

/** What takes the place of a method of the trainer may score the answers, as in OpenPipe/ART, `src/art/local/state.py`. */
function isPatched({ call, context }: TrainerCall): boolean {
  return context.module.assignmentsOnto(call).length > 0;
}

const GROWS = ['append', 'extend', 'insert', 'remove', 'pop'];

const UNKNOWN: RewardMade = { kind: 'unknown' };

function sourceOf(item: Value, evaluator: Evaluator): RewardSource {
  const name = item.kind === 'scalar' ? String(item.value) : item.kind === 'unknown' ? item.expression : 'reward';
  const found = item.kind === 'unknown' ? functionOf(item.expression, item.at.path, evaluator) : null;
  return { at: item.at, name, made: found === null ? UNKNOWN : rewardMade(found.definition, found.module) };
}

/** The function that a name stands for; null where it is none of the tree, or one of several. */
function functionOf(
  name: string,
  path: RepoPath,
  { program }: Evaluator,
): { module: PythonModule; definition: FunctionFact } | null {
  const module = program.module(path);
  if (module === null) return null;
  const symbol = program.symbol(module, 0, name);
  if (symbol?.kind === 'function') return symbol;
  const own = symbol === null ? module.functions.filter((it) => it.name === lastName(name)) : [];
  const [definition] = own;
  return definition === undefined || own.length > 1 || name.includes('.') ? null : { module, definition };
}
