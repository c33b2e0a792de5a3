import { describe, expect, it } from '@jest/globals';
import { reviewFiles } from '../support/change.js';
import { detectorsNamed } from '../support/detectors.js';
import type { Files } from '../support/source-tree.js';
import { runsOf, said, script } from './resolving.js';

const PARSED =
  'import argparse, yaml\np = argparse.ArgumentParser()\np.add_argument("--config")\np.add_argument("--seed", type=int, default=1)\nargs = p.parse_args()\ncfg = yaml.safe_load(open(args.config))';
const SCRIPT = script(PARSED, 'cfg["name"], revision=cfg["revision"]');
const TWO: Files = {
  'train.py': SCRIPT,
  'a.yaml': 'name: acme/a\nrevision: main\n',
  'b.yaml': 'name: acme/b\nrevision: main\n',
  'run.sh': 'python train.py --config a.yaml\npython train.py --config b.yaml\n',
};

async function shown(files: Files): Promise<string[]> {
  return (await runsOf(files)).map((run) => `${run.id} ${run.loads.map((load) => said(load.name)).join(' ')}`);
}

describe('a script with several configurations', () => {
  it('is a run with each of them', async () => {
    expect(await shown(TWO)).toEqual(['train.py#Trainer@a.yaml acme/a', 'train.py#Trainer@b.yaml acme/b']);
  });

  it.each<[string, Files, string[]]>([
    ['one that no command names', { 'train.py': SCRIPT, 'a.yaml': 'name: acme/a\n' }, ['train.py#Trainer ?']],
    [
      'one that one of two commands names',
      { ...TWO, 'run.sh': 'python train.py --config a.yaml\npython train.py\n' },
      ['train.py#Trainer ?', 'train.py#Trainer@a.yaml acme/a'],
    ],
    [
      'one that two commands name',
      { ...TWO, 'run.sh': 'python train.py --config a.yaml\npython train.py --config a.yaml --seed 2\n' },
      ['train.py#Trainer@a.yaml acme/a'],
    ],
    ['one that a variable names', { ...TWO, 'run.sh': 'python train.py --config $1\n' }, ['train.py#Trainer ?']],
    [
      'one in another folder',
      { ...TWO, 'run.sh': '', 'x/train.py': SCRIPT, 'x/run.sh': 'python train.py --config ../a.yaml\n' },
      ['train.py#Trainer ?', 'x/train.py#Trainer@a.yaml acme/a'],
    ],
  ])('or %s', async (_, files, expected) => {
    expect(await shown(files)).toEqual(expected);
  });

  it('leaves what its commands say differently open', async () => {
    const text = `${SCRIPT.replace('Trainer(AutoModel', 'Trainer(args=TrainingArguments(seed=args.seed), model=AutoModel')}`;
    const run = async (commands: string): Promise<unknown> =>
      said((await runsOf({ ...TWO, 'train.py': text, 'run.sh': commands }))[0]?.settings.stated.get('seed')?.setting);
    expect(await run('python train.py --config a.yaml --seed 2\n')).toBe(2);
    expect(await run('python train.py --config a.yaml --seed 2\npython train.py --config a.yaml --seed 3\n')).toBe('?');
    expect(await run('python train.py --config a.yaml --seed 2\npython train.py --config b.yaml --seed 3\n')).toBe(2);
  });

  it('judges a configuration that is a run by itself once', async () => {
    const recipe = 'model_name_or_path: acme/base\ndataset_name: acme/dialogs\nlearning_rate: 0.1\noutput_dir: out\n';
    const parser = 'from trl import ModelConfig, TrlParser\n(m,) = TrlParser((ModelConfig,)).parse_args_and_config()';
    const files = {
      'train.py': script(parser, 'm.model_name_or_path'),
      'c.yaml': recipe,
      'run.sh': 'python train.py --config c.yaml\n',
    };
    expect(await shown(files)).toEqual(['c.yaml#config acme/base', 'train.py#Trainer ?']);
  });

  it('is started by the file that calls it', async () => {
    const files: Files = {
      'lib/train.py': script('', '"acme/base"').replace(
        'Trainer(AutoModel',
        'def train(seed):\n    Trainer(args=TrainingArguments(seed=seed), model=AutoModel',
      ),
      'main.py':
        'import argparse\nfrom lib.train import train\np = argparse.ArgumentParser()\np.add_argument("--seed", type=int)\nargs = p.parse_args()\ntrain(args.seed)\n',
      'run.sh': 'python main.py --seed 3\n',
    };
    const [run] = await runsOf(files);
    expect(said(run?.settings.stated.get('seed')?.setting)).toBe(3);
    expect(run?.files).toEqual(['lib/train.py', 'main.py', 'run.sh']);
  });

  it('is called from where it runs, whatever else the tree holds', async () => {
    const files: Files = {
      'lib.py': 'from transformers import AutoModel\ndef load(name):\n    return AutoModel.from_pretrained(name)\n',
      'a.py': 'from transformers import Trainer\nfrom lib import load\nTrainer(load("acme/a"))\n',
      'b.py': 'from transformers import Trainer\nfrom lib import load\nTrainer(load("acme/b"))\n',
    };
    expect(await shown(files)).toEqual(['a.py#Trainer acme/a', 'b.py#Trainer acme/b']);
  });

  it('is not what documentation and tests start it with', async () => {
    const files = (path: string): Files => ({ ...TWO, 'run.sh': '', [path]: 'python ../train.py --config a.yaml\n' });
    expect(await shown(files('docs/run.sh'))).toEqual(['train.py#Trainer ?']);
    expect(await shown(files('tests/run.sh'))).toEqual(['train.py#Trainer ?']);
    expect(await shown(files('scripts/run.sh'))).toEqual(['train.py#Trainer@a.yaml acme/a']);
  });

  it('takes the arguments of its trainer from a file that its parser reads', async () => {
    const text =
      'from transformers import HfArgumentParser, Trainer, TrainingArguments\n(args,) = HfArgumentParser(TrainingArguments).parse_args_into_dataclasses()\nTrainer(m, args=args)\n';
    const files = { 'train.py': text, 'c.yaml': 'seed: 3\nreport_to: none\n' };
    const seed = async (command: string): Promise<unknown> =>
      said((await runsOf({ ...files, 'run.sh': command }))[0]?.settings.stated.get('seed')?.setting);
    expect(await seed('python train.py c.yaml\n')).toBe(3);
    expect(await seed('python train.py --config c.yaml --seed 4\n')).toBe('4');
    expect(await seed('python train.py --config gone.yaml\n')).toBeUndefined();
    const parsed = text.replace('HfArgumentParser(TrainingArguments).parse_args_into_dataclasses()', 'other(),');
    expect(
      said(
        (await runsOf({ ...files, 'train.py': parsed, 'run.sh': 'python train.py c.yaml\n' }))[0]?.settings.stated.get(
          'seed',
        )?.setting,
      ),
    ).toBeUndefined();
  });

  it('says no more of its first configurations than can be judged', async () => {
    const names = Array.from({ length: 30 }, (_, index) => `c${String(index).padStart(2, '0')}.yaml`);
    const files: Files = {
      'train.py': SCRIPT,
      ...Object.fromEntries(names.map((name) => [name, 'name: acme/a\nrevision: main\n'])),
      'run.sh': names.map((name) => `python train.py --config ${name}\n`).join(''),
    };
    expect(await runsOf(files)).toHaveLength(20);
  });
});

