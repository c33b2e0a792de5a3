import type { Location } from '../../../src/model/location.js';
import { isNotebook } from '../../../src/model/notebook-path.js';
import { defineComparingRule, type Sibling } from '../../../src/model/rule.js';
import type { TrainingRun } from '../../../src/model/run.js';
import { met, overPlaces, type PlaceVerdict, type Severity, unknown, violated } from '../../../src/model/verdict.js';
import { outputFolderOf, startedFrom } from '../output-folder.js';

/** What is kept of a run for the others: the folder it writes to. */
type Writer = {
  readonly folder: string;
  readonly from: string;
  readonly method: string;
  readonly file: string;
  readonly at: Location;
};

/** No two runs of the repository write to one folder. */
export const sharedOutputDir = defineComparingRule<Writer>({
  id: 'checkpoint-management/shared-output-dir',
  title: 'Two runs write to one folder',
  severity: 'warning',
  project: (run) => {
    const folder = outputFolderOf(run);
    const [file] = run.files;
    if (folder.state !== 'constant' || file === undefined || !outlivesTheRun(folder.path, file)) return null;
    return { folder: folder.path, from: startedFrom(run), method: run.method, file, at: folder.at };
  },
  judge: (run, _options, siblings) => overPlaces([judgeFolder(run, siblings)], 'the run names no folder'),
});

function judgeFolder(run: TrainingRun, siblings: readonly Sibling<Writer>[]): PlaceVerdict {
  const folder = outputFolderOf(run);
  if (folder.state === 'unknown') return unknown(folder.reason);
  if (folder.state === 'run-scoped') return met(folder.at);
  if (!outlivesTheRun(folder.path, run.files[0] ?? '')) return unknown('each run may have this folder to itself');
  const from = startedFrom(run);
  const sharing = siblings.filter(
    ({ projection: it }) =>
      it.folder === folder.path && (it.from === from || it.folder.startsWith('/')) && it.file !== run.files[0],
  );
  // The folder is the first run's; the others are told, so that a new run is one finding and not two.
  const owner = sharing.find((it) => it.run < run.id);
  if (owner === undefined) return met(folder.at);
  return violated({
    severity: severityOf(run, owner.projection, sharing.length),
    at: folder.at,
    chain: [...folder.chain, owner.projection.at],
    key: 'output_dir',
    value: folder.path,
    message: `\`${run.files[0]}\` and \`${owner.projection.file}\` both write to \`${folder.path}\`, so that the later run resumes from, or overwrites, checkpoints of the other. Give each a folder of its own.`,
  });
}

/**
 * Whether two runs meet in a folder of this name. A container has its own `/output`, as a hosted notebook has its own disk,
 * and a notebook is run wherever it is opened.
 */
function outlivesTheRun(folder: string, file: string): boolean {
  return !isNotebook(file) && !OF_A_CONTAINER.test(folder);
}

const OF_A_CONTAINER = /^\/(?:[^/]*$|(?:opt\/ml|workspace|content|kaggle|tmp|outputs?|app)\/)/;

/**
 * Two methods never belong in one folder; two settings of one method may be tried one after the other. Where many share it,
 * nobody runs them side by side.
 */
function severityOf(run: TrainingRun, owner: Writer, others: number): Severity {
  const known = run.method !== 'unknown' && owner.method !== 'unknown';
  return run.role === 'recipe' && known && owner.method !== run.method && others === 1 ? 'warning' : 'notice';
}
