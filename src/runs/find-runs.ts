import type { TrainingRun } from '../model/run.js';
import type { SourceTree } from '../model/source-tree.js';
import type { OnFailure } from './failures.js';
import { RunFinder } from './run-finder.js';
import { IndexedTree } from './tree/indexed-tree.js';
import { sourceOf } from './tree/tree-source.js';

/**
 * Every training run of a tree, by id, so that the order in which files were read does not matter. `onFailure` is told
 * of files whose runs could not be followed, all or in part; the others are complete.
 */
export function findRuns(tree: SourceTree, onFailure: OnFailure = () => {}): TrainingRun[] {
  const indexed = new IndexedTree(sourceOf(tree), null, onFailure);
  const finder = new RunFinder(indexed);
  const runs = indexed.entries().flatMap((path) => {
    const found = finder.find(path)?.value;
    for (const detail of found?.failures ?? []) onFailure(path, detail);
    return found?.runs ?? [];
  });
  return runs.sort(byId);
}

export function byId(a: TrainingRun, b: TrainingRun): number {
  return a.id < b.id ? -1 : 1;
}
