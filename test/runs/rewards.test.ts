import { describe, expect, it } from '@jest/globals';
import type { TrainingRun } from '../../src/model/run.js';
import { findRuns } from '../../src/runs/find-runs.js';
import { type Files, sourceTree } from '../support/source-tree.js';

async function runOf(files: Files): Promise<TrainingRun> {
  const runs = findRuns(await sourceTree(files));
  expect(runs).toHaveLength(1);
  return runs[0] as TrainingRun;
}

function script(reward: string, given = 'reward_funcs=reward'): string {
  return `import random
import re

from trl import GRPOTrainer

TARGET = 200

${reward}

GRPOTrainer("acme/base", ${given}, args=args, train_dataset=rows)
`;
}

async function madeOf(reward: string): Promise<string> {
  const { rewards } = await runOf({ 'train.py': script(reward) });
  return rewards?.sources.map(({ made }) => made.kind).join() ?? 'none';
}

describe('what a reward is made of', () => {
  it.each([
    ['one number a row', 'def reward(completions, **kwargs):\n    return [1.0] * len(completions)', 'constant'],
    [
      'one number in a comprehension',
      'def reward(completions, **kwargs):\n    return [0.5 for _ in completions]',
      'constant',
    ],
    [
      'one number, appended',
      'def reward(completions, **kwargs):\n    out = []\n    for _ in completions:\n        out.append(1.0)\n    return out',
      'constant',
    ],
    [
      'one of two numbers',
      'def reward(completions, answer, **kwargs):\n    return [1.0 if a in c else 0.0 for c, a in zip(completions, answer)]',
      'answer',
    ],
    [
      'one of two numbers, appended',
      'def reward(completions, **kwargs):\n    out = []\n    for c in completions:\n        if "yes" in c:\n            out.append(1.0)\n        else:\n            out.append(0.0)\n    return out',
      'answer',
    ],
    ['a length', 'def reward(completions, **kwargs):\n    return [-abs(20 - len(c)) for c in completions]', 'length'],
    [
      'a length of words, in a loop',
      'def reward(completions, **kwargs):\n    out = []\n    for completion in completions:\n        words = len(completion[0]["content"].split())\n        out.append(min(words / TARGET, 1.0))\n    return out',
      'length',
    ],
    [
      'two numbers by length',
      'def reward(prompts, completions, **kwargs):\n    return [1.0 if len(c) > 20 else 0.0 for c in completions]',
      'length',
    ],
    [
      'a count of what was found',
      'def reward(completions, **kwargs):\n    return [len(re.findall("<think>", c)) for c in completions]',
      'answer',
    ],
    [
      'a length and something of the answer',
      'def reward(completions, **kwargs):\n    return [len(c) * c.count("a") for c in completions]',
      'answer',
    ],
    ['chance', 'def reward(completions, **kwargs):\n    return [random.random() for _ in completions]', 'prompt'],
    ['another column', 'def reward(completions, score, **kwargs):\n    return [float(s) for s in score]', 'answer'],
    [
      'what the environment kept',
      'def reward(environments, **kwargs):\n    return [e.reward for e in environments]',
      'answer',
    ],
    ['what is spread in', 'def reward(completions, **kwargs):\n    return kwargs["scores"]', 'answer'],
    ['a call of a judge', 'def reward(completions, **kwargs):\n    return judge(completions)', 'answer'],
    [
      'a function inside',
      'def reward(completions, **kwargs):\n    def one(c):\n        return 1.0\n    return [one(c) for c in completions]',
      'unknown',
    ],
    ['a function that is made', 'reward = make_reward(0.5)', 'unknown'],
    ['a package', 'from trl.rewards import think_format_reward as reward', 'unknown'],
  ])('%s', async (_, code, kind) => {
    expect(await madeOf(code)).toBe(kind);
  });
});

