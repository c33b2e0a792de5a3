import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { lineNumber } from '../../src/model/identifiers.js';
import { presentJson } from '../../src/presentation/json.js';
import { reviewJsonSchema, SCORE_KEYS } from '../../src/presentation/review-schema.js';
import { finding, metricChange, PLAYBOOK, type ReviewGiven, RUN, review, run, TRAIN, TRUST } from './review-builder.js';

const SCHEMA_FILE = new URL('../../schemas/review.schema.json', import.meta.url);

describe('a review as JSON', () => {
  it('holds the whole review, unchanged findings too', () => {
    expect(presentJson(review(everything()), PLAYBOOK)).toMatchSnapshot();
  });

  it.each<[string, ReviewGiven]>([
    ['a full review', everything()],
    ['a review of nothing', { baseRuns: [], headRuns: [], changed: [] }],
  ])('is valid by the published schema: %s', async (_, given) => {
    const validate = new Ajv2020({ strict: true, allErrors: true }).compile(
      JSON.parse(await readFile(SCHEMA_FILE, 'utf8')),
    );
    validate(JSON.parse(presentJson(review(given), PLAYBOOK)));
    expect(validate.errors).toBeNull();
  });

  it('gives the same bytes for the same review', () => {
    const made = review(everything());
    expect(presentJson(made, PLAYBOOK)).toBe(presentJson(made, PLAYBOOK));
  });

  it('rounds to four decimals and knows no negative zero', () => {
    const metrics = [metricChange({ base: 2 / 3, head: 1 / 3, delta: -0.00001 })];
    const text = presentJson(review({ metrics }), PLAYBOOK);
    expect(text).toContain('"base": 0.6667');
    expect(text).toContain('"delta": 0,');
    expect(text).toContain('"read": 12.3457');
  });

  it('lists every metric and composite on both sides, with null for what is not measured', () => {
    const { scores } = JSON.parse(presentJson(review({ metrics: [metricChange()] }), PLAYBOOK));
    expect(Object.keys(scores.base)).toEqual(SCORE_KEYS);
    expect(SCORE_KEYS).toHaveLength(17);
    expect(scores.base).toMatchObject({ [TRUST]: 1, 'finetuning_architecture.run_lineage_score': null });
    expect(scores.head[TRUST]).toBe(0.5);
  });

  it('writes marks that a terminal would obey as escapes, and means the same', () => {
    const message = 'a\u009b31m\u202e\u2028\u{e0041}b';
    const text = presentJson(review({ findings: [finding({ fault: { message } })] }), PLAYBOOK);
    expect(text).not.toMatch(/[\u007f-\u009f\p{Cf}\p{Zl}]/u);
    expect(JSON.parse(text).findings[0].message).toBe(message);
  });
});

describe('schemas/review.schema.json', () => {
  it('is what `node schemas/generate.js` writes', async () => {
    expect(await readFile(SCHEMA_FILE, 'utf8')).toBe(reviewJsonSchema());
  });
});

function everything(): ReviewGiven {
  const found = finding({ fault: { chain: [] } });
  const line = lineNumber(6);
  return {
    baseRuns: [RUN, run('gone')],
    headRuns: [RUN, run('fresh')],
    findings: [
      found,
      finding({ state: 'unchanged', anchor: null, inline: false }),
      finding({ state: 'absent', gone: 'fixed', anchor: null }),
    ],
    metrics: [metricChange({ worsened: [{ run: RUN.run.id, rule: found.rule, from: 1, to: 0.5 }] })],
    composites: [{ composite: 'overall_finetuning_health', base: 1, head: 0.5, delta: -0.5 }],
    fixes: new Map([
      [
        found.fingerprint,
        {
          applicability: 'safe',
          title: 'Drop it.',
          path: TRAIN,
          startLine: line,
          endLine: line,
          replacement: 'x',
          deletesLines: false,
        },
      ],
    ]),
    files: { partial: [{ path: TRAIN, reading: { reason: 'syntax-error', line, detail: null } }] },
  };
}
