import type { RuleId } from '../model/identifiers.js';
import type { Report, RuleFailure } from '../model/report.js';
import type { Detector, JudgeOptions, Projection, Rule, Sibling } from '../model/rule.js';
import type { TrainingRun } from '../model/run.js';
import { scoreRuns } from '../model/score.js';
import { unknown, type Verdict } from '../model/verdict.js';

/** What rules say of a run alone, and what it shows its siblings: all that hangs on nothing but the run and the options. */
export interface LoneJudgement {
  readonly run: TrainingRun;
  /** Of the rules that compare no runs. */
  readonly verdicts: ReadonlyMap<RuleId, Verdict>;
  /** Of the rules that do. Nothing for a run that concerns no other. */
  readonly projections: ReadonlyMap<RuleId, Projection>;
  readonly failures: readonly RuleFailure[];
}

/** Judges every run with every rule. A rule that throws is `unknown` there and listed; the others are complete. */
export function judge(detectors: readonly Detector[], runs: readonly TrainingRun[], options: JudgeOptions): Report {
  const rules = rulesOf(detectors);
  return judgeTogether(
    detectors,
    runs.map((run) => judgeAlone(rules, run, options)),
    options,
  );
}

export function rulesOf(detectors: readonly Detector[]): readonly Rule[] {
  return detectors.flatMap((detector) => detector.rules.map(({ rule }) => rule));
}

/** The first half of judging a run, which can be kept with it. */
export function judgeAlone(rules: readonly Rule[], run: TrainingRun, options: JudgeOptions): LoneJudgement {
  const failures: RuleFailure[] = [];
  const verdicts = new Map<RuleId, Verdict>();
  const projections = new Map<RuleId, Projection>();
  for (const rule of rules) {
    if (rule.project === null) verdicts.set(rule.id, verdictOf(rule, run, options, [], failures));
    else {
      const projection = projectionOf(rule, run, options, failures);
      if (projection !== null) projections.set(rule.id, projection);
    }
  }
  return { run, verdicts, projections, failures };
}

/** The second half: what rules say that compare the runs of a tree, and the scores of all. */
export function judgeTogether(
  detectors: readonly Detector[],
  judgements: readonly LoneJudgement[],
  options: JudgeOptions,
): Report {
  const failures = judgements.flatMap((it) => it.failures);
  const runs = judgements.map((it) => ({ run: it.run, verdicts: new Map<RuleId, Verdict>() }));
  for (const rule of rulesOf(detectors)) {
    const alone = rule.project === null;
    const verdicts = alone
      ? judgements.map((it) => it.verdicts.get(rule.id))
      : comparedVerdicts(rule, judgements, options, failures);
    verdicts.forEach((verdict, index) => {
      if (verdict !== undefined) runs[index]?.verdicts.set(rule.id, verdict);
    });
  }
  return { runs, scores: scoreRuns(detectors, runs), failures };
}

/** In the order of the runs. */
function comparedVerdicts(
  rule: Rule,
  judgements: readonly LoneJudgement[],
  options: JudgeOptions,
  failures: RuleFailure[],
): readonly Verdict[] {
  const projected = judgements.flatMap(({ run, projections }): Sibling[] => {
    const projection = projections.get(rule.id);
    return projection === undefined ? [] : [{ run: run.id, name: run.name, projection }];
  });
  return judgements.map(({ run }) => {
    const siblings = projected.filter((it) => it.run !== run.id);
    return verdictOf(rule, run, options, siblings, failures);
  });
}

function projectionOf(rule: Rule, run: TrainingRun, options: JudgeOptions, failures: RuleFailure[]): Projection | null {
  try {
    return rule.project?.(run, options) ?? null;
  } catch (cause) {
    failures.push({ rule: rule.id, run: run.id, cause });
    return null;
  }
}

function verdictOf(
  rule: Rule,
  run: TrainingRun,
  options: JudgeOptions,
  siblings: readonly Sibling[],
  failures: RuleFailure[],
): Verdict {
  try {
    return softened(rule.judge(run, options, siblings), run);
  } catch (cause) {
    failures.push({ rule: rule.id, run: run.id, cause });
    return unknown('the rule failed');
  }
}

/** In example and smoke runs what is missing is at most a notice: the author shows or tries something. */
function softened(verdict: Verdict, run: TrainingRun): Verdict {
  if (run.role === 'recipe' || verdict.state !== 'missing') return verdict;
  return { ...verdict, faults: verdict.faults.map((fault) => ({ ...fault, severity: 'notice' })) };
}
