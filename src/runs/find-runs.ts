import type { TrainingRun } from '../model/run.js';
import type { SourceTree } from '../model/source-tree.js';
import { findConfigRuns } from './config/config-runs.js';
import { findLaunches } from './launch/launches.js';
import { findPythonRuns } from './python/python-runs.js';

/** Every training run of a tree, by id, so that the order in which files were read does not matter. */
export function findRuns(tree: SourceTree): TrainingRun[] {
  const sorted = inPathOrder(tree);
  const launches = findLaunches(sorted);
  const runs = [...findConfigRuns(sorted, launches), ...findPythonRuns(sorted, launches)];
  return runs.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function inPathOrder(tree: SourceTree): SourceTree {
  const files = new Map([...tree.files].sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...tree, files };
}
