import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import { met, missing, notApplicable, overPlaces, type PlaceVerdict, unknown } from '../../../src/model/verdict.js';
import { trlTrainer } from '../methods.js';
import { type RewardSituation, rewardSituation } from '../reward-source.js';

/** What learns from rewards has something that gives them. */
export const noReward = defineRule({
  id: 'method-integrity/no-reward',
  title: 'Nothing scores the answers',
  severity: 'error',
  judge: (run) => overPlaces([judgeRun(run)], 'the method learns from no reward'),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  if (!isScored(run)) return notApplicable('the method learns from no reward');
  const situation = rewardSituation(run);
  switch (situation.state) {
    case 'given':
      return met(situation.at);
    case 'unknown':
      return unknown(situation.reason);
    case 'inexpressible':
      return notApplicable(situation.reason);
    case 'none':
      return missing({
        severity: 'error',
        at: situation.at,
        key: situation.parameter,
        message: messageFor(run, situation),
      });
  }
}

/** Online preference methods have their own answers scored, too. */
function isScored(run: TrainingRun): boolean {
  if (run.method === 'ppo' || run.method === 'grpo' || run.method === 'rloo') return true;
  return /^(?:OnlineDPO|NashMD|XPO)Trainer$/.test(trlTrainer(run) ?? '');
}

function messageFor(run: TrainingRun, { parameter, empty }: Extract<RewardSituation, { state: 'none' }>): string {
  const who = nameOf(run);
  if (parameter === 'value_model') {
    return `${who} needs a \`value_model\` since TRL 0.18, and gets none, so this raises a \`TypeError\`. Hand in a model with one label, often loaded as the reward model is.`;
  }
  const lack = empty ? `\`${parameter}\` holds nothing` : `${who} is given no \`${parameter}\``;
  return `${lack}, so nothing scores the answers and there is nothing to learn from. ${orderFor(run, parameter)}`;
}

function nameOf(run: TrainingRun): string {
  const trainer = trlTrainer(run);
  if (trainer !== null) return `\`${trainer}\``;
  return run.stack === 'trl-cli' ? `\`trl ${run.method}\`` : `The ${run.method.toUpperCase()} run`;
}

function orderFor(run: TrainingRun, parameter: string): string {
  switch (parameter) {
    case 'reward_funcs':
      return run.stack === 'trl-cli'
        ? 'Name functions in `reward_funcs`, or a model in `reward_model_name_or_path`.'
        : 'Hand in at least one function that tells a better answer from a worse one.';
    case 'trl.reward_funcs':
      return 'List the functions under `trl.reward_funcs`, as `module.function`.';
    case 'reward_checkpointer':
      return 'Name the reward model in `reward_checkpointer`.';
    default:
      return `Name the reward model in \`${parameter}\`.`;
  }
}
