import type { FileChange } from '../model/change.js';
import type { Anchor, BaselineState, Comparison, Finding } from '../model/comparison.js';
import type { RepoPath, RuleId, RunId } from '../model/identifiers.js';
import type { Report } from '../model/report.js';
import type { Detector, JudgeOptions } from '../model/rule.js';
import type { Gap } from '../model/run.js';
import { shareOf } from '../model/score.js';
import { type Fault, SEVERITIES, type Verdict } from '../model/verdict.js';
import { continuedRuns, renamesOf } from './continued-runs.js';
import { DiffLines } from './diff-lines.js';
import { habitOf } from './habits.js';
import { compareMetrics } from './metric-deltas.js';
import { movedIdentity, type Occurrence, occurrencesOf, settingIdentity, subjectIdentity } from './occurrences.js';
import { repeatsOf } from './repeats.js';
import { causedByVersions } from './version-changes.js';

export interface ReportsToCompare {
  readonly base: Report;
  readonly head: Report;
  readonly changes: readonly FileChange[];
  readonly detectors: readonly Detector[];
  readonly options: JudgeOptions;
  /** Files of the base that could not be read: what the head shows of them may have been there before. */
  readonly unreadOnBase: ReadonlySet<RepoPath>;
}

/** Base report and head report as one: what is new, what is gone, what got worse, and where to tell it. */
export function compareReports(sides: ReportsToCompare): Comparison {
  const { base, head, changes, detectors, options, unreadOnBase } = sides;
  const renames = renamesOf(changes);
  const continued = continuedRuns(
    base.runs.map((it) => it.run),
    head.runs.map((it) => it.run),
    renames,
  );
  const diff = new DiffLines(changes);
  const onBase = occurrencesOf(base, detectors, new Map());
  const onHead = occurrencesOf(withLostFaults(head, base, continued), detectors, renames);
  const { states, gone } = matchOccurrences(onBase, onHead, diff);
  const fresh = onHead.filter((it) => !states.has(it));
  const context: FindingContext = { base, continued, diff, repeats: repeatsOf(onHead, states) };
  const moved = causedByVersions(fresh, { base, continued, detectors, options });
  const told = new Set(onHead.map((it) => moved.get(it) ?? it));
  const present = [...told].map((it) =>
    presentFinding(it, states.get(it) ?? (unreadOnBase.has(it.path) ? 'unchanged' : 'new'), context),
  );
  const absent = gone.map((it) => absentFinding(it, head, continued));
  const findings = [...oneACause(present), ...absent].sort(byWeight);
  return {
    base,
    head,
    findings,
    ...compareMetrics({ base, head, continued, detectors, findings }),
    continued,
    brokenLinks: brokenLinks({ base, head, continued, changes }),
  };
}

/** What a run met on the base, and what it now lacks though nothing asks for it, is a fault of the head as well. */
function withLostFaults(head: Report, base: Report, continued: ReadonlyMap<RunId, RunId>): Report {
  const before = new Map(base.runs.map((it) => [it.run.id, it.verdicts]));
  const runs = head.runs.map((it) => {
    const known = before.get(continued.get(it.run.id) as RunId);
    const lost = [...it.verdicts].flatMap(([rule, verdict]): [RuleId, Verdict][] =>
      verdict.state === 'not-applicable' && verdict.lost !== undefined && known?.get(rule)?.state === 'met'
        ? [[rule, { state: 'missing', share: 0, evidence: [], faults: [verdict.lost] }]]
        : [],
    );
    return lost.length === 0 ? it : { ...it, verdicts: new Map([...it.verdicts, ...lost]) };
  });
  return { ...head, runs };
}

/**
 * Pairs the faults of both sides: first the same fault in the same file, then the same key of a configuration file with
 * another value, then the same fault elsewhere in the change, then the same setting of code with another value, then what
 * another call now does with the same thing. What is left on the head is new, what is left on the base is gone.
 */
function matchOccurrences(
  onBase: readonly Occurrence[],
  onHead: readonly Occurrence[],
  diff: DiffLines,
): { states: ReadonlyMap<Occurrence, BaselineState>; gone: readonly Occurrence[] } {
  const states = new Map<Occurrence, BaselineState>();
  const open = new Set(onBase);
  // Of several equal faults, those on lines that the change did not write were there before.
  const ordered = [...onHead].sort((a, b) => Number(diff.touches(a.fault.at)) - Number(diff.touches(b.fault.at)));
  const passes: [BaselineState, (it: Occurrence) => string | null][] = [
    ['unchanged', (it) => [it.path, movedIdentity(it)].join('\n')],
    ['updated', (it) => (isOfFile(it) ? settingIdentity(it) : null)],
    ['unchanged', movedIdentity],
    ['updated', settingIdentity],
    ['updated', subjectIdentity],
  ];
  for (const [state, identity] of passes) {
    const byIdentity = groupedBy(open, identity);
    for (const it of ordered) {
      if (states.has(it)) continue;
      const partner = byIdentity.get(identity(it) ?? '')?.shift();
      if (partner === undefined) continue;
      open.delete(partner);
      states.set(it, state);
    }
  }
  return { states, gone: [...open] };
}

