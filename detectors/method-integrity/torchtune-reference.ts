import { settingOf, type TrainingRun } from '../../src/model/run.js';
import { met, missing, type PlaceVerdict, unknown } from '../../src/model/verdict.js';
import { givenReference } from './given-reference.js';

/** The key that each full fine-tuning recipe of torchtune loads its reference from. */
const KEYS: Readonly<Record<string, string>> = {
  dpo: 'ref_checkpointer',
  grpo: 'ref_checkpointer',
  ppo: 'ref_policy_checkpointer',
};

/** With LoRA the base without its adapter is the reference; full fine-tuning recipes load one, and fail without. */
export function torchtuneReference(run: TrainingRun): PlaceVerdict | null {
  const key = KEYS[run.method];
  if (key === undefined) return null;
  const stated = [...run.settings.stated.keys()].some((it) => new RegExp(`(?:^|\\.)${key}\\.`).test(it));
  if (stated) return givenReference(run) ?? met(run.at);
  if (run.method === 'dpo' && run.adapters === 'used') return met(run.at);
  if (run.settings.open !== null) return unknown(run.settings.open);
  const { setting, stated: empty } = settingOf(run.settings, key);
  if (setting.state === 'dynamic') return unknown(`\`${key}\` is computed`);
  return missing({
    severity: 'error',
    at: empty ?? run.at,
    key,
    message: `The recipe for full fine-tuning loads its reference model from \`${key}\`, and the file has none. Add one with the \`checkpoint_dir\` of \`checkpointer\`.`,
  });
}
