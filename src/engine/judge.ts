import type { RuleId } from '../model/identifiers.js';
import type { Report, RuleFailure } from '../model/report.js';
import type { Detector, JudgeOptions, Rule, Sibling } from '../model/rule.js';
import type { TrainingRun } from '../model/run.js';
import { scoreRuns } from '../model/score.js';
import { unknown, type Verdict } from '../model/verdict.js';

/** Judges every run with every rule. A rule that throws is `unknown` there and listed; the others are complete. */
export function judge(detectors: readonly Detector[], runs: readonly TrainingRun[], options: JudgeOptions): Report {
  const failures: RuleFailure[] = [];
  const rules = detectors.flatMap((detector) => detector.rules.map(({ rule }) => rule));
  const judged = runs.map((run) => ({ run, verdicts: new Map<RuleId, Verdict>() }));
  for (const rule of rules) {
    const projected = projections(rule, runs, options, failures);
    for (const { run, verdicts } of judged) {
      const siblings = projected.filter((it) => it.run !== run.id);
      verdicts.set(rule.id, judgeRun(rule, run, options, siblings, failures));
    }
  }
  return { runs: judged, scores: scoreRuns(detectors, judged), failures };
}

/** What a rule that compares runs keeps of each, by the id of the run. */
function projections(
  rule: Rule,
  runs: readonly TrainingRun[],
  options: JudgeOptions,
  failures: RuleFailure[],
): readonly Sibling[] {
  const { project } = rule;
  if (project === null) return [];
  return runs.flatMap((run) => {
    try {
      const projection = project(run, options);
      return projection === null ? [] : [{ run: run.id, name: run.name, projection }];
    } catch (cause) {
      failures.push({ rule: rule.id, run: run.id, cause });
      return [];
    }
  });
}

function judgeRun(
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
