import { pinOf } from '../../../src/model/hub.js';
import { defineRule } from '../../../src/model/rule.js';
import type { ModelLoad, RunCall, TrainingRun } from '../../../src/model/run.js';
import { chainOf, isLiteral, type Setting } from '../../../src/model/setting.js';
import {
  met,
  missing,
  notApplicable,
  overPlaces,
  type PlaceVerdict,
  unknown,
  violated,
} from '../../../src/model/verdict.js';

/** The data a run reads from the hub is named with the commit it had. */
export const datasetNotPinned = defineRule({
  id: 'run-lineage/dataset-not-pinned',
  title: 'Dataset is read from a moving branch',
  severity: 'notice',
  judge(run) {
    const recorded = run.calls.find((call) => recordsData(call));
    if (recorded !== undefined) return overPlaces([met(recorded.at)], '');
    return overPlaces(
      run.loads.flatMap((load) => (load.what === 'dataset' ? [judgeLoad(load, run)] : [])),
      'the run loads no dataset by name, or its stack has no way to pin one',
    );
  },
});

/** A tag can be moved, but is not moved every week. */
const TAG_CREDIT = 0.5;

/** Calls that put a snapshot or a fingerprint of the data into the record of the run. */
function recordsData(call: RunCall): boolean {
  if (/^(?:mlflow\.log_input|dvc\.api\.\w+)$/.test(call.name) || /^\.(?:log_input|use_artifact)$/.test(call.name)) {
    return true;
  }
  const type = call.arguments.get('type') ?? call.arguments.get('1');
  return call.name === 'wandb.Artifact' && type !== undefined && isLiteral(type, 'dataset');
}

/** Readers of files, which `load_dataset` takes in place of a name. */
const BUILDERS =
  /^(?:json|csv|parquet|text|arrow|xml|pandas|sql|spark|generator|hdf5|lance|(?:image|audio|video|pdf|nifti)folder|webdataset)$/;

function judgeLoad(load: ModelLoad, run: TrainingRun): PlaceVerdict {
  const { name, revision, open } = load;
  if (isLiteral(name) && BUILDERS.test(name.value)) return judgeFiles(load, run);
  if (load.origin === 'local') return notApplicable(`${load.label} reads a local path`);
  if (name.state !== 'literal' || load.origin === 'unknown' || name.byDefault === true)
    return unknown(`what ${load.label} reads is not known here`);
  if (revision.state === 'inexpressible') return notApplicable(revision.reason);
  if (revision.state === 'dynamic' || (revision.state === 'literal' && revision.byDefault === true))
    return unknown('the revision is said elsewhere');
  if (revision.state === 'literal') return judgeRevision(load, name.value, revision);
  if (open !== null) return unknown(`${load.label} takes arguments that could not be read: ${open.expression}`);
  return hashes(run) ?? missing({ ...place(load, name.value), message: absentMessage(load, name.value) });
}

function judgeRevision(
  load: ModelLoad,
  name: string,
  revision: Extract<Setting<string>, { state: 'literal' }>,
): PlaceVerdict {
  const pin = pinOf(revision.value);
  if (pin !== 'moving') return met(revision.at, pin === 'commit' ? 1 : TAG_CREDIT);
  return violated({
    ...place(load, `${name}@${revision.value}`),
    at: revision.at,
    chain: chainOf(revision),
    message: `\`${revision.value}\` of the dataset \`${name}\` moves, so this revision pins nothing. Name the commit this run was trained on; ${findCommit(name)}.`,
  });
}

/** `load_dataset("json", data_files="hf://datasets/acme/dialogs@…/train.jsonl")`. */
function judgeFiles(load: ModelLoad, run: TrainingRun): PlaceVerdict {
  const call = run.calls.find((it) => it.at.path === load.at.path && it.at.start === load.at.start);
  const files = call?.arguments.get('data_files');
  const remote =
    files === undefined ? null : /^hf:\/\/datasets\/([\w.-]+\/[\w.-]+)(?:@([^/]+))?\//.exec(firstText(files));
  if (remote === null) return notApplicable(`${load.label} reads files`);
  const [, name = '', revision = ''] = remote;
  if (revision !== '' && pinOf(decodeURIComponent(revision)) === 'commit') return met(load.at);
  if (revision !== '' && pinOf(decodeURIComponent(revision)) === 'tag') return met(load.at, TAG_CREDIT);
  return missing({
    ...place(load, name),
    message: `The files come from the default branch of \`${name}\`, which moves. Write \`hf://datasets/${name}@<commit>/…\`; ${findCommit(name)}.`,
  });
}

/** Something is hashed in reach of the run: it may well be the data. */
function hashes(run: TrainingRun): PlaceVerdict | null {
  const hashing = run.calls.some((call) => /^hashlib\.\w+$/.test(call.name));
  return hashing ? unknown('the run hashes something, which may be the data') : null;
}

function place(
  load: ModelLoad,
  value: string,
): Pick<Parameters<typeof missing>[0], 'severity' | 'at' | 'chain' | 'key' | 'value'> {
  return { severity: 'notice', at: load.at, chain: chainOf(load.name), key: `${load.key}(revision)`, value };
}

function absentMessage(load: ModelLoad, name: string): string {
  const order = load.argumentsAt === null ? 'Add a `revision` beside it with' : 'Pass `revision=` with';
  return `${load.label} reads \`${name}\` from its default branch, which changes under the same name. ${order} the commit this run was trained on; ${findCommit(name)}.`;
}

/** The command that prints the newest commit of a dataset, without any library. */
function findCommit(name: string): string {
  return `\`git ls-remote https://huggingface.co/datasets/${name} HEAD\` prints the newest one`;
}

function firstText(setting: Setting): string {
  const value = setting.state === 'literal' ? [setting.value].flat()[0] : '';
  return typeof value === 'string' ? value : '';
}
