import type { FileChange } from '../model/change.js';
import type { RepoPath, RunId } from '../model/identifiers.js';
import type { TrainingRun } from '../model/run.js';

/** What each path of the head was called on the base. */
export type Renames = ReadonlyMap<RepoPath, RepoPath>;

export function renamesOf(changes: readonly FileChange[]): Renames {
  return new Map(
    changes.flatMap((change) => (change.previousPath === null ? [] : [[change.path, change.previousPath] as const])),
  );
}

/**
 * Head run to the base run it continues: the same entry of the same file, or of the file it was renamed from; else the
 * only run without a match on either side that trains the same thing, as when a trainer moves to another file.
 */
export function continuedRuns(
  base: readonly TrainingRun[],
  head: readonly TrainingRun[],
  renames: Renames,
): Map<RunId, RunId> {
  const continued = new Map<RunId, RunId>();
  const baseIds = new Set(base.map((run) => run.id));
  for (const run of head) {
    const id = baseIdOf(run.id, renames);
    if (baseIds.has(id)) continued.set(run.id, id);
  }
  const taken = new Set(continued.values());
  pairMoved(
    base.filter((run) => !taken.has(run.id)),
    head.filter((run) => !continued.has(run.id)),
    continued,
  );
  return continued;
}

function baseIdOf(id: RunId, renames: Renames): RunId {
  const hash = id.lastIndexOf('#');
  const path = id.slice(0, hash) as RepoPath;
  return `${renames.get(path) ?? path}${id.slice(hash)}` as RunId;
}

function pairMoved(base: readonly TrainingRun[], head: readonly TrainingRun[], continued: Map<RunId, RunId>): void {
  const left = grouped(base);
  const right = grouped(head);
  for (const [signature, runs] of right) {
    const others = left.get(signature) ?? [];
    const [run] = runs;
    const [other] = others;
    if (runs.length === 1 && others.length === 1 && run !== undefined && other !== undefined)
      continued.set(run.id, other.id);
  }
}

function grouped(runs: readonly TrainingRun[]): Map<string, TrainingRun[]> {
  const groups = new Map<string, TrainingRun[]>();
  for (const run of runs) {
    const names = run.loads.map((load) => (load.name.state === 'literal' ? load.name.value : '…'));
    const signature = [run.stack, run.method, run.id.slice(run.id.lastIndexOf('#')), ...names.sort()].join('\n');
    groups.set(signature, [...(groups.get(signature) ?? []), run]);
  }
  return groups;
}
