import { type CallExpression, findArgument, lastName, positionalArgument } from '../../model/expression.js';
import { type Location, locate } from '../../model/location.js';
import type { AdapterSetup, ArtifactRead, ArtifactSave, OptionalControl } from '../../model/run.js';
import { computed, type SettingValue } from '../../model/setting.js';
import type { Evaluator } from './evaluate.js';
import type { PythonModule } from './module.js';
import { argumentOf, type TrainerCall, trainerArguments } from './trainers.js';
import { type CallControl, type Context, controlOf, isBoolean, isText, settingOf, type Value } from './values.js';

/** A call that writes weights, where it says in which format or has a default that matters. */
export function saveOf(call: CallExpression, context: Context, evaluator: Evaluator): ArtifactSave | null {
  const name = lastName(call.callee);
  if (name === 'save_model' && isAccelerator(call, context, evaluator))
    return save('accelerate', call, context, evaluator);
  if (name !== 'save_pretrained' && name !== 'push_to_hub' && name !== 'save_pretrained_merged') return null;
  if (findArgument(call, 'safe_serialization') === undefined && !savesModel(call, context, evaluator)) return null;
  return save('transformers', call, context, evaluator);
}

/** The format in which the trainer itself writes its checkpoints: `save_safetensors` of its arguments. */
export function trainerSave(trainer: TrainerCall, evaluator: Evaluator): ArtifactSave {
  const args = trainerArguments(trainer, evaluator);
  const path = trainer.context.module.path;
  if (args === null) {
    const at = locate(path, trainer.call.place);
    const setting = computed('args', [at]);
    const unread = argumentOf(trainer, evaluator) !== null || trainer.call.arguments.some((it) => it.spread !== '');
    const safe: OptionalControl<boolean> = { setting: unread ? setting : { state: 'absent' }, stated: null };
    return { at, key: 'save_safetensors', label: `\`${trainer.name}\``, writer: 'trainer', safe, open: null };
  }
  return {
    at: locate(args.context.module.path, args.call.place),
    key: `${lastName(args.call.callee)}(save_safetensors)`,
    label: `\`${lastName(args.call.callee)}\``,
    writer: 'trainer',
    safe: controlOf(evaluator.control(args.call, ['save_safetensors'], args.context), isBoolean),
    open: evaluator.openness(args.call, args.context),
  };
}

/** Readers of formats that can run code, by what they are imported from. */
const READERS: Readonly<Record<string, ArtifactRead['reader']>> = {
  'torch.load': 'torch.load',
  'pickle.load': 'pickle',
  'pickle.loads': 'pickle',
  'cPickle.load': 'pickle',
  'joblib.load': 'joblib',
  'dill.load': 'dill',
  'dill.loads': 'dill',
  'cloudpickle.load': 'cloudpickle',
  'cloudpickle.loads': 'cloudpickle',
  'numpy.load': 'numpy',
};

/** A call that unpickles; null for any other. */
export function readOf(call: CallExpression, context: Context, evaluator: Evaluator): ArtifactRead | null {
  const symbol = evaluator.program.symbol(context.module, context.scope, call.callee);
  const reader = symbol?.kind === 'external' ? READERS[symbol.name] : undefined;
  if (reader === undefined) return null;
  const [first] = call.arguments;
  const path = context.module.path;
  return {
    at: locate(path, call.place),
    key: call.callee,
    label: `\`${call.callee}\``,
    reader,
    restricted: restriction(reader, call, context, evaluator),
    source: first === undefined ? 'unknown' : sourceOf(evaluator.evaluate(first.value, context), context, evaluator),
    open: evaluator.openness(call, context),
  };
}

/** `LoraConfig(…)` and its kin, and `get_peft_model(…)`, which may carry the revision in its place. */
export function adapterSetupsOf(
  calls: readonly { readonly call: CallExpression; readonly context: Context }[],
  evaluator: Evaluator,
): AdapterSetup[] {
  const wrapped = calls.filter((it) => fromPeft(it.call, it.context, evaluator) === 'get_peft_model');
  const pinned = wrapped
    .map((it) => evaluator.control(it.call, ['revision'], it.context))
    .find((it) => it.value !== null);
  const wrapsOpen = wrapped.map((it) => evaluator.openness(it.call, it.context)).find((it) => it !== null) ?? null;
  return calls
    .filter(({ call, context }) =>
      /^(?:Lora|Ada[Ll]ora|IA3|LoHa|LoKr|Vera|OFT|BOFT|PromptTuning|Prefix\w*|PEncoder\w*|DoRA)\w*Config$/.test(
        fromPeft(call, context, evaluator) ?? '',
      ),
    )
    .map(({ call, context }) => {
      const own: CallControl = evaluator.control(call, ['revision'], context);
      return {
        at: locate(context.module.path, call.place),
        key: `${lastName(call.callee)}(revision)`,
        label: `\`${lastName(call.callee)}\``,
        baseRevision: settingOf(own.value ?? pinned?.value ?? null, isText),
        targetModules: /^(?:Prompt|Prefix|PEncoder)/.test(lastName(call.callee))
          ? null
          : controlOf(evaluator.control(call, ['target_modules'], context), isAnything),
        taskType: controlOf(evaluator.control(call, ['task_type'], context), isAnything),
        open: evaluator.openness(call, context) ?? wrapsOpen,
        argumentsAt: locate(context.module.path, call.argumentsPlace),
      };
    });
}

function isAnything(value: SettingValue): value is SettingValue {
  return value !== undefined;
}

function fromPeft(call: CallExpression, context: Context, evaluator: Evaluator): string | null {
  const symbol = evaluator.program.symbol(context.module, context.scope, call.callee);
  return symbol?.kind === 'external' && symbol.name.startsWith('peft.') ? lastName(symbol.name) : null;
}

