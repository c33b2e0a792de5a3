import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { detectors } from '../../detectors/catalog.js';
import { RULE_SET_VERSION } from '../../src/model/rule.js';
import { loadPlaybook } from '../../src/playbook/load-playbook.js';
import { metricsPage, quartilesSchema } from '../../src/presentation/metrics-page.js';

const DOCS = new URL('../../docs/', import.meta.url);
const quartiles = quartilesSchema.parse(JSON.parse(readFileSync(new URL('metric-quartiles.json', DOCS), 'utf8')));

describe('the page of the metrics', () => {
  it('is what `npm run docs` writes', async () => {
    const playbook = await loadPlaybook(new URL('../../detectors/', import.meta.url));
    expect(readFileSync(new URL('metrics.md', DOCS), 'utf8')).toBe(metricsPage(detectors, playbook, quartiles));
  });

  it('tells scores of the rule set that is in use, of fifteen repositories or more', () => {
    expect(quartiles.ruleSet).toBe(RULE_SET_VERSION);
    expect(quartiles.repositories.length).toBeGreaterThanOrEqual(15);
  });

  it('tells quartiles in their order', () => {
    for (const { lower, median, upper } of Object.values(quartiles.scores)) {
      expect([lower, median, upper]).toEqual([lower, median, upper].sort((a, b) => a - b));
    }
  });
});
