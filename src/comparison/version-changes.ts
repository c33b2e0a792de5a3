import type { RunId } from '../model/identifiers.js';
import type { Location } from '../model/location.js';
import type { Report } from '../model/report.js';
import type { Detector, JudgeOptions, Rule } from '../model/rule.js';
import type { TrainingRun } from '../model/run.js';
import type { Fault } from '../model/verdict.js';
import { describeRange, rangeOf, type VersionRange } from '../model/versions.js';
import type { Occurrence } from './occurrences.js';

export interface VersionContext {
  readonly base: Report;
  readonly continued: ReadonlyMap<RunId, RunId>;
  readonly detectors: readonly Detector[];
  readonly options: JudgeOptions;
}

/**
 * Faults that are there only because a library moved: judged with the base's release of that one library they are
 * gone. All of one rule are told once, where the version is written, with the runs they reach; a default that changed
 * has no line of its own in the code, and no edit there would be the author's wish.
 */
export function causedByVersions(
  occurrences: readonly Occurrence[],
  context: VersionContext,
): Map<Occurrence, Occurrence> {
  const causes = new Map<Occurrence, Occurrence>();
  const told = new Map<string, Occurrence>();
  for (const it of occurrences) {
    const move = moveBehind(it, context);
    if (move === null) continue;
    const key = [it.rule, move.at.path, move.at.start].join(' ');
    const known = told.get(key);
    const runs = [...new Map([...(known?.runs ?? []), ...it.runs].map((run) => [run.id, run])).values()];
    const merged: Occurrence = {
      ...it,
      ...known,
      fault: moveFault(it.fault, move, runs.length),
      runs,
      path: move.at.path,
    };
    told.set(key, merged);
    causes.set(it, merged);
  }
  // Every fault behind one move leads to the same, last merged finding.
  for (const [it, merged] of causes) {
    const key = [it.rule, merged.fault.at.path, merged.fault.at.start].join(' ');
    causes.set(it, told.get(key) ?? merged);
  }
  return causes;
}

/** One library that changed its release between base and head. */
interface Move {
  readonly library: string;
  readonly from: VersionRange;
  readonly to: VersionRange;
  readonly at: Location;
}

/** The move that alone explains the fault, in every run that has it. */
function moveBehind(it: Occurrence, context: VersionContext): Move | null {
  const rule = context.detectors.flatMap((detector) => detector.rules).find((known) => known.rule.id === it.rule)?.rule;
  const [first] = it.runs;
  if (rule === undefined || first === undefined) return null;
  for (const move of movesOf(first, context)) {
    if (it.runs.every((run) => isExplained(it.fault, run, rule, move.library, context))) return move;
  }
  return null;
}

function movesOf(run: TrainingRun, context: VersionContext): Move[] {
  const before = baseRun(run, context);
  if (before === null) return [];
  return [...run.versions].flatMap(([library, to]) => {
    const from = rangeOf(before.versions, library);
    return to.at === undefined || describeRange(from) === describeRange(to) ? [] : [{ library, from, to, at: to.at }];
  });
}

function isExplained(fault: Fault, run: TrainingRun, rule: Rule, library: string, context: VersionContext): boolean {
  const before = baseRun(run, context);
  if (before === null) return false;
  const versions = new Map(run.versions);
  const old = before.versions.get(library);
  if (old === undefined) versions.delete(library);
  else versions.set(library, old);
  const faults = faultsOf(rule, { ...run, versions }, context.options);
  return (
    faults !== null &&
    !faults.some((it) => it.key === fault.key && it.at.path === fault.at.path && it.at.start === fault.at.start)
  );
}

/**
 * Null where the rule fails, which explains nothing and must not end the review, and where it compares runs: what
 * another run does is no default of a library.
 */
function faultsOf(rule: Rule, run: TrainingRun, options: JudgeOptions): readonly Fault[] | null {
  if (rule.project !== null) return null;
  try {
    const verdict = rule.judge(run, options, []);
    return 'faults' in verdict ? verdict.faults : [];
  } catch {
    return null;
  }
}

function baseRun(run: TrainingRun, { base, continued }: VersionContext): TrainingRun | null {
  const id = continued.get(run.id);
  return base.runs.find((it) => it.run.id === id)?.run ?? null;
}

function moveFault(fault: Fault, { library, from, to, at }: Move, runs: number): Fault {
  const reach = runs === 1 ? 'one run' : `${runs} runs`;
  return {
    severity: 'warning',
    confidence: fault.confidence,
    at,
    chain: [],
    key: `${library}(version)`,
    value: describeRange(to),
    message: `\`${library}${describeRange(to)}\` changes what ${reach} relied on with \`${library}${describeRange(from)}\`. ${fault.message}`,
    deviation: null,
    fix: null,
  };
}
