import { describe, expect, it } from '@jest/globals';
import { reviewFiles } from '../support/change.js';
import { detectorsNamed } from '../support/detectors.js';
import type { Files } from '../support/source-tree.js';
import { runsOf, said } from './resolving.js';

const BASE =
  'model_name_or_path: acme/base\nmodel_revision: v1\ndataset_name: acme/dialogs\nlearning_rate: 0.1\noutput_dir: out\n';
const TRAIN = { 'train.py': 'from transformers import HfArgumentParser\nfrom trl import ModelConfig\n' };

/** The name, the revision and the rate of the run that one file is. */
async function read(files: Files, path = 'exp.yaml'): Promise<unknown[] | null> {
  const run = (await runsOf({ ...TRAIN, ...files })).find((it) => it.id === `${path}#config`);
  if (run === undefined) return null;
  const [load] = run.loads;
  return [said(load?.name), said(load?.revision), said(run.settings.stated.get('learning_rate')?.setting)];
}

describe('a configuration that is based on another', () => {
  it.each<[string, Files, unknown[] | null]>([
    ['has what that has', { 'exp.yaml': '_base_: base.yaml\nseed: 1\n', 'base.yaml': BASE }, ['acme/base', 'v1', 0.1]],
    [
      'says what it says itself',
      { 'exp.yaml': 'extends: base.yaml\nmodel_revision: v2\n', 'base.yaml': BASE },
      ['acme/base', 'v2', 0.1],
    ],
    [
      'has what a list of them has',
      { 'exp.yaml': 'base_config: [base.yaml, more.yaml]\n', 'base.yaml': BASE, 'more.yaml': 'model_revision: v3\n' },
      ['acme/base', 'v3', 0.1],
    ],
    [
      'has what the base of its base has',
      { 'exp.yaml': '_base_: mid.yaml\n', 'mid.yaml': '_base_: base.yaml\nlearning_rate: 0.2\n', 'base.yaml': BASE },
      ['acme/base', 'v1', 0.2],
    ],
    [
      'lists it as defaults',
      { 'exp.yaml': 'defaults:\n  - base\n  - _self_\nlearning_rate: 0.3\n', 'base.yaml': BASE },
      ['acme/base', 'v1', 0.3],
    ],
    ['names it as its default', { 'exp.yaml': 'defaults: base.yaml\n', 'base.yaml': BASE }, ['acme/base', 'v1', 0.1]],
    [
      'takes nothing away by an empty key',
      { 'exp.yaml': '_base_: base.yaml\nmodel_revision:\n', 'base.yaml': BASE },
      ['acme/base', 'absent', 0.1],
    ],
    ['is no run by itself where that is not there', { 'exp.yaml': '_base_: gone.yaml\nseed: 1\n' }, null],
    [
      'may have what a base that is not there says',
      { 'exp.yaml': `_base_: gone.yaml\n${BASE.replace('model_revision: v1\n', '')}` },
      ['acme/base', '?', 0.1],
    ],
    [
      'may have what a group says',
      { 'exp.yaml': `defaults:\n  - model: small\n${BASE.replace('model_revision: v1\n', '')}` },
      ['acme/base', '?', 0.1],
    ],
    [
      'goes in circles',
      { 'exp.yaml': `_base_: other.yaml\n${BASE}`, 'other.yaml': '_base_: exp.yaml\n' },
      ['acme/base', 'v1', 0.1],
    ],
    [
      'names what is no file',
      { 'exp.yaml': `base: acme/base\n${BASE.replace('model_revision: v1\n', '')}` },
      ['acme/base', 'absent', 0.1],
    ],
    [
      'names a value that is replaced',
      { 'exp.yaml': '_base_: base.yaml\nrevision: v4\n', 'base.yaml': BASE.replace('v1', `\${revision}`) },
      ['acme/base', '?', 0.1],
    ],
  ])('%s', async (_, files, expected) => {
    expect(await read(files)).toEqual(expected);
  });

  it('is found above the file that names it', async () => {
    const files = { 'x/exp.yaml': '_base_: common/base.yaml\n', 'common/base.yaml': BASE };
    expect(await read(files, 'x/exp.yaml')).toEqual(['acme/base', 'v1', 0.1]);
  });

  it('is read alone by a tool of its own', async () => {
    const axolotl = 'micro_batch_size: 1\nsequence_len: 2\nnum_epochs: 1\ndatasets:\n  - path: a/b\n';
    const files = { 'a.yml': `base_config: b.yml\nbase_model: acme/a\n${axolotl}`, 'b.yml': 'revision_of_model: v1\n' };
    const [run] = await runsOf(files);
    expect(said(run?.loads[0]?.revision)).toBe('absent');
  });

  it('makes one finding of a line that all of them are based on', async () => {
    const sha = 'a'.repeat(40);
    const base: Files = {
      ...TRAIN,
      'base.yaml': BASE.replace('v1', sha),
      'a.yaml': '_base_: base.yaml\nmodel_name_or_path: acme/a\n',
      'b.yaml': '_base_: base.yaml\nmodel_name_or_path: acme/b\n',
      'c.yaml': `_base_: base.yaml\nmodel_revision: ${sha}\n`,
    };
    const detectors = detectorsNamed('base-model-versioning');
    for (const text of [BASE.replace('v1', 'main'), BASE.replace('model_revision: v1\n', '')]) {
      const { comparison } = await reviewFiles(base, { ...base, 'base.yaml': text }, detectors);
      const found = comparison.findings.filter((it) => it.state === 'new');
      expect(found.map((it) => [it.rule, it.anchor?.path, it.anchor?.startLine, it.runs])).toEqual([
        [
          'base-model-versioning/unpinned-model',
          'base.yaml',
          2,
          ['a.yaml#config', 'b.yaml#config', 'base.yaml#config'],
        ],
      ]);
    }
  });
});
