import { locate } from '../../model/location.js';
import type { ModelPart } from '../../model/model-part.js';
import type { RewardSource, Rewards } from '../../model/rewards.js';
import { type ModelLoad, NO_CONTROL, type Stack } from '../../model/run.js';
import { ABSENT, isLiteral } from '../../model/setting.js';
import { type LocalNames, originOf } from '../origin.js';
import { type ConfigSettings, textOf } from './settings.js';

/** Which key names a model, and which ones pin it; a sentence where the stack cannot. */
interface PartKeys {
  readonly part: ModelPart['part'];
  readonly keys: readonly string[];
  readonly revision: readonly string[] | string;
}

const CHECKPOINTS = 'torchtune reads checkpoints from a folder';
const NO_KEY = 'the stack has no key for the revision of this model';

const TRL_PARTS: readonly PartKeys[] = [
  { part: 'policy', keys: ['model_name_or_path'], revision: ['model_revision'] },
  { part: 'reward', keys: ['reward_model_name_or_path', 'reward_model_path'], revision: NO_KEY },
  {
    part: 'teacher',
    keys: ['teacher_model_name_or_path'],
    revision: ['teacher_model_revision', 'teacher_model_init_kwargs.revision'],
  },
];

const PARTS: Partial<Record<Stack, readonly PartKeys[]>> = {
  axolotl: [{ part: 'policy', keys: ['base_model'], revision: ['revision_of_model', 'model_revision'] }],
  'llama-factory': [
    { part: 'policy', keys: ['model_name_or_path'], revision: ['model_revision'] },
    { part: 'reference', keys: ['ref_model'], revision: ['model_revision'] },
    { part: 'reward', keys: ['reward_model'], revision: ['model_revision'] },
  ],
  torchtune: [
    { part: 'policy', keys: ['checkpointer.checkpoint_dir'], revision: CHECKPOINTS },
    {
      part: 'reference',
      keys: ['ref_checkpointer.checkpoint_dir', 'ref_policy_checkpointer.checkpoint_dir'],
      revision: CHECKPOINTS,
    },
    { part: 'reward', keys: ['reward_checkpointer.checkpoint_dir'], revision: CHECKPOINTS },
    { part: 'value', keys: ['value_checkpointer.checkpoint_dir'], revision: CHECKPOINTS },
    { part: 'teacher', keys: ['teacher_checkpointer.checkpoint_dir'], revision: CHECKPOINTS },
  ],
  'trl-cli': TRL_PARTS,
  'trl-recipe': TRL_PARTS,
};

/** The models that a configuration names, by the part they play. */
export function configParts(
  stack: Stack,
  settings: ConfigSettings,
  local: LocalNames,
  adapters: ModelPart['adapters'],
): ModelPart[] {
  return (PARTS[stack] ?? []).flatMap((keys): ModelPart[] => {
    const named = settings.firstOf(keys.keys);
    if (named === null || named.control.setting.state === 'absent') return [];
    const { setting, stated } = named.control;
    return [
      {
        part: keys.part,
        given: setting.state === 'literal' ? 'name' : 'unknown',
        at: stated ?? setting.at,
        byPosition: false,
        variable: null,
        load: loadOf(keys, named.key, settings, local),
        weights: 'as-loaded',
        adapters: keys.part === 'policy' ? adapters : 'unused',
      },
    ];
  });
}

function loadOf(keys: PartKeys, key: string, settings: ConfigSettings, local: LocalNames): ModelLoad | null {
  const { setting, stated } = settings.control(key);
  if (setting.state === 'absent') return null;
  const name = textOf(setting);
  const revision = typeof keys.revision === 'string' ? null : settings.firstOf(keys.revision);
  return {
    what: 'model',
    at: stated ?? setting.at,
    key,
    label: `\`${key}\``,
    name,
    origin: isLiteral(name) ? originOf(name.value, local) : 'unknown',
    revision:
      typeof keys.revision === 'string'
        ? { state: 'inexpressible', reason: keys.revision }
        : revision === null
          ? ABSENT
          : textOf(revision.control.setting),
    revisionWritten: null,
    remoteCode: NO_CONTROL,
    codeRevision: ABSENT,
    safetensors: NO_CONTROL,
    open: null,
    argumentsAt: null,
  };
}

const REWARD_KEYS: Partial<Record<Stack, readonly string[]>> = {
  axolotl: ['trl.reward_funcs', 'reward_funcs'],
  torchtune: ['reward_functions'],
  'trl-cli': ['reward_funcs', 'reward_model_name_or_path'],
  'trl-recipe': ['reward_funcs', 'reward_model_name_or_path', 'reward_model'],
  'open-instruct': ['reward_model_path', 'reward_model', 'apply_verifiable_reward'],
};

/** What a configuration scores answers with; null where it names nothing. */
export function configRewards(stack: Stack, settings: ConfigSettings): Rewards | null {
  for (const key of REWARD_KEYS[stack] ?? []) {
    const expression = settings.expression(key);
    const { setting } = settings.control(key);
    if (expression?.kind === 'list') {
      const sources = expression.items.map((item): RewardSource => {
        const name = item.kind === 'scalar' ? String(item.value) : key;
        return { at: locate(settings.path, item.place), name, made: { kind: 'unknown' } };
      });
      return { sources, complete: expression.complete };
    }
    if (setting.state === 'absent') continue;
    const name = setting.state === 'literal' ? String(setting.value) : setting.expression;
    return { sources: [{ at: setting.at, name, made: { kind: 'unknown' } }], complete: setting.state === 'literal' };
  }
  return null;
}
