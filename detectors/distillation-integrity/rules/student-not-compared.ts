import { isEvaluationCommand } from '../../../src/model/evaluation-tools.js';
import type { Location } from '../../../src/model/location.js';
import { defineRule } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import { met, missing, notApplicable, overPlaces, type PlaceVerdict, unknown } from '../../../src/model/verdict.js';
import { evaluationOf } from '../../eval-absence/evaluation.js';
import { benchmarkOf } from '../../eval-absence/evidence.js';
import { distillingTrainer, isDistilled, learntFrom, NO_TEACHER, teacherOf } from '../distillation.js';

/** Teacher and student are measured alike, so that what was lost on the way shows. */
export const studentNotCompared = defineRule({
  id: 'distillation-integrity/student-not-compared',
  title: 'Student is not compared with its teacher',
  severity: 'notice',
  judge: (run) => overPlaces(isDistilled(run) ? [judgeRun(run)] : [], NO_TEACHER),
});

function judgeRun(run: TrainingRun): PlaceVerdict {
  const evaluation = evaluationOf(run);
  // The loss of these trainers is the distance to the teacher, on held-out rows too.
  if (evaluation.state === 'evaluated' && evaluation.by === 'trainer' && distillingTrainer(run) !== null) {
    return met(evaluation.at);
  }
  const names = teacherNames(run);
  const compared = names.length === 0 ? null : measuredAt(run, names);
  if (compared !== null) return met(compared);
  const benchmark = benchmarkOf(run);
  if (benchmark === null) return notApplicable('no benchmark of the run measures the student');
  if (names.length === 0) return unknown('which model is learned from is not known here');
  if (run.callsOpen !== null) return unknown(run.callsOpen);
  if (run.evaluatedElsewhere !== null) return unknown(`\`${run.evaluatedElsewhere}\` evaluates, perhaps the teacher`);
  return missing({
    severity: 'notice',
    at: benchmark,
    key: 'teacher evaluation',
    message: `The student is measured here, and its teacher \`${names[0]}\` nowhere, so a drop on the way does not show. Run the same tasks on the teacher once, and keep both results together.`,
  });
}

function teacherNames(run: TrainingRun): string[] {
  const own = teacherOf(run)?.load?.name;
  const asked = learntFrom(run).flatMap(({ teachers }) => teachers.flatMap(({ name }) => name ?? []));
  return [...(own?.state === 'literal' ? [own.value] : []), ...asked];
}

/** A command or a call that evaluates the teacher. */
function measuredAt({ commands, calls }: TrainingRun, names: readonly string[]): Location | null {
  const command = commands.find(
    ({ words }) => isEvaluationCommand(words) && words.some((word) => names.some((name) => word.includes(name))),
  );
  if (command !== undefined) return command.at;
  const call = calls.find(
    (it) =>
      /evaluat|lm_eval|lighteval/i.test(it.name) &&
      [...it.arguments.values()].some(
        (value) => value.state === 'literal' && names.some((name) => String(value.value).includes(name)),
      ),
  );
  return call?.at ?? null;
}
