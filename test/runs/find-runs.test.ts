import { describe, expect, it } from '@jest/globals';
import type { TrainingRun } from '../../src/model/run.js';
import { findRuns } from '../../src/runs/find-runs.js';
import { type Files, sourceTree } from '../support/source-tree.js';

async function runsOf(files: Files): Promise<TrainingRun[]> {
  return findRuns(await sourceTree(files));
}

async function shown(files: Files): Promise<string[]> {
  return (await runsOf(files)).map((run) => `${run.id} ${run.stack} ${run.method}`);
}

const SFT = 'from trl import SFTTrainer\nSFTTrainer("acme/base", train_dataset=None)\n';
const AXOLOTL =
  'base_model: acme/base\nmicro_batch_size: 1\nnum_epochs: 1\nadapter: lora\ndatasets:\n  - path: acme/dialogs\n';
const RECIPE = 'model_name_or_path: acme/base\ndataset_name: acme/dialogs\nlearning_rate: 0.1\noutput_dir: out\n';

describe('a trainer in Python', () => {
  it.each<[string, string, string[]]>([
    ['imported by name', SFT, ['a.py#SFTTrainer trl sft']],
    [
      'imported under another name',
      SFT.replace('SFTTrainer\n', 'SFTTrainer as T\n').replace('\nSFT', '\nT').replace('TTrainer(', 'T('),
      ['a.py#T trl sft'],
    ],
    ['named through its package', 'import trl\ntrl.DPOTrainer("acme/base")\n', ['a.py#DPOTrainer trl dpo']],
    [
      'of an experimental module',
      'from trl.experimental.gkd import GKDTrainer\nGKDTrainer()\n',
      ['a.py#GKDTrainer trl distillation'],
    ],
    [
      'derived in the file',
      'from transformers import Trainer\nclass Mine(Trainer):\n    pass\nMine()\n',
      ['a.py#Mine transformers unknown'],
    ],
    [
      'with a loss that names the method',
      'from trl import DPOConfig, DPOTrainer\nDPOTrainer(args=DPOConfig(loss_type="ipo"))\n',
      ['a.py#DPOTrainer trl ipo'],
    ],
    ['twice', `${SFT}SFTTrainer("acme/other")\n`, ['a.py#SFTTrainer trl sft', 'a.py#SFTTrainer:2 trl sft']],
    ['of another library', 'from lightning import Trainer\nTrainer()\n', []],
    ['of a gym', 'from gym import SFTTrainer\nSFTTrainer()\n', []],
    ['that is only mentioned', 'from trl import SFTTrainer\nprint(SFTTrainer)\n', []],
    ['in a comment and a docstring', '"""SFTTrainer()"""\n# from trl import SFTTrainer\n# SFTTrainer()\n', []],
  ])('%s', async (_, text, expected) => {
    expect(await shown({ 'a.py': text })).toEqual(expected);
  });

  it('holds no run in tests, documentation and vendored trees', async () => {
    expect(
      await shown({
        'tests/a.py': SFT,
        'docs/a.py': SFT,
        'third_party/x/a.py': SFT,
        'other/LICENSE': 'MIT',
        'other/setup.py': '',
        'other/a.py': SFT,
      }),
    ).toEqual([]);
  });

  it('reaches what it imports and calls, and nothing that only stands beside it', async () => {
    const files = {
      'train.py': 'from trl import SFTTrainer\nfrom lib.loading import load\nSFTTrainer(load())\n',
      'lib/__init__.py': '',
      'lib/loading.py':
        'from transformers import AutoModel\n\ndef load():\n    return AutoModel.from_pretrained("acme/base")\n\ndef serve():\n    return AutoModel.from_pretrained("acme/served")\n\nif __name__ == "__main__":\n    AutoModel.from_pretrained("acme/tried")\n',
      'lib/other.py': 'from transformers import AutoModel\nAutoModel.from_pretrained("acme/unrelated")\n',
    };
    const [run] = await runsOf(files);
    expect(run?.files).toEqual(['train.py', 'lib/loading.py']);
    expect(run?.loads.map((load) => load.name)).toMatchObject([{ state: 'literal', value: 'acme/base' }]);
  });

  it('tells what it could not follow', async () => {
    const [run] = await runsOf({ 'train.py': `${SFT}import inhouse_tracking\nfrom .missing import x\n` });
    expect(run?.gaps.map((gap) => `${gap.kind} ${gap.what}`)).toEqual([
      'unknown-package inhouse_tracking',
      'missing-file .missing',
    ]);
  });

  it('is judged in a framework where it is started, not where it is defined', async () => {
    const files = {
      'pkg/__init__.py': '',
      'pkg/trainer.py': 'from transformers import Trainer\nclass Mine(Trainer):\n    pass\n',
      'pkg/workflow.py': 'from .trainer import Mine\ndef run():\n    Mine()\n',
      'scripts/train.py': 'from pkg.trainer import Mine\nMine()\n',
    };
    expect(await shown(files)).toEqual(['scripts/train.py#Mine transformers unknown']);
  });
});

