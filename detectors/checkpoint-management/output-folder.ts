import type { Location } from '../../src/model/location.js';
import { type Stack, settingOf, type TrainingRun } from '../../src/model/run.js';
import { chainOf } from '../../src/model/setting.js';

/** Where a run writes its checkpoints. */
export type OutputFolder =
  /** `path` without `./` in front and a slash behind; `.` for the folder that the run is started from. */
  | { readonly state: 'constant'; readonly path: string; readonly at: Location; readonly chain: readonly Location[] }
  /** A part of the name is made when the run starts, `runs/…`, so that each run has its own. */
  | { readonly state: 'run-scoped'; readonly at: Location }
  | { readonly state: 'unknown'; readonly reason: string };

export function outputFolderOf({ settings }: TrainingRun): OutputFolder {
  const { setting } = settingOf(settings, 'output_dir');
  if (setting.state === 'absent') return { state: 'unknown', reason: 'where it writes is not said here' };
  if (setting.state === 'dynamic') {
    return /^[^…$]+(?:…|\$)/.test(setting.expression)
      ? { state: 'run-scoped', at: setting.at }
      : { state: 'unknown', reason: `the folder is computed: ${setting.expression}` };
  }
  if (setting.byDefault === true) return { state: 'unknown', reason: 'the folder is said on the command line' };
  return { state: 'constant', path: normalised(String(setting.value)), at: setting.at, chain: chainOf(setting) };
}

function normalised(path: string): string {
  const bare = path
    .trim()
    .replace(/\/+$/, '')
    .replace(/^(?:\.\/+)+/, '');
  return bare === '' ? (path.startsWith('/') ? '/' : '.') : bare;
}

/**
 * The part of the repository in which a relative folder means the same: scripts are started from where they lie,
 * configuration files from the root or from the outermost folder that holds them.
 */
export function startedFrom({ files, stack }: TrainingRun): string {
  const parts = (files[0] ?? '').split('/').slice(0, -1);
  return CONFIGURED.has(stack) ? (parts[0] ?? '') : parts.join('/');
}

const CONFIGURED: ReadonlySet<Stack> = new Set([
  'axolotl',
  'llama-factory',
  'llama-factory-v1',
  'torchtune',
  'trl-cli',
  'trl-recipe',
  'open-instruct',
  'hf-trainer',
]);
