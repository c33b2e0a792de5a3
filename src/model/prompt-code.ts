import type { Location } from './location.js';
import type { Setting } from './setting.js';

/** How the code of a run writes turns: for training, and to ask the model behind the trainer of the same file. */
export interface PromptCode {
  readonly training: WrittenPrompts;
  readonly asking: WrittenPrompts;
}

export interface WrittenPrompts {
  /** Chat templates that the tokenizer is given, in the order of the code. */
  readonly templates: readonly SetTemplate[];
  readonly texts: readonly PromptText[];
}

/** A tokenizer gets a template: by a function of a library, or by an assignment. */
export interface SetTemplate {
  readonly by: 'get_chat_template' | 'setup_chat_format' | 'assignment';
  /** A name that the library has for it, or the template itself; absent where it is taken away. */
  readonly template: Setting;
  readonly at: Location;
}

/** A text with the marks of turns: by the tokenizer's template, or with the headings of Alpaca written by hand. */
export interface PromptText {
  readonly format: 'chat' | 'alpaca';
  readonly at: Location;
}

export const NO_PROMPTS: PromptCode = {
  training: { templates: [], texts: [] },
  asking: { templates: [], texts: [] },
};
