import { describe, expect, it } from '@jest/globals';
import type { TrainingRun } from '../../src/model/run.js';
import type { Setting } from '../../src/model/setting.js';
import { findRuns } from '../../src/runs/find-runs.js';
import { type Files, sourceTree } from '../support/source-tree.js';

const IMPORTS = 'import os\nfrom transformers import AutoModel, Trainer, TrainingArguments\n';
const CONFIG = 'base_model: acme/base\nmicro_batch_size: 1\nsequence_len: 2\nnum_epochs: 1\ndatasets:\n  - path: a/b\n';

async function onlyRun(files: Files): Promise<TrainingRun> {
  const [run] = findRuns(await sourceTree(files));
  if (run === undefined) throw new Error('no run was found');
  return run;
}

function said(setting: Setting | { readonly state: 'inexpressible' } | undefined): unknown {
  return setting?.state === 'literal' ? setting.value : setting?.state;
}

describe('a dict that is spread into a load', () => {
  it.each<[string, string, unknown, boolean]>([
    ['takes what is spread in behind an entry', 'kw = {"revision": "main", **{"revision": "v2"}}\n', 'v2', false],
    ['takes an entry behind what is spread in', 'kw = {**{"revision": "main"}, "revision": "v2"}\n', 'v2', false],
    ['is unknown where something unread may say otherwise', 'kw = {"revision": "main", **made()}\n', 'dynamic', true],
    ['is open where a function is given the dict itself', 'kw = {}\npin(kw)\n', 'absent', true],
    ['is read whole where it is only printed', 'kw = {"revision": "v2"}\nprint(kw)\n', 'v2', false],
    ['keeps an entry behind something unread', 'kw = {**made(), "revision": "v2"}\n', 'v2', true],
    [
      'is open where a function puts something into it',
      'kw = {}\ndef pin():\n    kw["revision"] = "v2"\n',
      'absent',
      true,
    ],
    [
      'is open where something is put in under a computed key',
      'kw = {}\nfor key in named():\n    kw[key] = "v2"\n',
      'absent',
      true,
    ],
    [
      'is unknown where a computed key may replace it',
      'kw = {"revision": "v2"}\nfor key in named():\n    kw[key] = "main"\n',
      'dynamic',
      true,
    ],
    [
      'is read whole where a computed key is only looked up',
      'kw = {"revision": "v2"}\nif kw[key]:\n    print(kw[key])\n',
      'v2',
      false,
    ],
    [
      'is left alone by a function with a dict of the same name',
      'kw = {}\ndef pin():\n    kw = {}\n    kw["revision"] = "v2"\n',
      'absent',
      false,
    ],
  ])('%s', async (_, made, revision, open) => {
    const load = 'Trainer(AutoModel.from_pretrained("acme/base", **kw))\n';
    const { loads } = await onlyRun({ 'a.py': IMPORTS + made + load });
    expect([said(loads[0]?.revision), loads[0]?.open !== null]).toEqual([revision, open]);
  });
});

describe('the arguments of a trainer', () => {
  it('are not what another function sets on an object of the same name', async () => {
    const other = 'def evaluate(args):\n    args.seed = 1\n';
    const main = 'def main():\n    args = TrainingArguments(output_dir="out", seed=2)\n    Trainer(m, args)\n';
    const { settings } = await onlyRun({ 'a.py': IMPORTS + other + main });
    expect(said(settings.stated.get('seed')?.setting)).toBe(2);
  });

  it('may be in a dict that is spread in', async () => {
    const { settings } = await onlyRun({ 'a.py': `${IMPORTS}Trainer(model=m, **made())\n` });
    expect(settings.open).toBe('the arguments are made elsewhere');
  });
});

describe('an environment variable', () => {
  it('keeps its value where a default is set behind it', async () => {
    const set = 'os.environ["WANDB_MODE"] = "online"\nos.environ.setdefault("WANDB_MODE", "disabled")\n';
    const { environment } = await onlyRun({ 'a.py': `${IMPORTS}${set}Trainer(m)\n` });
    expect(said(environment.get('WANDB_MODE'))).toBe('online');
  });
});

describe('a launch command', () => {
  it('leads to the configuration that a variable names, and its flags win', async () => {
    const script = 'CONFIG=c.yml\naxolotl train $CONFIG --revision_of_model v2\n';
    const run = await onlyRun({ 'c.yml': CONFIG, 'a.sh': script });
    expect([run.files, said(run.loads[0]?.revision)]).toEqual([['c.yml', 'a.sh'], 'v2']);
  });

  it('makes a smoke test with a flag for few steps', async () => {
    const run = await onlyRun({ 'a.sh': 'trl sft --model_name_or_path acme/base --max_steps 50\n' });
    expect(run.role).toBe('smoke');
  });
});