describe('the list of rewards', () => {
  const two =
    'def a(completions, **kwargs):\n    return judge(completions)\n\n\ndef b(completions, **kwargs):\n    return [0.0] * len(completions)';

  it.each([
    ['written out', 'reward_funcs=[a, b]', 2, true],
    ['by position', '[a, b]', 2, true],
    ['empty', 'reward_funcs=[]', 0, true],
    ['a function alone', 'reward_funcs=a', 1, true],
    ['a model by name', 'reward_funcs="acme/reward"', 1, true],
    ['made elsewhere', 'reward_funcs=get_rewards(args)', 1, false],
    ['in part from elsewhere', 'reward_funcs=[a, *more]', 2, false],
  ])('%s', async (_, given, count, complete) => {
    const { rewards } = await runOf({ 'train.py': script(two, given) });
    expect(rewards?.sources.length).toBe(count);
    expect(rewards?.complete).toBe(complete);
  });

  it('is open where it grows later', async () => {
    const code = `${two}\n\nfuncs = []\nif args.strict:\n    funcs.append(a)`;
    expect((await runOf({ 'train.py': script(code, 'reward_funcs=funcs') })).rewards).toMatchObject({
      sources: [],
      complete: false,
    });
  });

  it('is none where the trainer is given none', async () => {
    expect((await runOf({ 'train.py': script('', 'processing_class=tok') })).rewards).toBeNull();
  });

  it('is read from a configuration', async () => {
    const run = await runOf({
      'grpo.yml':
        'base_model: acme/base\nrl: grpo\ndatasets:\n  - path: acme/prompts\ntrl:\n  reward_funcs: [rewards.correct]\nmicro_batch_size: 2\noutput_dir: out\n',
    });
    expect(run.rewards).toMatchObject({ sources: [{ name: 'rewards.correct' }], complete: true });
  });
});

describe('the columns of the rows', () => {
  async function columns(code: string): Promise<readonly string[] | null> {
    const source = `from datasets import Dataset, load_dataset
from trl import DPOTrainer

dataset = load_dataset("acme/pairs", split="train")


def to_pair(row):
    return {"prompt": row["question"], "chosen": row["good"], "rejected": row["bad"]}


${code}
DPOTrainer("acme/base", args=args, train_dataset=train)
`;
    return (await runOf({ 'train.py': source })).columns?.names ?? null;
  }

  it.each([
    ['all of the hub', 'train = dataset', null],
    [
      'mapped, the others removed',
      'train = dataset.map(to_pair, remove_columns=dataset.column_names)',
      ['prompt', 'chosen', 'rejected'],
    ],
    [
      'mapped, the others removed by a variable',
      'old = dataset.column_names\ntrain = dataset.map(to_pair, remove_columns=old)',
      ['prompt', 'chosen', 'rejected'],
    ],
    ['mapped, the others kept', 'train = dataset.map(to_pair)', null],
    [
      'mapped by a lambda',
      'train = dataset.map(lambda row: {"text": row["a"]}, remove_columns=dataset.column_names)',
      ['text'],
    ],
    ['selected', 'train = dataset.select_columns(["chosen", "rejected"])', ['chosen', 'rejected']],
    [
      'selected and renamed',
      'train = dataset.select_columns(["a", "b"]).rename_column("a", "chosen")',
      ['chosen', 'b'],
    ],
    [
      'renamed by a dict',
      'train = dataset.select_columns(["a", "b"]).rename_columns({"a": "chosen", "b": "rejected"})',
      ['chosen', 'rejected'],
    ],
    [
      'split after they were selected',
      'train = dataset.select_columns(["a"]).shuffle(seed=1).train_test_split(0.1)["train"]',
      ['a'],
    ],
    [
      'reassigned',
      'dataset = dataset.select_columns(["a", "b"])\ndataset = dataset.remove_columns("b")\ntrain = dataset.filter(keep)',
      ['a'],
    ],
    ['rows written out', 'train = Dataset.from_dict({"prompt": ["a"], "chosen": ["b"]})', ['prompt', 'chosen']],
    ['a function that is not followed', 'train = prepare(dataset.select_columns(["a"]))', null],
  ])('%s', async (_, code, expected) => {
    expect(await columns(code)).toEqual(expected);
  });
});