describe('a change of a configuration', () => {
  const detectors = detectorsNamed('base-model-versioning');
  const findings = async (base: Files, head: Files, renames = {}): Promise<string[]> => {
    const { comparison } = await reviewFiles(base, head, detectors, renames);
    return comparison.findings
      .filter((it) => it.rule === 'base-model-versioning/unpinned-model' && it.state === 'new')
      .map((it) => `${it.anchor?.path}:${it.anchor?.startLine} ${it.runs.join(' ')}`);
  };
  const sha = 'a'.repeat(40);
  const pinned: Files = {
    ...TWO,
    'a.yaml': `name: acme/a\nrevision: ${sha}\n`,
    'b.yaml': `name: acme/b\nrevision: ${sha}\n`,
  };

  it('is told in the configuration', async () => {
    expect(await findings(pinned, { ...pinned, 'a.yaml': TWO['a.yaml'] ?? '' })).toEqual([
      'a.yaml:2 train.py#Trainer@a.yaml',
    ]);
  });

  it('that is new is told there, and leaves the others alone', async () => {
    const { 'b.yaml': _, ...one } = TWO;
    const base = { ...one, 'run.sh': 'python train.py --config a.yaml\n' };
    expect(await findings(base, TWO)).toEqual(['b.yaml:2 train.py#Trainer@b.yaml']);
  });

  it('that was there before is not new where a second one comes', async () => {
    const base = { ...pinned, 'run.sh': 'python train.py\n' };
    expect(await findings({ ...base, 'a.yaml': TWO['a.yaml'] ?? '' }, pinned)).toEqual([]);
  });

  it('that is renamed is no new run', async () => {
    const { 'a.yaml': text = '', ...rest } = TWO;
    const head = {
      ...rest,
      'c.yaml': text,
      'run.sh': 'python train.py --config c.yaml\npython train.py --config b.yaml\n',
    };
    expect(await findings(TWO, head, { 'c.yaml': 'a.yaml' })).toEqual([]);
    const { comparison } = await reviewFiles(TWO, head, detectors, { 'c.yaml': 'a.yaml' });
    expect([...comparison.continued]).toContainEqual(['train.py#Trainer@c.yaml', 'train.py#Trainer@a.yaml']);
  });

  it('that others are based on is one finding with all that it reaches', async () => {
    const merged = script(
      'import argparse, yaml\np = argparse.ArgumentParser()\np.add_argument("--config")\nargs = p.parse_args()\nbase = yaml.safe_load(open("base.yaml"))\ncfg = {**base, **yaml.safe_load(open(args.config))}',
      'cfg["name"], revision=cfg["revision"]',
    );
    const base: Files = {
      'train.py': merged,
      'base.yaml': `name: acme/base\nrevision: ${sha}\n`,
      'a.yaml': 'seed: 1\n',
      'b.yaml': 'seed: 2\n',
      'c.yaml': `seed: 3\nrevision: ${sha}\n`,
      'run.sh': ['a', 'b', 'c'].map((it) => `python train.py --config ${it}.yaml\n`).join(''),
    };
    const head = { ...base, 'base.yaml': 'name: acme/base\nrevision: main\n' };
    expect(await findings(base, head)).toEqual(['base.yaml:2 train.py#Trainer@a.yaml train.py#Trainer@b.yaml']);
  });

  it('that others are based on and that they complete is one finding', async () => {
    const merged = script(
      'import argparse, yaml\np = argparse.ArgumentParser()\np.add_argument("--config")\nargs = p.parse_args()\ncfg = {**yaml.safe_load(open("base.yaml")), **yaml.safe_load(open(args.config))}',
      'cfg["name"], revision=cfg.get("revision")',
    );
    const base: Files = {
      'train.py': merged,
      'base.yaml': `seed: 1\nrevision: ${sha}\n`,
      'a.yaml': 'name: acme/a\n',
      'b.yaml': 'name: acme/b\n',
      'run.sh': ['a', 'b'].map((it) => `python train.py --config ${it}.yaml\n`).join(''),
    };
    const runs = 'train.py#Trainer@a.yaml train.py#Trainer@b.yaml';
    expect(await findings(base, { ...base, 'base.yaml': 'seed: 1\nrevision: main\n' })).toEqual([
      `base.yaml:2 ${runs}`,
    ]);
    expect(await findings(base, { ...base, 'base.yaml': 'seed: 1\n' })).toEqual([`base.yaml:2 ${runs}`]);
  });
});
