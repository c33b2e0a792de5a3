import type { BaselineState } from '../model/comparison.js';
import { SEVERITIES } from '../model/verdict.js';
import { type Occurrence, subjectIdentity } from './occurrences.js';

/**
 * The new faults whose file is at fault about the same thing already, on the base or further up in the change, with no less
 * weight: a second load of the same unpinned model says nothing that the first does not. One with a fix is told all the same.
 */
export function repeatsOf(
  onHead: readonly Occurrence[],
  states: ReadonlyMap<Occurrence, BaselineState>,
): ReadonlySet<Occurrence> {
  const told = new Map<string, number>();
  const repeats = new Set<Occurrence>();
  // What was there before comes first, then what stands first.
  const ordered = [...onHead].sort((a, b) => Number(states.has(b)) - Number(states.has(a)));
  for (const it of ordered) {
    const identity = subjectIdentity(it);
    if (identity === null || it.fault.confidence !== 'high') continue;
    const weight = SEVERITIES.indexOf(it.fault.severity);
    const known = told.get(identity);
    if (!states.has(it) && known !== undefined && known <= weight && it.fault.fix === null) repeats.add(it);
    else told.set(identity, Math.min(weight, known ?? weight));
  }
  return repeats;
}