describe('how a value is followed', () => {
  it.each<[string, Files, unknown]>([
    ['a module constant', { 'a.py': body('NAME = "acme/base"', 'NAME') }, 'acme/base'],
    [
      'a constant of another file',
      { 'a.py': body('from names import NAME', 'NAME'), 'names.py': 'NAME = "acme/base"\n' },
      'acme/base',
    ],
    ['a field of a class', { 'a.py': body('class C:\n    name = "acme/base"', 'C.name') }, 'acme/base'],
    [
      'a default of a dataclass that is made without it',
      { 'a.py': body('class C:\n    name: str = "acme/base"\nc = C()', 'c.name') },
      'acme/base',
    ],
    [
      'a keyword of a dataclass',
      { 'a.py': body('class C:\n    name: str = "acme/x"\nc = C(name="acme/base")', 'c.name') },
      'acme/base',
    ],
    ['a dict', { 'a.py': body('cfg = {"name": "acme/base"}', 'cfg["name"]') }, 'acme/base'],
    [
      'a key put into a dict later',
      { 'a.py': body('cfg = {}\ncfg["name"] = "acme/base"', 'cfg["name"]') },
      'acme/base',
    ],
    ['an f-string of constants', { 'a.py': body('ORG = "acme"', 'f"{ORG}/base"') }, 'acme/base'],
    [
      'a parameter whose only caller says it',
      {
        'a.py':
          'from transformers import AutoModel\nfrom trl import SFTTrainer\ndef load(name):\n    return AutoModel.from_pretrained(name)\nSFTTrainer(load("acme/base"))\n',
      },
      'acme/base',
    ],
    [
      'a parameter whose callers differ',
      {
        'a.py':
          'from transformers import AutoModel\nfrom trl import SFTTrainer\ndef load(name):\n    return AutoModel.from_pretrained(name)\nSFTTrainer(load("acme/base"), load("acme/other"))\n',
      },
      null,
    ],
    ['the last of two assignments', { 'a.py': body('NAME = "acme/x"\nNAME = "acme/base"', 'NAME') }, 'acme/base'],
    [
      'two branches that differ',
      { 'a.py': body('if big:\n    NAME = "acme/x"\nelse:\n    NAME = "acme/base"', 'NAME') },
      null,
    ],
    ['the environment', { 'a.py': body('import os\nNAME = os.environ.get("NAME", "acme/base")', 'NAME') }, null],
    ['a loop', { 'a.py': body('for NAME in ["acme/base"]:\n    pass', 'NAME') }, null],
    ['a name that grows', { 'a.py': body('NAME = "acme/base"\nNAME = NAME + suffix', 'NAME') }, null],
  ])('%s', async (_, files, expected) => {
    const [run] = await runsOf(files);
    const name = run?.loads[0]?.name;
    expect(name?.state === 'literal' ? name.value : null).toBe(expected);
  });

  const PARSED = body(
    'import argparse\np = argparse.ArgumentParser()\np.add_argument("--name", default="acme/base")\nargs = p.parse_args()',
    'args.name',
  );

  it.each<[string, Files, unknown]>([
    ['its default, marked as such', {}, { state: 'literal', value: 'acme/base', byDefault: true }],
    [
      'what the launch command says',
      { 'run.sh': 'python a.py --name acme/other\n' },
      { value: 'acme/other', at: { path: 'run.sh' } },
    ],
    [
      'its default where a command says nothing',
      { 'run.sh': 'python a.py\n' },
      { value: 'acme/base', byDefault: true },
    ],
    [
      'unknown where commands differ',
      { 'run.sh': 'python a.py --name x/y\npython a.py --name x/z\n' },
      { state: 'dynamic', fallback: { value: 'acme/base' } },
    ],
    ['unknown where a command says it by a variable', { 'run.sh': 'python a.py --name $1\n' }, { state: 'dynamic' }],
  ])('of a parser is %s', async (_, files, expected) => {
    const [run] = await runsOf({ 'a.py': PARSED, ...files });
    expect(run?.loads[0]?.name).toMatchObject(expected as object);
  });

  it.each<[string, string]>([
    [
      'HfArgumentParser',
      'from transformers import HfArgumentParser\n@dataclass\nclass A:\n    name: str = field(default="acme/base")\n@dataclass\nclass B:\n    name: str = "acme/other"\nb, a = HfArgumentParser((B, A)).parse_args_into_dataclasses()',
    ],
    [
      'a parser with one class',
      'from trl import TrlParser\nclass A:\n    name: str = "acme/base"\nparser = TrlParser(A)\na = parser.parse_args_and_config()[0]',
    ],
  ])('of %s is the default of the field', async (_, text) => {
    const [run] = await runsOf({ 'a.py': body(text, 'a.name') });
    expect(run?.loads[0]?.name).toMatchObject({ state: 'literal', value: 'acme/base', byDefault: true });
  });

  it('remembers every place a value came through', async () => {
    const [run] = await runsOf({
      'a.py': body('from names import NAME\nCOPY = NAME', 'COPY'),
      'names.py': '\nNAME = "acme/base"\n',
    });
    const name = run?.loads[0]?.name;
    expect(name?.state === 'literal' && name.chain.map((it) => `${it.path}:${it.startLine}`)).toEqual([
      'a.py:5',
      'a.py:4',
      'names.py:2',
    ]);
  });

  it('never runs in circles', async () => {
    const [run] = await runsOf({
      'a.py': body('from b import NAME', 'NAME'),
      'b.py': 'from a import OTHER\nNAME = OTHER\n',
      'c.py': 'x = y\ny = x\n',
    });
    expect(run?.loads[0]?.name.state).toBe('dynamic');
  });
});

