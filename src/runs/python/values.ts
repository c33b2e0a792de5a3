import type { CallExpression, Scalar } from '../../model/expression.js';
import type { ClassFact, FunctionFact, ScopeId } from '../../model/fact.js';
import type { RepoPath } from '../../model/identifiers.js';
import type { Location } from '../../model/location.js';
import type { OptionalControl } from '../../model/run.js';
import {
  ABSENT,
  type Cause,
  type DynamicSetting,
  type LiteralSetting,
  type Setting,
  type SettingValue,
} from '../../model/setting.js';
import type { ConfigRoot } from '../compose/config-tree.js';
import { folderOf } from '../folders.js';
import { pathBelow } from '../paths.js';
import type { PythonModule } from './module.js';

/** Where an expression stands, which is where its names are looked up. */
export interface Context {
  readonly module: PythonModule;
  readonly scope: ScopeId;
  /** The call that is followed into a function: what its parameters stand for there. */
  readonly frame?: Frame;
}

export interface Frame {
  readonly owner: FunctionFact;
  readonly call: CallExpression;
  readonly context: Context;
}

/** What an expression comes to, as far as it can be told without running anything. */
export type Value =
  | {
      readonly kind: 'scalar';
      readonly value: Scalar;
      readonly at: Location;
      readonly chain: Chain;
      /** Set where a command line may say otherwise and no launch command of the tree does. */
      readonly byDefault?: true;
      /** The file whose folder a path begins at, where it is made from `__file__`. */
      readonly from?: RepoPath;
    }
  | {
      readonly kind: 'list';
      readonly items: readonly Value[];
      readonly complete: boolean;
      readonly at: Location;
      readonly chain: Chain;
    }
  | MapValue
  | CallValue
  | {
      readonly kind: 'unknown';
      readonly expression: string;
      readonly at: Location;
      readonly chain: Chain;
      readonly fallback: LiteralSetting | null;
      /** What it was made of, where that says something: the parts of a path, what an attribute was taken from. */
      readonly parts: readonly Value[];
      readonly cause: Cause;
    };
export type Chain = readonly Location[];

/** The result of a call that is not followed; what it was called with may still be asked. */
export interface CallValue {
  readonly kind: 'call';
  readonly call: CallExpression;
  /** Which item of the result it is, where the result is taken apart. */
  readonly item?: number;
  /** The variable that holds the object, whose attributes may be set later. */
  readonly held?: { readonly name: string; readonly scope: ScopeId; readonly module: PythonModule };
  /** The class whose fields a command line sets, where the call does not name it. */
  readonly parsed?: { readonly type: ClassFact; readonly module: PythonModule };
  /** Which part of it, by the names that lead there: `['model']` of what a parser of nested dataclasses gives back. */
  readonly fields?: readonly string[];
  readonly context: Context;
  readonly at: Location;
  readonly chain: Chain;
}

export interface EntryValue {
  readonly value: Value;
  /** The whole entry with its key. */
  readonly stated: Location;
}

export interface MapValue {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, EntryValue>;
  /** Whether nothing unread was spread or put in. */
  readonly complete: boolean;
  readonly at: Location;
  readonly chain: Chain;
  /** The configuration it is, whose values may name one another; left out for a dict of Python. */
  readonly config?: ConfigRoot;
}

/** A control of a call as a value, before it is read as a setting. */
export interface CallControl {
  /** Null where the call does not name it. */
  readonly value: Value | null;
  readonly stated: Location | null;
}

/** The value as a setting: a string, a boolean and so on, or dynamic. */
export function settingOf<T extends SettingValue>(
  value: Value | null,
  is: (value: SettingValue) => value is T,
): Setting<T> {
  // `revision=None` is what leaving it out means.
  if (value === null || (value.kind === 'scalar' && value.value === null)) return ABSENT;
  const literal = literalOf(value);
  if (literal !== null && is(literal.value)) return literal as LiteralSetting<T>;
  return dynamicSetting(value) as DynamicSetting<T>;
}

export function controlOf<T extends SettingValue>(
  control: CallControl,
  is: (value: SettingValue) => value is T,
): OptionalControl<T> {
  const { value, stated } = control;
  const setting = settingOf(value, is);
  const isNothing = setting.state === 'absent' && value?.kind === 'scalar';
  return isNothing ? { setting, stated, nothing: { value: value.value, at: value.at } } : { setting, stated };
}

export function isText(value: SettingValue): value is string {
  return typeof value === 'string';
}

export function isBoolean(value: SettingValue): value is boolean {
  return typeof value === 'boolean';
}

/** The value as a literal, if it is one through and through. */
export function literalOf(value: Value): LiteralSetting | null {
  if (value.kind === 'scalar') {
    const { at, chain, byDefault } = value;
    return { state: 'literal', value: absolute(value), at, chain, ...(byDefault === true ? { byDefault } : {}) };
  }
  if (value.kind !== 'list' || !value.complete) return null;
  const items = value.items.flatMap((item) => (item.kind === 'scalar' ? [item] : []));
  if (items.length < value.items.length) return null;
  const standard = items.some((item) => item.byDefault === true) ? { byDefault: true as const } : {};
  return { state: 'literal', value: items.map((item) => item.value), at: value.at, chain: value.chain, ...standard };
}

/** A path that begins at a file of the tree is told from the root on, so that those of two folders differ. */
function absolute({ value, from }: Extract<Value, { kind: 'scalar' }>): Scalar {
  const path = from === undefined || typeof value !== 'string' ? null : pathBelow(folderOf(from), value);
  return path === null ? value : `./${path}`;
}

/** The value as a setting that is known only when the code runs. */
export function dynamicSetting(value: Value): DynamicSetting {
  return {
    state: 'dynamic',
    expression: shortly(value),
    at: value.at,
    chain: value.chain,
    fallback: value.kind === 'unknown' ? value.fallback : null,
    cause: value.kind === 'unknown' ? value.cause : value.kind === 'call' ? 'call' : 'expression',
  };
}

/** The value in a few words, for messages. */
function shortly(value: Value): string {
  switch (value.kind) {
    case 'unknown':
      return value.expression;
    case 'call':
      return shortCall(value.call);
    case 'scalar':
      return String(value.value);
    default:
      return value.kind === 'map' ? 'a dict' : 'a list';
  }
}

/** A conversion is told with what it converts: `int(time.time(…))`. */
function shortCall({ callee, arguments: [first] }: CallExpression): string {
  const converts = /^(?:int|round|abs|str)$/.test(callee) && first?.value.kind === 'call';
  return `${callee}(${converts ? `${first.value.callee}(…)` : '…'})`;
}

/** What could not be told, in the author's words. */
export function unknownValue(
  expression: string,
  at: Location,
  chain: Chain,
  why: { readonly cause: Cause; readonly fallback?: LiteralSetting | null; readonly parts?: readonly Value[] },
): Extract<Value, { kind: 'unknown' }> {
  const { cause, fallback = null, parts = [] } = why;
  return { kind: 'unknown', expression, at, chain, fallback, parts, cause };
}

/** An entry that something unread may have replaced. */
export function doubted(key: string, { value, stated }: EntryValue): EntryValue {
  const { chain } = value;
  return { value: unknownValue(key, stated, [...chain, stated], { cause: 'branches' }), stated };
}

/** Marks what is made of the default of an option: a command line may say otherwise. */
export function defaulted<V extends Value>(value: V, made: readonly Value[]): V {
  const isDefault = made.some((part) => part.kind === 'scalar' && part.byDefault === true);
  return isDefault && value.kind === 'scalar' ? { ...value, byDefault: true } : value;
}
