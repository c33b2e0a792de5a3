import { type CallExpression, type Expression, findArgument, lastName } from '../../model/expression.js';
import { locate } from '../../model/location.js';
import { type ModelLoad, NO_CONTROL } from '../../model/run.js';
import { ABSENT, computed, isLiteral, type Setting } from '../../model/setting.js';
import { type LocalNames, originOf } from '../origin.js';
import type { Evaluator } from './evaluate.js';
import { argumentOf, type TrainerCall, trainerArguments } from './trainers.js';
import { type CallControl, type Context, controlOf, isBoolean, isText, settingOf, type Value } from './values.js';

/** A call that loads something by name: what it loads and where its name and switches stand. */
interface LoadShape {
  readonly what: ModelLoad['what'];
  readonly name: readonly string[];
  readonly position: number;
  /** Set where an object will do in place of a name. */
  readonly takesObjects?: true;
}

/** Packages whose classes load from the hub. What a name is imported from decides, not its ending. */
const HUB_PACKAGES = new Set(['transformers', 'trl', 'peft', 'unsloth', 'optimum', 'auto_gptq', 'awq', 'adapters']);
const NAME_KEYS = ['pretrained_model_name_or_path', 'model_name', 'model_name_or_path', 'model_id', 'repo_id'];

/** Reads one call; null where it loads nothing from a hub. */
export function loadOf(
  call: CallExpression,
  context: Context,
  evaluator: Evaluator,
  local: LocalNames,
): ModelLoad | null {
  const shape = shapeOf(call, context, evaluator);
  if (shape === null) return null;
  const named = evaluator.control(call, shape.name, context, shape.position);
  if (named.value === null || isObject(named.value, shape)) return null;
  const name = settingOf(named.value, isText);
  const path = context.module.path;
  return {
    what: shape.what,
    at: locate(path, call.place),
    key: keyOf(call),
    label: `\`${keyOf(call)}\``,
    name,
    origin: originOfValue(named.value, name, local),
    ...controlsOf(call, context, evaluator),
    ...unslothPin(call, context, evaluator, name),
    open: evaluator.openness(call, context),
    argumentsAt: locate(path, call.argumentsPlace),
  };
}

/** A model that a TRL trainer loads by itself, given as a string, and the tokenizer that it then loads for it. */
export function trainerLoads(trainer: TrainerCall, evaluator: Evaluator, local: LocalNames): ModelLoad[] {
  const model = trainerModel(trainer, evaluator, local);
  if (model === null) return [];
  const { call, context } = trainer;
  const given = evaluator.control(call, ['processing_class', 'tokenizer'], context).value;
  if (given !== null || evaluator.openness(call, context) !== null) return [model];
  // TRL passes the arguments for the model to the model alone, whatever revision they name.
  const tokenizer: ModelLoad = {
    ...model,
    what: 'tokenizer',
    key: `${trainer.name}(processing_class)`,
    revision: ABSENT,
    remoteCode: NO_CONTROL,
    codeRevision: ABSENT,
    safetensors: NO_CONTROL,
    open: null,
  };
  return [model, tokenizer];
}

function trainerModel(trainer: TrainerCall, evaluator: Evaluator, local: LocalNames): ModelLoad | null {
  if (trainer.stack !== 'trl') return null;
  const named = evaluator.control(trainer.call, ['model'], trainer.context, 0);
  return namedModel({ trainer, named, key: 'model', init: 'model_init_kwargs' }, evaluator, local);
}

/** A model that the trainer is given by name, and the key of its arguments that says how to load it. */
interface NamedModel {
  readonly trainer: TrainerCall;
  readonly named: CallControl;
  /** The keyword that names it, for the identity of what is found. */
  readonly key: string;
  readonly init: string;
  /** A key of the arguments that holds the revision alone. */
  readonly revision?: string;
}

