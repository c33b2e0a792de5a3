import type { GeneratedData, Teacher } from '../model/generated-data.js';
import type { RegisteredDataset, RunSettings, Stack } from '../model/run.js';
import type { RunData } from '../model/run-data.js';
import { folderOf } from './folders.js';
import { type LocalNames, originOf } from './origin.js';
import type { TreeView } from './tree/tree-view.js';

/** Data that a run names, by what it is for. */
export interface NamedData {
  readonly name: string;
  readonly use: GeneratedData['use'];
}

/** Which of its data scripts of the tree have made of the answers of models. */
export function generatedData(named: readonly NamedData[], folder: string, tree: TreeView): GeneratedData[] {
  const distinct = new Map(named.map((it) => [`${it.use} ${it.name}`, it]));
  return [...distinct.values()].flatMap(({ name, use }) =>
    tree.generating(name, folder).map(({ path, script }) => {
      const { row, prompts } = script;
      const local: LocalNames = { tree, folder: folderOf(path), written: new Set(script.outputs) };
      const teachers = script.teachers.map((it) => ({ ...it, origin: originOfTeacher(it, local) }));
      return { name, use, by: path, teachers, row, prompts };
    }),
  );
}

function originOfTeacher({ kind, name }: Teacher, local: LocalNames): Teacher['origin'] {
  return kind === 'hosted' || name === null ? 'unknown' : originOf(name, local);
}

/** What code hands to a trainer. */
export function dataInCode({ training, evaluation }: RunData): NamedData[] {
  const named = (use: NamedData['use'], sources: NonNullable<RunData['training']>['sources'] | undefined) =>
    (sources ?? []).flatMap(({ name }) => (name === null ? [] : [{ name, use }]));
  return [...named('training', training?.sources), ...named('evaluation', evaluation?.sources)];
}

const TRL_DATA = /^(?:dataset_name|train_file|(?:dataset_mixture\.)?datasets\.\d+\.(?:id|path|data_files))$/;

const DATA_KEYS: Partial<Record<Stack, { readonly training: RegExp; readonly evaluation: RegExp }>> = {
  axolotl: {
    training: /^(?:datasets\.\d+\.(?:path|data_files)|pretraining_dataset\.\d+\.path)$/,
    evaluation: /^test_datasets\.\d+\.(?:path|data_files)$/,
  },
  torchtune: {
    training: /^dataset\.(?:source|data_files)$/,
    evaluation: /^dataset_val\.(?:source|data_files)$/,
  },
  'trl-cli': { training: TRL_DATA, evaluation: /^eval_dataset_name$/ },
  'trl-recipe': { training: TRL_DATA, evaluation: /^eval_dataset_name$/ },
  'hf-trainer': { training: /^(?:train_file|dataset_name|data_path)$/, evaluation: /^validation_file$/ },
};

/** What a configuration names, also by way of a registry. */
export function dataInSettings(
  stack: Stack,
  { stated }: RunSettings,
  registered: readonly RegisteredDataset[],
): NamedData[] {
  const keys = DATA_KEYS[stack];
  const named = [...stated].flatMap(([key, { setting }]): NamedData[] => {
    const use = keys?.training.test(key) ? 'training' : keys?.evaluation.test(key) ? 'evaluation' : null;
    if (use === null || setting.state !== 'literal') return [];
    return [setting.value].flat().map((name) => ({ name: String(name), use }));
  });
  return [...named, ...registered.flatMap(registeredFile)];
}

/** The file of an entry lies beside its registry. */
function registeredFile({ at, entry }: RegisteredDataset): NamedData[] {
  const file = entry.stated.get('file_name')?.setting;
  if (file?.state !== 'literal') return [];
  const folder = folderOf(at.path);
  return [{ name: folder === '' ? String(file.value) : `${folder}/${String(file.value)}`, use: 'training' }];
}
