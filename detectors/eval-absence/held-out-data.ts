import type { Location } from '../../src/model/location.js';
import { type OptionalControl, settingOf, type TrainingRun } from '../../src/model/run.js';
import { numberIn, type SettingValue } from '../../src/model/setting.js';
import type { Lack } from './situation.js';

/** The share that a suggestion holds out. */
export const SHARE = 0.05;

export type HeldOutData =
  | { readonly state: 'given'; readonly at: Location }
  | { readonly state: 'none'; readonly lack: Pick<Lack, 'kind' | 'at' | 'chain' | 'key' | 'value'> }
  | { readonly state: 'unknown'; readonly reason: string };

/** Data that is held out by a share of the training data, under one key, or named as a set of its own, under another. */
export function heldOutData({ settings }: TrainingRun, shareKey: string, setKey: string): HeldOutData {
  const named = settingOf(settings, setKey);
  if (isGiven(named)) return { state: 'given', at: placeOf(named, settings.at) };
  const share = settingOf(settings, shareKey);
  if (share.setting.state === 'dynamic') return { state: 'unknown', reason: `\`${shareKey}\` is computed` };
  if (share.setting.state === 'literal') {
    const size = numberIn(share.setting);
    if (size === null) return { state: 'unknown', reason: `\`${shareKey}\` is no number` };
    if (size > 0) return { state: 'given', at: placeOf(share, settings.at) };
    const { at, chain, value } = share.setting;
    return { state: 'none', lack: { kind: 'violated', at, chain, key: shareKey, value: String(value) } };
  }
  if (settings.open !== null) return { state: 'unknown', reason: settings.open };
  const at = share.stated ?? settings.at;
  return { state: 'none', lack: { kind: 'missing', at, chain: [], key: shareKey, value: null } };
}

/** A key that sets something; an empty list sets nothing. */
export function isGiven({ setting }: OptionalControl<SettingValue>): boolean {
  if (setting.state !== 'literal') return setting.state === 'dynamic';
  return !(Array.isArray(setting.value) && setting.value.length === 0);
}

export function placeOf({ setting, stated }: OptionalControl<SettingValue>, otherwise: Location): Location {
  return stated ?? (setting.state === 'absent' ? otherwise : setting.at);
}
