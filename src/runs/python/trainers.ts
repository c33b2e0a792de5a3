import {
  type CallExpression,
  type Expression,
  findArgument,
  lastName,
  positionalArgument,
} from '../../model/expression.js';
import type { Method, Stack } from '../../model/run.js';
import type { Evaluator } from './evaluate.js';
import type { PythonModule } from './module.js';
import type { PythonProgram } from './program.js';
import type { Context, Value } from './values.js';

/** A trainer construction: the entry of a run in Python. */
export interface TrainerCall {
  readonly call: CallExpression;
  readonly context: Context;
  /** The class as the author names it. */
  readonly name: string;
  readonly stack: Stack;
  /** Null where the class serves several methods. */
  readonly method: Method | null;
}

/** Trainer classes by name; what the name is imported from decides whether it is one of them. */
export const TRAINERS: Readonly<Record<string, Method | null>> = {
  Trainer: null,
  Seq2SeqTrainer: null,
  OpacusDPTrainer: null,
  SFTTrainer: 'sft',
  IterativeSFTTrainer: 'sft',
  UnslothTrainer: 'sft',
  DPOTrainer: 'dpo',
  OnlineDPOTrainer: 'dpo',
  NashMDTrainer: 'dpo',
  XPOTrainer: 'dpo',
  KTOTrainer: 'kto',
  BCOTrainer: 'kto',
  ORPOTrainer: 'orpo',
  CPOTrainer: 'cpo',
  RewardTrainer: 'reward',
  PRMTrainer: 'reward',
  PPOTrainer: 'ppo',
  PPOv2Trainer: 'ppo',
  GRPOTrainer: 'grpo',
  RLOOTrainer: 'rloo',
  RLOOv2Trainer: 'rloo',
  GKDTrainer: 'distillation',
  GOLDTrainer: 'distillation',
  MiniLLMTrainer: 'distillation',
  DistillationTrainer: 'distillation',
};

const TRAINER_PACKAGES: Readonly<Record<string, Stack>> = {
  transformers: 'transformers',
  trl: 'trl',
  unsloth: 'unsloth',
  dp_transformers: 'transformers',
};

/** Every trainer that the module constructs, in order. */
export function trainersIn(module: PythonModule, program: PythonProgram): TrainerCall[] {
  return module.calls.flatMap(({ call, scope }) => {
    const found = trainerClass(program, { module, scope }, call.callee, 0);
    return found === null ? [] : [{ call, context: { module, scope }, name: lastName(call.callee), ...found }];
  });
}

/** `args` of a trainer: the configuration object that it was made with. */
export function trainerArguments(trainer: TrainerCall, evaluator: Evaluator): Extract<Value, { kind: 'call' }> | null {
  const argument = argumentOf(trainer, evaluator);
  return argument === null ? null : configurationMade(argument, trainer, evaluator);
}

function configurationMade(
  argument: Expression,
  { context }: TrainerCall,
  evaluator: Evaluator,
): Extract<Value, { kind: 'call' }> | null {
  const value = evaluator.evaluate(argument, context);
  return value?.kind === 'call' && /Config$|Arguments$/.test(value.call.callee) ? value : null;
}

/** What is handed in as the trainer's arguments, unread. */
export function argumentOf(trainer: TrainerCall, evaluator: Evaluator): Expression | null {
  const { call, method } = trainer;
  const position = positionsOf(trainer).indexOf('args');
  const argument =
    findArgument(call, 'args') ??
    findArgument(call, 'config') ??
    (position === -1 ? undefined : positionalArgument(call, position));
  if (argument === undefined && MOVED.has(method)) {
    const given = call.arguments.filter((it) => it.name === null && it.spread === '').map((it) => it.value);
    return given.find((it) => configurationMade(it, trainer, evaluator) !== null) ?? null;
  }
  return argument?.value ?? null;
}

/** These took the configuration first in some releases and behind the model in others, so that its class tells which it is. */
const MOVED: ReadonlySet<Method | null> = new Set(['ppo', 'rloo']);

/** What a trainer takes by position, as far as that is the same in every release. */
export function positionsOf({ method }: TrainerCall): readonly string[] {
  return POSITIONS[method ?? 'sft'] ?? PLAIN;
}

const PLAIN = ['model', 'args', 'data_collator', 'train_dataset', 'eval_dataset'];
// Behind the third the order differs between releases.
const WITH_REFERENCE = ['model', 'ref_model', 'args'];
const POSITIONS: Partial<Record<Method, readonly string[]>> = {
  dpo: WITH_REFERENCE,
  kto: WITH_REFERENCE,
  grpo: ['model', 'reward_funcs', 'args', 'train_dataset', 'eval_dataset'],
  distillation: ['model', 'teacher_model', 'args', 'data_collator', 'train_dataset', 'eval_dataset'],
  ppo: [],
  rloo: [],
};

/** What a trainer's class says of the run. */
type TrainerClass = Pick<TrainerCall, 'stack' | 'method'>;

function trainerClass(program: PythonProgram, context: Context, callee: string, depth: number): TrainerClass | null {
  if (callee === '' || depth > 6) return null;
  const held = heldClass(program, context, callee, depth);
  if (held !== null) return held;
  const symbol = program.symbol(context.module, context.scope, callee);
  if (symbol?.kind === 'external') return externalTrainer(symbol.name);
  if (symbol?.kind !== 'class' || symbol.rest.length > 0) return null;
  for (const base of symbol.definition.bases) {
    if (base.kind !== 'reference') continue;
    const inherited = trainerClass(
      program,
      { module: symbol.module, scope: symbol.definition.scope },
      base.name,
      depth + 1,
    );
    // A class of the tree that bears a known trainer's name is that trainer: TRL's own tree, or a copy of it.
    const own = TRAINERS[symbol.definition.name];
    if (inherited !== null) return own == null ? inherited : { stack: 'trl', method: own };
  }
  return null;
}

/** `self.SFTTrainer = SFTTrainer`, as where a library is imported late: what all that the attribute is set to have in common. */
function heldClass(program: PythonProgram, { module }: Context, callee: string, depth: number): TrainerClass | null {
  if (!/^self\.\w+$/.test(callee)) return null;
  const set = module.assignmentsTo(callee).filter(({ value }) => value?.kind !== 'scalar');
  const classes = set.map(({ value, scope }) =>
    value?.kind === 'reference' ? trainerClass(program, { module, scope }, value.name, depth + 1) : null,
  );
  const [first] = classes;
  const isOne = classes.every((it) => it?.stack === first?.stack && it?.method === first?.method);
  return first !== undefined && isOne ? first : null;
}

/** Whether a module defines trainers of the tree's own, which makes that a framework or a project with one. */
export function definesTrainer(module: PythonModule, program: PythonProgram): boolean {
  return module.classes.some(({ bases, scope }) =>
    bases.some((base) => base.kind === 'reference' && trainerClass(program, { module, scope }, base.name, 0) !== null),
  );
}

function externalTrainer(name: string): TrainerClass | null {
  const stack = TRAINER_PACKAGES[name.split('.')[0] ?? ''];
  const method = TRAINERS[lastName(name)];
  return stack === undefined || method === undefined ? null : { stack, method };
}
