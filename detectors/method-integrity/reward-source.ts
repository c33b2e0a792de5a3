import type { Location } from '../../src/model/location.js';
import { type RunSettings, settingOf, type TrainingRun } from '../../src/model/run.js';
import { isReleased, partOf, trlTrainer } from './methods.js';

/** Where the rewards of a run come from. A run is in one of these situations. */
export type RewardSituation =
  | { readonly state: 'given'; readonly at: Location }
  /** `parameter` is what the trainer or the stack takes them by. `empty`: it is there and holds nothing. */
  | { readonly state: 'none'; readonly at: Location; readonly parameter: string; readonly empty: boolean }
  | { readonly state: 'unknown' | 'inexpressible'; readonly reason: string };

export function rewardSituation(run: TrainingRun): RewardSituation {
  switch (run.stack) {
    case 'axolotl':
      return axolotlRewards(run);
    case 'llama-factory':
      return keyed(run, 'reward_model');
    case 'torchtune':
      return run.method === 'ppo' ? keyed(run, 'reward_checkpointer') : recipeRewards(run);
    case 'trl-cli':
    case 'trl-recipe':
      return configuredRewards(run);
    case 'open-instruct':
    case 'hf-trainer':
    case 'llama-factory-v1':
      return { state: 'unknown', reason: 'the script that reads the file is not followed' };
    default:
      return trainerRewards(run);
  }
}

function trainerRewards(run: TrainingRun): RewardSituation {
  const trainer = trlTrainer(run);
  if (trainer === null) return { state: 'unknown', reason: 'a trainer of the repository may bring its rewards' };
  if (trainer.startsWith('PPO')) return ppoRewards(run);
  const own = listedRewards(run);
  if (own !== null) return own;
  const other = settingOf(run.trainer, ...OTHER_SOURCES);
  if (other.setting.state !== 'absent') return { state: 'given', at: other.stated ?? other.setting.at };
  if (run.trainer.open !== null) return { state: 'unknown', reason: run.trainer.open };
  const parameter = trainer === 'RLOOTrainer' && isOldRloo(run) ? 'reward_model' : 'reward_funcs';
  return { state: 'none', at: run.trainer.at, parameter, empty: false };
}

/** An environment may own the reward; up to 0.24 a model or a judge scored answers outside of GRPO. */
const OTHER_SOURCES = ['environment_factory', 'reward_model', 'judge'];

function isOldRloo({ trainer }: TrainingRun): boolean {
  return ['policy', 'ref_policy', 'config'].some((name) => trainer.stated.has(name));
}

function listedRewards({ rewards, trainer }: TrainingRun): RewardSituation | null {
  if (rewards === null) return null;
  const [first] = rewards.sources;
  if (first !== undefined) return { state: 'given', at: first.at };
  if (!rewards.complete) return { state: 'unknown', reason: 'which rewards are in the list is not followed' };
  const control = settingOf(trainer, 'reward_funcs');
  return { state: 'none', at: control.stated ?? trainer.at, parameter: 'reward_funcs', empty: true };
}

/** Up to TRL 0.11 the script scores the answers itself and hands the numbers to `.step()`. */
function ppoRewards(run: TrainingRun): RewardSituation {
  const { trainer } = run;
  const reward = partOf(run, 'reward');
  if (reward !== null) {
    return reward.given === 'nothing'
      ? { state: 'none', at: reward.at, parameter: 'reward_model', empty: true }
      : valueModel(run, reward.at);
  }
  const isNew = ['train_dataset', 'value_model', 'processing_class'].some((name) => trainer.stated.has(name));
  // Handed what only those releases took, it is told as the fault that it then is.
  const isOld = ['config', 'dataset', 'num_shared_layers'].some((name) => trainer.stated.has(name));
  if (isOld || (!isNew && !isReleased(run, '0.12.0', null))) {
    return { state: 'unknown', reason: 'the script may score the answers in a loop of its own' };
  }
  if (trainer.open !== null) return { state: 'unknown', reason: trainer.open };
  return { state: 'none', at: trainer.at, parameter: 'reward_model', empty: false };
}

/** Since 0.18 the value model is no longer made where it is left out. */
function valueModel(run: TrainingRun, at: Location): RewardSituation {
  const isMissing = partOf(run, 'value') === null && run.trainer.open === null && isReleased(run, '0.18.0', null);
  return isMissing
    ? { state: 'none', at: run.trainer.at, parameter: 'value_model', empty: false }
    : { state: 'given', at };
}

/** A rollout function or NeMo Gym scores the answers that it makes. */
function axolotlRewards(run: TrainingRun): RewardSituation {
  const [first] = run.rewards?.sources ?? [];
  if (first !== undefined) return { state: 'given', at: first.at };
  const rollout = settingOf(run.settings, 'trl.rollout_func', 'rollout_func');
  if (rollout.setting.state !== 'absent') return { state: 'given', at: rollout.stated ?? rollout.setting.at };
  const plugins = settingOf(run.settings, 'plugins').setting;
  const isGym = plugins.state === 'literal' && [plugins.value].flat().some((it) => /nemo_gym/i.test(String(it)));
  if (isGym) return { state: 'given', at: plugins.at };
  if (plugins.state === 'dynamic') return { state: 'unknown', reason: 'a plugin may bring the rewards' };
  const { stated } = settingOf(run.settings, 'trl.reward_funcs');
  return noKey(run.settings, 'trl.reward_funcs', stated);
}

function configuredRewards(run: TrainingRun): RewardSituation {
  const [first] = run.rewards?.sources ?? [];
  if (first !== undefined) return { state: 'given', at: first.at };
  if (run.rewards?.complete === false)
    return { state: 'unknown', reason: 'which rewards are in the list is not followed' };
  if (run.trainer.extend !== null) return trainerRewards(run);
  if (run.callsOpen !== null) return { state: 'unknown', reason: run.callsOpen };
  return noKey(run.settings, 'reward_funcs', settingOf(run.settings, 'reward_funcs').stated);
}

function recipeRewards({ rewards }: TrainingRun): RewardSituation {
  const [first] = rewards?.sources ?? [];
  return first === undefined
    ? { state: 'inexpressible', reason: 'the recipe has rewards of its own' }
    : { state: 'given', at: first.at };
}

/** A key, or a map of that name. */
function keyed({ settings }: TrainingRun, key: string): RewardSituation {
  const [, found] =
    [...settings.stated].find(
      ([name, { setting }]) => (name === key || name.startsWith(`${key}.`)) && setting.state !== 'absent',
    ) ?? [];
  if (found !== undefined) return { state: 'given', at: found.stated ?? settings.at };
  return noKey(settings, key, settings.stated.get(key)?.stated ?? null);
}

function noKey(settings: RunSettings, parameter: string, empty: Location | null): RewardSituation {
  if (settings.open !== null) return { state: 'unknown', reason: settings.open };
  return { state: 'none', at: empty ?? settings.at, parameter, empty: empty !== null };
}
