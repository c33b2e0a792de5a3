import { type Expression, findEntry, type MapExpression, type Scalar } from '../../model/expression.js';
import type { RepoPath } from '../../model/identifiers.js';
import type { Method, Stack } from '../../model/run.js';

/** What one document of a YAML or JSON file is, where it starts training. */
export interface Recognition {
  readonly stack: Stack;
  readonly method: Method;
}

/**
 * Says which stack a document configures, by its shape and never by its file's name alone. Null for everything that
 * does not start training: other tools' files, evaluation, inference, export, data registries, fragments.
 *
 * The shapes were read from the stacks' own sources and tried on some 14,700 public files. Order matters: a
 * LLaMA-Factory file also has the shape of a TRL one, and an axolotl file shares nine keys with it.
 */
export function recognise(root: Expression, path: RepoPath): Recognition | null {
  if (root.kind !== 'map') return null;
  const document = new Shape(root);
  if (isAnotherTool(document)) return null;
  if (document.mentionsTorchtune()) return recogniseTorchtune(document);
  if (hasForeignMarker(document)) return null;
  // A file for prediction has the shape of a TRL one otherwise.
  if (isLlamaFactory(document)) return recogniseLlamaFactory(document);
  return recogniseLlamaFactoryV1(document) ?? recogniseAxolotl(document) ?? recogniseTrlLike(document, path);
}

/** Whether a document is of torchtune: one of its components is. */
export function mentionsTorchtune(root: MapExpression): boolean {
  return new Shape(root).mentionsTorchtune();
}

/** Keys that are there with a value, not merely present: an empty value is no setting. */
class Shape {
  readonly root: MapExpression;

  constructor(root: MapExpression) {
    this.root = root;
  }

  value(key: string): Expression | null {
    return findEntry(this.root, key)?.value ?? null;
  }

  has(key: string): boolean {
    return this.value(key) !== null;
  }

  scalar(key: string): Scalar {
    const value = this.value(key);
    return value?.kind === 'scalar' ? value.value : null;
  }

  /** A name, a template or an interpolation: whatever is not a map, a list or nothing. */
  isText(key: string): boolean {
    const value = this.value(key);
    return (
      (value?.kind === 'scalar' && typeof value.value === 'string') ||
      value?.kind === 'template' ||
      value?.kind === 'reference' ||
      value?.kind === 'opaque'
    );
  }

  isMap(key: string): boolean {
    return this.value(key)?.kind === 'map';
  }

  isList(key: string): boolean {
    return this.value(key)?.kind === 'list';
  }

  count(keys: readonly string[]): number {
    return keys.filter((key) => this.has(key)).length;
  }

  any(keys: readonly string[]): boolean {
    return keys.some((key) => this.has(key));
  }

  mentionsTorchtune(): boolean {
    return this.components().some((name) => name.startsWith('torchtune.'));
  }

  /** Every `_component_` of the document. */
  components(): string[] {
    return [...mapsIn(this.root)].flatMap((map) => {
      const component = findEntry(map, '_component_')?.value;
      return component?.kind === 'scalar' && typeof component.value === 'string' ? [component.value] : [];
    });
  }
}

function* mapsIn(expression: Expression): Generator<MapExpression> {
  const pending: Expression[] = [expression];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    // One by one: a list of a hundred thousand items is more than a call takes arguments.
    if (next.kind === 'list') for (const item of next.items) pending.push(item);
    if (next.kind !== 'map') continue;
    yield next;
    for (const { value } of next.entries) pending.push(value);
  }
}

/** Shapes of other tools' files that share keys with a training configuration. */
function isAnotherTool(it: Shape): boolean {
  return (
    (it.any(['on', 'true']) && it.has('jobs')) ||
    (it.has('apiVersion') && it.isText('kind')) ||
    (it.isMap('services') && !it.has('model')) ||
    it.any(['site_name', 'openapi', 'swagger', 'compilerOptions', 'merge_method', 'input_features']) ||
    (it.isList('dependencies') && it.any(['channels', 'name'])) ||
    (it.has('task') && it.any(['dataset_path', 'doc_to_text', 'output_type', 'include', 'metric_list'])) ||
    it.root.entries.some((entry) => entry.key?.startsWith('doc_to_') === true) ||
    it.any(['pass_rate_min', 'pass_rate_max', 'sampler_type']) ||
    (it.has('resources') && it.has('setup') && it.has('run'))
  );
}

/** Top-level shapes of stacks that this version does not read. */
function hasForeignMarker(it: Shape): boolean {
  return (
    it.any([
      'actor_rollout_ref',
      'exp_manager',
      'loss_functions',
      'llm_backbone',
      'tuner_type',
      'train_type',
      'rlhf_type',
    ]) ||
    (it.isMap('policy') && it.any(['grpo', 'dpo', 'sft', 'rm', 'ppo', 'distillation'])) ||
    (it.isMap('train_loader') && it.has('max_duration'))
  );
}