/** Whether it is about a key of the run's own file, which stands there once. */
function isOfFile({ fault, runs }: Occurrence): boolean {
  return runs.every(({ settings, files }) => settings.extend?.kind === 'key' && files[0] === fault.at.path);
}

function groupedBy(
  occurrences: Iterable<Occurrence>,
  identity: (it: Occurrence) => string | null,
): Map<string, Occurrence[]> {
  const groups = new Map<string, Occurrence[]>();
  for (const it of occurrences) {
    const key = identity(it);
    if (key === null) continue;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [it]);
    else known.push(it);
  }
  return groups;
}

/**
 * New findings of one rule that one changed line causes are one, with all the runs it reaches: a revision that is taken out of a
 * shared file is one change, whatever it pinned.
 */
function oneACause(findings: readonly Finding[]): Finding[] {
  const causes = new Map<string, Finding>();
  const told: Finding[] = [];
  for (const finding of findings) {
    const cause = causeOf(finding);
    const known = cause === null ? undefined : causes.get(cause);
    if (cause === null) told.push(finding);
    else causes.set(cause, known === undefined ? finding : together(known, finding));
  }
  return [...told, ...causes.values()];
}

/** Null for a finding of its own: one that is not new, or that stands where its cause is and differs from the others there. */
function causeOf({ state, rule, kind, anchor, fault }: Finding): string | null {
  if (state !== 'new' || anchor === null) return null;
  const { path, start, end, startLine, endLine } = fault.at;
  const isThere = path === anchor.path && startLine <= anchor.endLine && anchor.startLine <= endLine;
  return [rule, kind, anchor.side, anchor.path, anchor.startLine, ...(isThere ? [start, end, fault.key] : [])].join(
    '\n',
  );
}

function together(a: Finding, b: Finding): Finding {
  const [first, second] = SEVERITIES.indexOf(b.fault.severity) < SEVERITIES.indexOf(a.fault.severity) ? [b, a] : [a, b];
  return { ...first, inline: a.inline || b.inline, runs: [...new Set([...first.runs, ...second.runs])] };
}

interface FindingContext {
  readonly base: Report;
  readonly continued: ReadonlyMap<RunId, RunId>;
  readonly diff: DiffLines;
  /** New faults about what the same file is at fault about already. */
  readonly repeats: ReadonlySet<Occurrence>;
}

function presentFinding(it: Occurrence, state: BaselineState, context: FindingContext): Finding {
  const habit = state === 'new' ? habitOf(it, context) : null;
  const isQuiet = habit !== null || (state === 'new' && isRepeat(it, context));
  const fault = isQuiet ? { ...it.fault, severity: 'notice' as const } : weighed(it, state, context);
  const anchor = state === 'unchanged' ? null : anchorOf(it, context);
  return {
    fingerprint: it.fingerprint,
    rule: it.rule,
    metric: it.metric,
    state,
    gone: null,
    kind: it.kind,
    fault,
    runs: it.runs.map((run) => run.id),
    anchor,
    inline: state === 'new' && anchor !== null && fault.confidence === 'high' && fault.severity !== 'notice',
    habit,
  };
}

/** What the change took away is told, whatever stands beside it. */
function isRepeat(it: Occurrence, context: FindingContext): boolean {
  if (!context.repeats.has(it)) return false;
  return !lostEvidence(it, context).some((evidence) => context.diff.removedAnchor(evidence) !== null);
}

/** What a run had on the base and lacks on the head was taken away by the change. */
function weighed(it: Occurrence, state: BaselineState, { base, continued }: FindingContext): Fault {
  const { severityWhenLost } = it.fault;
  if (state !== 'new' || severityWhenLost === undefined) return it.fault;
  const lost = it.runs.some((run) => {
    const before = base.runs.find((known) => known.run.id === continued.get(run.id));
    return run.role === 'recipe' && shareOf(before?.verdicts.get(it.rule)) === 1;
  });
  return lost ? { ...it.fault, severity: severityWhenLost } : it.fault;
}

