import { describe, expect, it } from '@jest/globals';
import { detectors } from '../../detectors/catalog.js';
import { loadPlaybook } from '../../src/playbook/load-playbook.js';
import { explain, topicOf } from '../../src/presentation/explanation.js';

const playbook = loadPlaybook(new URL('../../detectors/', import.meta.url));

async function explained(words: string): Promise<string> {
  const found = topicOf(words, detectors);
  return found.state === 'found' ? explain(found.topic, detectors, await playbook) : `unknown: ${found.near.join(' ')}`;
}

describe('an explanation', () => {
  it.each([
    ['the full key', 'finetuning_architecture.run_lineage_score'],
    ['the key without its prefix', 'run_lineage_score'],
    ['the detector', 'run-lineage'],
    ['the title', 'Run Lineage'],
  ])('of a metric is found by %s', async (_, words) => {
    const text = await explained(words);
    expect(text).toContain('## Run Lineage');
    expect(text).toContain(
      '"require run tracking (`wandb`/`mlflow`), commit hash capture, deterministic seeds, dataset',
    );
    expect(text).toContain('| `run-lineage/unseeded` | ');
    expect(text).toContain('| 50 % |');
  });

  it.each(['artifact-trust-surface/remote-code', 'remote-code'])('of a rule is found by %s', async (words) => {
    const text = await explained(words);
    expect(text).toContain('## artifact-trust-surface/remote-code: ');
    expect(text).toContain('- Severity: error');
    for (const part of ['### Why', '### Edit', '### Verify', '### Leave it when']) expect(text).toContain(part);
    expect(text).toContain('detectors/artifact-trust-surface/rules/remote-code.md');
  });

  it.each([
    ['seed', 'unknown: run-lineage/unseeded dataset-contamination/unseeded-split'],
    ['quantum', 'unknown: '],
  ])('of %j names what comes near', async (words, expected) => {
    expect(await explained(words)).toBe(expected);
  });

  it.each(detectors.flatMap((detector) => detector.rules.map(({ rule }) => [rule.id] as const)))(
    'exists for %s',
    async (id) => {
      expect(await explained(id)).toContain('### Leave it when');
    },
  );

  it('lists every rule where nothing is named', async () => {
    const all = explain({ kind: 'all' }, detectors, await playbook);
    for (const { rules } of detectors) for (const { rule } of rules) expect(all).toContain(rule.id);
  });
});