const PREFERENCE_LOSSES: Readonly<Record<string, Method>> = { orpo: 'orpo', simpo: 'simpo', ipo: 'ipo' };

const LLAMA_FACTORY_STAGES: Readonly<Record<string, Method>> = {
  pt: 'pretrain',
  sft: 'sft',
  rm: 'reward',
  ppo: 'ppo',
  dpo: 'dpo',
  kto: 'kto',
};

function isLlamaFactory(it: Shape): boolean {
  const tuning = String(it.scalar('finetuning_type'));
  return Object.hasOwn(LLAMA_FACTORY_STAGES, String(it.scalar('stage'))) && TUNING_TYPES.includes(tuning);
}

const TUNING_TYPES = ['lora', 'oft', 'freeze', 'full'];

function recogniseLlamaFactory(it: Shape): Recognition | null {
  const method = LLAMA_FACTORY_STAGES[String(it.scalar('stage'))] ?? 'unknown';
  const trains = it.scalar('do_train') === true || it.scalar('do_train') === 'true' || it.has('dataset');
  const predicts = it.scalar('do_predict') === true && it.scalar('do_train') !== true;
  if (!trains || predicts) return null;
  const loss = method === 'dpo' ? PREFERENCE_LOSSES[String(it.scalar('pref_loss'))] : undefined;
  return { stack: 'llama-factory', method: loss ?? method };
}

const LLAMA_FACTORY_V1_KEYS = [
  'model_class',
  'peft_config',
  'dist_config',
  'kernel_config',
  'sample_backend',
  'cutoff_len',
];

/** The file does not say the method: a preference loss is set in the data registry it names. */
function recogniseLlamaFactoryV1(it: Shape): Recognition | null {
  if (!it.isText('model') || !it.has('train_dataset') || !it.any(LLAMA_FACTORY_V1_KEYS)) return null;
  return { stack: 'llama-factory-v1', method: namesPreferenceData(it) ? 'dpo' : 'sft' };
}

function namesPreferenceData(it: Shape): boolean {
  return /(?:^|[_/-])(?:dpo|pref)/.test(String(it.scalar('train_dataset'))) || it.has('pref_loss');
}

const AXOLOTL_KEYS = [
  'micro_batch_size',
  'gradient_accumulation_steps',
  'sequence_len',
  'num_epochs',
  'output_dir',
  'val_set_size',
  'lora_r',
  'adapter',
  'wandb_project',
  'learning_rate',
  'optimizer',
  'lr_scheduler',
  'sample_packing',
  'dataset_prepared_path',
  'saves_per_epoch',
  'evals_per_epoch',
  'special_tokens',
  'rl',
  'load_in_4bit',
  'load_in_8bit',
];

const AXOLOTL_RL: Readonly<Record<string, Method>> = {
  dpo: 'dpo',
  ipo: 'ipo',
  kto: 'kto',
  orpo: 'orpo',
  simpo: 'simpo',
  grpo: 'grpo',
  gdpo: 'grpo',
};

function recogniseAxolotl(it: Shape): Recognition | null {
  const hits = it.count(AXOLOTL_KEYS);
  const datasets = it.value('datasets');
  const listsMaps = datasets?.kind === 'list' && datasets.items.some((item) => item.kind === 'map');
  const data = listsMaps || it.any(['pretraining_dataset', 'test_datasets']) || hits >= 6;
  if (!it.isText('base_model') || hits < 3 || !data) return null;
  return { stack: 'axolotl', method: axolotlMethod(it) };
}

function axolotlMethod(it: Shape): Method {
  const rl = it.scalar('rl');
  if (typeof rl === 'string' && rl !== '') return AXOLOTL_RL[rl] ?? 'unknown';
  if (it.scalar('reward_model') === true || it.scalar('process_reward_model') === true) return 'reward';
  if (it.scalar('kd_trainer') === true) return 'distillation';
  return it.has('pretraining_dataset') ? 'pretrain' : 'sft';
}

/** Arguments of any trainer that is built on transformers. */
const TRAINER_KEYS = [
  'learning_rate',
  'per_device_train_batch_size',
  'per_device_eval_batch_size',
  'num_train_epochs',
  'max_steps',
  'output_dir',
  'gradient_accumulation_steps',
  'lr_scheduler_type',
  'warmup_ratio',
  'warmup_steps',
  'save_steps',
  'save_strategy',
  'eval_strategy',
  'evaluation_strategy',
  'eval_steps',
  'logging_steps',
  'report_to',
  'bf16',
  'fp16',
  'optim',
  'gradient_checkpointing',
  'save_total_limit',
  'weight_decay',
  'max_grad_norm',
  'push_to_hub',
  'hub_model_id',
  'load_best_model_at_end',
  'seed',
  'max_seq_length',
  'max_length',
  'num_generations',
  'beta',
  'checkpointing_steps',
  'use_peft',
  'lora_r',
  'packing',
];

