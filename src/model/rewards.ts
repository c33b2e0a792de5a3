import type { Location } from './location.js';

/** What scores the answers of a run that learns from rewards. */
export interface Rewards {
  readonly sources: readonly RewardSource[];
  /** Whether every source is listed; false once the list is made where it is not followed. */
  readonly complete: boolean;
}

export interface RewardSource {
  /** Where the run names it. */
  readonly at: Location;
  /** In the author's words: `correctness`, `acme/reward-model`. */
  readonly name: string;
  readonly made: RewardMade;
}

/**
 * What a reward is made of. `constant`: the same number for every answer. `prompt`: of the prompt alone, the same for
 * all answers to it. `length`: of how long the answer is and of nothing else. `answer`: something of the answer is
 * read. `unknown`: a model, a package, or a function that is not followed. `at` is the value that is returned.
 */
export type RewardMade =
  | { readonly kind: 'constant'; readonly at: Location; readonly value: number }
  | { readonly kind: 'prompt' | 'length'; readonly at: Location }
  | { readonly kind: 'answer' | 'unknown' };
