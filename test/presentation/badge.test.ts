import { describe, expect, it } from '@jest/globals';
import { presentBadge } from '../../src/presentation/badge.js';

const SCORES = {
  overall_finetuning_health: 0.7249,
  reproducibility_score: 1,
  'finetuning_architecture.run_lineage_score': 0,
  'finetuning_architecture.privacy_recordkeeping_score': null,
};

describe('a badge', () => {
  it.each([
    ['the overall health where nothing is asked for', null, 'fine-tuning health', '0.72', 'yellowgreen'],
    ['a composite by its name', 'reproducibility_score', 'reproducibility', '1.00', 'brightgreen'],
    [
      'a composite by its full key',
      'finetuning_architecture.reproducibility_score',
      'reproducibility',
      '1.00',
      'brightgreen',
    ],
    ['a metric by its name', 'run_lineage_score', 'run lineage', '0.00', 'red'],
    ['a metric by its full key', 'finetuning_architecture.run_lineage_score', 'run lineage', '0.00', 'red'],
    ['a metric that does not apply', 'privacy_recordkeeping_score', 'privacy and recordkeeping', 'n/a', 'lightgrey'],
    ['a metric that was never scored', 'eval_absence_score', 'eval harness and maturity', 'n/a', 'lightgrey'],
  ])('shows %s', (_, metric, label, message, color) => {
    expect(presentBadge(SCORES, metric)).toEqual({ label, message, color });
  });

  it.each(['no_such_score', '', 'constructor', '<script>'])('knows no metric "%s"', (metric) => {
    expect(presentBadge(SCORES, metric)).toBeNull();
  });
});
