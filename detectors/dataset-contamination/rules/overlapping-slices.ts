import { type Fix, replaceValue } from '../../../src/model/fix.js';
import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { type Row, rowsOf } from '../rows.js';
import { relationOf, sliceOf } from '../splits.js';

/** Slices of one split end where the next begins. */
export const overlappingSlices = defineRule({
  id: 'dataset-contamination/overlapping-slices',
  title: 'Slices for training and for measuring overlap',
  severity: 'warning',
  judge: (run) => overPlaces([judgeRun(run)], 'the run takes no slices of one split'),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  const { training, evaluation } = rowsOf(run);
  if (training === null || evaluation === null) return notApplicable('the run takes no slices of one split');
  const pairs = evaluation.sources.flatMap((held) => training.sources.map((learnt) => ({ held, learnt })));
  const sliced = pairs.filter(({ held, learnt }) => isOfOneSplit(held, learnt));
  const [first] = sliced;
  if (first === undefined) return notApplicable('the run takes no slices of one split');
  const wrong = sliced.find(({ held, learnt }) => relationOf(held, learnt) === 'overlapping');
  if (wrong !== undefined) return faultOf(run, wrong.held, wrong.learnt);
  return sliced.some(({ held, learnt }) => relationOf(held, learnt) === 'unknown')
    ? unknown('which rows the slices hold is not known')
    : met(first.held.at);
}

function isOfOneSplit(a: Row, b: Row): boolean {
  const [left, right] = [sliceOf(a.split ?? ''), sliceOf(b.split ?? '')];
  const isSliced = /\[/.test(a.split ?? '') || /\[/.test(b.split ?? '');
  return isSliced && a.name === b.name && left !== null && left.base === right?.base;
}

function faultOf(run: TrainingRun, held: Row, learnt: Row): PlaceVerdict {
  return violated({
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    at: held.at,
    chain: [learnt.at],
    key: 'evaluation(slice)',
    value: `${held.split} and ${learnt.split}`,
    message: `\`${held.split}\` and \`${learnt.split}\` have rows in common, which are trained on and measured on. Let one end where the other begins.`,
    fix: touchingFix(held, learnt),
  });
}

/** The part that is measured on begins where the one that is trained on ends. */
function touchingFix(held: Row, learnt: Row): Fix | null {
  const [a, b] = [sliceOf(held.split ?? ''), sliceOf(learnt.split ?? '')];
  if (a === null || b === null || a.unit !== b.unit || !held.splitStated) return null;
  // Only a slice that goes on to the end can begin later and still have rows.
  const goesOn = /:\]$/.test(held.split ?? '') && b.from === 0 && a.from < b.to && Number.isFinite(b.to);
  if (!goesOn) return null;
  const unit = a.unit === '%' ? '%' : '';
  return {
    applicability: 'unsafe',
    title: 'Begin where the rows for training end.',
    edits: [replaceValue(held.at, `${a.base}[${b.to}${unit}:]`)],
  };
}
