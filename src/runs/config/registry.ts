import type { RepoPath } from '../../model/identifiers.js';
import { locate } from '../../model/location.js';
import type { RegisteredDataset, Stack } from '../../model/run.js';
import { isLiteral } from '../../model/setting.js';
import { folderOf } from '../folders.js';
import type { TreeView } from '../tree/tree-view.js';
import { ConfigSettings } from './settings.js';

/** The registry of data sets that a configuration's names are looked up in, and what it says of them. */
export interface Registry {
  readonly path: RepoPath;
  readonly datasets: readonly RegisteredDataset[];
}

/**
 * LLaMA-Factory looks its data sets up in `dataset_info.json` of `dataset_dir`, from the folder it is started in: one
 * between the file's own and the root. Null where the tree holds none, or the file says that it lies elsewhere.
 */
export function registryOf(stack: Stack, settings: ConfigSettings, tree: TreeView): Registry | null {
  if (stack !== 'llama-factory') return null;
  const folder = settings.setting('dataset_dir');
  if (folder.state === 'dynamic') return null;
  const path = findRegistry(isLiteral(folder) ? String(folder.value) : 'data', settings.path, tree);
  const document = path === null ? undefined : tree.facts(path)?.facts.find((fact) => fact.kind === 'document');
  if (path === null || document?.kind !== 'document' || document.root.kind !== 'map') return null;
  const { root } = document;
  const datasets = namesIn(settings).flatMap((name): RegisteredDataset[] => {
    const entry = root.entries.find((it) => it.key === name);
    if (entry?.value.kind !== 'map') return [];
    const source = { path, root: entry.value, dereference: () => null };
    return [{ name, at: locate(path, entry.keyPlace), entry: new ConfigSettings(source).table() }];
  });
  return { path, datasets };
}

function findRegistry(folder: string, from: RepoPath, tree: TreeView): RepoPath | null {
  if (/^(?:\/|~|\$|ONLINE$|REMOTE:)/.test(folder)) return null;
  const inside = folder.replace(/^\.\//, '').replace(/\/+$/, '');
  for (let base = folderOf(from); ; base = folderOf(base)) {
    const parts = [base, inside === '.' ? '' : inside, 'dataset_info.json'].filter((part) => part !== '');
    const path = parts.join('/') as RepoPath;
    if (tree.hasFile(path) && !tree.isUnread(path)) return path;
    if (base === '') return null;
  }
}

/** What is trained on and what is measured on: one text with commas each, or a list. */
function namesIn(settings: ConfigSettings): string[] {
  const names = ['dataset', 'eval_dataset'].flatMap((key) => {
    const named = settings.setting(key);
    const texts = !isLiteral(named) ? [] : Array.isArray(named.value) ? named.value : [named.value];
    return texts.flatMap((text) => String(text).split(',')).map((name) => name.trim());
  });
  return [...new Set(names)];
}
