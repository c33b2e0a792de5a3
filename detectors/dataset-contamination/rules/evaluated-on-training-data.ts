import type { Fix } from '../../../src/model/fix.js';
import { replaceValue } from '../../../src/model/fix.js';
import type { Location } from '../../../src/model/location.js';
import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import {
  met,
  notApplicable,
  overPlaces,
  type PlaceVerdict,
  type Severity,
  unknown,
  violated,
} from '../../../src/model/verdict.js';
import { evaluationOf } from '../../eval-absence/evaluation.js';
import { ownSplitOf } from '../own-split.js';
import type { Row, RunRows } from '../row.js';
import { nameOf, rowsOf } from '../rows.js';
import { relationOf } from '../splits.js';

/** A run is measured on rows that it does not train on. */
export const evaluatedOnTrainingData = defineRule({
  id: 'dataset-contamination/evaluated-on-training-data',
  title: 'The model is measured on the rows that it learns',
  severity: 'error',
  judge: (run) => overPlaces([judgeRun(run)], 'the run names no data to be measured on'),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  const { training, evaluation } = run.data;
  if (training !== null && evaluation !== null && training.written !== null && training.written === evaluation.written)
    return sameArgument(run, training.written);
  const rows = rowsOf(run);
  if (rows.evaluation === null && evaluation === null) return judgeOwnSplit(run);
  if (rows.evaluation === null || rows.training === null) return unknown('where the rows come from is not followed');
  return judgeRows(run, { training: rows.training, evaluation: rows.evaluation });
}

/** What the stack holds out it does not train on. */
function judgeOwnSplit(run: TrainingRun): PlaceVerdict {
  const split = ownSplitOf(run);
  if (split.state === 'split') return met(split.at);
  return split.state === 'unknown' ? unknown(split.reason) : notApplicable('the run names no data to be measured on');
}

function sameArgument(run: TrainingRun, written: string): PlaceVerdict {
  return violated({
    severity: severityOf(run),
    at: run.data.evaluation?.at ?? run.at,
    chain: [run.data.training?.at ?? run.at],
    key: 'eval_dataset',
    value: written,
    message: `\`${written}\` is what the model is trained on and what it is measured on, so that the numbers get better the more it learns by heart. Hand in rows that are kept away from training.`,
  });
}

type BothRows = { readonly [Use in keyof RunRows]: NonNullable<RunRows[Use]> };

function judgeRows(run: TrainingRun, { training, evaluation }: BothRows): PlaceVerdict {
  const pairs = evaluation.sources.flatMap((held) =>
    training.sources.map((learnt) => ({ held, learnt, relation: relationOf(held, learnt) })),
  );
  const learnt = pairs.find(({ relation }) => relation === 'same' || relation === 'within');
  if (learnt !== undefined) return learntRows(run, learnt.held, learnt.learnt, learnt.relation === 'same');
  if (pairs.some(({ relation }) => relation === 'unknown'))
    return unknown('which rows of the data set each of the two takes is not known');
  const [first] = evaluation.sources;
  return first === undefined ? unknown('no rows are named') : met(first.at);
}

function learntRows(run: TrainingRun, held: Row, learnt: Row, isSame: boolean): PlaceVerdict {
  const said =
    held.splitStated || run.data.evaluation !== null ? '' : ', because its split is `train` where none is named';
  return violated({
    severity: severityOf(run),
    at: placeOf(run, held, learnt),
    chain: [learnt.at],
    key: 'evaluation(split)',
    value: `${held.name ?? run.data.evaluation?.written ?? ''} ${held.split ?? ''}`.trim(),
    message: isSame
      ? `${nameOf(held)} is trained on and measured on, the same rows of it${said}. Name a split, or rows, that are kept away from training.`
      : `What is measured on are rows of ${nameOf(held)} that are trained on as well, so that the numbers get better the more the model learns by heart. Take them away from training.`,
    fix: run.stack === 'torchtune' ? shareFix(held, learnt) : null,
  });
}

/** The step that takes the rows to be measured on, else the split; where that is one place with the other, the argument. */
function placeOf(run: TrainingRun, held: Row, learnt: Row): Location {
  const taken = held.taken.at(learnt.taken.length)?.at;
  if (taken !== undefined) return taken;
  const isOnePlace = held.at.path === learnt.at.path && held.at.start === learnt.at.start;
  return isOnePlace ? (run.data.evaluation?.at ?? held.at) : held.at;
}

/** Data that is named and never looked at spoils no number. */
function severityOf(run: TrainingRun): Severity {
  const { state } = evaluationOf(run);
  return run.role === 'recipe' && (state === 'evaluated' || state === 'unknown') ? 'error' : 'notice';
}

/** Of one split with rows for both, the last twentieth is held out. */
function shareFix(held: Row, learnt: Row): Fix | null {
  const { split } = learnt;
  if (split === null || !/^\w+$/.test(split) || learnt.nameAt === null || held.nameAt === null) return null;
  const edit = (row: Row, value: string): Fix['edits'][number] | null => {
    if (row.splitStated) return replaceValue(row.at, value);
    return row.nameAt === null ? null : { kind: 'add-key', after: row.nameAt, key: 'split', value };
  };
  const edits = [edit(learnt, `${split}[:95%]`), edit(held, `${split}[95%:]`)];
  const complete = edits.filter((it) => it !== null);
  return complete.length < edits.length
    ? null
    : { applicability: 'unsafe', title: 'Hold out the last 5 % of the rows.', edits: complete };
}
