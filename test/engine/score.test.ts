import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judge } from '../../src/engine/judge.js';
import { ruleId } from '../../src/model/identifiers.js';
import type { Report } from '../../src/model/report.js';
import { DEFAULT_JUDGE_OPTIONS, type Detector, defineDetector, defineRule } from '../../src/model/rule.js';
import type { TrainingRun } from '../../src/model/run.js';
import { type Fault, notApplicable, unknown, type Verdict } from '../../src/model/verdict.js';
import { run as judgedRun } from '../presentation/review-builder.js';

const RULES = ['artifact-trust-surface/a', 'artifact-trust-surface/b', 'base-model-versioning/c'] as const;
const at = judgedRun().run.at;
const FAULT: Fault = {
  severity: 'warning',
  confidence: 'high',
  at,
  chain: [],
  key: 'k',
  value: null,
  message: 'm',
  deviation: null,
  fix: null,
};

/** Detectors whose rules answer with verdicts made beforehand, by run and rule. */
function detectorsFor(verdicts: readonly (readonly Verdict[])[], weights: readonly number[]): Detector[] {
  const rule = (index: number) =>
    defineRule({
      id: RULES[index] ?? '',
      title: 't',
      severity: 'warning',
      judge: (run) => verdicts[Number(run.name)]?.[index] ?? unknown('none'),
    });
  return [
    defineDetector({
      id: 'base-model-versioning',
      metric: 'finetuning_architecture.base_model_versioning_score',
      composite: 'reproducibility_score',
      rules: [{ rule: rule(2), weight: weights[2] ?? 1 }],
    }),
    defineDetector({
      id: 'artifact-trust-surface',
      metric: 'finetuning_architecture.artifact_trust_surface_score',
      composite: 'safety_governance_score',
      rules: [
        { rule: rule(0), weight: weights[0] ?? 1 },
        { rule: rule(1), weight: weights[1] ?? 1 },
      ],
    }),
  ];
}

const share = fc.double({ min: 0, max: 1, noNaN: true });
const verdict: fc.Arbitrary<Verdict> = fc.oneof(
  share.map((it): Verdict => ({ state: 'met', share: it, evidence: [at] })),
  share.map((it): Verdict => ({ state: 'missing', share: it, evidence: [], faults: [FAULT] })),
  share.map((it): Verdict => ({ state: 'violated', share: it, evidence: [], faults: [FAULT] })),
  fc.constant(unknown('why')),
  fc.constant(notApplicable('why')),
);
const verdicts = fc.array(fc.tuple(verdict, verdict, verdict), { maxLength: 6 });
const weights = fc.tuple(...RULES.map(() => fc.double({ min: 0.1, max: 10, noNaN: true })));

function judged(
  answers: readonly (readonly Verdict[])[],
  ruleWeights: readonly number[],
  order?: readonly number[],
): Report {
  const runs: TrainingRun[] = (order ?? answers.map((_, index) => index)).map((index) => judgedRun(String(index)).run);
  return judge(detectorsFor(answers, ruleWeights), runs, DEFAULT_JUDGE_OPTIONS);
}

