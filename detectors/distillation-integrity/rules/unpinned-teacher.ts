import type { GeneratedData, Teacher } from '../../../src/model/generated-data.js';
import { pinOf } from '../../../src/model/hub.js';
import { defineRule } from '../../../src/model/rule.js';
import type { ModelLoad, TrainingRun } from '../../../src/model/run.js';
import {
  type FaultInput,
  met,
  missing,
  notApplicable,
  overPlaces,
  type PlaceVerdict,
  unknown,
  violated,
} from '../../../src/model/verdict.js';
import { judgePin } from '../../base-model-versioning/pinning.js';
import { distillingTrainer, isDistilled, learntFrom, NO_TEACHER, teacherOf } from '../distillation.js';
import { hostedName } from '../hosted-models.js';
import { folderTeacher } from '../teacher-folder.js';

/** The model that is learned from is the same one next month. */
export const unpinnedTeacher = defineRule({
  id: 'distillation-integrity/unpinned-teacher',
  title: 'Teacher is whatever its name stands for on the day',
  severity: 'warning',
  judge(run) {
    if (!isDistilled(run)) return overPlaces([], NO_TEACHER);
    return overPlaces([...ownTeacher(run), ...learntFrom(run).flatMap(askedTeachers)], NO_TEACHER);
  },
});

/** The teacher that the trainer asks while it trains. */
function ownTeacher(run: TrainingRun): readonly PlaceVerdict[] {
  if (run.method !== 'distillation') return [];
  if (run.stack === 'axolotl') return [notApplicable('axolotl has no key for the teacher')];
  if (run.stack === 'torchtune') return [folderTeacher(run)];
  const teacher = teacherOf(run);
  if (teacher === null || teacher.given === 'nothing' || teacher.load === null) {
    return [unknown('which model is learned from is not known here')];
  }
  const { load } = teacher;
  const isAbsent = load.revision.state === 'absent';
  return [judgePin(load, run, { severity: 'warning', ...(isAbsent ? { message: absentMessage(load, run) } : {}) })];
}

function absentMessage(load: ModelLoad, run: TrainingRun): string {
  const name = load.name.state === 'literal' ? load.name.value : '';
  return `The student learns from whatever the default branch of \`${name}\` holds on the day, so nobody can train it again. ${orderFor(load, run)}; \`git ls-remote https://huggingface.co/${name} HEAD\` prints the newest one.`;
}

/** GKD and MiniLLM have no key for the revision, and read a dtype beside it where they load the teacher themselves. */
function orderFor(load: ModelLoad, run: TrainingRun): string {
  if (load.argumentsAt !== null) return 'Pass `revision=` with a commit';
  const trainer = distillingTrainer(run);
  return trainer === 'GKDTrainer' || trainer === 'MiniLLMTrainer'
    ? 'Load the teacher with `revision=` and a commit, and hand it in'
    : 'Set `teacher_model_revision` to a commit';
}

/** The models that a script asked for the rows. One that is asked in several places is one. */
function askedTeachers(data: GeneratedData): readonly PlaceVerdict[] {
  const distinct = new Map(data.teachers.map((it) => [`${it.kind} ${it.name} ${JSON.stringify(it.revision)}`, it]));
  return [...distinct.values()].map((it) => (it.kind === 'hosted' ? judgeHosted(it, data) : judgeWeights(it, data)));
}

function judgeHosted(teacher: Teacher, data: GeneratedData): PlaceVerdict {
  const { name } = teacher;
  if (name === null) return unknown(`which model \`${teacher.label}\` asks is not known here`);
  const kind = hostedName(name);
  if (kind === 'unknown') return unknown(`whether \`${name}\` moves is not known here`);
  if (kind === 'dated') return met(teacher.at);
  return violated({
    ...placeOf(teacher, data),
    message: `\`${data.name}\` is made of answers of \`${name}\`, a name that the vendor moves on to newer models. Ask for a dated one, such as the one that the response names in \`model\`, and keep it with the rows.`,
  });
}

function judgeWeights(teacher: Teacher, data: GeneratedData): PlaceVerdict {
  const { name, origin, revision } = teacher;
  if (name === null || origin === 'unknown') return unknown(`which model \`${teacher.label}\` loads is not known here`);
  if (origin === 'local') return notApplicable(`${teacher.label} loads from a local path`);
  if (revision === 'computed') return unknown('the revision is computed');
  if (revision === null) {
    return missing({
      ...placeOf(teacher, data),
      message: `\`${data.name}\` is made of answers of \`${name}\` as its default branch is on the day. Pass \`revision=\` with a commit; \`git ls-remote https://huggingface.co/${name} HEAD\` prints the newest one.`,
    });
  }
  const pin = pinOf(revision.value);
  if (pin !== 'moving') return met(revision.at, pin === 'commit' ? 1 : TAG_CREDIT);
  return violated({
    ...placeOf(teacher, data),
    at: revision.at,
    value: `${name}@${revision.value}`,
    message: `\`${revision.value}\` of \`${name}\` moves, so this revision pins nothing. Name the commit that the answers came from.`,
  });
}

/** A tag can be moved, but is not moved every week. */
const TAG_CREDIT = 0.5;

/** Where the rows say which model answered, they can at least be told apart. */
function placeOf({ at, label, name }: Teacher, { row }: GeneratedData): Omit<FaultInput, 'message'> {
  const severity = row?.namesTeacher === true ? 'notice' : 'warning';
  return { severity, at, key: `${label}(model)`, value: name };
}
