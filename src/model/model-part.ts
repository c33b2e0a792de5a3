import type { Location } from './location.js';
import type { ModelLoad } from './run.js';

/**
 * A model that a trainer works with, by the part it plays: what is trained, what it is held close to, what scores its
 * answers, what estimates their value, and what it learns from.
 */
export interface ModelPart {
  readonly part: 'policy' | 'reference' | 'reward' | 'value' | 'teacher';
  /**
   * `name`: a text that the trainer loads. `object`: something that was loaded before. `nothing`: written out as
   * nothing. `unknown`: it is given, and not followed to where it comes from.
   */
  readonly given: 'name' | 'object' | 'nothing' | 'unknown';
  /** The argument or the key, with its name. */
  readonly at: Location;
  /** Whether it stands there by its place alone, so that it cannot be taken away without moving the others. */
  readonly byPosition: boolean;
  /** The name of the variable that is handed in; null where it is no plain name. */
  readonly variable: string | null;
  /** What it was loaded with, also where an adapter was put on it since; null where that is not known. */
  readonly load: ModelLoad | null;
  /** `edited`: its weights are no longer those that were loaded, as after an adapter was merged in. */
  readonly weights: 'as-loaded' | 'edited' | 'unknown';
  /** Whether adapters are trained on it and its own weights stay. */
  readonly adapters: 'used' | 'unused' | 'unknown';
}