const TRL_DATA_KEYS = [
  'dataset_name',
  'dataset_mixer',
  'dataset_mixture',
  'datasets',
  'dataset_mixer_list',
  'train_file',
  'dataset',
  'dataset_id_or_path',
];

function recogniseTrlLike(it: Shape, path: RepoPath): Recognition | null {
  if (!it.isText('model_name_or_path') || !it.any(TRL_DATA_KEYS) || it.count(TRAINER_KEYS) < 2) return null;
  return { stack: trlStack(it, path), method: trlMethod(it, path) };
}

const OPEN_INSTRUCT_KEYS = ['checkpointing_steps', 'with_tracking', 'dataset_mixer_list', 'use_slow_tokenizer'];
const PLAIN_TRAINER_KEYS = ['block_size', 'dialogue_template', 'train_file', 'do_train', 'preprocessing_num_workers'];
const RECIPE_KEYS = ['dataset_mixture', 'dataset_mixer', 'dataset_id_or_path'];
const RECIPE_FOLDER = /(?:^|\/)rec(?:e)?ipes?\//;

function trlStack(it: Shape, path: RepoPath): Stack {
  if (it.any(OPEN_INSTRUCT_KEYS)) return 'open-instruct';
  if (it.any(RECIPE_KEYS) || RECIPE_FOLDER.test(path)) return 'trl-recipe';
  return !it.has('model_revision') && it.any(PLAIN_TRAINER_KEYS) ? 'hf-trainer' : 'trl-cli';
}

/** From the keys that only one method has; where methods share all their keys, from a part of the path. */
function trlMethod(it: Shape, path: RepoPath): Method {
  if (it.any(['teacher_model_name_or_path', 'teacher_model_server_url'])) return 'distillation';
  if (it.any(['normalize_advantages', 'reward_clip_range'])) return 'rloo';
  if (it.any(['reward_funcs', 'num_generations'])) return /rloo/i.test(path) ? 'rloo' : 'grpo';
  if (it.any(['desirable_weight', 'undesirable_weight'])) return 'kto';
  const named = methodInPath(path);
  if (named !== null && named !== 'sft' && named !== 'pretrain') return named;
  if (it.any(['center_rewards_coefficient'])) return 'reward';
  const loss = PREFERENCE_LOSSES[String(it.scalar('loss_type'))];
  if (loss !== undefined && it.has('beta')) return loss;
  return it.any(['beta', 'precompute_ref_log_probs', 'dpo_beta']) ? 'dpo' : (named ?? 'sft');
}

const METHOD_WORDS: readonly (readonly [RegExp, Method])[] = [
  [/simpo/, 'simpo'],
  [/orpo/, 'orpo'],
  [/dpo/, 'dpo'],
  [/ipo/, 'ipo'],
  [/kto/, 'kto'],
  [/cpo/, 'cpo'],
  [/grpo/, 'grpo'],
  [/rloo/, 'rloo'],
  [/ppo/, 'ppo'],
  [/gkd|gold/, 'distillation'],
  [/reward|rm/, 'reward'],
  [/sft/, 'sft'],
  [/cpt|pretrain(?:ing)?/, 'pretrain'],
];

/** Whole words of the path, nearest to the file first: `zephyr/dpo/config_qlora.yaml` is DPO. */
export function methodInPath(path: string): Method | null {
  for (const part of path.toLowerCase().split('/').reverse()) {
    const words = part.replace(/\.\w+$/, '').split(/[^a-z0-9]+/);
    const hit = METHOD_WORDS.find(([word]) => words.some((it) => new RegExp(`^(?:${word.source})$`).test(it)));
    if (hit !== undefined) return hit[1];
  }
  return null;
}

const TORCHTUNE_RL: readonly (readonly [RegExp, Method])[] = [
  [/GRPO/, 'grpo'],
  [/DPOLoss|RSOLoss/, 'dpo'],
  [/PPOLoss/, 'ppo'],
];

function recogniseTorchtune(it: Shape): Recognition | null {
  const trains = it.any(['optimizer', 'ppo_epochs']) && it.any(['dataset', 'loss']);
  if (!trains || it.has('tasks')) return null;
  return { stack: 'torchtune', method: torchtuneMethod(it) };
}

function torchtuneMethod(it: Shape): Method {
  const components = it.components();
  for (const [loss, method] of TORCHTUNE_RL) if (components.some((name) => loss.test(name))) return method;
  if (it.has('grpo_samples')) return 'grpo';
  if (it.any(['policy_model', 'value_checkpointer'])) return 'ppo';
  return it.any(['teacher_model', 'kd_loss']) ? 'distillation' : 'sft';
}
