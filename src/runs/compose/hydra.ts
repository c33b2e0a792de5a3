import type { Expression } from '../../model/expression.js';
import type { RepoPath } from '../../model/identifiers.js';
import type { Location } from '../../model/location.js';
import type { TreeView } from '../tree/tree-view.js';
import {
  type ConfigEntry,
  type ConfigMap,
  documentTree,
  doubtedTree,
  emptyTree,
  entryIn,
  mergeTrees,
  nested,
  onlyDocument,
  topLevel,
  withEntry,
  withoutEntry,
} from './config-tree.js';
import { type DefaultItem, readDefaults } from './hydra-defaults.js';

/**
 * Puts a configuration together as Hydra does: https://hydra.cc/docs/advanced/defaults_list. What Hydra would refuse, what
 * releases read in two ways, and what is defined by plug-ins makes the keys that it could set unknown.
 */
export interface HydraSources {
  readonly tree: TreeView;
  /** The folder of configurations; null for an application that has its own in Python alone. */
  readonly folder: string | null;
  /** A configuration that Python put into the store, by its path without an ending. */
  readonly stored: (path: string) => ConfigMap | null;
  /** Whether a configuration stands behind what its list of defaults names, as it does since Hydra 1.1. */
  readonly selfLast: boolean;
}

/** One word of a command behind the script: `model=llama`, `+trainer.seed=1`, `~logger`. */
export interface Override {
  readonly sign: '' | '+' | '++' | '~';
  /** As written, with `/` between groups and `@package` behind. */
  readonly key: string;
  /** Null where the word has no value. */
  readonly value: Expression | null;
  readonly at: Location;
}

/** Files of one composition. More are generated. */
const MAX_FILES = 200;

export function composeHydra(
  sources: HydraSources,
  name: string,
  overrides: readonly Override[],
  at: Location,
): ConfigMap {
  const composer = new Composer(sources, overrides, at);
  const parts = composer.expandRoot(name.replace(/\.ya?ml$/, ''));
  let tree = emptyTree(at);
  for (const { body, pack } of parts) {
    const keys = pack === '' ? [] : pack.split('.');
    tree = mergeTrees(tree, keys.length === 0 ? body : nested(keys, { node: body, stated: body.at }));
  }
  if (composer.isUnsure) return doubtedTree(tree);
  return composer.settings.reduce(overridden, { ...tree, at });
}

/** Whether `key=value` chooses a file of a group, and does not set a key. */
export function isGroup({ tree, folder }: Pick<HydraSources, 'tree' | 'folder'>, key: string): boolean {
  if (folder === null) return false;
  const [group = ''] = key.split('@');
  return group !== '' && tree.hasFolder(folder === '' ? group : `${folder}/${group}`);
}

/** A configuration of the list, in the order that they are merged, and where its keys are put. */
interface Part {
  readonly body: ConfigMap;
  readonly pack: string;
}

/** One item of a list of defaults, with where it stands. */
interface Node {
  readonly item: DefaultItem;
  /** The group of the configuration that names it. */
  readonly base: string;
  readonly parentPack: string;
  readonly isRoot: boolean;
}

interface Loaded {
  readonly body: ConfigMap;
  readonly header: string | null;
  readonly defaults: readonly DefaultItem[];
}

class Composer {
  readonly #sources: HydraSources;
  readonly #at: Location;
  /** Overrides that set keys of the whole, in the order of the command. */
  readonly settings: readonly Override[];
  /** Whether the command, or two lists of defaults that disagree, leave open what is chosen. */
  isUnsure = false;
  readonly #choices = new Map<string, string | null | readonly string[]>();
  readonly #chosenInLists = new Map<string, string>();
  readonly #deleted = new Map<string, string | null>();
  readonly #appended: DefaultItem[] = [];
  readonly #known = new Map<string, string | null>();
  #files = 0;

  constructor(sources: HydraSources, overrides: readonly Override[], at: Location) {
    this.#sources = sources;
    this.#at = at;
    const chosen = overrides.filter((it) => isGroup(sources, it.key));
    this.settings = overrides.filter((it) => !isGroup(sources, it.key) && !it.key.startsWith('hydra'));
    for (const override of chosen) this.#choose(override);
  }

