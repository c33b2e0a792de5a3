import type { TrainingRun } from '../../../src/model/run.js';
import { met, type PlaceVerdict, violated } from '../../../src/model/verdict.js';
import { type RowShape, rowShape } from './columns.js';

/** `columns` of a mixture, which keeps these of each data set and drops the others. */
export function trlData(run: TrainingRun): readonly PlaceVerdict[] {
  const shape = rowShape(run) ?? recipeShape(run);
  if (shape === null) return [];
  return [...run.settings.stated].flatMap(([key, { setting }]): PlaceVerdict[] => {
    if (!/^(?:dataset_mixture\.)?datasets\.\d+\.columns$/.test(key) || setting.state !== 'literal') return [];
    const columns = [setting.value].flat().map(String);
    if (shape.fits(columns)) return [met(setting.at)];
    return [
      violated({
        severity: 'warning',
        at: setting.at,
        chain: setting.chain,
        key: 'datasets.columns',
        value: columns.join(),
        message: `The method reads ${shape.words}, and \`columns\` keeps only ${columns.map((name) => `\`${name}\``).join(', ')} of the rows. Name the others, too.`,
      }),
    ];
  });
}

/** alignment-handbook reads pairs for its preference recipes. */
function recipeShape(run: TrainingRun): RowShape | null {
  return run.stack === 'trl-recipe' && run.api.trainer === null ? rowShape({ ...run, stack: 'trl-cli' }) : null;
}
