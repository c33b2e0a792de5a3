import type { RuleId } from '../model/identifiers.js';
import type { JudgedRun, Report, RuleFailure } from '../model/report.js';
import type { Detector, JudgeOptions } from '../model/rule.js';
import type { TrainingRun } from '../model/run.js';
import { scoreRuns } from '../model/score.js';
import { unknown, type Verdict } from '../model/verdict.js';

/** Judges every run with every rule. A rule that throws is `unknown` there and listed; the others are complete. */
export function judge(detectors: readonly Detector[], runs: readonly TrainingRun[], options: JudgeOptions): Report {
  const failures: RuleFailure[] = [];
  const judged = runs.map((run) => ({ run, verdicts: judgeRun(detectors, run, options, failures) }));
  return { runs: judged, scores: scoreRuns(detectors, judged), failures };
}

function judgeRun(
  detectors: readonly Detector[],
  run: TrainingRun,
  options: JudgeOptions,
  failures: RuleFailure[],
): JudgedRun['verdicts'] {
  const verdicts = new Map<RuleId, Verdict>();
  for (const { rule } of detectors.flatMap((detector) => detector.rules)) {
    try {
      verdicts.set(rule.id, softened(rule.judge(run, options), run));
    } catch (cause) {
      failures.push({ rule: rule.id, run: run.id, cause });
      verdicts.set(rule.id, unknown('the rule failed'));
    }
  }
  return verdicts;
}

/** In example and smoke runs what is missing is at most a notice: the author shows or tries something. */
function softened(verdict: Verdict, run: TrainingRun): Verdict {
  if (run.role === 'recipe' || verdict.state !== 'missing') return verdict;
  return { ...verdict, faults: verdict.faults.map((fault) => ({ ...fault, severity: 'notice' })) };
}
