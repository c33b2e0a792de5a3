import type { RepoPath } from '../model/identifiers.js';
import type { TrainingRun } from '../model/run.js';
import type { SourceTree } from '../model/source-tree.js';
import { findConfigRuns } from './config/config-runs.js';
import type { OnFailure } from './failures.js';
import { findPythonRuns } from './python/python-runs.js';
import { IndexedTree } from './tree/indexed-tree.js';

/**
 * Every training run of a tree, by id, so that the order in which files were read does not matter. `onFailure` is told
 * of files whose runs could not be followed, all or in part; the others are complete.
 */
export function findRuns(tree: SourceTree, onFailure: OnFailure = () => {}): TrainingRun[] {
  const indexed = new IndexedTree(tree, onFailure);
  const scripts = new Map(indexed.entries().map((path) => [path, findPythonRuns(path, indexed, onFailure)]));
  const configured = indexed
    .entries()
    .flatMap((path) => findConfigRuns(path, indexed, onFailure))
    .map((run) => withScript(run, scripts));
  return [...configured, ...[...scripts.values()].flat()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A file that a script of the tree reads: what that script calls, the run calls. */
function withScript(run: TrainingRun, scripts: ReadonlyMap<RepoPath, readonly TrainingRun[]>): TrainingRun {
  const [script] = run.files.toSorted().flatMap((path) => scripts.get(path) ?? []);
  if (script === undefined) return run;
  const { trainer, calls, callsOpen, columns, api, uploads } = script;
  const parts = [...script.parts, ...run.parts.filter(({ part }) => script.parts.every((it) => it.part !== part))];
  const rewards = run.rewards ?? script.rewards;
  const environment = new Map([...script.environment, ...run.environment]);
  const files = [...new Set([...run.files, ...script.files])];
  const secrets = [...run.secrets, ...script.secrets];
  return { ...run, trainer, calls, callsOpen, environment, files, columns, api, parts, rewards, uploads, secrets };
}
