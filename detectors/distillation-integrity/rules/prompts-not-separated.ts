import type { GeneratedData } from '../../../src/model/generated-data.js';
import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import type { DataSource } from '../../../src/model/run-data.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import type { Row } from '../../dataset-contamination/row.js';
import { rowsOf } from '../../dataset-contamination/rows.js';
import { relationOf } from '../../dataset-contamination/splits.js';
import { isDistilled, learntFrom, NO_TEACHER } from '../distillation.js';

/** What the teacher answered is kept apart from what the student is measured on. */
export const promptsNotSeparated = defineRule({
  id: 'distillation-integrity/prompts-not-separated',
  title: 'The student is measured on what the teacher answered',
  severity: 'error',
  judge: (run) => overPlaces(isDistilled(run) ? [judgeRun(run)] : [], NO_TEACHER),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  const rows = rowsOf(run);
  const held = rows.evaluation?.sources ?? [];
  if (held.length === 0) {
    return run.data.evaluation === null
      ? notApplicable('the run names no data to be measured on')
      : unknown('where the rows that it is measured on come from is not followed');
  }
  const leak = learntFrom(run).flatMap((data) => leaksOf(data, held))[0];
  if (leak !== undefined) return leaked(leak);
  const answered = held.find((it) => isAnswered(run, it));
  return answered === undefined ? judgeSplit(run, held) : measuredOnAnswers(run, answered);
}

interface Leak {
  readonly data: GeneratedData;
  readonly prompts: DataSource;
  readonly held: Row;
}

/** The same split of the same data set: the teacher answers it for training, and the student is then measured on it. */
function leaksOf(data: GeneratedData, held: readonly Row[]): Leak[] {
  return data.prompts.flatMap((prompts) =>
    held.flatMap((it) => (relationOf(prompts, it) === 'same' ? [{ data, prompts, held: it }] : [])),
  );
}

function leaked({ data, prompts, held }: Leak): PlaceVerdict {
  return violated({
    severity: 'error',
    at: prompts.at,
    chain: [held.at],
    key: 'prompts',
    value: `${prompts.name} ${prompts.split ?? ''}`.trim(),
    message: `The teacher answers \`${prompts.split}\` of \`${prompts.name}\` for \`${data.name}\`, and the student, which trains on that, is measured on the same rows. Ask about another split.`,
  });
}

function isAnswered({ generated }: TrainingRun, { name }: Row): boolean {
  return generated.some((it) => it.name === name);
}

/** Its score is then how well it imitates, whether or not the teacher was right. */
function measuredOnAnswers({ generated }: TrainingRun, held: Row): PlaceVerdict {
  const by = generated.find(({ name }) => name === held.name)?.by;
  return violated({
    severity: 'notice',
    at: held.nameAt ?? held.at,
    key: 'evaluation rows',
    value: held.name,
    message: `The student is measured on answers of its teacher, which \`${by}\` makes, so the score says how well it imitates and not how well it does. Measure it on rows with answers that are known to be right, too.`,
  });
}

function judgeSplit(run: TrainingRun, held: readonly Row[]): PlaceVerdict {
  const { training } = rowsOf(run);
  const [first] = held;
  if (training === null || first === undefined) return unknown('where the rows come from is not followed');
  const relations = held.flatMap((it) => training.sources.map((learnt) => relationOf(it, learnt)));
  if (relations.some((it) => it !== 'disjoint' && it !== 'unknown')) {
    return notApplicable('told by dataset-contamination');
  }
  return relations.includes('unknown') ? unknown('which rows each of the two takes is not known') : met(first.at);
}
