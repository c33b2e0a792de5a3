import { type CallExpression, lastName } from '../../model/expression.js';
import { encloses, locate } from '../../model/location.js';
import type { OptionalControl, RunCall, RunSettings } from '../../model/run.js';
import type { Setting, SettingValue } from '../../model/setting.js';
import type { Evaluator } from './evaluate.js';
import type { Symbol as ProgramSymbol } from './program.js';
import { argumentOf, positionsOf, type TrainerCall, trainerArguments } from './trainers.js';
import { type Context, controlOf, settingOf } from './values.js';

/** What the trainer's arguments say: keywords of the object they are, and what is set on it later. */
export function argumentSettings(trainer: TrainerCall, evaluator: Evaluator): RunSettings {
  const args = trainerArguments(trainer, evaluator);
  const at = locate(trainer.context.module.path, trainer.call.place);
  if (args === null) {
    const isGiven = argumentOf(trainer, evaluator) !== null || trainer.call.arguments.some((it) => it.spread !== '');
    return { stated: new Map(), open: isGiven ? 'the arguments are made elsewhere' : null, at, extend: null };
  }
  const settings = callSettings(args.call, args.context, evaluator, ['output_dir']);
  const stated = new Map(settings.stated);
  for (const [key, control] of setLater(trainer, evaluator)) stated.set(key, control);
  return { ...settings, stated };
}

/** What the trainer is handed besides its arguments, by keyword. */
export function trainerSettings(trainer: TrainerCall, evaluator: Evaluator): RunSettings {
  const positions = positionsOf(trainer);
  const settings = callSettings(trainer.call, trainer.context, evaluator, positions);
  const byPlace = trainer.call.arguments.filter(({ name, spread }) => name === null && spread === '');
  // What a place means behind those that all releases share is not known, but the first is the model or the arguments.
  if (settings.open !== null || byPlace.length <= Math.max(positions.length, 1)) return settings;
  return { ...settings, open: 'arguments are handed in by their place' };
}

/** `training_args.eval_strategy = "steps"` behind the construction. */
function setLater(trainer: TrainerCall, evaluator: Evaluator): [string, OptionalControl<SettingValue>][] {
  const given = argumentOf(trainer, evaluator);
  if (given?.kind !== 'reference') return [];
  const { module, scope } = trainer.context;
  const own = module.variableScope(scope, given.name);
  return module.assignmentsInto(given.name).flatMap((it) => {
    // Another function's `args` is another object.
    if (it.value === null || module.variableScope(it.scope, given.name) !== own) return [];
    const context = { module, scope: it.scope };
    const setting = settingOf(evaluator.evaluate(it.value, context), isAnything);
    const kept: Setting = it.conditional && setting.state === 'literal' ? { ...setting, ...DOUBT } : setting;
    return [[it.target.slice(given.name.length + 1), { setting: kept, stated: locate(module.path, it.place) }]];
  });
}

/** What stands under a condition may not happen. */
const DOUBT = { state: 'dynamic', expression: 'set under a condition', fallback: null } as const;

function callSettings(
  call: CallExpression,
  context: Context,
  evaluator: Evaluator,
  positions: readonly string[],
): RunSettings {
  const stated = new Map<string, OptionalControl<SettingValue>>();
  const names = new Set(call.arguments.flatMap((it) => (it.name === null ? [] : [it.name])));
  for (const name of [...names, ...spreadKeys(call, context, evaluator)]) {
    const control = evaluator.control(call, [name], context);
    if (control.value !== null) stated.set(name, controlOf(control, isAnything));
  }
  positions.forEach((name, index) => {
    const control = evaluator.control(call, [], context, index);
    if (control.value !== null && !stated.has(name)) stated.set(name, controlOf(control, isAnything));
  });
  const open = evaluator.openness(call, context);
  return {
    stated,
    open: open === null ? null : `arguments are spread in: ${open.expression}`,
    ...placeOf(call, context, evaluator),
  };
}

