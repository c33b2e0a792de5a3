import { type Expression, findEntry, type MapExpression } from '../../model/expression.js';
import type { RepoPath } from '../../model/identifiers.js';
import { onlyDocument } from '../compose/config-tree.js';
import { readDefaults } from '../compose/hydra-defaults.js';
import { folderOf } from '../folders.js';
import { pathBelow } from '../paths.js';
import type { TreeView } from '../tree/tree-view.js';
import { interpolation, type SettingSource } from './settings.js';

/**
 * Keys under which scripts let a configuration name those it is based on, and `defaults` besides, as Hydra and NeMo-RL have
 * it. What a base says holds where the file itself says nothing.
 */
const BASE_KEYS = [
  '_base_',
  'base_config',
  'base',
  'extends',
  'inherits',
  'inherit_from',
  'parent',
  'include',
  'includes',
];
const MAX_DEPTH = 6;

/** A configuration with those it is based on. */
export interface BasedConfig {
  readonly file: SettingSource;
  /** The strongest first. */
  readonly bases: readonly SettingSource[];
  /** Every key of all of them, for telling what the whole is; its places belong to several files. */
  readonly whole: MapExpression;
}

/** Whether a document names another that it is based on. */
export function namesBases(root: Expression): boolean {
  return root.kind === 'map' && basesNamed(root).length > 0;
}

export function withBases(tree: TreeView, path: RepoPath, root: MapExpression): BasedConfig {
  const found = basesOf(tree, path, root, [path]);
  // What could not be found may say anything that the file does not.
  const file = { path, root: { ...root, spreads: [...root.spreads, ...found.lost] }, dereference: interpolation(root) };
  const bases = found.bases.map((base, index) => {
    const stronger = [root, ...found.bases.slice(0, index).map((it) => it.root)];
    const own = interpolation(base.root);
    const isTaken = (name: string): boolean => stronger.some((it) => interpolation(it)(name) !== null);
    return { ...base, dereference: (name: string) => (isTaken(name) ? null : own(name)) };
  });
  const entries = [...found.bases.toReversed().flatMap((it) => it.root.entries), ...root.entries];
  return { file, bases, whole: { ...root, entries } };
}

interface Bases {
  readonly bases: readonly { readonly path: RepoPath; readonly root: MapExpression }[];
  /** Where bases are named that could not be found. */
  readonly lost: readonly Expression[];
}

function basesOf(tree: TreeView, path: RepoPath, root: MapExpression, above: readonly RepoPath[]): Bases {
  const bases: { path: RepoPath; root: MapExpression }[] = [];
  const lost: Expression[] = [];
  for (const { name, at } of basesNamed(root).toReversed()) {
    const base = name === null ? null : fileNamed(tree, path, name);
    const facts = base === null || above.includes(base) || above.length > MAX_DEPTH ? null : tree.facts(base);
    const document = facts === null ? null : onlyDocument(facts);
    if (base === null || facts?.partial !== null || document?.root.kind !== 'map') {
      lost.push(at);
      continue;
    }
    const further = basesOf(tree, base, document.root, [...above, base]);
    bases.push({ path: base, root: document.root }, ...further.bases);
    lost.push(...further.lost);
  }
  return { bases, lost };
}

interface NamedBase {
  /** Null where it is computed, or put below a key of its own. */
  readonly name: string | null;
  readonly at: Expression;
}

/** In the order in which they are written: a later one is on top. */
function basesNamed(root: MapExpression): readonly NamedBase[] {
  const named = BASE_KEYS.flatMap((key) => {
    const value = findEntry(root, key)?.value;
    const items = value === undefined ? [] : value.kind === 'list' ? value.items : [value];
    return items.flatMap((it) =>
      it.kind === 'scalar' && isFile(it.value) ? [{ name: String(it.value), at: it }] : [],
    );
  });
  return [...named, ...defaultsNamed(findEntry(root, 'defaults')?.value)];
}

function defaultsNamed(value: Expression | undefined): NamedBase[] {
  if (value === undefined) return [];
  if (value.kind === 'scalar') return isFile(value.value) ? [{ name: String(value.value), at: value }] : [];
  if (value.kind !== 'list') return [];
  const items = readDefaults(value);
  const self = items.findIndex((item) => item.kind === 'self');
  return items.flatMap((item, index): NamedBase[] => {
    const at = value.items[index] ?? value;
    if (item.kind === 'self') return [];
    // What stands behind the file itself is on top of it.
    const isBase = item.kind === 'config' && item.pack === null && (self === -1 || index < self);
    return [{ name: isBase ? item.path : null, at }];
  });
}

function isFile(value: unknown): boolean {
  return typeof value === 'string' && /\.(?:ya?ml|json)$/i.test(value);
}

/** Beside the file that names it, else at the one folder above that holds it. */
function fileNamed(tree: TreeView, path: RepoPath, name: string): RepoPath | null {
  const names = isFile(name) ? [name] : [`${name}.yaml`, `${name}.yml`];
  const found = new Set<RepoPath>();
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    for (const it of names) {
      const file = pathBelow(folder, it);
      if (file === null || !tree.hasFile(file)) continue;
      if (folder === folderOf(path)) return file;
      found.add(file);
    }
    if (folder === '') break;
  }
  const [only] = found;
  return found.size === 1 && only !== undefined ? only : null;
}
