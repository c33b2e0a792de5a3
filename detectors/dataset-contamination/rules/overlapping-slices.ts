import { type Fix, replaceValue } from '../../../src/model/fix.js';
import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import type { Row } from '../row.js';
import { nameOf, rowsOf } from '../rows.js';
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
  const pairs = evaluation.sources.flatMap((held) =>
    training.sources.map((learnt) => ({ held, learnt, relation: relationOf(held, learnt) })),
  );
  const sliced = pairs.filter(({ held, learnt }) => isOfOneSplit(held, learnt));
  const [first] = sliced;
  if (first === undefined) return notApplicable('the run takes no slices of one split');
  const wrong = sliced.find(({ relation }) => relation === 'overlapping' || relation === 'around');
  if (wrong !== undefined) return faultOf(run, wrong.held, wrong.learnt);
  return sliced.some(({ relation }) => relation === 'unknown')
    ? unknown('which rows the slices hold is not known')
    : met(first.held.at);
}

/** Whether both are of one split, and at least one of them is not all of it. */
function isOfOneSplit(a: Row, b: Row): boolean {
  if (a.origin !== b.origin) return false;
  const [left, right] = [sliceOf(a.split ?? ''), sliceOf(b.split ?? '')];
  const isSliced = [a, b].some(({ split, taken }) => /\[/.test(split ?? '') || taken.some((it) => it.kind === 'range'));
  return isSliced && (a.split === b.split || (left !== null && left.base === right?.base));
}

function faultOf(run: TrainingRun, held: Row, learnt: Row): PlaceVerdict {
  const [one, other] = [written(held), written(learnt)];
  return violated({
    severity: run.role === 'recipe' ? 'warning' : 'notice',
    at: held.taken.at(-1)?.at ?? held.at,
    chain: [learnt.taken.at(-1)?.at ?? learnt.at],
    key: 'evaluation(slice)',
    value: `${one} and ${other}`,
    message: `${one} and ${other} of ${nameOf(held)} have rows in common, which are trained on and measured on. Let one end where the other begins.`,
    fix: touchingFix(held, learnt),
  });
}

/** `train[:90%]`, or the rows that are taken of it. */
function written({ split, taken }: Row): string {
  const last = taken.at(-1);
  if (last?.kind !== 'range') return taken.length > 0 ? 'some rows' : split === null ? 'all rows' : `\`${split}\``;
  return last.to === null ? `the rows from ${last.from} on` : `the rows ${last.from} to ${last.to}`;
}

/** The part that is measured on begins where the one that is trained on ends. */
function touchingFix(held: Row, learnt: Row): Fix | null {
  const [a, b] = [sliceOf(held.split ?? ''), sliceOf(learnt.split ?? '')];
  if (a === null || b === null || a.unit !== b.unit || !held.splitStated || held.taken.length > 0) return null;
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
