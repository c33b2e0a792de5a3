import { type CallExpression, findArgument, lastName, positionalArgument } from '../../model/expression.js';
import type { Location, Place } from '../../model/location.js';
import type { ModelPart } from '../../model/model-part.js';
import type { LocalNames } from '../origin.js';
import type { Evaluator } from './evaluate.js';
import { loadOf, namedModel } from './loads.js';
import { positionsOf, type TrainerCall } from './trainers.js';
import type { Context, Value } from './values.js';

/** What the trainer is handed, by the part it plays. */
export function modelParts(trainer: TrainerCall, evaluator: Evaluator, local: LocalNames): ModelPart[] {
  const { call, context } = trainer;
  return PARTS.flatMap((shape): ModelPart[] => {
    const position = positionsOf(trainer).findIndex((name) => shape.keywords.includes(name));
    const { value, stated } = evaluator.control(call, shape.keywords, context, position === -1 ? undefined : position);
    if (value === null || stated === null) return [];
    const source = sourceOf(value, evaluator, local);
    return [
      {
        part: shape.part,
        at: stated,
        byPosition: call.arguments.some((it) => it.name === null && it.spread === '' && isAt(it.place, stated)),
        variable: variableAt(call, stated),
        ...source,
        load:
          source.given === 'name'
            ? namedModel({ trainer, named: { value, stated }, ...shape }, evaluator, local)
            : source.load,
        adapters: shape.part === 'policy' ? withConfig(source, trainer, evaluator) : source.adapters,
      },
    ];
  });
}

interface PartShape {
  readonly part: ModelPart['part'];
  readonly keywords: readonly string[];
  readonly key: string;
  /** Where the trainer's arguments say how to load it by name, and where they say its revision alone. */
  readonly init: string;
  readonly revision?: string;
}

const PARTS: readonly PartShape[] = [
  { part: 'policy', keywords: ['model', 'policy'], key: 'model', init: 'model_init_kwargs' },
  { part: 'reference', keywords: ['ref_model', 'ref_policy'], key: 'ref_model', init: 'ref_model_init_kwargs' },
  { part: 'reward', keywords: ['reward_model'], key: 'reward_model', init: 'model_init_kwargs' },
  { part: 'value', keywords: ['value_model'], key: 'value_model', init: 'model_init_kwargs' },
  {
    part: 'teacher',
    keywords: ['teacher_model'],
    key: 'teacher_model',
    init: 'teacher_model_init_kwargs',
    revision: 'teacher_model_revision',
  },
];

/** The variable that stands at a place among the arguments; null where it is anything else, or spread in. */
function variableAt(call: CallExpression, stated: Location): string | null {
  const argument = call.arguments.find(({ place }) => isAt(place, stated));
  return argument?.spread === '' && argument.value.kind === 'reference' ? argument.value.name : null;
}

function isAt(place: Place, stated: Location): boolean {
  return place.start === stated.start && place.end === stated.end;
}

type Source = Pick<ModelPart, 'given' | 'load' | 'weights' | 'adapters'>;

const UNKNOWN: Source = { given: 'unknown', load: null, weights: 'unknown', adapters: 'unknown' };
const MAX_WRAPPERS = 8;

/** Follows an object through what was put around it to what loaded it. */
function sourceOf(value: Value, evaluator: Evaluator, local: LocalNames, depth = 0): Source {
  if (value.kind === 'scalar') {
    const given = value.value === null ? 'nothing' : 'name';
    return { given, load: null, weights: 'as-loaded', adapters: 'unused' };
  }
  if (value.kind !== 'call' || depth > MAX_WRAPPERS) return UNKNOWN;
  const { call, context } = value;
  const name = lastName(call.callee);
  const inner = (of: Value | null): Source => (of === null ? UNKNOWN : sourceOf(of, evaluator, local, depth + 1));
  if (WRAPPERS.test(name)) return inner(firstArgument(call, context, evaluator));
  if (ADAPTING.test(name)) return { ...inner(firstArgument(call, context, evaluator)), adapters: 'used' };
  if (CHAINED.test(name)) return inner(receiverOf(call, context, evaluator));
  if (MERGING.test(name)) {
    return { ...inner(receiverOf(call, context, evaluator)), given: 'object', weights: 'edited', adapters: 'unused' };
  }
  return name === 'from_pretrained' ? loaded(call, context, evaluator, local, inner) : UNKNOWN;
}

/** Calls that give back the model they are handed, or a copy of it. */
const WRAPPERS =
  /^(?:prepare_model_for_(?:kbit|int8)_training|create_reference_model|deepcopy|copy|compile|for_training|DataParallel)$/;
const ADAPTING = /^get_peft_model$/;
/** Methods that give back the model itself. */
const CHAINED = /^(?:to|cuda|cpu|half|float|bfloat16|eval|train|requires_grad_)$/;
const MERGING = /^merge_and_unload$/;

function loaded(
  call: CallExpression,
  context: Context,
  evaluator: Evaluator,
  local: LocalNames,
  inner: (of: Value | null) => Source,
): Source {
  const load = loadOf(call, context, evaluator, local);
  // A value head is put on a model that is there already.
  if (load === null) return { ...inner(firstArgument(call, context, evaluator)), given: 'object' };
  const adapts = evaluator.control(call, ['peft_config'], context).value;
  const adapters = adapts === null || (adapts.kind === 'scalar' && adapts.value === null) ? 'unused' : 'used';
  if (load.what !== 'adapter') return { given: 'object', load, weights: 'as-loaded', adapters };
  const base = /^Peft/.test(call.callee.split('.').at(-2) ?? '')
    ? inner(firstArgument(call, context, evaluator))
    : null;
  return { given: 'object', load: base?.load ?? null, weights: 'as-loaded', adapters: 'used' };
}

function firstArgument(call: CallExpression, context: Context, evaluator: Evaluator): Value | null {
  const first = findArgument(call, 'model') ?? positionalArgument(call, 0);
  return first === undefined ? null : evaluator.evaluate(first.value, context);
}

function receiverOf(call: CallExpression, context: Context, evaluator: Evaluator): Value | null {
  if (call.receiver !== null) return evaluator.evaluate(call.receiver, context);
  const name = call.callee.split('.').slice(0, -1).join('.');
  return name === '' ? null : evaluator.evaluate({ kind: 'reference', name, place: call.place }, context);
}

/** A trainer that is handed the configuration of an adapter puts one on the policy. */
function withConfig(source: Source, trainer: TrainerCall, evaluator: Evaluator): ModelPart['adapters'] {
  const { call, context } = trainer;
  if (source.adapters === 'used') return 'used';
  const config = evaluator.control(call, ['peft_config'], context).value;
  if (config === null) return evaluator.openness(call, context) === null ? source.adapters : 'unknown';
  if (config.kind === 'scalar' && config.value === null) return source.adapters;
  // `get_peft_config(args)` of TRL gives nothing where the arguments ask for none.
  return config.kind === 'call' && /Config$/.test(config.call.callee) ? 'used' : 'unknown';
}
