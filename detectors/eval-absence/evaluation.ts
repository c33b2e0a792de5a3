import type { Fix } from '../../src/model/fix.js';
import type { Location } from '../../src/model/location.js';
import type { Method, Stack, TrainingRun } from '../../src/model/run.js';
import type { Confidence } from '../../src/model/verdict.js';
import { axolotlEvaluation } from './stacks/axolotl.js';
import { llamaFactoryEvaluation } from './stacks/llama-factory.js';
import { scriptEvaluation } from './stacks/script.js';
import { torchtuneEvaluation } from './stacks/torchtune.js';
import { trainerEvaluation } from './stacks/trainer.js';
import { trlEvaluation } from './stacks/trl.js';

/**
 * Whether a run is measured on data that it does not train on. A run is in exactly one of these situations, so that
 * one cause makes one finding.
 */
export type Evaluation =
  /** `benchmark` is something besides the trainer: a command of the launch script, a call of an evaluation package. */
  | { readonly state: 'evaluated'; readonly by: 'trainer' | 'benchmark'; readonly at: Location }
  /** There is data to evaluate on, and nothing says when. */
  | { readonly state: 'not-scheduled'; readonly data: Location; readonly lack: Lack }
  | { readonly state: 'nothing-held-out'; readonly lack: Lack }
  /** `data` is where the held-out data is named, where that much is known. */
  | { readonly state: 'unknown'; readonly reason: string; readonly data: Location | null }
  | { readonly state: 'inexpressible'; readonly reason: string };

/** What keeps a run from being evaluated. */
export interface Lack {
  /** `violated` where a value switches evaluation off, `missing` where nothing switches it on. */
  readonly kind: 'missing' | 'violated';
  readonly at: Location;
  readonly chain: readonly Location[];
  /** Part of the finding's identity: `val_set_size`, `eval_dataset`. */
  readonly key: string;
  readonly value: string | null;
  readonly confidence: Confidence;
  /** What is so, without a full stop: "`val_set_size: 0` holds nothing out". */
  readonly what: string;
  /** What to do about it, a sentence. */
  readonly order: string;
  readonly fix: Fix | null;
}

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
