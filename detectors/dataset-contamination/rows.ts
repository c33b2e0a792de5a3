import type { Location } from '../../src/model/location.js';
import { type RunSettings, settingOf, type TrainingRun } from '../../src/model/run.js';
import type { DataSource } from '../../src/model/run-data.js';
import { isLiteral } from '../../src/model/setting.js';

/** What a run trains on, or is measured on. */
export interface Rows {
  /** At least one. */
  readonly sources: readonly Row[];
}

/** A source, with where its split stands or could stand. */
export interface Row extends DataSource {
  /** The key that names the data set, behind which a split can be written; null in code. */
  readonly nameAt: Location | null;
  /** Whether the split is written out, and not the stack's default. */
  readonly splitStated: boolean;
}

/** Null where there are none, or not all of them could be followed. */
export interface RunRows {
  readonly training: Rows | null;
  readonly evaluation: Rows | null;
}

export function rowsOf(run: TrainingRun): RunRows {
  switch (run.stack) {
    case 'axolotl':
      return {
        training: listed(run.settings, 'datasets', 'path'),
        evaluation: listed(run.settings, 'test_datasets', 'path', heldOutByAxolotl),
      };
    case 'torchtune':
      return { training: component(run.settings, 'dataset'), evaluation: component(run.settings, 'dataset_val') };
    case 'llama-factory':
      return { training: registered(run.settings, 'dataset'), evaluation: registered(run.settings, 'eval_dataset') };
    case 'trl-cli':
      return trlRows(run.settings);
    case 'trl-recipe':
    case 'hf-trainer':
      return { training: listed(run.settings, 'dataset_mixture.datasets', 'id'), evaluation: null };
    default:
      return { training: inCode(run.data.training?.sources), evaluation: inCode(run.data.evaluation?.sources) };
  }
}

function inCode(sources: readonly DataSource[] | null | undefined): Rows | null {
  if (sources == null || sources.length === 0) return null;
  return { sources: sources.map((it) => ({ ...it, nameAt: null, splitStated: it.split !== null })) };
}

/** Of what is listed for measuring axolotl takes the split `test`; a single file has one split, which is `train`. */
function heldOutByAxolotl(name: string): string {
  return /\.(?:jsonl?|csv|parquet|arrow|txt)$/.test(name) && !/^https?:/.test(name) ? 'train' : 'test';
}

/** A list of maps, each with a name, a split and perhaps files. */
function listed(
  settings: RunSettings,
  list: string,
  nameKey: string,
  standard: (name: string) => string = () => 'train',
): Rows | null {
  if (settings.open !== null) return null;
  const pattern = new RegExp(`^${list.replaceAll('.', '\\.')}\\.(\\d+)\\.`);
  const indices = new Set([...settings.stated.keys()].flatMap((key) => pattern.exec(key)?.[1] ?? []));
  const rows = [...indices]
    .sort((a, b) => Number(a) - Number(b))
    .map((index) => rowAt(settings, `${list}.${index}`, nameKey, ['name', 'config'], standard));
  return rows.length === 0 || rows.some((it) => it === null) ? null : { sources: rows.flatMap((it) => it ?? []) };
}

/** torchtune hands what it does not know to `load_dataset`, whose split is `train` unless it is told. */
function component(settings: RunSettings, key: string): Rows | null {
  if (settings.open !== null) return null;
  const named = settingOf(settings, `${key}.source`).setting.state === 'absent' ? '_component_' : 'source';
  const row = rowAt(settings, key, named, ['name'], () => 'train');
  return row === null ? null : { sources: [row] };
}

function rowAt(
  settings: RunSettings,
  key: string,
  nameKey: string,
  configurationKeys: readonly string[],
  standard: (name: string) => string,
): Row | null {
  const text = (name: string): { value: string; at: Location } | null | undefined => {
    const { setting } = settingOf(settings, `${key}.${name}`);
    if (setting.state === 'absent') return undefined;
    return isLiteral(setting) ? { value: String(setting.value), at: setting.at } : null;
  };
  const name = text(nameKey);
  const [files, split] = [text('data_files'), text('split')];
  const configuration = configurationKeys.map(text).find((it) => it !== undefined);
  if (name == null || files === null || split === null || configuration === null) return null;
  return {
    name: files === undefined ? name.value : `${name.value} ${files.value}`,
    configuration: configuration?.value ?? null,
    split: split?.value ?? standard(name.value),
    part: null,
    isSubset: ['shards', 'fraction', 'weight'].some(
      (it) => settingOf(settings, `${key}.${it}`).setting.state !== 'absent',
    ),
    at: split?.at ?? name.at,
    nameAt: settings.stated.get(`${key}.${nameKey}`)?.stated ?? null,
    splitStated: split !== undefined,
  };
}

/** Names of a registry, behind commas; how each is split stands there. */
function registered(settings: RunSettings, key: string): Rows | null {
  const { setting } = settingOf(settings, key);
  if (!isLiteral(setting)) return null;
  const names = [setting.value].flat().flatMap((it) => String(it).split(','));
  const known = names.map((it) => it.trim()).filter((it) => it !== '');
  if (known.length === 0) return null;
  return {
    sources: known.map((name) => ({
      name,
      configuration: null,
      split: 'all',
      part: null,
      isSubset: false,
      at: setting.at,
      nameAt: null,
      splitStated: true,
    })),
  };
}

/** `trl sft` and its like: one data set with a split for each use, or a mixture. */
function trlRows(settings: RunSettings): RunRows {
  const name = settingOf(settings, 'dataset_name').setting;
  // A mixture wins over a single data set that is named beside it.
  const mixture = listed(settings, 'datasets', 'path');
  if (mixture !== null || !isLiteral(name) || settings.open !== null) return { training: mixture, evaluation: null };
  const configuration = settingOf(settings, 'dataset_config').setting;
  if (configuration.state === 'dynamic') return { training: null, evaluation: null };
  const use = (key: string, standard: string): Rows | null => {
    const { setting } = settingOf(settings, key);
    if (setting.state === 'dynamic') return null;
    const row: Row = {
      name: String(name.value),
      configuration: isLiteral(configuration) ? String(configuration.value) : null,
      split: isLiteral(setting) ? String(setting.value) : standard,
      part: null,
      isSubset: false,
      at: isLiteral(setting) ? setting.at : name.at,
      nameAt: settings.stated.get('dataset_name')?.stated ?? null,
      splitStated: isLiteral(setting),
    };
    return { sources: [row] };
  };
  return { training: use('dataset_train_split', 'train'), evaluation: use('dataset_test_split', 'test') };
}
