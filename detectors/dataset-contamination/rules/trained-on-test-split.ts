import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import { met, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { benchmarkNamed } from '../benchmarks.js';
import type { Row } from '../row.js';
import { nameOf, rowsOf } from '../rows.js';
import { isHeldOut } from '../splits.js';

/** What a data set keeps for measuring is kept away from training. */
export const trainedOnTestSplit = defineRule({
  id: 'dataset-contamination/trained-on-test-split',
  title: 'A split for measuring is trained on',
  severity: 'warning',
  judge: (run) => {
    const { training } = rowsOf(run);
    if (training === null) return overPlaces([unknown('where the rows come from is not followed')], '');
    return overPlaces(toldOnce(training.sources.map((row) => judgeRow(row, run))), 'the run names no data');
  },
});

/** A mixture takes several such splits for one reason: the first is told where it stands, the others in the summary. */
function toldOnce(places: readonly PlaceVerdict[]): readonly PlaceVerdict[] {
  const first = places.find((it) => it.state === 'violated');
  return places.map((it) =>
    it.state === 'violated' && it !== first ? { ...it, fault: { ...it.fault, confidence: 'medium' } } : it,
  );
}

function judgeRow(row: Row, run: TrainingRun): PlaceVerdict {
  const benchmark = row.name === null ? null : benchmarkNamed(row.name);
  if (benchmark?.isWhole === true) return wholeBenchmark(row, benchmark.name, run);
  const { split } = row;
  if (split === null) return unknown('which split it takes is not known');
  if (!isHeldOut(split)) return met(row.at);
  const isRecipe = run.role === 'recipe';
  return violated({
    severity: !isRecipe ? 'notice' : benchmark === null ? 'warning' : 'error',
    at: row.at,
    key: 'training(split)',
    value: `${row.name ?? ''} ${split}`.trim(),
    message:
      benchmark === null
        ? `\`${split}\` of ${nameOf(row)} is trained on, a split that others measure on, so that no number on it means anything afterwards. Train on the other splits.`
        : `The \`${split}\` split of ${benchmark.name} is trained on, so that a score of this model on the benchmark means nothing. Train on its training split, or leave it out.`,
  });
}

/** All of its rows are for measuring. What of them a part or a filter leaves is not followed, so that it is told more softly. */
function wholeBenchmark(row: Row, benchmark: string, run: TrainingRun): PlaceVerdict {
  const severity = row.taken.length === 0 ? 'error' : 'warning';
  return violated({
    severity: run.role === 'recipe' ? severity : 'notice',
    at: row.at,
    key: 'training(split)',
    value: `${row.name ?? ''} ${row.split ?? ''}`.trim(),
    message: `${nameOf(row)} is trained on, and all of it is the benchmark ${benchmark}${row.split === null || isHeldOut(row.split) ? '' : `, \`${row.split}\` too`}, so that a score of this model on it means nothing. Leave it out, and keep it for measuring.`,
  });
}