/** What is missing is missing in the configuration that the call takes its arguments from, else in the call. */
function placeOf(call: CallExpression, context: Context, evaluator: Evaluator): Pick<RunSettings, 'at' | 'extend'> {
  const { path } = context.module;
  const [spread, ...others] = call.arguments.filter((it) => it.spread !== '');
  const given = spread?.spread === '**' && others.length === 0 ? evaluator.evaluate(spread.value, context) : null;
  if (given?.kind === 'map' && given.config !== undefined) {
    const own = [...given.entries.values()]
      .map((it) => it.stated)
      .filter((it) => it.path === given.at.path && encloses(given.at, it));
    const [first, last] = [own[0], own.at(-1)];
    if (first !== undefined && last !== undefined) return { at: first, extend: { kind: 'key', at: last } };
  }
  return { at: locate(path, call.place), extend: { kind: 'call', at: locate(path, call.argumentsPlace) } };
}

function spreadKeys(call: CallExpression, context: Context, evaluator: Evaluator): string[] {
  return call.arguments.flatMap((argument) => {
    const value = argument.spread === '**' ? evaluator.evaluate(argument.value, context) : null;
    return value?.kind === 'map' ? [...value.entries.keys()] : [];
  });
}

function isAnything(value: SettingValue): value is SettingValue {
  return value !== undefined;
}

/**
 * Methods that say something about a run whatever they are called on. Others would fill a run with every `.append` of
 * its files.
 */
const METHODS = new Set([
  'train',
  'evaluate',
  'predict',
  'train_test_split',
  'shuffle',
  'sample',
  'select',
  'push_to_hub',
  'log_metrics',
  'save_metrics',
  'init_trackers',
  'add_callback',
  'backward',
  'drop_duplicates',
  'unique',
  'log_input',
  'log_artifact',
  'save_model',
  'save_pretrained',
  'save_pretrained_merged',
  'save_pretrained_gguf',
  'save_lora',
  'use_artifact',
  'hexsha',
  'rename_column',
  'map',
  'put_object',
  'put_object_acl',
  'make_public',
  'auth_check',
  'whoami',
  'create_model_card',
  'get_epsilon',
  'get_prv_epsilon',
  'get_rdp_epsilon',
  'merge_and_unload',
  'push_to_hub_merged',
  'make_private',
  'make_private_with_epsilon',
]);

/** A call as rules see it; null for a call inside the repository and for methods that say nothing. */
export function runCall(call: CallExpression, context: Context, evaluator: Evaluator): RunCall | null {
  const known = seen.get(evaluator) ?? new WeakMap<CallExpression, RunCall>();
  seen.set(evaluator, known);
  const found = known.get(call);
  if (found !== undefined) return found === SILENT ? null : found;
  const read = readCall(call, context, evaluator);
  known.set(call, read ?? SILENT);
  return read;
}

/** The calls that several runs reach are read once. */
const seen = new WeakMap<Evaluator, WeakMap<CallExpression, RunCall>>();
const SILENT = {} as RunCall;

function readCall(call: CallExpression, context: Context, evaluator: Evaluator): RunCall | null {
  const name = nameOf(call, context, evaluator);
  if (name === null) return null;
  const values = new Map<string, Setting>();
  let position = 0;
  for (const argument of call.arguments) {
    const key = argument.name ?? String(position);
    if (argument.name === null) position += 1;
    if (argument.spread === '') values.set(key, settingOf(evaluator.evaluate(argument.value, context), isAnything));
  }
  const open = evaluator.openness(call, context) !== null;
  const { path } = context.module;
  const argumentsAt = locate(path, call.argumentsPlace);
  const isCut = dropsPart(call, context) ? ({ dropsPart: true } as const) : {};
  return { name, at: locate(path, call.place), arguments: values, open, argumentsAt, ...isCut };
}

/** `rows, _ = call()`. */
function dropsPart({ place }: CallExpression, { module, scope }: Context): boolean {
  return module
    .assignmentsTo('_')
    .some((it) => it.scope === scope && it.place.start < place.start && place.end === it.place.end);
}

