import { type Expression, findEntry, type MapEntry, type MapExpression, type Scalar } from '../../model/expression.js';
import type { RepoPath } from '../../model/identifiers.js';
import { type Location, locate } from '../../model/location.js';
import type { OptionalControl, RunSettings } from '../../model/run.js';
import {
  ABSENT,
  computed,
  isSameLiteral,
  type LiteralSetting,
  type Setting,
  type SettingValue,
} from '../../model/setting.js';

/** A map of a file: a configuration document, or the flags of a launch command. */
export interface SettingSource {
  readonly path: RepoPath;
  readonly root: MapExpression;
  /** Follows a name to what it stands for in that file: an interpolation in YAML, a variable in shell. */
  readonly dereference: (name: string) => Expression | null;
}

/**
 * The settings of one run by key path, the strongest source first: flags of a launch command win over the file it
 * names, and that over the files it is based on. Several commands that disagree make a setting dynamic.
 */
export class ConfigSettings {
  readonly #file: SettingSource;
  readonly #overrides: readonly SettingSource[];
  /** The file, then those it is based on. */
  readonly #files: readonly SettingSource[];

  constructor(file: SettingSource, overrides: readonly SettingSource[] = [], bases: readonly SettingSource[] = []) {
    this.#file = file;
    this.#overrides = overrides;
    this.#files = [file, ...bases];
  }

  get path(): RepoPath {
    return this.#file.path;
  }

  get root(): MapExpression {
    return this.#file.root;
  }

  /** The setting at a dotted key path. An empty value, or a word for nothing, is absent. */
  setting(keyPath: string): Setting {
    return this.control(keyPath).setting;
  }

