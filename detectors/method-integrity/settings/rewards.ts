import { replaceValue } from '../../../src/model/fix.js';
import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import { isTrue, numberIn } from '../../../src/model/setting.js';
import { missing, type PlaceVerdict } from '../../../src/model/verdict.js';
import { partOf, trlArguments, trlTrainer } from '../methods.js';
import { statedIn, wrong } from './loss.js';

/** What is wrong with how answers are drawn and scored. */
export function rewardSettings(run: TrainingRun): readonly PlaceVerdict[] {
  const checks = [weights, groupOfOne, droppedColumns, toyReward];
  return checks.flatMap((check) => check(run) ?? []);
}

/** One weight a reward, or the trainer refuses to start. */
function weights(run: TrainingRun): PlaceVerdict | null {
  const setting = statedIn(run, 'reward_weights', 'trl.reward_weights');
  if (setting === null || run.rewards?.complete !== true || !Array.isArray(setting.value)) return null;
  const [given, wanted] = [setting.value.length, run.rewards.sources.length];
  // A model that a file names is a reward beside the functions.
  if (given === wanted || wanted === 0 || namesModelToo(run)) return null;
  return wrong('reward_weights', setting, {
    severity: 'error',
    message: `There ${given === 1 ? 'is 1 weight' : `are ${given} weights`} for ${wanted} reward${wanted === 1 ? '' : 's'}, which the trainer refuses. Give each reward one.`,
  });
}

function namesModelToo({ settings }: TrainingRun): boolean {
  return settingOf(settings, 'reward_model_name_or_path').setting.state !== 'absent';
}

/** An answer is judged against the others to its prompt. */
function groupOfOne(run: TrainingRun): PlaceVerdict | null {
  if (run.method !== 'grpo' && run.method !== 'rloo') return null;
  const setting = statedIn(run, 'num_generations', 'trl.num_generations', 'rloo_k', 'grpo_samples');
  if (setting === null || numberIn(setting) !== 1) return null;
  return wrong('num_generations', setting, {
    severity: 'error',
    message:
      'Each answer is judged against the others to the same prompt, and with one there are none, so the advantage is always 0 and nothing is learned. Draw at least 2; 8 is the default.',
  });
}

/** Rewards are handed all columns of a row, as long as these are kept. */
function droppedColumns(run: TrainingRun): PlaceVerdict | null {
  const trainer = trlTrainer(run);
  const isTrl = trainer === null ? run.stack === 'trl-cli' : trainer === 'GRPOTrainer';
  const setting = statedIn(run, 'remove_unused_columns');
  if (run.method !== 'grpo' || !isTrl || setting === null || !isTrue(setting)) return null;
  return wrong('remove_unused_columns', setting, {
    severity: 'warning',
    message:
      'With `remove_unused_columns` the trainer drops every column but the prompt, so no reward function sees a solution to compare with. Set it to false, which is the default here.',
    fix: { applicability: 'unsafe', title: 'Keep the columns.', edits: [replaceValue(setting.at, false)] },
  });
}

/** `PPOConfig` names a tiny model as its reward where it is told of none. */
function toyReward(run: TrainingRun): PlaceVerdict | null {
  const name = partOf(run, 'reward')?.load?.name;
  const isDefault = name?.state === 'dynamic' && /\.reward_model_path$/.test(name.expression);
  if (!isDefault || trlArguments(run) !== 'PPOConfig' || run.settings.open !== null) return null;
  if (settingOf(run.settings, 'reward_model_path').setting.state !== 'absent') return null;
  return missing({
    severity: 'warning',
    at: run.settings.at,
    key: 'reward_model_path',
    message:
      'The reward model is the default of `PPOConfig`, `EleutherAI/pythia-160m`, which was never trained to give rewards. Set `reward_model_path` to the one that was.',
  });
}
