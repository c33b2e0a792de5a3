import type { OptionalControl, RunSettings } from '../../model/run.js';
import type { SettingValue } from '../../model/setting.js';
import { ConfigSettings } from '../config/settings.js';
import type { Launch } from './launches.js';

/**
 * Settings of a script that takes its arguments from the command line: what all commands that start it say alike. The
 * rest stays open, because the script may have defaults of its own.
 */
export function withLaunchedFlags(settings: RunSettings, launches: readonly Launch[]): RunSettings {
  const tables = launches.map((launch) => new ConfigSettings(launch.flags).table());
  const [first, ...others] = tables;
  // A file of arguments, or words that are not known, may say anything.
  if (settings.open === null || first === undefined || launches.some((it) => it.config !== null || it.lost !== null)) {
    return settings;
  }
  const stated = new Map(settings.stated);
  for (const [key, control] of first.stated) {
    if (!stated.has(key) && others.every((it) => saysTheSame(it.stated.get(key), control))) stated.set(key, control);
  }
  return { ...settings, stated };
}

function saysTheSame(a: OptionalControl<SettingValue> | undefined, b: OptionalControl<SettingValue>): boolean {
  return a !== undefined && said(a) !== null && said(a) === said(b);
}

function said({ setting, nothing }: OptionalControl<SettingValue>): string | null {
  if (setting.state === 'literal') return JSON.stringify(setting.value);
  return nothing === undefined ? null : 'nothing';
}
