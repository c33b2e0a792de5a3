import type { RewardSource } from '../../../src/model/rewards.js';
import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import { met, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';

/** A reward tells answers apart by something that is in them. */
export const emptyReward = defineRule({
  id: 'method-integrity/empty-reward',
  title: 'Reward does not depend on what the answer says',
  severity: 'warning',
  judge(run) {
    const sources = run.rewards?.sources ?? [];
    return overPlaces(
      sources.map((source) => judgeSource(source, run)),
      'the run names no reward function',
    );
  },
});

function judgeSource(source: RewardSource, run: TrainingRun): PlaceVerdict {
  const { made } = source;
  switch (made.kind) {
    case 'unknown':
      return unknown(`what \`${source.name}\` makes its reward of is not followed`);
    case 'answer':
      return met(source.at);
    case 'length':
      // Beside a reward that reads the answer, one for brevity is good practice.
      return isAlone(run) ? faultOf(source, made.at, run) : met(source.at);
    case 'constant':
    case 'prompt':
      return faultOf(source, made.at, run);
  }
}

function isAlone({ rewards }: TrainingRun): boolean {
  const isBlind = rewards?.sources.every(({ made }) => made.kind !== 'answer' && made.kind !== 'unknown');
  return rewards?.complete === true && isBlind === true;
}

/** Who shows how a trainer works may well reward the length. */
function faultOf(source: RewardSource, at: RewardSource['at'], run: TrainingRun): PlaceVerdict {
  return violated({
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    at,
    chain: [source.at],
    key: `reward(${source.name})`,
    value: source.made.kind === 'constant' ? String(source.made.value) : source.made.kind,
    message: messageFor(source),
  });
}

function messageFor({ name, made }: RewardSource): string {
  if (made.kind === 'constant') {
    return `\`${name}\` gives every answer ${made.value}, so no answer is better than another and the model learns nothing from it. Score what the answer says, or drop the function.`;
  }
  return made.kind === 'prompt'
    ? `\`${name}\` never looks at \`completions\`, so good and bad answers to a prompt are rewarded alike. Score what the answer says.`
    : `\`${name}\` looks at nothing but the length, and no other reward reads the answers, so the model learns to fill or to stop and nothing else. Add a reward for what the answer says.`;
}
