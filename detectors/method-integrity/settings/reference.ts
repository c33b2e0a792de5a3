import { replaceValue } from '../../../src/model/fix.js';
import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import { isTrue, numberIn } from '../../../src/model/setting.js';
import type { PlaceVerdict } from '../../../src/model/verdict.js';
import { isReleased, partOf, trlTrainer } from '../methods.js';
import { statedIn, wrong } from './loss.js';

/** From which release on a trainer refuses to update a reference that it does not have. */
const REFUSES_SINCE: Readonly<Record<string, string>> = {
  DPOTrainer: '0.29.0',
  GRPOTrainer: '0.28.0',
  RLOOTrainer: '0.28.0',
  KTOTrainer: '1.7.0',
};

/** `sync_ref_model` where there is no reference to update. */
export function referenceSettings(run: TrainingRun): readonly PlaceVerdict[] {
  const trainer = trlTrainer(run);
  const since = REFUSES_SINCE[trainer ?? ''];
  const setting = statedIn(run, 'sync_ref_model');
  if (setting === null || !isTrue(setting) || since === undefined || !isReleased(run, since, null)) return [];
  const why = reasonWithoutReference(run);
  if (why === null) return [];
  return [
    wrong('sync_ref_model', setting, {
      severity: 'error',
      message: `\`sync_ref_model\` updates the reference, and ${why}, so \`${trainer}\` raises an error. Set it to false.`,
      fix: {
        applicability: 'unsafe',
        title: 'Leave the reference as it is.',
        edits: [replaceValue(setting.at, false)],
      },
    }),
  ];
}

function reasonWithoutReference(run: TrainingRun): string | null {
  const { settings } = run;
  if (partOf(run, 'policy')?.adapters === 'used') return 'with an adapter the base itself is the reference';
  const precomputed = settingOf(settings, 'precompute_ref_log_probs').setting;
  if (isTrue(precomputed)) return '`precompute_ref_log_probs` asks it once, before training';
  if (trlTrainer(run) !== 'GRPOTrainer') return null;
  const beta = settingOf(settings, 'beta').setting;
  const isOff = beta.state === 'absent' ? settings.open === null : numberIn(beta) === 0;
  return isOff ? 'with a `beta` of 0, the default, there is none' : null;
}
