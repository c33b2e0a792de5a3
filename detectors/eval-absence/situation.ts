import type { Fix } from '../../src/model/fix.js';
import type { Location } from '../../src/model/location.js';
import type { Confidence } from '../../src/model/verdict.js';

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