/** What the trainer loads for a name; null where it is handed an object. */
export function namedModel(
  { trainer, named, key, init: initKey, revision }: NamedModel,
  evaluator: Evaluator,
  local: LocalNames,
): ModelLoad | null {
  const { call, context } = trainer;
  if (named.value === null || named.value.kind !== 'scalar') return null;
  const name = settingOf(named.value, isText);
  const init = initArguments(trainer, initKey, evaluator);
  const open = init !== null && init.kind !== 'map' ? openSetting(initKey, init, context) : null;
  const entry = (field: string): CallControl => {
    const found = init?.kind === 'map' ? init.entries.get(field) : undefined;
    return found === undefined ? { value: null, stated: null } : { value: found.value, stated: found.stated };
  };
  const pinned = revision === undefined ? ABSENT : ownRevision(trainer, revision, evaluator);
  return {
    what: 'model',
    at: named.stated ?? locate(context.module.path, call.place),
    key: `${trainer.name}(${key})`,
    label: `\`${trainer.name}\``,
    name,
    origin: isLiteral(name) ? originOf(name.value, local) : 'unknown',
    revision: pinned.state === 'absent' ? settingOf(entry('revision').value, isText) : pinned,
    revisionWritten: null,
    remoteCode: controlOf(entry('trust_remote_code'), isBoolean),
    codeRevision: settingOf(entry('code_revision').value, isText),
    safetensors: controlOf(entry('use_safetensors'), isBoolean),
    open,
    argumentsAt: null,
  };
}

function ownRevision(trainer: TrainerCall, key: string, evaluator: Evaluator): Setting<string> {
  const args = trainerArguments(trainer, evaluator);
  return args === null ? ABSENT : settingOf(evaluator.control(args.call, [key], args.context).value, isText);
}

/** `model_init_kwargs` of the trainer's arguments; null where they are read whole and do not name it. */
function initArguments(trainer: TrainerCall, key: string, evaluator: Evaluator): Value | null {
  const stated = argumentOf(trainer, evaluator);
  if (stated === null) return null;
  const { module, scope } = trainer.context;
  if (stated.kind === 'reference' && module.assignmentsTo(`${stated.name}.${key}`).length > 0) {
    const name = `${stated.name}.${key}`;
    return evaluator.evaluate({ kind: 'reference', name, place: trainer.call.place }, { module, scope });
  }
  const args = trainerArguments(trainer, evaluator);
  if (args === null) return evaluator.evaluate(stated, trainer.context);
  return evaluator.openness(args.call, args.context) === null
    ? evaluator.control(args.call, [key], args.context).value
    : evaluator.evaluate(stated, trainer.context);
}

/** What the callee's class says: `FastLanguageModel` loads a model, `AutoTokenizer` a tokenizer. */
function shapeOf(call: CallExpression, context: Context, evaluator: Evaluator): LoadShape | null {
  const callee = call.callee;
  if (callee === '' || callee.startsWith('.')) return null;
  const name = lastName(callee);
  if (name === 'from_pretrained')
    return pretrainedShape(callee.slice(0, -'.from_pretrained'.length), context, evaluator);
  const full = externalName(callee, context, evaluator);
  if (full === 'huggingface_hub.snapshot_download' || full === 'huggingface_hub.hf_hub_download') {
    const kind = evaluator.control(call, ['repo_type'], context).value;
    return {
      what: kind?.kind === 'scalar' && kind.value === 'dataset' ? 'dataset' : 'files',
      name: ['repo_id'],
      position: 0,
    };
  }
  if (full === 'transformers.pipeline') return { what: 'model', name: ['model'], position: 1, takesObjects: true };
  return full === 'datasets.load_dataset' ? { what: 'dataset', name: ['path'], position: 0 } : null;
}

function pretrainedShape(type: string, context: Context, evaluator: Evaluator): LoadShape | null {
  const full = externalName(type, context, evaluator);
  if (full === null || !HUB_PACKAGES.has(full.split('.')[0] ?? '')) return null;
  const name = lastName(full);
  if (/^Peft(?:Model|Mixed)/.test(name)) return { what: 'adapter', name: ['model_id'], position: 1 };
  if (/^AutoPeft/.test(name)) return { what: 'adapter', name: NAME_KEYS, position: 0 };
  const what = /Tokenizer/.test(name)
    ? 'tokenizer'
    : /Processor|FeatureExtractor/.test(name)
      ? 'processor'
      : /Config$/.test(name)
        ? 'config'
        : 'model';
  return { what, name: NAME_KEYS, position: 0 };
}

