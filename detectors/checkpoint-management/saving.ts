import type { Location } from '../../src/model/location.js';
import { type Stack, settingOf, type TrainingRun } from '../../src/model/run.js';
import { chainOf, numberIn, type Setting } from '../../src/model/setting.js';
import { ownLoop } from '../eval-absence/stacks/trainer.js';

/** When a run writes checkpoints. */
export type Saving =
  | { readonly state: 'scheduled'; readonly by: 'steps' | 'epoch' | 'best'; readonly at: Location }
  /** Switched off with a value that is written out. */
  | { readonly state: 'off'; readonly at: Location; readonly chain: readonly Location[]; readonly written: string }
  | { readonly state: 'unknown'; readonly reason: string }
  | { readonly state: 'inexpressible'; readonly reason: string };

/** How many checkpoints stay. */
export type Retention =
  /** `limit` is the number that is kept; `stated` is false for a default. */
  | { readonly state: 'limited'; readonly limit: number; readonly at: Location; readonly stated: boolean }
  /** All of them. `value` is null where nothing is said. */
  | {
      readonly state: 'unlimited';
      readonly at: Location;
      readonly chain: readonly Location[];
      readonly value: string | null;
    }
  | { readonly state: 'unknown'; readonly reason: string }
  | { readonly state: 'inexpressible'; readonly reason: string };

/** Stacks whose arguments are not those of the Trainer: what they save has no key that is read here. */
const SAVE_BY_THEMSELVES: Partial<Record<Stack, string>> = {
  torchtune: 'torchtune saves every epoch, and its recipes have no key for it',
  'open-instruct': 'open-instruct saves by keys of its own',
  'llama-factory-v1': 'LLaMA-Factory version 1 saves by keys of its own',
};

export function savingOf(run: TrainingRun): Saving {
  const own = savesByItself(run);
  if (own !== null) return { state: 'inexpressible', reason: own };
  const { settings } = run;
  // A number of steps wins over the strategy in axolotl, and its default is every epoch.
  if (run.stack === 'axolotl' && isNumbered(settings)) return { state: 'scheduled', by: 'steps', at: settings.at };
  const { setting, stated } = settingOf(settings, 'save_strategy');
  if (setting.state === 'absent') {
    if (settings.open !== null) return { state: 'unknown', reason: settings.open };
    return { state: 'scheduled', by: run.stack === 'axolotl' ? 'epoch' : 'steps', at: settings.at };
  }
  if (setting.state === 'literal' && setting.byDefault === true)
    return { state: 'unknown', reason: 'when it saves is said on the command line' };
  const mode = saveMode(setting);
  if (mode === null) return { state: 'unknown', reason: 'when it saves is known only when the code runs' };
  if (mode !== 'no') return { state: 'scheduled', by: mode, at: stated ?? setting.at };
  return { state: 'off', at: setting.at, chain: chainOf(setting), written: 'no' };
}

export function retentionOf(run: TrainingRun): Retention {
  const own = savesByItself(run);
  if (own !== null) return { state: 'inexpressible', reason: own };
  const { settings, stack } = run;
  const { setting, stated } = settingOf(settings, 'save_total_limit');
  if (setting.state === 'dynamic') return { state: 'unknown', reason: `the limit is computed: ${setting.expression}` };
  if (setting.state === 'literal') return statedRetention(run, setting);
  if (settings.open !== null) return { state: 'unknown', reason: settings.open };
  if (stack === 'axolotl') return { state: 'limited', limit: AXOLOTL_LIMIT, at: settings.at, stated: false };
  return { state: 'unlimited', at: stated ?? settings.at, chain: [], value: null };
}

/** What axolotl keeps where the file says nothing, or 0. */
const AXOLOTL_LIMIT = 4;

function statedRetention(run: TrainingRun, setting: Extract<Setting, { state: 'literal' }>): Retention {
  if (setting.byDefault === true) return { state: 'unknown', reason: 'the limit is said on the command line' };
  const limit = numberIn(setting);
  if (limit === null) return { state: 'unknown', reason: 'the limit is no number' };
  if (limit === 0 && run.stack === 'axolotl') {
    return { state: 'limited', limit: AXOLOTL_LIMIT, at: setting.at, stated: false };
  }
  // transformers takes 0 and less for no limit.
  return limit > 0
    ? { state: 'limited', limit, at: setting.at, stated: true }
    : { state: 'unlimited', at: setting.at, chain: chainOf(setting), value: String(limit) };
}

/** A call that writes the model when training is over; null where none is seen. */
export function finalSave({ calls }: TrainingRun): Location | null {
  return calls.find(({ name }) => FINAL_SAVES.test(name))?.at ?? null;
}

const FINAL_SAVES =
  /(?:^|\.)(?:save_model|save_pretrained(?:_merged|_gguf)?|save_lora|push_to_hub)$|^(?:torch\.save|safetensors\.torch\.save_file)$/;

/** Stacks that write the model at the end of training, whatever the schedule. */
export const SAVES_AT_THE_END: ReadonlySet<Stack> = new Set(['axolotl', 'llama-factory', 'trl-cli']);

function savesByItself(run: TrainingRun): string | null {
  if (ownLoop(run)) return 'the script trains, and saves, in a loop of its own';
  return SAVE_BY_THEMSELVES[run.stack] ?? null;
}

function isNumbered(settings: TrainingRun['settings']): boolean {
  return ['save_steps', 'saves_per_epoch'].some((key) => settingOf(settings, key).setting.state !== 'absent');
}

/** The mode that a setting says, also as a name of transformers, `SaveStrategy.NO`; null where it is not known. */
export function saveMode(setting: Setting): 'no' | 'steps' | 'epoch' | 'best' | null {
  if (setting.state === 'absent') return null;
  const text = setting.state === 'literal' ? String(setting.value) : setting.expression;
  const [, word = ''] = /(?:^|Strategy\.)(\w+)$/.exec(text) ?? [];
  if (/^(?:no|false)$/i.test(word)) return 'no';
  const mode = word.toLowerCase();
  return mode === 'steps' || mode === 'epoch' || mode === 'best' ? mode : null;
}
