import { defineRule } from '../../../src/model/rule.js';
import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import { numberIn } from '../../../src/model/setting.js';
import { settingsFix } from '../../../src/model/settings-fix.js';
import {
  met,
  missing,
  notApplicable,
  overPlaces,
  type PlaceVerdict,
  unknown,
  violated,
} from '../../../src/model/verdict.js';
import { retentionOf, savingOf } from '../saving.js';

/** Old checkpoints go when new ones come. */
export const noRetention = defineRule({
  id: 'checkpoint-management/no-retention',
  title: 'Every checkpoint is kept',
  severity: 'notice',
  judge: (run) => overPlaces([judgeRun(run)], 'the run saves nothing that could be judged'),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  const saving = savingOf(run);
  if (saving.state === 'off') return notApplicable('no checkpoints are written');
  const retention = retentionOf(run);
  switch (retention.state) {
    case 'limited':
      return met(retention.at);
    case 'unknown':
      return unknown(retention.reason);
    case 'inexpressible':
      return notApplicable(retention.reason);
    case 'unlimited': {
      if (saving.state === 'unknown') return unknown(saving.reason);
      if (saving.state === 'scheduled' && saving.by === 'epoch' && isShort(run)) return met(saving.at);
      const { at, chain, value } = retention;
      const written = value === null ? 'Without `save_total_limit`' : `With \`save_total_limit\` at ${value}`;
      const fault = {
        severity: 'notice',
        at,
        chain,
        key: 'save_total_limit',
        value,
        message: `${written} every checkpoint is kept, with the state of the optimizer, until the disk is full. Keep the last few.`,
        fix: settingsFix(run.settings, [['save_total_limit', 3]], 'Keep the last three checkpoints.'),
      } as const;
      return value === null ? missing(fault) : violated(fault);
    }
  }
}

/** Checkpoints that a run may leave without filling a disk. */
const FEW = 3;

function isShort({ settings }: TrainingRun): boolean {
  const epochs = numberIn(settingOf(settings, 'num_train_epochs', 'num_epochs').setting);
  return epochs !== null && epochs > 0 && epochs <= FEW;
}
