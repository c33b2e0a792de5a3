import type { Method, Stack, TrainingRun } from '../../src/model/run.js';
import type { Evaluation } from './situation.js';
import { axolotlEvaluation } from './stacks/axolotl.js';
import { llamaFactoryEvaluation } from './stacks/llama-factory.js';
import { scriptEvaluation } from './stacks/script.js';
import { torchtuneEvaluation } from './stacks/torchtune.js';
import { trainerEvaluation } from './stacks/trainer.js';
import { trlEvaluation } from './stacks/trl.js';

export function evaluationOf(run: TrainingRun): Evaluation {
  return READERS[run.stack](run);
}

/** Methods that learn from a reward, which rises on the training prompts whether or not the model gets better. */
export function learnsFromReward(method: Method): boolean {
  return method === 'ppo' || method === 'grpo' || method === 'rloo' || method === 'rft';
}

/** Methods that learn from pairs or from ratings of answers. */
export function learnsFromPreferences(method: Method): boolean {
  return PREFERENCE_METHODS.has(method);
}

const PREFERENCE_METHODS: ReadonlySet<Method> = new Set(['dpo', 'ipo', 'kto', 'orpo', 'simpo', 'cpo', 'reward']);

/** Where each stack says what it evaluates on and when. */
const READERS: Readonly<Record<Stack, (run: TrainingRun) => Evaluation>> = {
  transformers: trainerEvaluation,
  trl: trainerEvaluation,
  peft: trainerEvaluation,
  unsloth: trainerEvaluation,
  axolotl: axolotlEvaluation,
  'llama-factory': llamaFactoryEvaluation,
  // The file has a key for it, which no trainer of this version reads.
  'llama-factory-v1': () => ({ state: 'inexpressible', reason: 'LLaMA-Factory version 1 evaluates nothing' }),
  torchtune: torchtuneEvaluation,
  'trl-cli': trlEvaluation,
  'trl-recipe': scriptEvaluation,
  'open-instruct': scriptEvaluation,
  'hf-trainer': scriptEvaluation,
};
