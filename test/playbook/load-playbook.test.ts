import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { metricKey, ruleId } from '../../src/model/identifiers.js';
import { loadPlaybook } from '../../src/playbook/load-playbook.js';
import { METRICS } from '../../src/playbook/metrics.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'playbook-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('loadPlaybook', () => {
  it('finds the page of each detector and puts them in the playbook order', async () => {
    await writePage('run-lineage', 'no-seed');
    await writePage('base-model-versioning', 'unpinned-model');
    await mkdir(join(folder, 'no-page-yet'));
    const playbook = await loadPlaybook(pathToFileURL(`${folder}/`));
    expect(playbook.pages.map((page) => page.metric.detector)).toEqual(['base-model-versioning', 'run-lineage']);
    expect(playbook.entry(ruleId('run-lineage/no-seed'))?.why).toBe('Because no-seed.');
    expect(playbook.entry(ruleId('run-lineage/other'))).toBeNull();
  });

  it('knows the minimal fix of every metric, page or not', async () => {
    const playbook = await loadPlaybook(folder);
    expect(METRICS.map(({ key }) => playbook.minimalFix(key))).toEqual(METRICS.map(({ minimalFix }) => minimalFix));
    expect(() => playbook.minimalFix(metricKey('finetuning_architecture.other_score'))).toThrow(RangeError);
  });

  it('refuses a page that lies in the folder of another detector', async () => {
    await writePage('run-lineage', 'no-seed', 'eval-absence');
    await expect(loadPlaybook(folder)).rejects.toThrow('write "# eval-absence", the name of the folder');
  });
});

async function writePage(detector: string, rule: string, into: string = detector): Promise<void> {
  const metric = METRICS.find((candidate) => candidate.detector === detector);
  const parts = `### Why\nBecause ${rule}.\n### Edit\nx\n### Verify\nx\n### Leave it when\nx\n`;
  const head = `# ${detector}\nProtects.\nMetric: \`${metric?.key}\`\n> Minimal fix: ${metric?.minimalFix}\n`;
  await mkdir(join(folder, into), { recursive: true });
  await writeFile(join(folder, into, 'playbook.md'), `${head}## ${detector}/${rule}\n${parts}`);
}
