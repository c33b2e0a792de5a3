import { createHash } from 'node:crypto';
import { type Fingerprint, fingerprint, type MetricKey, type RepoPath, type RuleId } from '../model/identifiers.js';
import { compareLocations } from '../model/location.js';
import type { Report } from '../model/report.js';
import type { Detector } from '../model/rule.js';
import type { TrainingRun } from '../model/run.js';
import { type Fault, SEVERITIES } from '../model/verdict.js';
import type { Renames } from './continued-runs.js';

/** A fault of one side with the runs it was seen in: the same rule at the same place is one. */
export interface Occurrence {
  readonly rule: RuleId;
  readonly metric: MetricKey;
  readonly kind: 'missing' | 'violated';
  readonly fault: Fault;
  readonly runs: readonly TrainingRun[];
  readonly fingerprint: Fingerprint;
  /** The path under its base name, so that a rename changes nothing. */
  readonly path: RepoPath;
}

/** All faults of a report, each once, in the order of files and lines. */
export function occurrencesOf(report: Report, detectors: readonly Detector[], renames: Renames): Occurrence[] {
  const found = new Map<string, Omit<Occurrence, 'fingerprint'>>();
  for (const { run, verdicts } of report.runs) {
    for (const [rule, verdict] of verdicts) {
      if (verdict.state !== 'missing' && verdict.state !== 'violated') continue;
      for (const fault of verdict.faults)
        addFault(found, { rule, metric: metricOf(detectors, rule), run, fault, kind: verdict.state }, renames);
    }
  }
  const ordered = [...found.values()].sort(
    (a, b) => compareLocations(a.fault.at, b.fault.at) || (a.rule < b.rule ? -1 : 1),
  );
  return withFingerprints(ordered);
}

/** What two occurrences must share to be the same fault in another place of the change. */
export function movedIdentity(it: Pick<Occurrence, 'rule' | 'fault'>): string {
  return [it.rule, it.fault.key, it.fault.value ?? ''].join('\n');
}

/** What they must share to be the same setting with another bad value. */
export function settingIdentity(it: Pick<Occurrence, 'rule' | 'fault' | 'path'>): string {
  return [it.rule, it.path, it.fault.key].join('\n');
}

/** What they must share to be about the same thing, whichever call names it; null where every place is a fault of its own. */
export function subjectIdentity(it: Pick<Occurrence, 'rule' | 'fault' | 'path'>): string | null {
  return it.fault.subject === undefined ? null : [it.rule, it.path, it.fault.subject].join('\n');
}

interface SeenFault {
  readonly rule: RuleId;
  readonly metric: MetricKey;
  readonly kind: Occurrence['kind'];
  readonly run: TrainingRun;
  readonly fault: Fault;
}

function addFault(found: Map<string, Omit<Occurrence, 'fingerprint'>>, seen: SeenFault, renames: Renames): void {
  const { rule, metric, kind, run, fault } = seen;
  const { path, start, end } = fault.at;
  const place = [rule, path, start, end, fault.key, fault.value].join('\n');
  const known = found.get(place);
  if (known === undefined) {
    found.set(place, { rule, metric, kind, fault, runs: [run], path: renames.get(path) ?? path });
    return;
  }
  if (known.runs.some((it) => it.id === run.id)) return;
  const worse = SEVERITIES.indexOf(fault.severity) < SEVERITIES.indexOf(known.fault.severity);
  found.set(place, { ...known, fault: worse ? fault : known.fault, runs: [...known.runs, run] });
}

/** Equal faults of one file get an ordinal by order of appearance, so that each has a fingerprint of its own. */
function withFingerprints(occurrences: readonly Omit<Occurrence, 'fingerprint'>[]): Occurrence[] {
  const seen = new Map<string, number>();
  return occurrences.map((it) => {
    const identity = [it.rule, it.path, it.fault.key, it.fault.value ?? ''].join('\n');
    const ordinal = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, ordinal);
    return { ...it, fingerprint: fingerprintOf(identity, ordinal) };
  });
}

/** See `kinOf`. What is equal 256 times in one file has lost its kin, and is still told apart. */
function fingerprintOf(identity: string, ordinal: number): Fingerprint {
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  if (ordinal > 0xff) return fingerprint(digest(`${identity}\n${ordinal}`).slice(0, 16));
  return fingerprint(digest(identity).slice(0, 14) + ordinal.toString(16).padStart(2, '0'));
}

function metricOf(detectors: readonly Detector[], rule: RuleId): MetricKey {
  const detector = detectors.find((it) => rule.startsWith(`${it.id}/`));
  if (detector === undefined) throw new RangeError(`no detector has the rule "${rule}"`);
  return detector.metric;
}
