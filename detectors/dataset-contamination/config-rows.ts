import type { Location } from '../../src/model/location.js';
import { type RegisteredDataset, type RunSettings, settingOf, type TrainingRun } from '../../src/model/run.js';
import { originNamed, type Taking } from '../../src/model/run-data.js';
import { isLiteral } from '../../src/model/setting.js';
import type { Row, Rows, RunRows } from './row.js';

/** How a stack's file lists its data sets. */
interface Listing {
  /** Key path of the list. */
  readonly list: string;
  /** The keys of an entry of which the first that is there names the data set. */
  readonly name: readonly string[];
  readonly configuration: string;
  /** The split of an entry that names none, by the name of its data set. */
  readonly standard?: (name: string) => string;
}

export function axolotlRows(settings: RunSettings, list: string, standard?: Listing['standard']): Rows | null {
  return listedRows(settings, { list, name: ['path'], configuration: 'name', ...(standard ? { standard } : {}) });
}

/** Of what is listed for measuring axolotl takes the split `test`; a single file has one split, which is `train`. */
export function heldOutByAxolotl(name: string): string {
  return /\.(?:jsonl?|csv|parquet|arrow|txt)$/.test(name) && !/^https?:/.test(name) ? 'train' : 'test';
}

/** A list of maps, each with a name, a split and perhaps files; null where not all of them could be read. */
export function listedRows(settings: RunSettings, listing: Listing): Rows | null {
  if (settings.open !== null) return null;
  const pattern = new RegExp(`^${listing.list.replaceAll('.', '\\.')}\\.(\\d+)\\.`);
  const indices = new Set([...settings.stated.keys()].flatMap((key) => pattern.exec(key)?.[1] ?? []));
  const rows = [...indices]
    .sort((a, b) => Number(a) - Number(b))
    .map((index) => rowsAt(settings, { ...listing, list: `${listing.list}.${index}` }));
  return rows.length === 0 || rows.some((it) => it === null) ? null : { sources: rows.flatMap((it) => it ?? []) };
}

/** torchtune hands what it does not know to `load_dataset`, whose split is `train` unless it is told. One data set, or a list. */
export function torchtuneRows(settings: RunSettings, key: string): Rows | null {
  if (settings.open !== null) return null;
  const listing = { list: key, name: ['source', '_component_'], configuration: 'name' };
  const rows = rowsAt(settings, listing);
  return rows === null ? listedRows(settings, listing) : { sources: rows };
}

/** Keys of an entry that leave some of its rows away. */
const TAKES_SOME = ['shards', 'fraction', 'weight'];

/** One row for each split that is joined with `+`. */
function rowsAt(settings: RunSettings, { list, name: names, configuration: nameOf, standard }: Listing): Row[] | null {
  const nameKey = names.find((key) => settingOf(settings, `${list}.${key}`).setting.state !== 'absent');
  const text = (key: string): { value: string; at: Location } | null | undefined => {
    const { setting } = settingOf(settings, `${list}.${key}`);
    if (setting.state === 'absent') return undefined;
    return isLiteral(setting) ? { value: String(setting.value), at: setting.at } : null;
  };
  const name = nameKey === undefined ? undefined : text(nameKey);
  const [files, split, configuration] = [text('data_files'), text('split'), text(nameOf)];
  if (name == null || files === null || split === null || configuration === null) return null;
  const called = files === undefined ? name.value : `${name.value} ${files.value}`;
  const at = split?.at ?? name.at;
  const subset = TAKES_SOME.some((key) => settingOf(settings, `${list}.${key}`).setting.state !== 'absent');
  const taken: Taking[] = subset ? [{ kind: 'some', by: list, at }] : [];
  return (split?.value ?? standard?.(name.value) ?? 'train').split('+').map((it) => ({
    name: called,
    configuration: configuration?.value ?? null,
    origin: originNamed(called, configuration?.value ?? null),
    split: it.trim(),
    taken,
    at,
    nameAt: settings.stated.get(`${list}.${nameKey}`)?.stated ?? null,
    splitStated: split !== undefined,
  }));
}

/** Names of a registry, behind commas; where the tree holds it, what stands there. */
export function llamaFactoryRows(run: TrainingRun, key: string): Rows | null {
  const { setting } = settingOf(run.settings, key);
  if (!isLiteral(setting)) return null;
  const names = [setting.value].flat().flatMap((it) => String(it).split(','));
  const known = names.map((it) => it.trim()).filter((it) => it !== '');
  if (known.length === 0) return null;
  return {
    sources: known.map((name) => {
      const entry = run.registered.find((it) => it.name === name);
      return entry === undefined ? unregistered(name, setting.at) : registeredRow(entry, setting.at);
    }),
  };
}

function unregistered(name: string, at: Location): Row {
  return { name, configuration: null, origin: name, split: 'all', taken: [], at, nameAt: null, splitStated: true };
}

const REGISTRY_NAMES = ['hf_hub_url', 'ms_hub_url', 'om_hub_url', 'script_url', 'cloud_file_name', 'file_name'];

/** Two names of a registry may stand for one file. Where the split is not written it is `train`. */
function registeredRow({ name, entry }: RegisteredDataset, at: Location): Row {
  const [source, configuration, split] = [REGISTRY_NAMES, ['subset', 'folder'], ['split']].map((keys) => {
    const { setting } = settingOf(entry, ...keys);
    return setting.state === 'absent' ? null : isLiteral(setting) ? String(setting.value) : undefined;
  });
  if (source == null || configuration === undefined || split === undefined) return unregistered(name, at);
  const taken: Taking[] =
    settingOf(entry, 'num_samples').setting.state === 'absent' ? [] : [{ kind: 'some', by: name, at }];
  return {
    name: source,
    configuration,
    origin: originNamed(source, configuration),
    split: split ?? 'train',
    taken,
    at,
    nameAt: null,
    splitStated: split !== null,
  };
}

/** `train_file` and its like: one path, or several. */
export function namedFiles(settings: RunSettings, ...keys: readonly string[]): Rows | null {
  const { setting } = settingOf(settings, ...keys);
  if (!isLiteral(setting)) return null;
  return {
    sources: [setting.value].flat().map((file) => ({ ...unregistered(String(file), setting.at), split: 'train' })),
  };
}

/** `trl sft` and its like: one data set with a split for each use, or a mixture. */
export function trlRows(settings: RunSettings): RunRows {
  const nothing = { training: null, evaluation: null };
  const name = settingOf(settings, 'dataset_name').setting;
  // A mixture wins over a single data set that is named beside it.
  const mixture = listedRows(settings, { list: 'datasets', name: ['path'], configuration: 'name' });
  if (mixture !== null || !isLiteral(name) || settings.open !== null) return { ...nothing, training: mixture };
  const configuration = settingOf(settings, 'dataset_config').setting;
  if (configuration.state === 'dynamic') return nothing;
  const use = (key: string, standard: string): Rows | null => {
    const { setting } = settingOf(settings, key);
    if (setting.state === 'dynamic') return null;
    const row = {
      name: String(name.value),
      configuration: isLiteral(configuration) ? String(configuration.value) : null,
      origin: originNamed(String(name.value), isLiteral(configuration) ? String(configuration.value) : null),
      split: isLiteral(setting) ? String(setting.value) : standard,
      taken: [],
      at: isLiteral(setting) ? setting.at : name.at,
      nameAt: settings.stated.get('dataset_name')?.stated ?? null,
      splitStated: isLiteral(setting),
    };
    return { sources: [row] };
  };
  return { training: use('dataset_train_split', 'train'), evaluation: use('dataset_test_split', 'test') };
}
