import type { Location } from '../../src/model/location.js';
import { type OptionalControl, type Stack, settingOf, type TrainingRun, type Upload } from '../../src/model/run.js';
import { isTrue, type SettingValue } from '../../src/model/setting.js';

/** Whether the arguments of a run tell its trainer to upload what it saves. */
export type Switch =
  | { readonly state: 'on'; readonly at: Location; readonly private: OptionalControl<SettingValue> }
  | { readonly state: 'off' }
  | { readonly state: 'unknown'; readonly reason: string };

/** Stacks whose arguments are those of the Trainer. */
const TRAINER_ARGUMENTS: ReadonlySet<Stack> = new Set([
  'transformers',
  'trl',
  'peft',
  'unsloth',
  'llama-factory',
  'trl-cli',
  'trl-recipe',
  'hf-trainer',
]);

/** `push_to_hub` of the arguments, or a `trainer.push_to_hub()`, which takes its privacy from there too. */
export function trainerUpload(run: TrainingRun): Switch {
  if (!TRAINER_ARGUMENTS.has(run.stack)) return { state: 'off' };
  const { setting } = settingOf(run.settings, 'push_to_hub');
  const privacy = settingOf(run.settings, 'hub_private_repo');
  if (isTrue(setting) && setting.byDefault !== true) return { state: 'on', at: setting.at, private: privacy };
  const byCall = run.uploads.find((upload) => upload.private === null);
  if (byCall !== undefined) return { state: 'on', at: byCall.at, private: privacy };
  const isSaid = setting.state === 'dynamic' || (setting.state === 'literal' && setting.byDefault === true);
  return isSaid ? { state: 'unknown', reason: 'whether it uploads is said on the command line' } : { state: 'off' };
}

/** Calls that upload by themselves, and say for themselves who may see it. */
export function directUploads({ uploads }: TrainingRun): readonly Upload[] {
  return uploads.filter((upload) => upload.private !== null);
}

/** Where a run publishes a model, the first place of several; null where it does not, as far as is known. */
export function publishedAt(run: TrainingRun): Location | null {
  const trainer = trainerUpload(run);
  if (trainer.state === 'on') return trainer.at;
  const [call] = directUploads(run);
  if (call !== undefined) return call.at;
  const { setting } = settingOf(run.settings, 'hub_model_id');
  return run.stack === 'axolotl' && setting.state === 'literal' ? setting.at : null;
}