function save(
  writer: ArtifactSave['writer'],
  call: CallExpression,
  context: Context,
  evaluator: Evaluator,
): ArtifactSave {
  const at: Location = locate(context.module.path, call.place);
  const key = `${lastName(call.callee)}(safe_serialization)`;
  const safe = controlOf(evaluator.control(call, ['safe_serialization'], context), isBoolean);
  return { at, key, label: `\`${lastName(call.callee)}\``, writer, safe, open: evaluator.openness(call, context) };
}

/** Tokenizers, processors and configs are saved as text; only what may be a model counts. */
function savesModel(call: CallExpression, context: Context, evaluator: Evaluator): boolean {
  const receiver = call.callee.split('.').slice(0, -1).join('.');
  const last = lastName(receiver);
  if (last === '' || /token|processor|config|template|dataset|^ds$|trainer/i.test(last)) return false;
  if (last === 'model' && receiver !== 'model') return true;
  const value = evaluator.evaluate({ kind: 'reference', name: receiver, place: call.place }, context);
  return (
    value.kind === 'call' && /(?:^|\.)(?:from_pretrained|get_peft_model|merge_and_unload)$/.test(value.call.callee)
  );
}

function isAccelerator(call: CallExpression, context: Context, evaluator: Evaluator): boolean {
  const receiver = call.callee.split('.').slice(0, -1).join('.');
  if (receiver === '') return false;
  const value = evaluator.evaluate({ kind: 'reference', name: receiver, place: call.place }, context);
  return value.kind === 'call' && lastName(value.call.callee) === 'Accelerator';
}

function restriction(
  reader: ArtifactRead['reader'],
  call: CallExpression,
  context: Context,
  evaluator: Evaluator,
): OptionalControl<boolean> {
  if (reader === 'torch.load') return controlOf(evaluator.control(call, ['weights_only'], context), isBoolean);
  if (reader !== 'numpy') return { setting: { state: 'absent' }, stated: null };
  const allowed = controlOf(evaluator.control(call, ['allow_pickle'], context), isBoolean);
  const { setting } = allowed;
  return setting.state === 'literal' ? { ...allowed, setting: { ...setting, value: !setting.value } } : allowed;
}

const DOWNLOADS =
  /(?:^|\.)(?:hf_hub_download|snapshot_download|cached_download|cached_file|urlretrieve|urlopen|load_state_dict_from_url|download_url_to_file|gdown\.download)$|^requests\.get$/;
/** Files that a trainer writes beside its own checkpoints. */
const OWN_FILES =
  /(?:optimizer|scheduler|scaler|rng_state|training_args|trainer_state|random_states|cache)[\w-]*\.(?:pt|pth|bin|pkl|npy)$|checkpoint|ckpt/i;

/** Where the bytes come from. A file opened for reading stands for its path. */
function sourceOf(value: Value, context: Context, evaluator: Evaluator, depth = 0): ArtifactRead['source'] {
  if (depth > 6) return 'unknown';
  if (value.kind === 'call') {
    if (DOWNLOADS.test(value.call.callee)) return 'downloaded';
    const inner = value.call.arguments[0] ?? undefined;
    const receiver = value.call.receiver;
    if (/(?:^|\.)(?:open|BytesIO)$/.test(value.call.callee) && inner !== undefined) {
      return sourceOf(evaluator.evaluate(inner.value, value.context), value.context, evaluator, depth + 1);
    }
    if (receiver !== null)
      return sourceOf(evaluator.evaluate(receiver, value.context), value.context, evaluator, depth + 1);
    return 'unknown';
  }
  if (value.kind === 'scalar' && typeof value.value === 'string') {
    if (/^https?:/.test(value.value)) return 'downloaded';
    return OWN_FILES.test(value.value) || isWritten(value.value, context, evaluator) ? 'written-here' : 'unknown';
  }
  if (value.kind !== 'unknown') return 'unknown';
  const parts = value.parts.map((part) => sourceOf(part, context, evaluator, depth + 1));
  if (parts.includes('downloaded')) return 'downloaded';
  return parts.includes('written-here') || OWN_FILES.test(value.expression) ? 'written-here' : 'unknown';
}

const WRITERS = /(?:^|\.)(?:torch\.save|dump|save|savez)$/;

/** Whether a call in the same file writes to the same literal path. */
function isWritten(path: string, { module }: Context, evaluator: Evaluator): boolean {
  const byModule = written.get(evaluator) ?? new WeakMap<PythonModule, ReadonlySet<string>>();
  written.set(evaluator, byModule);
  const paths = byModule.get(module) ?? writtenPaths(module, evaluator);
  byModule.set(module, paths);
  return paths.has(path);
}

/** A file that reads a thousand paths is asked a thousand times what it writes. */
const written = new WeakMap<Evaluator, WeakMap<PythonModule, ReadonlySet<string>>>();

function writtenPaths(module: PythonModule, evaluator: Evaluator): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { call, scope } of module.calls) {
    if (!WRITERS.test(call.callee) && !(call.callee === 'open' && opensForWriting(call))) continue;
    for (const target of [positionalArgument(call, 0), positionalArgument(call, 1)]) {
      const value = target === undefined ? null : evaluator.evaluate(target.value, { module, scope });
      if (value?.kind === 'scalar' && typeof value.value === 'string') paths.add(value.value);
    }
  }
  return paths;
}

function opensForWriting(call: CallExpression): boolean {
  const mode = (positionalArgument(call, 1) ?? findArgument(call, 'mode'))?.value;
  return mode?.kind === 'scalar' && /[wax]/.test(String(mode.value));
}
