import { pinOf } from '../../src/model/hub.js';
import type { RunCommand, TrainingRun } from '../../src/model/run.js';
import { met, missing, notApplicable, type PlaceVerdict, unknown } from '../../src/model/verdict.js';
import { teacherOf } from './distillation.js';

/** torchtune reads its teacher from a folder, so what pins it is the command that fills the folder. */
export function folderTeacher(run: TrainingRun): PlaceVerdict {
  const folder = folderOf(run);
  if (folder === null) return unknown('where the teacher lies is not known here');
  const download = run.commands.find((it) => fills(it, folder));
  if (download === undefined) return notApplicable('torchtune reads its teacher from a folder');
  const revision = valueBehind(download, '--revision');
  if (revision !== null && pinOf(revision) === 'commit') return met(download.at);
  if (revision?.includes('…') === true) return unknown('the revision is computed');
  return missing({
    severity: 'warning',
    at: download.at,
    key: 'teacher download',
    value: folder,
    message: `This downloads the teacher as it is on the day${download.words.includes('tune') ? ', and `tune download` has no way to say otherwise' : ''}. Use \`hf download … --revision <commit> --local-dir ${folder}\`.`,
  });
}

/** Null where it is computed. */
export function folderOf(run: TrainingRun): string | null {
  const name = teacherOf(run)?.load?.name;
  return name?.state === 'literal' ? name.value.replace(/\/+$/, '') : null;
}

/** `hf download X --local-dir FOLDER`, `tune download X --output-dir FOLDER`. */
export function fills(command: RunCommand, folder: string): boolean {
  const isDownload = /(?:^|\s)(?:hf|huggingface-cli|tune) download\s/.test(command.words.join(' '));
  const target = valueBehind(command, '--local-dir') ?? valueBehind(command, '--output-dir');
  return isDownload && target?.replace(/\/+$/, '') === folder;
}

function valueBehind({ words }: RunCommand, flag: string): string | null {
  const joined = words.find((word) => word.startsWith(`${flag}=`));
  if (joined !== undefined) return joined.slice(flag.length + 1);
  const at = words.indexOf(flag);
  return at === -1 ? null : (words[at + 1] ?? null);
}
