import type { RepoPath } from '../../model/identifiers.js';
import type { OptionalControl, RunSettings } from '../../model/run.js';
import type { SettingValue } from '../../model/setting.js';
import { ConfigSettings, type SettingSource } from '../config/settings.js';
import type { Launch } from './launches.js';

/**
 * Settings of a script that takes its arguments from the command line: what all commands that start it say alike. The
 * rest stays open, because the script may have defaults of its own. `fileOf` gives the file of arguments that a command names, where the
 * script's parser reads it by itself.
 */
export function withLaunchedFlags(
  settings: RunSettings,
  launches: readonly Launch[],
  fileOf: (config: RepoPath) => SettingSource | null = () => null,
): RunSettings {
  if (settings.open === null) return settings;
  const tables = launches.map((launch) => launchedTable(launch, fileOf)?.stated ?? null);
  const [first, ...others] = tables;
  // A file that is not read, or words that are not known, may say anything.
  if (first == null || others.includes(null)) return settings;
  const stated = new Map(settings.stated);
  for (const [key, control] of first) {
    if (!stated.has(key) && others.every((it) => saysTheSame(it?.get(key), control))) stated.set(key, control);
  }
  return { ...settings, stated };
}

function launchedTable(
  { flags, config, lost }: Launch,
  fileOf: (config: RepoPath) => SettingSource | null,
): RunSettings | null {
  if (lost !== null) return null;
  if (config === null) return new ConfigSettings(flags).table();
  const file = fileOf(config);
  return file === null ? null : new ConfigSettings(file, [flags]).table();
}

function saysTheSame(a: OptionalControl<SettingValue> | undefined, b: OptionalControl<SettingValue>): boolean {
  return a !== undefined && said(a) !== null && said(a) === said(b);
}

function said({ setting, nothing }: OptionalControl<SettingValue>): string | null {
  if (setting.state === 'literal') return JSON.stringify(setting.value);
  return nothing === undefined ? null : 'nothing';
}
