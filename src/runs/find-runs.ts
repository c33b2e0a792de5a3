import type { RepoPath } from '../model/identifiers.js';
import type { TrainingRun } from '../model/run.js';
import type { SourceTree } from '../model/source-tree.js';
import { findConfigRuns } from './config/config-runs.js';
import type { OnFailure } from './failures.js';
import { findLaunches } from './launch/launches.js';
import { findPythonRuns } from './python/python-runs.js';

/**
 * Every training run of a tree, by id, so that the order in which files were read does not matter. `onFailure` is told
 * of files whose runs could not be followed, all or in part; the others are complete.
 */
export function findRuns(tree: SourceTree, onFailure: OnFailure = () => {}): TrainingRun[] {
  const sorted = inPathOrder(tree);
  const launches = findLaunches(sorted, onFailure);
  const scripts = findPythonRuns(sorted, launches, onFailure);
  const configured = findConfigRuns(sorted, launches, onFailure).map((run) => withScript(run, scripts));
  return [...configured, ...scripts].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A file that a script of the tree reads: what that script calls, the run calls. */
function withScript(run: TrainingRun, scripts: readonly TrainingRun[]): TrainingRun {
  const script = scripts.find((it) => run.files.includes(it.files[0] as RepoPath));
  if (script === undefined) return run;
  const { trainer, calls, callsOpen, columns, api, uploads } = script;
  const parts = [...script.parts, ...run.parts.filter(({ part }) => script.parts.every((it) => it.part !== part))];
  const rewards = run.rewards ?? script.rewards;
  const environment = new Map([...script.environment, ...run.environment]);
  const files = [...new Set([...run.files, ...script.files])];
  const secrets = [...run.secrets, ...script.secrets];
  return { ...run, trainer, calls, callsOpen, environment, files, columns, api, parts, rewards, uploads, secrets };
}

function inPathOrder(tree: SourceTree): SourceTree {
  const files = new Map([...tree.files].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...tree, files };
}
