import { defineRule } from '../../../src/model/rule.js';
import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import type { LiteralSetting } from '../../../src/model/setting.js';
import { met, notApplicable, overPlaces, type PlaceVerdict, unknown, violated } from '../../../src/model/verdict.js';
import { distillingTrainer, NO_TEACHER, teacherOf } from '../distillation.js';
import { componentFamily, hubFamily } from '../tokenizer-families.js';

/** Teacher and student are two models with one vocabulary, since their distributions are compared token by token. */
export const mismatchedTeacher = defineRule({
  id: 'distillation-integrity/mismatched-teacher',
  title: 'Teacher and student cannot be compared',
  severity: 'error',
  judge(run) {
    if (run.method !== 'distillation') return overPlaces([], NO_TEACHER);
    return overPlaces([run.stack === 'torchtune' ? judgeComponents(run) : judgeNames(run)], NO_TEACHER);
  },
});

interface Model {
  readonly name: string;
  readonly family: string | null;
}

/** torchtune says in its components of which family a model is. */
function judgeComponents(run: TrainingRun): PlaceVerdict {
  const teacher = componentAt(run, 'teacher_model._component_');
  const student = componentAt(run, 'model._component_');
  if (teacher === null || student === null) return unknown('the components are not known here');
  const models = [student, teacher].map(({ value }) => ({
    name: String(value),
    family: componentFamily(String(value)),
  }));
  return compare(models as [Model, Model], { at: teacher.at, key: 'teacher_model._component_' }) ?? met(teacher.at);
}

function componentAt({ settings }: TrainingRun, key: string): LiteralSetting | null {
  const { setting } = settingOf(settings, key);
  return setting.state === 'literal' ? setting : null;
}

function judgeNames(run: TrainingRun): PlaceVerdict {
  // GOLD aligns two tokenizers.
  if (distillingTrainer(run) === 'GOLDTrainer') return notApplicable('GOLD compares models of two vocabularies');
  const teacher = teacherOf(run);
  const [student, taught] = [
    nameOf(run.parts.find(({ part }) => part === 'policy')?.load?.name),
    nameOf(teacher?.load?.name),
  ];
  if (teacher === null || student === null || taught === null) return unknown('teacher and student are not known here');
  if (student === taught) return judgeTwins(run, taught);
  if (distillingTrainer(run) === null) return unknown('how the two are compared is not known here');
  const models: [Model, Model] = [
    { name: student, family: hubFamily(student) },
    { name: taught, family: hubFamily(taught) },
  ];
  return compare(models, { at: teacher.at, key: 'teacher_model' }) ?? met(teacher.at);
}

function nameOf(name: NonNullable<TrainingRun['parts'][number]['load']>['name'] | undefined): string | null {
  return name?.state === 'literal' && name.byDefault !== true ? name.value : null;
}

/** One model at two revisions may be one from before and one from after. */
function judgeTwins(run: TrainingRun, name: string): PlaceVerdict {
  const teacher = teacherOf(run);
  const policy = run.parts.find(({ part }) => part === 'policy');
  const isPinned = [teacher, policy].some((it) => it?.load?.revision.state !== 'absent');
  if (teacher === null || isPinned) return unknown('the two may be at different revisions');
  return violated({
    severity: 'warning',
    at: teacher.at,
    chain: policy === undefined ? [] : [policy.at],
    key: 'teacher_model',
    value: name,
    message: `\`${name}\` is teacher and student, so there is nothing to learn from it that the student does not know. Name a larger or a better teacher.`,
  });
}

function compare(
  [student, teacher]: readonly [Model, Model],
  place: { readonly at: LiteralSetting['at']; readonly key: string },
): PlaceVerdict | null {
  if (student.family === null || teacher.family === null) return unknown('the vocabularies are not known here');
  if (student.family === teacher.family) return null;
  return violated({
    severity: 'error',
    ...place,
    value: `${student.family}, ${teacher.family}`,
    message: `The student \`${student.name}\` has the vocabulary of ${student.family} and the teacher \`${teacher.name}\` that of ${teacher.family}, and the loss compares their distributions over one vocabulary. Take a teacher of the student's family, or a trainer that aligns two, such as \`GOLDTrainer\`.`,
  });
}
