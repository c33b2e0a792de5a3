import type { Scalar } from './expression.js';
import type { Location } from './location.js';

/** One setting as its source states it. `dynamic`: present, but known only when the code runs. */
export type Setting<T extends SettingValue = SettingValue> =
  | LiteralSetting<T>
  | DynamicSetting<T>
  | { readonly state: 'absent' };

/** A scalar, or a list of scalars such as `report_to: [wandb]`. */
export type SettingValue = Scalar | readonly Scalar[];

export interface LiteralSetting<T extends SettingValue = SettingValue> {
  readonly state: 'literal';
  readonly value: T;
  /** Where the value is written, which is where a comment about it belongs and where an edit changes it. */
  readonly at: Location;
  /** The places the value came through, from where it is used to where it is written; both are in it. */
  readonly chain: readonly Location[];
  /** Set for the default of an option that a command line may say otherwise, and no launch command here does. */
  readonly byDefault?: true;
}

export interface DynamicSetting<T extends SettingValue = SettingValue> {
  readonly state: 'dynamic';
  /** The author's own words for it, for messages. */
  readonly expression: string;
  readonly at: Location;
  readonly chain: readonly Location[];
  /** What it is unless something outside the code says otherwise: the default of a flag or of an environment read. */
  readonly fallback: LiteralSetting<T> | null;
  /** What kept it from being read, for counting; left out where it is not followed at all. */
  readonly cause?: Cause;
}

/**
 * Why a value is known only when the code runs. `option`: the command line says it, and no command here does; `commands`: those that are here
 * differ, or take it from what only the shell knows; `environment`: a variable of it; `parameter`: the callers are not known or too
 * many; `branches`: several values; `call`: what a call gives back; `attribute`: what an object holds that is not followed; `name`: what
 * is defined nowhere here; `file`: a file that is not in the tree, or not whole; `expression`: arithmetic and the like; `bound`: too long a way.
 */
export type Cause =
  | 'option'
  | 'commands'
  | 'environment'
  | 'parameter'
  | 'branches'
  | 'call'
  | 'attribute'
  | 'name'
  | 'file'
  | 'expression'
  | 'bound';

export const ABSENT = { state: 'absent' } as const;

/** A value that is there and known only when the code runs, in the author's words. `chain` ends where it is written. */
export function computed(expression: string, chain: readonly [...Location[], Location]): DynamicSetting<never> {
  return { state: 'dynamic', expression, at: chain.at(-1) as Location, chain, fallback: null };
}

/** Whether both are literals of the same value; lists by their items. */
export function isSameLiteral(a: Setting | undefined, b: Setting | undefined): boolean {
  return a?.state === 'literal' && b?.state === 'literal' && JSON.stringify(a.value) === JSON.stringify(b.value);
}

export function isLiteral<T extends SettingValue>(
  setting: Setting<T>,
  value?: SettingValue,
): setting is LiteralSetting<T> {
  return setting.state === 'literal' && (value === undefined || setting.value === value);
}

/** The places a setting came through; none for an absent one. */
export function chainOf(setting: Setting): readonly Location[] {
  return setting.state === 'absent' ? [] : setting.chain;
}

/** `true`, and what stands for it on a command line. */
export function isTrue(setting: Setting): setting is Extract<Setting, { state: 'literal' }> {
  return setting.state === 'literal' && /^(?:true|yes|1)$/i.test(String(setting.value));
}

/** A number, also where a command line gives it as text; null for anything else. */
export function numberIn(setting: Setting): number | null {
  if (setting.state !== 'literal' || typeof setting.value === 'boolean' || setting.value === '') return null;
  const value = Number(setting.value);
  return Number.isFinite(value) ? value : null;
}
