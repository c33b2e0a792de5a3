import { describe, expect, it } from '@jest/globals';
import type { DataUse } from '../../src/model/run-data.js';
import { findRuns } from '../../src/runs/find-runs.js';
import { type Files, sourceTree } from '../support/source-tree.js';

/** `name split part`, a line each; null where the rows are not followed. */
function described(use: DataUse | null | undefined): string[] | null {
  if (use == null || use.sources === null) return null;
  return use.sources.map(({ name, configuration, split, part, isSubset }) =>
    [name, configuration, split, part === null ? null : `/${part}`, isSubset ? '?' : null]
      .filter((it) => it !== null)
      .join(' '),
  );
}

async function trained(body: string, more: Files = {}): Promise<string[] | null> {
  const train = `from datasets import concatenate_datasets, interleave_datasets, load_dataset\nfrom trl import SFTTrainer\n\n${body}\ntrainer = SFTTrainer(model="./m", train_dataset=train)\ntrainer.train()\n`;
  const [run] = findRuns(await sourceTree({ 'train.py': train, ...more }));
  return described(run?.data.training);
}

describe('the rows that a trainer is handed', () => {
  it.each<[string, string, string[] | null]>([
    ['a split', 'train = load_dataset("acme/a", split="train")', ['acme/a train']],
    ['a configuration', 'train = load_dataset("acme/a", "en", split="train")', ['acme/a en train']],
    ['one of all splits', 'train = load_dataset("acme/a")["train"]', ['acme/a train']],
    ['one of all splits, by a name', 'rows = load_dataset("acme/a")\ntrain = rows["train"]', ['acme/a train']],
    ['files', 'train = load_dataset("json", data_files="a.jsonl", split="train")', ['a.jsonl train']],
    ['a chain of methods', 'train = load_dataset("acme/a", split="train").map(f).shuffle(seed=1)', ['acme/a train']],
    [
      'a name that is set again',
      'train = load_dataset("acme/a", split="train")\ntrain = train.map(f)\ntrain = train.shuffle()',
      ['acme/a train'],
    ],
    [
      'a part of a random split',
      'rows = load_dataset("acme/a", split="train").train_test_split(0.1)\ntrain = rows["train"]',
      ['acme/a train /train'],
    ],
    ['methods of all splits', 'rows = load_dataset("acme/a").map(f)\ntrain = rows["test"]', ['acme/a test']],
    ['some of the rows', 'train = load_dataset("acme/a", split="train").select(range(9))', ['acme/a train ?']],
    [
      'joined rows',
      'train = concatenate_datasets([load_dataset("acme/a", split="train"), load_dataset("acme/b", split="test")])',
      ['acme/a train', 'acme/b test'],
    ],
    ['a mixture', 'train = interleave_datasets([load_dataset("acme/a", split="train")])', ['acme/a train']],
    ['a constant', 'NAME = "acme/a"\ntrain = load_dataset(NAME, split="train")', ['acme/a train']],
    ['all splits at once', 'train = load_dataset("acme/a")', ['acme/a']],
  ])('are followed through %s', async (_, body, expected) => {
    expect(await trained(body)).toEqual(expected);
  });

  it.each<[string, string]>([
    [
      'a name under a condition',
      'train = load_dataset("acme/a", split="train")\nif small:\n    train = load_dataset("acme/b", split="train")',
    ],
    ['a list that is not whole', 'train = concatenate_datasets([load_dataset("acme/a", split="train"), *others])'],
    ['a function', 'train = make_rows()'],
    ['two names at once', 'train, test = make_rows()'],
    ['arguments that are spread in', 'train = load_dataset("acme/a", **options)'],
    ['a split that is computed', 'train = load_dataset("acme/a", split=which())'],
    ['a key that is computed', 'train = load_dataset("acme/a")[which()]'],
    ['another `load_dataset`', 'from elsewhere import load_dataset\ntrain = load_dataset("acme/a", split="train")'],
    ['a method that is not known', 'train = load_dataset("acme/a", split="train").explode()'],
  ])('are not followed through %s', async (_, body) => {
    expect(await trained(body)).toBeNull();
  });

  it('are not followed to a parameter', async () => {
    const train =
      'from trl import SFTTrainer\n\n\ndef main(train):\n    trainer = SFTTrainer(model="./m", train_dataset=train)\n    trainer.train()\n';
    const [run] = findRuns(await sourceTree({ 'train.py': train }));
    expect(described(run?.data.training)).toBeNull();
    expect(run?.data.training?.written).toBe('train');
  });

  it('end where a name is used before it is set again', async () => {
    const body =
      'rows = load_dataset("acme/a", split="train")\ntrain = rows\nrows = load_dataset("acme/b", split="train")';
    expect(await trained(body)).toEqual(['acme/a train']);
  });
});
