import { describe, expect, it } from '@jest/globals';
import type { TrainingRun } from '../../src/model/run.js';
import { findRuns } from '../../src/runs/find-runs.js';
import { type Files, sourceTree } from '../support/source-tree.js';

const CONFIG = `stage: sft
do_train: true
model_name_or_path: acme/base-7b
finetuning_type: lora
dataset: support
output_dir: out
`;
const SCRIPT = `from transformers import HfArgumentParser, Trainer, TrainingArguments

(args,) = HfArgumentParser(TrainingArguments).parse_args_into_dataclasses()
Trainer(model=build(), args=args).train()
`;

async function onlyRun(files: Files): Promise<TrainingRun> {
  const runs = findRuns(await sourceTree(files));
  expect(runs).toHaveLength(1);
  return runs[0] as TrainingRun;
}

describe('a key that is there and sets nothing', () => {
  it.each([
    ['none', 'none'],
    ['"none"', 'none'],
    ['[none]', 'none'],
    ['null', null],
    ['', null],
  ])('report_to: %s keeps what stands there', async (written, value) => {
    const { settings } = await onlyRun({ 'train.yaml': `${CONFIG}report_to: ${written}\n` });
    expect(settings.stated.get('report_to')).toMatchObject({ setting: { state: 'absent' }, nothing: { value } });
  });

  it('is said by the command where the command says it', async () => {
    const { settings } = await onlyRun({
      'train.yaml': `${CONFIG}report_to: wandb\n`,
      'train.sh': 'llamafactory-cli train train.yaml report_to=none\n',
    });
    expect(settings.stated.get('report_to')?.nothing).toMatchObject({ value: 'none', at: { path: 'train.sh' } });
  });

  it('is dynamic where only one of two commands says it', async () => {
    const { settings } = await onlyRun({
      'train.yaml': `${CONFIG}report_to: wandb\n`,
      'train.sh': 'llamafactory-cli train train.yaml report_to=none\nllamafactory-cli train train.yaml\n',
    });
    expect(settings.stated.get('report_to')?.setting.state).toBe('dynamic');
  });

  it('is kept of a keyword of Python', async () => {
    const { settings } = await onlyRun({
      'train.py':
        'from transformers import Trainer, TrainingArguments\nTrainer(args=TrainingArguments("out", seed=None))\n',
    });
    expect(settings.stated.get('seed')?.nothing).toMatchObject({ value: null });
  });
});

describe('settings of a script that reads its command line', () => {
  it.each([
    ['one command', ['--seed 7'], '7'],
    ['two that agree', ['--seed 7', '--seed 7'], '7'],
    ['two that differ', ['--seed 7', '--seed 8'], undefined],
    ['two of which one is silent', ['--seed 7', '--bf16'], undefined],
    ['one that names a file', ['--seed 7 --config run.yaml'], undefined],
  ])('%s', async (_, flags, value) => {
    const script = flags.map((it) => `python train.py --output_dir out ${it}\n`).join('');
    const { settings } = await onlyRun({ 'train.py': SCRIPT, 'train.sh': script });
    expect(settings.open).not.toBeNull();
    const seed = settings.stated.get('seed')?.setting;
    expect(seed?.state === 'literal' ? seed.value : undefined).toBe(value);
  });
});

describe('the environment of a run', () => {
  it.each([
    ['one script sets it', { 'a.sh': 'export WANDB_MODE=disabled\npython train.py\n' }, 'literal'],
    ['the command sets it', { 'a.sh': 'WANDB_MODE=disabled python train.py\n' }, 'literal'],
    ['another command sets it', { 'a.sh': 'WANDB_MODE=disabled python prepare.py\npython train.py\n' }, undefined],
    [
      'one of two scripts sets it',
      { 'a.sh': 'export WANDB_MODE=disabled\npython train.py\n', 'b.sh': 'python train.py\n' },
      'dynamic',
    ],
  ])('%s', async (_, scripts, state) => {
    const { environment } = await onlyRun({ 'train.py': SCRIPT, ...(scripts as Files) });
    expect(environment.get('WANDB_MODE')?.state).toBe(state);
  });

  it('is dynamic where the code sets it under a condition', async () => {
    const { environment } = await onlyRun({
      'train.py': `import os\n\nif os.environ.get("DEBUG"):\n    os.environ["WANDB_MODE"] = "disabled"\n${SCRIPT}`,
    });
    expect(environment.get('WANDB_MODE')?.state).toBe('dynamic');
  });
});

describe('the libraries of a run', () => {
  it('are those of the folders above it, in any version', async () => {
    const { libraries } = await onlyRun({
      'sft/train.py': SCRIPT,
      'sft/requirements.txt': 'wandb\n',
      'requirements/base.txt': 'transformers==4.46.0\n',
      'serve/requirements.txt': 'vllm\n',
    });
    expect([...libraries].sort()).toEqual(['transformers', 'wandb']);
  });
});

describe('datasets of a configuration', () => {
  it('are loads with a revision of their own', async () => {
    const { loads } = await onlyRun({
      'lora.yml':
        'base_model: acme/base-7b\nadapter: lora\nsequence_len: 4096\nmicro_batch_size: 2\ndatasets:\n' +
        '  - path: acme/a\n    revision: 0d8ef7c3a9b1e6f25c4d7a80b9e1f2c3d4a5b6c7\n  - path: data/b.jsonl\n',
    });
    expect(loads.filter((load) => load.what === 'dataset').map((load) => [load.origin, load.revision.state])).toEqual([
      ['hub', 'literal'],
      ['local', 'absent'],
    ]);
  });
});
