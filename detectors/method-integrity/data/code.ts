import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import { met, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { trlTrainer } from '../methods.js';
import { rowShape } from './columns.js';

/** Rows that code puts together: their columns are known where it says all of them. */
export function codeData(run: TrainingRun): readonly PlaceVerdict[] {
  const shape = rowShape(run);
  const { columns } = run;
  if (shape === null) return [];
  if (columns === null) return [unknown('which columns the rows have is not known here')];
  if (shape.fits(columns.names)) return [met(columns.at)];
  // A collator or a class of the tree may read other columns.
  const collator = settingOf(run.trainer, 'data_collator');
  if (collator.setting.state !== 'absent' || run.trainer.open !== null) {
    return [unknown('a collator of its own may read other columns')];
  }
  const names = columns.names.map((name) => `\`${name}\``).join(', ');
  return [
    violated({
      severity: 'warning',
      at: columns.at,
      chain: [run.trainer.at],
      key: 'columns',
      value: columns.names.join(),
      message: `\`${trlTrainer(run)}\` reads ${shape.words}, and the rows that come out here have ${names}. Rename or add what is missing.`,
    }),
  ];
}
