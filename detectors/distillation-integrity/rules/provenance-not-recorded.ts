import type { GeneratedData } from '../../../src/model/generated-data.js';
import { pinOf } from '../../../src/model/hub.js';
import { defineRule } from '../../../src/model/rule.js';
import { settingOf, type TrainingRun } from '../../../src/model/run.js';
import { met, missing, notApplicable, overPlaces, type PlaceVerdict, unknown } from '../../../src/model/verdict.js';
import { isDistilled, learntFrom, NO_TEACHER, teacherOf } from '../distillation.js';
import { fills, folderOf } from '../teacher-folder.js';

/** Rows say where they come from: which model answered, at which revision, and how it was asked. */
export const provenanceNotRecorded = defineRule({
  id: 'distillation-integrity/provenance-not-recorded',
  title: 'Nothing says which model the answers come from',
  severity: 'warning',
  judge(run) {
    if (!isDistilled(run)) return overPlaces([], NO_TEACHER);
    return overPlaces([...learntFrom(run).map(judgeRows), ...judgeFile(run)], 'no rows are made by a teacher here');
  },
});

function judgeRows({ row, name, by }: GeneratedData): PlaceVerdict {
  if (row === null) return unknown(`how \`${by}\` puts its rows together is not seen`);
  if (row.namesTeacher) return met(row.at);
  return missing({
    severity: 'warning',
    // A file beside the rows may say it without this script.
    confidence: 'medium',
    at: row.at,
    key: `rows of ${name}`,
    message: `The rows of \`${name}\` do not say which model answered, so nobody can tell later what they were made with. Write the model, its revision, the temperature and the seed into each row, or into a file beside them.`,
  });
}

function judgeFile(run: TrainingRun): readonly PlaceVerdict[] {
  if (run.method !== 'distillation') return [];
  if (run.stack === 'axolotl') return [judgeAxolotl(run)];
  return run.stack === 'torchtune' ? [judgeFolder(run)] : [];
}

/** Logits were computed before, or come from a server; a data set that is pinned has a card that says by whom. */
function judgeAxolotl({ settings }: TrainingRun): PlaceVerdict {
  const server = settingOf(settings, 'kd_online_server_base_url');
  const revisions = [...settings.stated].filter(([key]) => /^datasets\.\d+\.revision$/.test(key));
  const pinned = revisions.find(
    ([, { setting }]) => setting.state === 'literal' && pinOf(String(setting.value)) === 'commit',
  );
  const isServed = server.setting.state !== 'absent';
  if (!isServed && pinned !== undefined) return met(pinned[1].stated ?? settings.at);
  if (settings.open !== null) return unknown(settings.open);
  const { stated } = settingOf(settings, 'kd_trainer');
  return missing({
    severity: 'notice',
    at: (isServed ? server.stated : stated) ?? settings.at,
    key: isServed ? 'kd_online_server_base_url' : 'kd_trainer',
    message: isServed
      ? 'The teacher is whatever model that server holds, and nothing here says which. Keep its name and revision with the run, as in the notes of the tracker.'
      : 'The logits come from a teacher that nothing here names. Pin the data set with `revision`, and name the teacher and its revision in its card.',
  });
}

/** A folder may hold anything; a name such as `Llama-3.1-8B-Instruct` says at least what it is meant to hold. */
function judgeFolder(run: TrainingRun): PlaceVerdict {
  const folder = folderOf(run);
  const teacher = teacherOf(run);
  if (folder === null || teacher === null) return unknown('where the teacher lies is not known here');
  const download = run.commands.find((it) => fills(it, folder));
  if (download !== undefined) return met(download.at);
  if (/\d[bB](?:[-_.]|$)/.test(folder.slice(folder.lastIndexOf('/') + 1))) {
    return notApplicable('the folder bears the name of a model');
  }
  return missing({
    severity: 'notice',
    at: teacher.at,
    key: 'teacher_checkpointer.checkpoint_dir',
    message: `\`${folder}\` says nothing of the model that lies there, and no script of the run downloads it. Name the model and its revision beside it, or in the script that fills the folder.`,
  });
}
