import { type Edit, type Fix, replaceValue } from '../../../src/model/fix.js';
import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import { type FaultInput, missing, type PlaceVerdict, violated } from '../../../src/model/verdict.js';
import { statedIn, wrong } from './loss.js';

/** What axolotl refuses when it reads the file. */
export function axolotlSettings(run: TrainingRun): readonly PlaceVerdict[] {
  if (run.stack !== 'axolotl') return [];
  return [keptColumns, lossOfAnother].flatMap((check) => check(run) ?? []);
}

/** KTO reads a column that the trainer would drop. */
function keptColumns(run: TrainingRun): PlaceVerdict | null {
  if (run.method !== 'kto' || run.settings.open !== null) return null;
  const control = settingOf(run.settings, 'remove_unused_columns');
  const { setting } = control;
  if (setting.state === 'dynamic' || (setting.state === 'literal' && setting.value === false)) return null;
  const fault: FaultInput = {
    severity: 'error',
    at: setting.state === 'literal' ? setting.at : (control.stated ?? run.settings.stated.get('rl')?.stated ?? run.at),
    key: 'remove_unused_columns',
    value: setting.state === 'literal' ? String(setting.value) : null,
    message:
      'axolotl refuses `rl: kto` without `remove_unused_columns: false`, since the label of an answer would be dropped. Set it.',
    fix: keepFix(run),
  };
  return setting.state === 'literal' ? violated(fault) : missing(fault);
}

function keepFix(run: TrainingRun): Fix | null {
  const control = settingOf(run.settings, 'remove_unused_columns');
  const after = run.settings.stated.get('rl')?.stated ?? run.settings.extend?.at;
  const edit: Edit | null =
    control.setting.state === 'literal'
      ? replaceValue(control.setting.at, false)
      : control.nothing !== undefined
        ? replaceValue(control.nothing.at, false)
        : after === undefined || run.settings.extend === null
          ? null
          : { kind: 'add-key', after, key: 'remove_unused_columns', value: false };
  return edit === null ? null : { applicability: 'safe', title: 'Keep the columns.', edits: [edit] };
}

/** `dpo_loss_type` beside another method. */
function lossOfAnother(run: TrainingRun): PlaceVerdict | null {
  if (run.method === 'dpo') return null;
  const key = ['dpo_loss_type', 'dpo_loss_weights'].find((name) => statedIn(run, name) !== null);
  const setting = key === undefined ? null : statedIn(run, key);
  if (key === undefined || setting === null) return null;
  return wrong(key, setting, {
    severity: 'error',
    message: `\`${key}\` goes with \`rl: dpo\` alone, and axolotl refuses it beside \`rl: ${run.method}\`. Drop it, or set \`rl: dpo\`.`,
  });
}