function nameOf(call: CallExpression, context: Context, evaluator: Evaluator): string | null {
  const method = lastName(call.callee);
  // What the trainer logged is kept by whoever is given all of it.
  if (call.arguments.some(({ value }) => value.kind === 'reference' && /\.state\.log_history$/.test(value.name)))
    return '.log_history';
  const symbol =
    call.callee === '' || call.callee.startsWith('.')
      ? null
      : evaluator.program.symbol(context.module, context.scope, call.callee);
  if (symbol?.kind === 'external') return QUIET.test(symbol.name) ? null : symbol.name;
  const says =
    (METHODS.has(method) && call.callee.includes('.')) ||
    (EVALUATES.test(method) && !PREPARES.test(method)) ||
    DEDUPLICATES.test(method) ||
    RECORDS.test(method);
  if (says) return `.${method}`;
  if (/\.run\.log$/.test(call.callee)) return '.run.log';
  return symbol?.kind === 'class' && isToldOfLogs(symbol) ? '.on_log' : null;
}

/** Whether it is a callback that does something with what the trainer logs. */
function isToldOfLogs({ module, definition, rest }: Extract<ProgramSymbol, { kind: 'class' }>): boolean {
  return rest.length === 0 && module.functions.some((it) => it.scope === definition.body && it.name === 'on_log');
}

/** What the repository calls its own evaluation: `evaluate_model`, `run_benchmark`, `EvalCallback`. */
const EVALUATES =
  /(?:^|_)(?:evaluat(?:e|ion|or)|benchmark|perplexity)|^_?(?:run|do)_(?:eval|validation)(?:_|$)|^_?eval_(?:model|loop|epoch)|Eval\w*Callback|^validate_(?:model|epoch)/i;
/** Names of what is only got ready for one. */
const PREPARES = /data|split|args|config|strategy|steps|collat|prompt/i;

/** What it calls the step that takes out rows which stand there twice, or in a benchmark. */
const DEDUPLICATES = /(?:^|_)(?:dedup|deduplicate|decontaminate)(?:_|$)/i;

/** What it calls its own record of runs: `create_experiment`, `log_metrics_to_database`. */
const RECORDS =
  /^_?(?:create|start|begin|log|record|track|register)_(?:experiment|run)$|^_?(?:log|record|store|save|write)_(?:\w+_)?metrics_(?:to|in)_|^_?(?:save|write|dump|store)_(?:train(?:ing)?|run)_(?:log|record|history|manifest|artifacts|metadata|summary)$/i;

/** Packages whose calls say nothing about a run. */
const QUIET =
  /^(?:typing|dataclasses|logging|re|math|json|sys|pathlib|tqdm|itertools|functools|collections|argparse|copy|time|string|textwrap|enum|abc|warnings)\b/;

/** Environment variables that the code in reach sets: `os.environ["WANDB_MODE"] = "disabled"`. */
export function environmentOf(contexts: readonly Context[], evaluator: Evaluator): Map<string, Setting> {
  const environment = new Map<string, Setting>();
  for (const { module, scope } of contexts) {
    for (const it of [...module.assignmentsInto('os.environ'), ...module.assignmentsInto('environ')]) {
      if (it.scope !== scope || it.value === null) continue;
      const name = lastName(it.target);
      const setting = settingOf(evaluator.evaluate(it.value, { module, scope }), isAnything);
      environment.set(name, it.conditional && setting.state === 'literal' ? { ...setting, ...DOUBT } : setting);
    }
    for (const { call, scope: at } of module.callsNamed('setdefault')) {
      if (at !== scope || !/(?:^|\.)environ\.setdefault$/.test(call.callee)) continue;
      const [name, value] = call.arguments;
      if (name?.value.kind !== 'scalar' || value === undefined || environment.has(String(name.value.value))) continue;
      environment.set(
        String(name.value.value),
        settingOf(evaluator.evaluate(value.value, { module, scope }), isAnything),
      );
    }
  }
  return environment;
}