function absentFinding(it: Occurrence, head: Report, continued: ReadonlyMap<RunId, RunId>): Finding {
  return {
    fingerprint: it.fingerprint,
    rule: it.rule,
    metric: it.metric,
    state: 'absent',
    gone: reasonGone(it, head, continued),
    kind: it.kind,
    fault: it.fault,
    runs: it.runs.map((run) => run.id),
    anchor: null,
    inline: false,
    habit: null,
  };
}

/** A verdict that became unknown mends nothing: the setting may be as it was, out of sight. */
function reasonGone(it: Occurrence, head: Report, continued: ReadonlyMap<RunId, RunId>): Finding['gone'] {
  const before = new Set(it.runs.map((run) => run.id));
  const survivors = head.runs.filter(({ run }) => before.has(continued.get(run.id) as RunId));
  if (survivors.length === 0) return 'removed';
  return survivors.every(({ verdicts }) => verdicts.get(it.rule)?.state === 'unknown') ? 'unknown' : 'fixed';
}

/**
 * The first of these that the change wrote or took away: the bad value, a place its value came through, the evidence
 * that was there before. Failing these, a line of them that the diff shows, then the run's own line. A long call that lacks
 * something is no bad value: which of its lines the change wrote says nothing, so that the evidence comes first.
 */
function anchorOf(it: Occurrence, context: FindingContext): Anchor | null {
  const { diff } = context;
  const places = [it.fault.at, ...it.fault.chain.toReversed()];
  const removed = firstOf(lostEvidence(it, context), (evidence) => diff.removedAnchor(evidence));
  if (removed !== null && it.kind === 'missing' && diff.isNarrowed(it.fault.at)) return removed;
  for (const place of places) if (diff.touches(place)) return diff.headAnchor(place);
  if (removed !== null) return removed;
  for (const place of [...places, ...it.runs.map((run) => run.at)]) {
    const anchor = diff.headAnchor(place);
    if (anchor !== null) return anchor;
  }
  return null;
}

function firstOf<T, U>(all: readonly T[], of: (it: T) => U | null): U | null {
  for (const it of all) {
    const found = of(it);
    if (found !== null) return found;
  }
  return null;
}

/** Where the base held what the head lacks. */
function lostEvidence(it: Occurrence, { base, continued }: FindingContext): readonly Occurrence['fault']['at'][] {
  const before = new Set(it.runs.map((run) => continued.get(run.id)));
  return base.runs.flatMap(({ run, verdicts }) => {
    const verdict = verdicts.get(it.rule);
    const held = verdict !== undefined && 'evidence' in verdict ? verdict.evidence : [];
    return before.has(run.id) ? held : [];
  });
}

/** Runs that survive and name a file which the change deletes; not what led nowhere before. */
function brokenLinks({
  base,
  head,
  continued,
  changes,
}: Pick<Comparison, 'base' | 'head' | 'continued'> & Pick<ReportsToCompare, 'changes'>): Comparison['brokenLinks'] {
  const removed = changes.filter((it) => it.status === 'removed').map((it) => it.path);
  if (removed.length === 0) return [];
  const gapsOnBase = new Map(base.runs.map(({ run }) => [run.id, new Set(run.gaps.map((gap) => gap.what))]));
  return head.runs.flatMap(({ run }) => {
    const before = gapsOnBase.get(continued.get(run.id) as RunId);
    return run.gaps.flatMap((gap) => {
      if (gap.kind !== 'missing-file' || before?.has(gap.what) === true) return [];
      const path = removed.find((it) => names(gap, it));
      return path === undefined ? [] : [{ run: run.id, path, at: gap.at }];
    });
  });
}

/** Whether a link leads to a file: by its path or the end of it, or by the relative import `.module`. */
function names({ what, at }: Gap, path: RepoPath): boolean {
  const [, dots, dotted = ''] = /^(\.+)([\w.]*)$/.exec(what) ?? [];
  if (dots === undefined) return path === what || path.endsWith(`/${what.replace(/^\.\//, '')}`);
  const folder = at.path.split('/').slice(0, -dots.length);
  const module = [...folder, ...dotted.split('.')].join('/');
  return path === `${module}.py` || path === `${module}/__init__.py`;
}

function byWeight(a: Finding, b: Finding): number {
  const order = SEVERITIES.indexOf(a.fault.severity) - SEVERITIES.indexOf(b.fault.severity);
  if (order !== 0) return order;
  if (a.fault.at.path !== b.fault.at.path) return a.fault.at.path < b.fault.at.path ? -1 : 1;
  return a.fault.at.start - b.fault.at.start || (a.fingerprint < b.fingerprint ? -1 : 1);
}