describe('scores', () => {
  it('stay between 0 and 1, or are not known', () => {
    fc.assert(
      fc.property(verdicts, weights, (answers, ruleWeights) => {
        const { metrics, composites } = judged(answers, ruleWeights).scores;
        for (const value of [...metrics.values(), ...composites.values()]) {
          expect(value === null || (value >= 0 && value <= 1)).toBe(true);
        }
      }),
      { seed: 7 },
    );
  });

  it('do not depend on the order of runs', () => {
    fc.assert(
      fc.property(verdicts, weights, (answers, ruleWeights) => {
        const forward = judged(answers, ruleWeights).scores;
        const backward = judged(
          answers,
          ruleWeights,
          answers.map((_, index) => answers.length - 1 - index),
        ).scores;
        for (const [metric, value] of forward.metrics)
          expect(backward.metrics.get(metric) ?? -1).toBeCloseTo(value ?? -1, 9);
      }),
      { seed: 7 },
    );
  });

  it('rise in the own metric, and fall in none, when one fault is mended', () => {
    fc.assert(
      fc.property(verdicts, weights, (answers, ruleWeights) => {
        const faulty = answers.flatMap((row, run) =>
          row.flatMap((it, rule) => ('faults' in it && it.share < 1 ? [{ run, rule }] : [])),
        );
        const [first] = faulty;
        fc.pre(first !== undefined);
        const mended = answers.map((row, run) =>
          row.map(
            (it, rule): Verdict =>
              run === first?.run && rule === first.rule ? { state: 'met', share: 1, evidence: [at] } : it,
          ),
        );
        const before = judged(answers, ruleWeights).scores.metrics;
        const after = judged(mended, ruleWeights).scores.metrics;
        const own = RULES[first?.rule ?? 0]?.startsWith('base') ? 'base_model_versioning' : 'artifact_trust_surface';
        for (const [metric, value] of before) {
          const now = after.get(metric) ?? -1;
          if (metric.includes(own)) expect(now).toBeGreaterThan(value ?? -1);
          else expect(now).toBe(value ?? -1);
        }
      }),
      { seed: 7 },
    );
  });

  it('leave out what is unknown or does not apply', () => {
    const { scores } = judged([[unknown('x'), notApplicable('y'), unknown('z')]], [1, 1, 1]);
    expect([...scores.metrics.values(), ...scores.composites.values()].every((value) => value === null)).toBe(true);
  });

  it('weigh rules within a run, and count each run the same', () => {
    const half: Verdict = { state: 'missing', share: 0, evidence: [], faults: [FAULT] };
    const whole: Verdict = { state: 'met', share: 1, evidence: [at] };
    const { scores } = judged(
      [
        [half, whole, whole],
        [unknown('x'), half, half],
      ],
      [3, 1, 1],
    );
    expect([...scores.metrics.values()]).toEqual([0.5, 0.125]);
    expect(scores.composites.get('overall_finetuning_health')).toBeCloseTo(0.3125, 9);
  });
});

describe('a rule that throws', () => {
  it('is unknown and listed, and the others are complete', () => {
    const detector = defineDetector({
      id: 'artifact-trust-surface',
      metric: 'finetuning_architecture.artifact_trust_surface_score',
      composite: 'safety_governance_score',
      rules: [
        {
          weight: 1,
          rule: defineRule({
            id: RULES[0],
            title: 't',
            severity: 'error',
            judge: () => {
              throw new Error('oops');
            },
          }),
        },
        {
          weight: 1,
          rule: defineRule({
            id: RULES[1],
            title: 't',
            severity: 'error',
            judge: () => ({ state: 'met', share: 1, evidence: [] }),
          }),
        },
      ],
    });
    const report = judge([detector], [judgedRun('0').run], DEFAULT_JUDGE_OPTIONS);
    expect(report.failures.map((it) => it.rule)).toEqual([ruleId(RULES[0])]);
    expect(report.scores.metrics.get(detector.metric)).toBe(1);
  });
});

describe('what is missing', () => {
  it.each([
    ['recipe', 'warning'],
    ['example', 'notice'],
    ['smoke', 'notice'],
  ] as const)('in a %s run is a %s', (role, severity) => {
    const missing: Verdict = { state: 'missing', share: 0, evidence: [], faults: [FAULT] };
    const report = judge(detectorsFor([[missing]], [1, 1, 1]), [judgedRun('0', { role }).run], DEFAULT_JUDGE_OPTIONS);
    const verdict = report.runs[0]?.verdicts.get(ruleId(RULES[0]));
    expect(verdict).toMatchObject({ faults: [{ severity }] });
  });
});

describe('a detector', () => {
  it.each([
    ['a rule of another detector', 'run-lineage/x', 1],
    ['a weight of zero', 'artifact-trust-surface/x', 0],
    ['a negative weight', 'artifact-trust-surface/x', -1],
  ])('is refused with %s', (_, id, weight) => {
    const rule = defineRule({ id, title: 't', severity: 'error', judge: () => unknown('x') });
    expect(() =>
      defineDetector({
        id: 'artifact-trust-surface',
        metric: 'finetuning_architecture.x_score',
        composite: 'data_integrity_score',
        rules: [{ rule, weight }],
      }),
    ).toThrow(RangeError);
  });
});
