import { addArgument, type Edit, type Fix, replaceValue } from './fix.js';
import type { Location } from './location.js';
import type { OptionalControl, RunSettings } from './run.js';
import type { SettingValue } from './setting.js';

/** A fix that sets these keys or keywords, beside the first of them that is there already. Null where that cannot be done. */
export function settingsFix(
  settings: RunSettings,
  wanted: readonly (readonly [key: string, value: string | number | boolean])[],
  title: string,
): Fix | null {
  const beside = wanted.flatMap(([key]) => settings.stated.get(key)?.stated ?? [])[0];
  const edits = wanted.map(([key, value]) => editOf(settings, key, value, beside ?? null));
  const complete = edits.filter((edit) => edit !== null);
  return complete.length < edits.length ? null : { applicability: 'unsafe', title, edits: complete };
}

function editOf(
  settings: RunSettings,
  key: string,
  value: string | number | boolean,
  beside: Location | null,
): Edit | null {
  const control = settings.stated.get(key);
  if (control !== undefined) return replacement(control, value);
  if (settings.extend === null) return null;
  if (settings.extend.kind === 'key') return { kind: 'add-key', after: beside ?? settings.extend.at, key, value };
  return addArgument(settings.extend.at, key, inPython(value));
}

function inPython(value: string | number | boolean): string {
  if (typeof value === 'string') return `"${value}"`;
  return typeof value === 'number' ? String(value) : value ? 'True' : 'False';
}

function replacement(control: OptionalControl<SettingValue>, value: string | number | boolean): Edit | null {
  if (control.setting.state === 'literal') return replaceValue(control.setting.at, value);
  return control.nothing === undefined ? null : replaceValue(control.nothing.at, value);
}
