import type { RunId } from '../model/identifiers.js';
import type { Report } from '../model/report.js';
import type { Occurrence } from './occurrences.js';

/** At least this many other runs, and at least half of them, make a habit. */
const FEWEST_RUNS = 3;

/**
 * A warning about a new run that most of the repository's other runs share says nothing about the change: it is how
 * the house works. Errors are exempt. Gives "31 of 40 runs"; null where it is no habit.
 */
export function habitOf(
  it: Occurrence,
  { base, continued }: { readonly base: Report; readonly continued: ReadonlyMap<RunId, RunId> },
): string | null {
  if (it.fault.severity !== 'warning' || it.runs.some((run) => continued.has(run.id))) return null;
  const verdicts = base.runs.flatMap((run) => run.verdicts.get(it.rule) ?? []);
  const known = verdicts.filter((verdict) => verdict.state !== 'unknown' && verdict.state !== 'not-applicable');
  const sharing = known.filter((verdict) => verdict.state !== 'met');
  if (sharing.length < FEWEST_RUNS || sharing.length * 2 < known.length) return null;
  return `${sharing.length} of ${known.length} runs`;
}