/** The full name of what a dotted name stands for outside the tree, through classes of the tree that derive from it. */
function externalName(dotted: string, context: Context, evaluator: Evaluator, depth = 0): string | null {
  const symbol = evaluator.program.symbol(context.module, context.scope, dotted);
  if (symbol?.kind === 'external') return symbol.name;
  if (symbol?.kind !== 'class' || symbol.rest.length > 0 || depth > 6) return null;
  for (const base of symbol.definition.bases) {
    if (base.kind !== 'reference') continue;
    const found = externalName(
      base.name,
      { module: symbol.module, scope: symbol.definition.scope },
      evaluator,
      depth + 1,
    );
    if (found !== null) return found;
  }
  return null;
}

function controlsOf(
  call: CallExpression,
  context: Context,
  evaluator: Evaluator,
): Pick<ModelLoad, 'revision' | 'revisionWritten' | 'remoteCode' | 'codeRevision' | 'safetensors'> {
  const control = (name: string): CallControl => evaluator.control(call, [name], context);
  return {
    revision: settingOf(control('revision').value, isText),
    revisionWritten: writtenAs(findArgument(call, 'revision')?.value),
    remoteCode: controlOf(control('trust_remote_code'), isBoolean),
    codeRevision: settingOf(control('code_revision').value, isText),
    safetensors: controlOf(control('use_safetensors'), isBoolean),
  };
}

/**
 * Unsloth loads its own quantised mirror of most models and drops the revision with a warning, unless the mirror is
 * named itself, quantising is off, or `use_exact_model_name` says otherwise.
 */
function unslothPin(
  call: CallExpression,
  context: Context,
  evaluator: Evaluator,
  name: Setting<string>,
): Partial<Pick<ModelLoad, 'revision'>> {
  const type = call.callee.slice(0, -'.from_pretrained'.length);
  if (externalName(type, context, evaluator)?.startsWith('unsloth') !== true) return {};
  const isSet = (key: string, value: boolean): boolean => {
    const stated = evaluator.control(call, [key], context).value;
    return stated?.kind === 'scalar' && stated.value === value;
  };
  const mirrored = isLiteral(name) && /-bnb-4bit$/.test(name.value);
  if (mirrored || isSet('use_exact_model_name', true) || isSet('load_in_4bit', false)) return {};
  return {
    revision: { state: 'inexpressible', reason: 'Unsloth drops the revision where it loads a quantised mirror' },
  };
}

function writtenAs(expression: Expression | undefined): string | null {
  if (expression?.kind === 'reference') return expression.name;
  return expression?.kind === 'scalar' && typeof expression.value === 'string'
    ? JSON.stringify(expression.value)
    : null;
}

/**
 * What a pinned download returns is a folder on this machine, and so is what the run itself wrote; any other value
 * that could not be told may be either.
 */
function originOfValue(value: Value, name: Setting<string>, local: LocalNames): ModelLoad['origin'] {
  if (isLiteral(name)) return originOf(name.value, local);
  if (
    value.kind === 'call' &&
    /(?:^|\.)(?:snapshot_download|hf_hub_download|get_last_checkpoint|mkdtemp)$/.test(value.call.callee)
  ) {
    return 'local';
  }
  const words = value.kind === 'unknown' ? value.expression : '';
  return /output_dir|save_path|checkpoint|ckpt|local|^\.{0,2}\//i.test(words) ? 'local' : 'unknown';
}

/** `pipeline(model=model)`: an object, not a name. What a method gives back is one, too, where both will do. */
function isObject(value: Value, { takesObjects }: LoadShape): boolean {
  return (
    value.kind === 'map' ||
    value.kind === 'list' ||
    (value.kind === 'call' && lastName(value.call.callee) === 'from_pretrained') ||
    (value.kind === 'call' && takesObjects === true && value.call.callee.includes('.')) ||
    (value.kind === 'scalar' && typeof value.value !== 'string')
  );
}

function keyOf(call: CallExpression): string {
  return call.callee.split('.').slice(-2).join('.');
}

function openSetting(key: string, init: Value, context: Context): ModelLoad['open'] {
  const at = locate(context.module.path, init.at);
  return computed(key, [at]);
}
