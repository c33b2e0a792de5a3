import type { FileChange } from '../model/change.js';
import { partsOfRunId, type RepoPath, type RunId, runId } from '../model/identifiers.js';
import type { TrainingRun } from '../model/run.js';

/** What each path of the head was called on the base. */
export type Renames = ReadonlyMap<RepoPath, RepoPath>;

export function renamesOf(changes: readonly FileChange[]): Renames {
  return new Map(
    changes.flatMap((change) => (change.previousPath === null ? [] : [[change.path, change.previousPath] as const])),
  );
}

/**
 * Head run to the base run it continues: the same entry of the same file with the same configuration, or of what these were renamed
 * from; else the entry before it was started with several configurations, or with one more than was told; else the
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
  pairEntries(base, head, renames, continued);
  const taken = new Set(continued.values());
  pairMoved(
    base.filter((run) => !taken.has(run.id)),
    head.filter((run) => !continued.has(run.id)),
    continued,
  );
  return continued;
}

function baseIdOf(id: RunId, renames: Renames): RunId {
  const { path, entry, configuration } = partsOfRunId(id);
  return runId(renamed(path, renames), entry, renamed(configuration, renames));
}

function renamed<T extends string>(path: T, renames: Renames): T {
  return (renames.get(path as unknown as RepoPath) as unknown as T | undefined) ?? path;
}

/** A script that is started with one configuration more than before, or one less, is still that script. */
function pairEntries(
  base: readonly TrainingRun[],
  head: readonly TrainingRun[],
  renames: Renames,
  continued: Map<RunId, RunId>,
): void {
  const taken = new Set(continued.values());
  const left = new Map<RunId, TrainingRun[]>();
  for (const run of base) {
    if (taken.has(run.id)) continue;
    const entry = entryOf(run.id);
    left.set(entry, [...(left.get(entry) ?? []), run]);
  }
  for (const run of head) {
    if (continued.has(run.id)) continue;
    const others = left.get(entryOf(baseIdOf(run.id, renames))) ?? [];
    const [first] = others;
    // One with no configuration, or with one, is what all that come after it were before; and what is left of several was each.
    const isClear = others.length === 1 || partsOfRunId(run.id).configuration === '';
    if (first !== undefined && isClear) continued.set(run.id, first.id);
  }
}

function entryOf(id: RunId): RunId {
  const { path, entry } = partsOfRunId(id);
  return runId(path, entry);
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
    const signature = [run.stack, run.method, partsOfRunId(run.id).entry, ...names.sort()].join('\n');
    groups.set(signature, [...(groups.get(signature) ?? []), run]);
  }
  return groups;
}