  expandRoot(name: string): Part[] {
    const item: DefaultItem = { kind: 'config', path: name, pack: null, optional: false };
    return this.#expand({ item, base: '', parentPack: '', isRoot: true });
  }

  #choose({ sign, key, value }: Override): void {
    const name = value === null ? null : nameIn(value);
    if (name === undefined) this.isUnsure = true;
    else if (sign === '~') this.#deleted.set(key, name);
    else if (name === null || sign === '++') this.isUnsure = true;
    else if (sign === '+') {
      const [group = '', pack = null] = key.split('@');
      this.#appended.push({ kind: 'group', group: `/${group}`, value: name, pack, optional: false, override: false });
    } else this.#choices.set(key, name);
  }

  /** The parts of one configuration in order. Read from the last item on, so that a choice is known before what it is about. */
  #expand(node: Node): Part[] {
    const path = pathOf(node);
    if (path === null || this.#files >= MAX_FILES) return this.#lost(node, null);
    this.#files += 1;
    const loaded = this.#load(path);
    if (loaded === null) return 'optional' in node.item && node.item.optional ? [] : this.#lost(node, null);
    const pack = packOf(node, loaded.header);
    const group = groupOf(node);
    const own: Part = { body: loaded.body, pack };
    const parts: Part[] = [];
    for (const item of this.#itemsOf(loaded.defaults, node.isRoot).toReversed()) {
      const external = this.#appended.includes(item);
      const inner: Node = { item, base: external ? '' : group, parentPack: external ? '' : pack, isRoot: false };
      parts.unshift(...(item.kind === 'self' ? [own] : this.#item(inner)));
    }
    return parts.length === 0 && !loaded.defaults.some((item) => item.kind === 'self') ? [own] : parts;
  }

  #itemsOf(defaults: readonly DefaultItem[], isRoot: boolean): readonly DefaultItem[] {
    const appended = isRoot ? this.#appended : [];
    const isSelf = defaults.some((item) => item.kind === 'self');
    const isPlain = defaults.some((item) => item.kind !== 'group' || !item.override);
    if (isSelf || (!isPlain && defaults.length > 0) || (defaults.length === 0 && appended.length === 0)) {
      // A list of nothing but choices leaves the configuration before what is appended.
      return isSelf || isPlain || appended.length === 0 ? [...defaults, ...appended] : [SELF, ...defaults, ...appended];
    }
    return this.#sources.selfLast ? [...defaults, SELF, ...appended] : [SELF, ...defaults, ...appended];
  }

  #item(node: Node): Part[] {
    const { item } = node;
    if (item.kind === 'unread') return this.#lost(node, '');
    if (item.kind === 'self') return [];
    if (item.kind === 'config') return this.#isDeleted(pathOf(node) ?? '', null) ? [] : this.#expand(node);
    const key = overrideKey(node);
    if (item.override) {
      this.#overrideInList(key, item.value);
      return [];
    }
    const chosen = this.#choices.get(key);
    const value = chosen === undefined ? item.value : chosen;
    if (typeof value === 'string' && this.#known.has(key) && this.#known.get(key) !== value) this.isUnsure = true;
    if (typeof value === 'string') this.#known.set(key, value);
    if (value === null || this.#isDeleted(key, typeof value === 'string' ? value : null)) return [];
    if (item.group.replace(/^\//, '').startsWith('hydra/')) return [];
    if (typeof value === 'string') return this.#expand({ ...node, item: { ...item, value } });
    return value.flatMap((name) =>
      this.#expand({
        ...node,
        item: { kind: 'config', path: `${item.group}/${name}`, pack: item.pack, optional: item.optional },
      }),
    );
  }

  /** The command decides; of two lists that choose differently releases follow one or the other. */
  #overrideInList(key: string, value: string | null | readonly string[]): void {
    const words = JSON.stringify(value);
    const before = this.#chosenInLists.get(key);
    if (before !== undefined && before !== words) this.isUnsure = true;
    if (this.#choices.has(key) && before === undefined) return;
    this.#chosenInLists.set(key, words);
    this.#choices.set(key, value);
  }

  #isDeleted(key: string, value: string | null): boolean {
    if (!this.#deleted.has(key)) return false;
    const name = this.#deleted.get(key) ?? null;
    return name === null || name === value;
  }

  /** What could not be read may say anything below its package. */
  #lost(node: Node, pack: string | null): Part[] {
    // A header in the file that is not there could put it anywhere.
    const isSure = pack === null && node.item.kind !== 'self' && node.item.kind !== 'unread' && node.item.pack !== null;
    return [{ body: { ...emptyTree(this.#at), complete: false }, pack: isSure ? packOf(node, null) : '' }];
  }

  #load(path: string): Loaded | null {
    const { tree, folder, stored } = this.#sources;
    const file = (folder === null ? '' : folder === '' ? `${path}.yaml` : `${folder}/${path}.yaml`) as RepoPath;
    const facts = folder === null ? null : tree.facts(file);
    if (facts === null) {
      const body = stored(path);
      return body === null ? null : { body: withoutEntry(body, ['defaults']), header: null, defaults: [] };
    }
    const document = onlyDocument(facts);
    const body = document === null ? null : documentTree(file, facts);
    if (body === null) {
      // A file of comments alone is an empty configuration.
      return document?.root.kind === 'scalar' && document.root.value === null
        ? { body: emptyTree({ path: file, ...document.root.place }), header: document.package ?? null, defaults: [] }
        : null;
    }
    return {
      body: withoutEntry(body, ['defaults']),
      header: document?.package ?? null,
      defaults: readDefaults(topLevel(facts, 'defaults')),
    };
  }
}

const SELF: DefaultItem = { kind: 'self' };

/** The path of a configuration below the folder of all; null where its name is not known. */
function pathOf({ item, base }: Node): string | null {
  if (item.kind === 'config') return below(base, item.path);
  if (item.kind !== 'group' || typeof item.value !== 'string') return null;
  return `${below(base, item.group)}/${item.value}`;
}

function groupOf(node: Node): string {
  const { item, base } = node;
  if (item.kind === 'group') return below(base, item.group);
  if (item.kind !== 'config') return base;
  const path = below(base, item.path);
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

function below(base: string, path: string): string {
  if (path.startsWith('/')) return path.slice(1);
  return base === '' ? path : `${base}/${path}`;
}

/** Where the keys of a configuration are put: what its item says, else its own header, else the name of its group. */
function packOf(node: Node, header: string | null): string {
  const { item, parentPack } = node;
  if (item.kind === 'self' || item.kind === 'unread') return parentPack;
  const absolute =
    header === null || header === '_group_' ? null : `_global_.${header.replace(/^_global_(?:\.|$)/, '')}`;
  const written = item.pack === '_here_' ? '' : item.pack;
  const pack = written ?? absolute ?? relativeGroup(item).replaceAll('/', '.');
  const whole = [parentPack, pack].filter((part) => part !== '').join('.');
  const root = whole.lastIndexOf('_global_');
  return (root === -1 ? whole : whole.slice(root + '_global_'.length + 1)).replace(/\.$/, '');
}

function relativeGroup(item: Extract<DefaultItem, { kind: 'config' | 'group' }>): string {
  const path = (item.kind === 'config' ? item.path : item.group).replace(/^\//, '');
  return item.kind === 'group' ? path : path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** How a command, or an item with `override`, names a group: with its package where that is not the usual one. */
function overrideKey(node: Node): string {
  const group = groupOf(node);
  const pack = packOf(node, null);
  return pack === group.replaceAll('/', '.') ? group : `${group}@${pack === '' ? '_global_' : pack}`;
}

/** A constant name; undefined for what is computed, and for several at once. */
function nameIn(value: Expression): string | undefined {
  if (value.kind !== 'scalar' || typeof value.value !== 'string') return undefined;
  return /^[\w./-]+$/.test(value.value) ? value.value : undefined;
}

function overridden(tree: ConfigMap, { sign, key, value, at }: Override): ConfigMap {
  const keys = key.split('.');
  if (sign === '~') return withoutEntry(tree, keys);
  if (value === null) return tree;
  const entry: ConfigEntry = { node: { kind: 'written', expression: value, path: at.path }, stated: at };
  const known = entryIn(tree, keys);
  return withEntry(known?.node.kind === 'map' ? withoutEntry(tree, keys) : tree, keys, entry);
}