  /** The setting, and the whole key with its value. */
  control(keyPath: string): OptionalControl<SettingValue> {
    const inFile = readControl(this.#stating(keyPath), keyPath);
    const overriding = this.#overrides
      .map((source) => readControl(source, keyPath))
      .filter((control) => control.setting.state !== 'absent');
    const [first] = overriding;
    if (first === undefined) return inFile;
    const unanimous =
      overriding.length === this.#overrides.length &&
      overriding.every((it) => isSameLiteral(it.setting, first.setting));
    return unanimous ? first : disagreement(keyPath, first, inFile);
  }

  /**
   * The constant at a key of the first level, also where it is a word for nothing: to whoever parses flags `none` is a text
   * like any other. Null for what is computed.
   */
  written(key: string): { readonly value: Scalar; readonly at: Location; readonly chain: readonly Location[] } | null {
    const value = findEntry(this.#file.root, key)?.value;
    if (value?.kind === 'scalar') {
      const at = locate(this.path, value.place);
      return { value: value.value, at, chain: [at] };
    }
    const setting = this.setting(key);
    if (setting.state !== 'literal' || Array.isArray(setting.value)) return null;
    return { value: setting.value as Scalar, at: setting.at, chain: setting.chain };
  }

  /** The first of several spellings of one setting that is set. */
  firstOf(
    keyPaths: readonly string[],
  ): { readonly key: string; readonly control: OptionalControl<SettingValue> } | null {
    for (const key of keyPaths) {
      const control = this.control(key);
      if (control.setting.state !== 'absent') return { key, control };
    }
    return null;
  }

  /** Every setting by its dotted key path, and why others may be set that are not here. */
  table(): RunSettings {
    const stated = new Map<string, OptionalControl<SettingValue>>();
    const last = this.#file.root.entries.at(-1);
    for (const source of [...this.#files, ...this.#overrides]) {
      for (const keyPath of keyPaths(source.root).slice(0, MAX_KEYS)) {
        if (!stated.has(keyPath)) stated.set(keyPath, this.#statedControl(keyPath));
      }
    }
    const unread = [...this.#files, ...this.#overrides].find(
      ({ root }) => root.spreads.length > 0 || keyPaths(root).length > MAX_KEYS,
    );
    return {
      stated,
      open: unread === undefined ? null : `${unread.path} takes settings that could not be read`,
      at: this.at,
      extend: last === undefined ? null : { kind: 'key', at: locate(this.path, last.place) },
    };
  }

  /** Also tells what stands at a key that is there and sets nothing; a command that says `none` wins over the file. */
  #statedControl(keyPath: string): OptionalControl<SettingValue> {
    const control = this.control(keyPath);
    const silenced = this.#overrides.map((source) => nothingAt(source, keyPath));
    const [first] = silenced;
    if (first != null && silenced.every((it) => it !== null)) return first;
    if (silenced.some((it) => it !== null)) return disagreement(keyPath, control, control);
    const overridden = this.#overrides.some((source) => readControl(source, keyPath).setting.state !== 'absent');
    return overridden ? control : (nothingAt(this.#stating(keyPath), keyPath) ?? control);
  }

  /** The strongest file that has the key; the file itself where none has. */
  #stating(keyPath: string): SettingSource {
    for (const source of this.#files) {
      // What a file takes in and could not be read may have it.
      if (entryAt(source.root, keyPath) !== null || source.root.spreads.length > 0) return source;
    }
    return this.#file;
  }

  /** What stands at a key path, unread: for lists and maps. */
  expression(keyPath: string): Expression | null {
    return entryAt(this.#stating(keyPath).root, keyPath)?.value ?? null;
  }

  /** The maps at a key path, one or a list of them, each as settings of its own. */
  maps(keyPath: string): ConfigSettings[] {
    const value = this.expression(keyPath);
    const items = value?.kind === 'list' ? value.items : value === null ? [] : [value];
    return items.flatMap((root) =>
      root.kind === 'map' ? [new ConfigSettings({ ...this.#stating(keyPath), root })] : [],
    );
  }

  /** The first key, which stands for the document as a whole. */
  get at(): Location {
    const [first] = this.#file.root.entries;
    return locate(this.path, first?.keyPlace ?? this.#file.root.place);
  }
}

export function textOf(setting: Setting): Setting<string> {
  if (setting.state !== 'literal') return setting as Setting<string>;
  if (typeof setting.value === 'string') return setting as LiteralSetting<string>;
  // A commit of digits alone is a number to a YAML reader; any other type is no name.
  if (typeof setting.value === 'number') return { ...setting, value: String(setting.value) };
  return { state: 'dynamic', expression: String(setting.value), at: setting.at, chain: setting.chain, fallback: null };
}

/** Reads `true`, `"true"` and a flag without a value as true. */
export function flagOf(control: OptionalControl<SettingValue>): OptionalControl<boolean> {
  const { setting } = control;
  if (setting.state !== 'literal') return control as OptionalControl<boolean>;
  const value = booleanOf(setting.value);
  if (value !== null) return { setting: { ...setting, value }, stated: control.stated };
  const { at, chain } = setting;
  return {
    setting: { state: 'dynamic', expression: String(setting.value), at, chain, fallback: null },
    stated: control.stated,
  };
}

function booleanOf(value: SettingValue): boolean | null {
  if (typeof value === 'boolean') return value;
  if (value === 1 || (typeof value === 'string' && /^(?:true|yes|1)$/i.test(value))) return true;
  return value === 0 || (typeof value === 'string' && /^(?:false|no|0)$/i.test(value)) ? false : null;
}

/** Null, empty text and the words for nothing: the key is there and sets nothing. */
function isUnset(value: Scalar): boolean {
  return value === null || (typeof value === 'string' && /^(?:|none|null|~)$/i.test(value.trim()));
}

function readControl(source: SettingSource, keyPath: string): OptionalControl<SettingValue> {
  const entry = entryAt(source.root, keyPath);
  if (entry === null) return openOrAbsent(source, keyPath);
  const setting = settingOf(source, entry.value, []);
  return { setting, stated: setting.state === 'absent' ? null : locate(source.path, entry.place) };
}

/** A key that is there with an empty value, or a word for nothing, alone or as the one item of a list. */
function nothingAt(source: SettingSource, keyPath: string): OptionalControl<SettingValue> | null {
  const entry = entryAt(source.root, keyPath);
  if (entry === null) return null;
  const [only, ...others] = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  if (only?.kind !== 'scalar' || others.length > 0 || !isUnset(only.value)) return null;
  const at = locate(source.path, entry.value.place);
  return { setting: ABSENT, stated: locate(source.path, entry.place), nothing: { value: only.value, at } };
}

/** What is spread into a map and could not be read may hold any key. */
function openOrAbsent(source: SettingSource, keyPath: string): OptionalControl<SettingValue> {
  const [spread] = source.root.spreads;
  if (spread === undefined) return { setting: ABSENT, stated: null };
  const at = locate(source.path, spread.place);
  return { setting: { ...computed(keyPath, [at]), cause: 'commands' }, stated: null };
}

function settingOf(source: SettingSource, expression: Expression, chain: readonly Location[]): Setting {
  const at = locate(source.path, expression.place);
  const through = [...chain, at];
  switch (expression.kind) {
    case 'scalar':
      return isUnset(expression.value) ? ABSENT : { state: 'literal', value: expression.value, at, chain: through };
    case 'list':
      return listSetting(source, expression.items, through);
    case 'reference': {
      const target = through.length > 8 ? null : source.dereference(expression.name);
      return target === null ? dynamic(expression.name, through) : settingOf(source, target, through);
    }
    case 'template':
      return templateSetting(source, expression.parts, through);
    case 'opaque':
      return dynamic(expression.text, through);
    default:
      return dynamic(expression.kind, through);
  }
}

function listSetting(source: SettingSource, items: readonly Expression[], chain: readonly Location[]): Setting {
  const scalars: Scalar[] = [];
  for (const item of items) {
    const setting = settingOf(source, item, chain);
    // Whatever is no scalar ends it: lists of lists of names would otherwise be followed for ever.
    if (setting.state !== 'literal' || Array.isArray(setting.value)) return dynamic('list', chain);
    scalars.push(setting.value as Scalar);
  }
  return { state: 'literal', value: scalars, at: chain.at(-1) as Location, chain };
}

function templateSetting(source: SettingSource, parts: readonly Expression[], chain: readonly Location[]): Setting {
  let value = '';
  for (const part of parts) {
    const setting = settingOf(source, part, chain);
    if (setting.state === 'literal') value += String(setting.value);
    if (setting.state !== 'literal' || value.length > MAX_TEXT) return dynamic(templateText(parts), chain);
  }
  return { state: 'literal', value, at: chain[0] as Location, chain };
}

/** Characters put together from names. Names that stand for several names each would otherwise grow for ever. */
const MAX_TEXT = 10_000;

function templateText(parts: readonly Expression[]): string {
  return parts.map((part) => (part.kind === 'scalar' ? String(part.value) : '…')).join('');
}

function dynamic(expression: string, chain: readonly Location[]): Setting {
  return { state: 'dynamic', expression, at: chain.at(-1) as Location, chain, fallback: null, cause: 'expression' };
}

function disagreement(
  keyPath: string,
  first: OptionalControl<SettingValue>,
  inFile: OptionalControl<SettingValue>,
): OptionalControl<SettingValue> {
  if (first.setting.state === 'absent') return inFile;
  const { at, chain } = first.setting;
  const fallback = inFile.setting.state === 'literal' ? inFile.setting : null;
  return { setting: { state: 'dynamic', expression: keyPath, at, chain, fallback, cause: 'commands' }, stated: null };
}

/** Settings of one source that are told. No stack has as many keys. */
const MAX_KEYS = 2_000;

/**
 * The key paths of a map that lead to something other than a map. A list counts as one value, and maps in it by their
 * place, `datasets.0.path`. Stops past the bound.
 */
function keyPaths(root: MapExpression): string[] {
  const paths: string[] = [];
  const pending: [string, MapExpression][] = [['', root]];
  for (let next = pending.pop(); next !== undefined && paths.length <= MAX_KEYS; next = pending.pop()) {
    const [prefix, map] = next;
    for (const { key, value } of map.entries) {
      if (key === null) continue;
      if (value.kind === 'map') pending.push([`${prefix}${key}.`, value]);
      else paths.push(`${prefix}${key}`);
      if (value.kind !== 'list') continue;
      value.items.slice(0, MAX_KEYS).forEach((item, index) => {
        if (item.kind === 'map') pending.push([`${prefix}${key}.${index}.`, item]);
      });
    }
  }
  return paths;
}

function entryAt(root: MapExpression, keyPath: string): MapEntry | null {
  // Hydra and LLaMA-Factory flags may be written dotted as one key; that spelling wins over the nested one.
  const whole = findEntry(root, keyPath);
  if (whole !== undefined) return whole;
  const dot = keyPath.indexOf('.');
  if (dot === -1) return null;
  const parent = findEntry(root, keyPath.slice(0, dot))?.value;
  const rest = keyPath.slice(dot + 1);
  if (parent?.kind === 'map') return entryAt(parent, rest);
  const [, index, inside] = /^(\d+)\.(.+)$/.exec(rest) ?? [];
  const item = parent?.kind === 'list' && index !== undefined ? parent.items[Number(index)] : undefined;
  return item?.kind === 'map' && inside !== undefined ? entryAt(item, inside) : null;
}

/** Follows `${a.b}` inside one document. */
export function interpolation(root: MapExpression): (name: string) => Expression | null {
  return (name) => (/^[\w.-]+$/.test(name) && !name.startsWith('.') ? (entryAt(root, name)?.value ?? null) : null);
}
