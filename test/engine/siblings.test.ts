import { describe, expect, it } from '@jest/globals';
import { judge } from '../../src/engine/judge.js';
import { type RunId, ruleId } from '../../src/model/identifiers.js';
import { DEFAULT_JUDGE_OPTIONS, type Detector, defineComparingRule, defineDetector } from '../../src/model/rule.js';
import type { TrainingRun } from '../../src/model/run.js';
import { overPlaces, violated } from '../../src/model/verdict.js';
import { run as judgedRun } from '../presentation/review-builder.js';
import { weighed } from '../support/detectors.js';

const RULE = 'checkpoint-management/shared';

/** A run is at fault where another one has its name. */
function sameName(project: (run: TrainingRun) => string | null): readonly Detector[] {
  const rule = defineComparingRule<string>({
    id: RULE,
    title: 't',
    severity: 'warning',
    project,
    judge: (run, _options, siblings) => {
      const same = siblings.filter(({ projection }) => projection === run.name);
      if (same.length === 0) return overPlaces([{ state: 'met', credit: 1, at: run.at }], '');
      const message = same.map((it) => it.run).join(' ');
      return overPlaces([violated({ severity: 'warning', at: run.at, key: 'k', message })], '');
    },
  });
  const metric = 'finetuning_architecture.checkpoint_management_score';
  const id = 'checkpoint-management';
  return weighed([defineDetector({ id, metric, composite: 'reproducibility_score', rules: [rule] })]);
}

function runs(...names: readonly string[]): TrainingRun[] {
  return names.map((name, index) => ({ ...judgedRun().run, id: `run-${index}` as RunId, name }));
}

describe('a rule that compares runs', () => {
  it('sees what it keeps of every other run, and never the run itself', () => {
    const report = judge(
      sameName((run) => run.name),
      runs('a', 'b', 'a', 'a'),
      DEFAULT_JUDGE_OPTIONS,
    );
    const told = report.runs.map(({ verdicts }) => {
      const verdict = verdicts.get(ruleId(RULE));
      return verdict !== undefined && 'faults' in verdict ? verdict.faults[0]?.message : verdict?.state;
    });
    expect(told).toEqual(['run-2 run-3', 'met', 'run-0 run-3', 'run-0 run-2']);
  });

  it('sees nothing of a run that concerns no other', () => {
    const report = judge(
      sameName((run) => (run.id === 'run-0' ? null : run.name)),
      runs('a', 'a'),
      DEFAULT_JUDGE_OPTIONS,
    );
    expect(report.runs.map(({ verdicts }) => verdicts.get(ruleId(RULE))?.state)).toEqual(['violated', 'met']);
  });

  it('is listed as failed where it cannot project a run, and judges the others', () => {
    const report = judge(
      sameName((run) => {
        if (run.id === 'run-0') throw new Error('boom');
        return run.name;
      }),
      runs('a', 'a'),
      DEFAULT_JUDGE_OPTIONS,
    );
    expect(report.failures.map(({ rule, run }) => [rule, run])).toEqual([[RULE, 'run-0']]);
    expect(report.runs.map(({ verdicts }) => verdicts.get(ruleId(RULE))?.state)).toEqual(['violated', 'met']);
  });
});
