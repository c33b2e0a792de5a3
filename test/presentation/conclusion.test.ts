import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../src/model/comparison.js';
import { type FailOn, failingFindings } from '../../src/presentation/conclusion.js';
import { finding, review } from './review-builder.js';

const ERROR = finding();
const WARNING = finding({ fault: { severity: 'warning' } });

describe('what fails a review', () => {
  it.each<[string, Finding, FailOn, boolean]>([
    ['a new error', ERROR, 'error', true],
    ['a new error, whatever the bar below it', ERROR, 'warning', true],
    ['a new warning where errors count', WARNING, 'error', false],
    ['a new warning where warnings count', WARNING, 'warning', true],
    ['a new error where nothing counts', ERROR, 'never', false],
    ['a notice', finding({ fault: { severity: 'notice' } }), 'warning', false],
    ['an error of medium confidence', finding({ fault: { confidence: 'medium' } }), 'error', false],
    ['an error that was there before', finding({ state: 'unchanged' }), 'error', false],
    ['an error with another value than before', finding({ state: 'updated' }), 'error', false],
    ['an error that is gone', finding({ state: 'absent', gone: 'fixed' }), 'error', false],
    [
      'a warning that is a house habit',
      finding({ ...WARNING, rule: WARNING.rule, habit: 'as in 3 of 4 runs' }),
      'warning',
      false,
    ],
    ['an error that is not in the diff', finding({ anchor: null, inline: false }), 'error', true],
  ])('%s', (_, found, failOn, fails) => {
    expect(failingFindings(review({ findings: [found] }), failOn).length > 0).toBe(fails);
  });

  it('is errors alone in the first training run', () => {
    expect(failingFindings(review({ findings: [WARNING], baseRuns: [] }), 'warning')).toEqual([]);
    expect(failingFindings(review({ findings: [ERROR], baseRuns: [] }), 'warning')).toEqual([ERROR]);
  });
});
