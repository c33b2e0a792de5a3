import type { Method, TrainingRun } from '../../../src/model/run.js';
import { trlTrainer } from '../methods.js';

/** What a method reads of a row: one of several sets of columns. */
export interface RowShape {
  /** In words, for messages: "`chosen` and `rejected`". */
  readonly words: string;
  readonly fits: (columns: readonly string[]) => boolean;
}

const PAIRS: RowShape = {
  words: '`chosen` and `rejected`',
  // Rows that were tokenized before have them as `chosen_input_ids`, `input_ids_rejected` and the like.
  fits: (columns) => ['chosen', 'rejected'].every((word) => columns.some((it) => it.split('_').includes(word))),
};
const RATED: RowShape = {
  words: '`prompt`, `completion` and a boolean `label`',
  fits: (columns) => PAIRS.fits(columns) || (columns.includes('label') && columns.some((it) => /^completion/.test(it))),
};
const PROMPTS: RowShape = { words: '`prompt`', fits: (columns) => columns.includes('prompt') };

const BY_TRAINER: Readonly<Record<string, RowShape>> = {
  DPOTrainer: PAIRS,
  ORPOTrainer: PAIRS,
  CPOTrainer: PAIRS,
  RewardTrainer: PAIRS,
  KTOTrainer: RATED,
  BCOTrainer: RATED,
  GRPOTrainer: PROMPTS,
  OnlineDPOTrainer: PROMPTS,
  NashMDTrainer: PROMPTS,
  XPOTrainer: PROMPTS,
};

const BY_METHOD: Partial<Record<Method, RowShape>> = {
  dpo: PAIRS,
  ipo: PAIRS,
  orpo: PAIRS,
  simpo: PAIRS,
  cpo: PAIRS,
  reward: PAIRS,
  kto: RATED,
  grpo: PROMPTS,
};

/** Null where the method takes rows of several shapes, or a class of the tree's own reads them. */
export function rowShape(run: TrainingRun): RowShape | null {
  const trainer = trlTrainer(run);
  if (trainer !== null) return BY_TRAINER[trainer] ?? null;
  return run.stack === 'trl-cli' ? (BY_METHOD[run.method] ?? null) : null;
}