describe('a configuration', () => {
  it('is a run by its shape, whatever its name', async () => {
    expect(await shown({ 'x/anything.yml': AXOLOTL })).toEqual(['x/anything.yml#config axolotl sft']);
  });

  it('reads each document of a file', async () => {
    expect(await shown({ 'a.yml': `${AXOLOTL}---\n${AXOLOTL}` })).toEqual([
      'a.yml#config axolotl sft',
      'a.yml#config:2 axolotl sft',
    ]);
  });

  it('takes stack and method from the command that names it', async () => {
    const files = {
      'conf/a.yaml': RECIPE,
      'run.sh': 'accelerate launch scripts/run_dpo.py --config conf/a.yaml\n',
      'scripts/run_dpo.py': '',
    };
    expect(await shown(files)).toEqual(['conf/a.yaml#config trl-recipe dpo']);
    expect((await runsOf(files))[0]?.files).toEqual(['conf/a.yaml', 'run.sh', 'scripts/run_dpo.py']);
  });

  it('lets the flags of its launch command win', async () => {
    const files = {
      'a.yaml': RECIPE,
      'run.sh': 'MODEL=acme/other\ntrl sft --config a.yaml --model_name_or_path $MODEL\n',
    };
    const [run] = await runsOf(files);
    expect(run?.loads[0]?.name).toMatchObject({
      state: 'literal',
      value: 'acme/other',
      at: { path: 'run.sh', startLine: 1 },
    });
  });

  it('is unknown where two commands disagree', async () => {
    const files = {
      'a.yaml': RECIPE,
      'run.sh':
        'trl sft --config a.yaml --model_name_or_path acme/x\ntrl sft --config a.yaml --model_name_or_path acme/y\n',
    };
    expect((await runsOf(files))[0]?.loads[0]?.name.state).toBe('dynamic');
  });

  it('lacks what the script of the repository does not take', async () => {
    const own = 'from transformers import HfArgumentParser\nclass A:\n    model_name_or_path: str\n';
    const revision = async (files: Files): Promise<unknown> =>
      (await runsOf({ 'recipes/a.yaml': RECIPE, ...files }))[0]?.loads[0]?.revision.state;
    expect(await revision({ 'train.py': own })).toBe('inexpressible');
    expect(await revision({ 'train.py': `${own}    model_revision: str = "main"\n` })).toBe('absent');
    expect(await revision({ 'train.py': 'from trl import ModelConfig\n' })).toBe('absent');
    expect(await revision({})).toBe('absent');
  });
});

describe('a launch command without a file', () => {
  it.each<[string, string[]]>([
    ['trl dpo --model_name_or_path acme/base --dataset_name acme/pairs', ['run.sh#trl trl-cli trl-cli dpo']],
    [
      'llamafactory-cli train --stage sft --finetuning_type lora --dataset d --model_name_or_path acme/base',
      ['run.sh#llamafactory-cli llama-factory llama-factory sft'],
    ],
    ['trl vllm-serve --model acme/base', []],
    ['trl env', []],
    ['python train.py --model_name_or_path acme/base --dataset_name d --learning_rate 1 --output_dir o', []],
  ])('%s', async (line, expected) => {
    expect(await shown({ 'run.sh': `${line}\n` })).toEqual(expected);
  });
});

function body(before: string, name: string): string {
  return `from transformers import AutoModel\nfrom trl import SFTTrainer\n${before}\nSFTTrainer(AutoModel.from_pretrained(${name}))\n`;
}
