import { describe, expect, it } from '@jest/globals';
import type { Expression } from '../../src/model/expression.js';
import { repoPath } from '../../src/model/identifiers.js';
import { readCommandLine } from '../../src/runs/launch/command-line.js';
import { factsOf } from '../support/source-tree.js';

async function read(line: string): Promise<unknown> {
  const { facts } = await factsOf(repoPath('run.sh'), `${line}\n`);
  const command = facts.find((fact) => fact.kind === 'command');
  const read = command === undefined ? null : readCommandLine(command);
  if (read === null) return null;
  const flags = Object.fromEntries(read.flags.entries.map((entry) => [entry.key, shown(entry.value)]));
  return [read.kind, read.program, read.positionals.map(shown), flags];
}

function shown(value: Expression): unknown {
  if (value.kind === 'scalar') return value.value;
  return value.kind === 'reference' ? `$${value.name}` : value.kind;
}

describe('a launch command', () => {
  it.each<[string, unknown]>([
    ['python train.py --lr 1e-4 --bf16', ['script', 'train.py', [], { lr: '1e-4', bf16: true }]],
    ['python3 -u train.py', ['script', 'train.py', [], {}]],
    ['python -m pkg.train --a=b', ['module', 'pkg.train', [], { a: 'b' }]],
    ['CUDA_VISIBLE_DEVICES=0 nohup python train.py', ['script', 'train.py', [], {}]],
    ['torchrun --nproc_per_node 8 train.py --x 1', ['script', 'train.py', [], { x: '1' }]],
    ['torchrun --nproc_per_node=8 --standalone train.py', ['script', 'train.py', [], {}]],
    ['python -m torch.distributed.run --nproc_per_node 8 train.py', ['script', 'train.py', [], {}]],
    ['deepspeed --num_gpus 8 train.py --deepspeed ds.json', ['script', 'train.py', [], { deepspeed: 'ds.json' }]],
    ['accelerate launch --config_file a.yaml --multi_gpu train.py c.yaml', ['script', 'train.py', ['c.yaml'], {}]],
    ['accelerate launch -m axolotl.cli.train cfg.yml', ['module', 'axolotl.cli.train', ['cfg.yml'], {}]],
    ['uv run --with trl trl sft --config c.yaml', ['tool', 'trl', ['sft'], { config: 'c.yaml' }]],
    ['python -W ignore -X dev train.py', ['script', 'train.py', [], {}]],
    ['accelerate launch --enable_cpu_affinity train.py', ['script', 'train.py', [], {}]],
    ['accelerate launch --main_training_function main train.py', ['script', 'train.py', [], {}]],
    ['axolotl train $CONFIG --seed 1', ['tool', 'axolotl', ['train', '$CONFIG'], { seed: '1' }]],
    ['srun --gres gpu:1 python train.py', null],
    ['trl sft --model_name_or_path $MODEL', ['tool', 'trl', ['sft'], { model_name_or_path: '$MODEL' }]],
    [
      'llamafactory-cli train c.yaml learning_rate=1e-5',
      ['tool', 'llamafactory-cli', ['train', 'c.yaml'], { learning_rate: '1e-5' }],
    ],
    [
      'tune run --nproc_per_node 2 full_dpo_distributed --config c.yaml',
      ['tool', 'tune', ['run', 'full_dpo_distributed'], { nproc_per_node: '2', config: 'c.yaml' }],
    ],
    ['python train.py --no-eval --learning-rate 1', ['script', 'train.py', [], { eval: false, learning_rate: '1' }]],
    ['python train.py --temperature -1.5', ['script', 'train.py', [], { temperature: '-1.5' }]],
    ['python -c "print(1)"', null],
    ['pip install trl', null],
    ['echo python train.py', null],
    ['git rev-parse HEAD', null],
  ])('%s', async (line, expected) => {
    expect(await read(line)).toEqual(expected);
  });
});
