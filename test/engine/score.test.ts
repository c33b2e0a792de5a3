import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { createDetectors } from '../../detectors/catalog.js';
import { judge } from '../../src/engine/judge.js';
import { metricKey, ruleId } from '../../src/model/identifiers.js';
import type { Report } from '../../src/model/report.js';
import {
  DEFAULT_JUDGE_OPTIONS,
  type Detector,
  defineDetector,
  defineRule,
  type Weights,
  weighDetectors,
} from '../../src/model/rule.js';
import type { TrainingRun } from '../../src/model/run.js';
import { type Fault, notApplicable, unknown, type Verdict } from '../../src/model/verdict.js';
import { run as judgedRun } from '../presentation/review-builder.js';
import { weighed } from '../support/detectors.js';

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
function detectorsFor(verdicts: readonly (readonly Verdict[])[], weights: readonly number[]): readonly Detector[] {
  const rule = (index: number) =>
    defineRule({
      id: RULES[index] ?? '',
      title: 't',
      severity: 'warning',
      judge: (run) => verdicts[Number(run.name)]?.[index] ?? unknown('none'),
    });
  const definitions = [
    defineDetector({
      id: 'base-model-versioning',
      metric: 'finetuning_architecture.base_model_versioning_score',
      composite: 'reproducibility_score',
      rules: [rule(2)],
    }),
    defineDetector({
      id: 'artifact-trust-surface',
      metric: 'finetuning_architecture.artifact_trust_surface_score',
      composite: 'safety_governance_score',
      rules: [rule(0), rule(1)],
    }),
  ];
  return weighed(definitions, Object.fromEntries(RULES.map((id, index) => [id, weights[index] ?? 1])));
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
        defineRule({
          id: RULES[0],
          title: 't',
          severity: 'error',
          judge: () => {
            throw new Error('oops');
          },
        }),
        defineRule({
          id: RULES[1],
          title: 't',
          severity: 'error',
          judge: () => ({ state: 'met', share: 1, evidence: [] }),
        }),
      ],
    });
    const report = judge(weighed([detector]), [judgedRun('0').run], DEFAULT_JUDGE_OPTIONS);
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
  const metric = 'finetuning_architecture.x_score';
  const define = (id: string) => {
    const rule = defineRule({ id, title: 't', severity: 'error', judge: () => unknown('x') });
    return defineDetector({ id: 'artifact-trust-surface', metric, composite: 'data_integrity_score', rules: [rule] });
  };

  it('is refused with a rule of another detector', () => {
    expect(() => define('run-lineage/x')).toThrow(RangeError);
  });

  it.each<[string, Weights]>([
    ['a weight of zero', { rules: { 'artifact-trust-surface/x': 0 }, metrics: {} }],
    ['a negative weight', { rules: { 'artifact-trust-surface/x': -1 }, metrics: {} }],
    ['no weight for a rule', { rules: {}, metrics: {} }],
    [
      'a weight for a rule that is not there',
      { rules: { 'artifact-trust-surface/x': 1, 'run-lineage/y': 1 }, metrics: {} },
    ],
    [
      'a metric that weighs nothing',
      { rules: { 'artifact-trust-surface/x': 1 }, metrics: { 'artifact-trust-surface': 0 } },
    ],
    [
      'a weight for a metric that is not there',
      { rules: { 'artifact-trust-surface/x': 1 }, metrics: { 'run-lineage': 1 } },
    ],
  ])('is refused with %s', (_, weights) => {
    expect(() => weighDetectors([define('artifact-trust-surface/x')], weights)).toThrow(RangeError);
  });
});

describe('weights', () => {
  it('of rules move a metric, and those of metrics the composites', () => {
    const one: Verdict = { state: 'met', share: 1, evidence: [at] };
    const none: Verdict = { state: 'met', share: 0, evidence: [at] };
    const definitions = detectorsFor([[one, none, none]], [3, 1, 1]);
    const heavier = definitions.map((it) => (it.id === 'artifact-trust-surface' ? { ...it, weight: 3 } : it));
    const run = [judgedRun('0').run];
    const plain = judge(definitions, run, DEFAULT_JUDGE_OPTIONS).scores;
    const moved = judge(heavier, run, DEFAULT_JUDGE_OPTIONS).scores;
    const trust = metricKey('finetuning_architecture.artifact_trust_surface_score');
    expect(plain.metrics.get(trust)).toBeCloseTo(0.75, 9);
    expect(plain.composites.get('overall_finetuning_health')).toBeCloseTo(0.375, 9);
    expect(moved.composites.get('overall_finetuning_health')).toBeCloseTo((3 * 0.75) / 4, 9);
  });

  it('can be overridden in code', () => {
    const own = createDetectors({ rules: { 'run-lineage/unseeded': 9 }, metrics: { 'run-lineage': 2 } });
    const lineage = own.find(({ id }) => id === 'run-lineage');
    expect(lineage?.weight).toBe(2);
    expect(lineage?.rules.find(({ rule }) => rule.id === 'run-lineage/unseeded')?.weight).toBe(9);
    expect(own.find(({ id }) => id === 'eval-absence')?.weight).toBe(1);
  });
});
