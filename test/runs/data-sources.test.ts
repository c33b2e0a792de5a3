import { describe, expect, it } from '@jest/globals';
import type { DataUse, Taking } from '../../src/model/run-data.js';
import { findRuns } from '../../src/runs/find-runs.js';
import { type Files, sourceTree } from '../support/source-tree.js';

/** `name configuration split takings`, a line each; `–` for a data set without a name. */
function described(use: DataUse | null | undefined): string[] | null {
  if (use == null || use.sources === null) return null;
  return use.sources.map(({ name, configuration, split, taken }) =>
    [name ?? '–', configuration, split, ...taken.map(step)].filter((it) => it !== null).join(' '),
  );
}

function step(taking: Taking): string {
  switch (taking.kind) {
    case 'part':
      return `/${taking.name}`;
    case 'range': {
      const [from, to] = [taking.from, taking.to].map((it) => (typeof it === 'string' ? 'n' : (it ?? '')));
      return `[${from}:${to}]`;
    }
    default:
      return '?';
  }
}

const IMPORTS =
  'from datasets import concatenate_datasets, interleave_datasets, load_dataset\nfrom trl import SFTTrainer\n';

async function usesOf(files: Files): Promise<{ train: DataUse | null; test: DataUse | null }> {
  const [run] = findRuns(await sourceTree(files));
  return { train: run?.data.training ?? null, test: run?.data.evaluation ?? null };
}

async function trained(body: string, more: Files = {}): Promise<string[] | null> {
  const train = `${IMPORTS}\n${body}\ntrainer = SFTTrainer(model="./m", train_dataset=train)\ntrainer.train()\n`;
  return described((await usesOf({ 'train.py': train, ...more })).train);
}

async function bothOf(body: string, more: Files = {}): Promise<(string[] | null)[]> {
  const train = `${IMPORTS}\n${body}\ntrainer = SFTTrainer(model="./m", train_dataset=train, eval_dataset=test)\ntrainer.train()\n`;
  const uses = await usesOf({ 'train.py': train, ...more });
  return [described(uses.train), described(uses.test)];
}

const LOAD = 'load_dataset("acme/a", split="train")';

describe('the rows that a trainer is handed', () => {
  it.each<[string, string, string[]]>([
    ['a split', `train = ${LOAD}`, ['acme/a train']],
    ['a configuration', 'train = load_dataset("acme/a", "en", split="train")', ['acme/a en train']],
    ['one of all splits', 'train = load_dataset("acme/a")["train"]', ['acme/a train']],
    ['one of all splits, by a name', 'rows = load_dataset("acme/a")\ntrain = rows["train"]', ['acme/a train']],
    ['joined splits', 'train = load_dataset("acme/a", split="train+test")', ['acme/a train', 'acme/a test']],
    ['several splits at once', 'train, test = load_dataset("acme/a", split=["train", "test"])', ['acme/a train']],
    ['files', 'train = load_dataset("json", data_files="a.jsonl", split="train")', ['a.jsonl train']],
    [
      'a file for each split',
      'train = load_dataset("json", data_files={"train": "a.jsonl", "test": "b.jsonl"})["train"]',
      ['a.jsonl train'],
    ],
    [
      'a file of a data set',
      'train = load_dataset("acme/a", data_files="a.jsonl", split="train")',
      ['acme/a a.jsonl train'],
    ],
    [
      'a saved data set',
      'from datasets import load_from_disk\ntrain = load_from_disk("data/a")["train"]',
      ['data/a train'],
    ],
    ['a table', 'import pandas as pd\ntrain = pd.read_csv("a.csv")', ['a.csv train']],
    [
      'a table that becomes a data set',
      'import pandas as pd\nfrom datasets import Dataset\ntrain = Dataset.from_pandas(pd.read_csv("a.csv"))',
      ['a.csv train'],
    ],
    ['a chain of methods', `train = ${LOAD}.map(f).shuffle(seed=1)`, ['acme/a train']],
    ['a name that is set again', `train = ${LOAD}\ntrain = train.map(f)\ntrain = train.shuffle()`, ['acme/a train']],
    [
      'a part of a random split',
      `rows = ${LOAD}.train_test_split(0.1)\ntrain = rows["train"]`,
      ['acme/a train /train'],
    ],
    ['both parts at once', `test, train = ${LOAD}.train_test_split(0.1).values()`, ['acme/a train /test']],
    [
      'a split of scikit-learn',
      `from sklearn.model_selection import train_test_split\ntrain, test = train_test_split(${LOAD})`,
      ['acme/a train /train'],
    ],
    [
      'a split of torch',
      `from torch.utils.data import random_split\ntrain, test = random_split(${LOAD}, [9, 1])`,
      ['acme/a train /0'],
    ],
    ['methods of all splits', 'rows = load_dataset("acme/a").map(f)\ntrain = rows["test"]', ['acme/a test']],
    ['rows by their place', `train = ${LOAD}.select(range(9))`, ['acme/a train [0:9]']],
    ['rows between two places', `train = ${LOAD}.select(range(9, 12))`, ['acme/a train [9:12]']],
    ['rows to the end', `rows = ${LOAD}\ntrain = rows.select(range(9, len(rows)))`, ['acme/a train [9:]']],
    ['the first rows', `train = ${LOAD}.take(9)`, ['acme/a train [0:9]']],
    ['the rows behind them', `train = ${LOAD}.skip(9)`, ['acme/a train [9:]']],
    ['a slice', `train = ${LOAD}[3:1_000]`, ['acme/a train [3:1000]']],
    ['a slice to a name', `n = count()\ntrain = ${LOAD}[:n]`, ['acme/a train [0:n]']],
    ['some of the rows', `train = ${LOAD}.filter(f)`, ['acme/a train ?']],
    ['rows that are picked', `train = ${LOAD}.select([3, 4])`, ['acme/a train ?']],
    [
      'joined rows',
      'train = concatenate_datasets([load_dataset("acme/a", split="train"), load_dataset("acme/b", split="test")])',
      ['acme/a train', 'acme/b test'],
    ],
    ['a list that is joined', `all = [${LOAD}]\ntrain = concatenate_datasets(all)`, ['acme/a train']],
    ['a mixture', `train = interleave_datasets([${LOAD}])`, ['acme/a train']],
    ['a constant', 'NAME = "acme/a"\ntrain = load_dataset(NAME, split="train")', ['acme/a train']],
    ['all splits at once', 'train = load_dataset("acme/a")', ['acme/a']],
    ['a part of what is known', `train = ${LOAD} if big else None`, ['acme/a train']],
    ['rows that may be fewer', `train = ${LOAD}\nif small:\n    train = train.select(range(9))`, ['acme/a train ?']],
    [
      'a function that gives them back',
      `def rows_of(split):\n    return load_dataset("acme/a", split=split)\n\n\ntrain = rows_of("train")`,
      ['acme/a train'],
    ],
    [
      'a function that gives back two',
      `def rows():\n    all = load_dataset("acme/a")\n    return all["train"], all["test"]\n\n\ntest, train = rows()`,
      ['acme/a test'],
    ],
    [
      'a function that gives back a dict',
      `def rows():\n    return {"train": ${LOAD}}\n\n\ntrain = rows()["train"]`,
      ['acme/a train'],
    ],
    [
      'a dict of data sets',
      `from datasets import DatasetDict\nrows = DatasetDict({"train": ${LOAD}})\ntrain = rows["train"]`,
      ['acme/a train'],
    ],
    [
      'a split that is put in place of another',
      `rows = load_dataset("acme/a")\nrows["train"] = rows["train"].select(range(9))\ntrain = rows["train"]`,
      ['acme/a train [0:9]'],
    ],
    ['a column', `train = ${LOAD}["text"]`, ['acme/a train ?']],
  ])('are followed through %s', async (_, body, expected) => {
    expect(await trained(body)).toEqual(expected);
  });

  it.each<[string, string, string[]]>([
    [
      'either of two data sets',
      `train = ${LOAD}\nif other:\n    train = load_dataset("acme/b", split="train")`,
      ['– train'],
    ],
    ['a list that is not whole', `train = concatenate_datasets([${LOAD}, *others])`, ['–']],
    ['a list that grows', `all = [${LOAD}]\nall.append(more)\ntrain = concatenate_datasets(all)`, ['–']],
    ['a function of another package', 'train = make_rows()', ['–']],
    ['arguments that are spread in', 'train = load_dataset("acme/a", **options)', ['– ?']],
    ['a split that is computed', 'train = load_dataset("acme/a", split=which())', ['acme/a ?']],
    ['a data set that is computed', 'train = load_dataset(which(), split="train")', ['– train']],
    ['a key that is computed', 'train = load_dataset("acme/a")[which()]', ['acme/a ?']],
    ['another `load_dataset`', `from elsewhere import load_dataset\ntrain = ${LOAD}`, ['–']],
    ['a method that is not known', `train = ${LOAD}.explode()`, ['–']],
    ['a function that has a method for a name', `import random\ntrain = random.sample(${LOAD}, 9)`, ['–']],
    ['a function that calls itself', 'def rows():\n    return rows()\n\n\ntrain = rows()', ['–']],
  ])('have no name behind %s', async (_, body, expected) => {
    expect(await trained(body)).toEqual(expected);
  });

  it.each<[string, Files]>([
    [
      'a parameter of the only caller',
      {
        'train.py': `${IMPORTS}\ndef main(train):\n    SFTTrainer(model="./m", train_dataset=train).train()\n\n\nmain(${LOAD})\n`,
      },
    ],
    [
      'another file',
      {
        'train.py': `${IMPORTS}from rows import train\nSFTTrainer(model="./m", train_dataset=train).train()\n`,
        'rows.py': `from datasets import load_dataset\ntrain = ${LOAD}\n`,
      },
    ],
    [
      'a field that another method sets',
      {
        'train.py': `${IMPORTS}\nclass Job:\n    def read(self):\n        self.rows = ${LOAD}\n\n    def run(self):\n        SFTTrainer(model="./m", train_dataset=self.rows).train()\n\n\nJob().run()\n`,
      },
    ],
    [
      'a dict that is spread in',
      {
        'train.py': `${IMPORTS}\ndef data():\n    return dict(train_dataset=${LOAD}, eval_dataset=None)\n\n\nSFTTrainer(model="./m", **data()).train()\n`,
      },
    ],
    ['their position', { 'train.py': `${IMPORTS}\nSFTTrainer("./m", args, None, ${LOAD}).train()\n` }],
  ])('are followed through %s', async (_, files) => {
    const { train, test } = await usesOf(files);
    expect(described(train)).toEqual(['acme/a train']);
    expect(test).toBeNull();
  });

  it('are one data set under two names, also where it has none of its own', async () => {
    const train = `${IMPORTS}\nrows = make()\nsame = rows\nSFTTrainer(model="./m", train_dataset=rows, eval_dataset=same).train()\n`;
    const uses = await usesOf({ 'train.py': train });
    expect(uses.train?.sources?.[0]?.origin).toBe(uses.test?.sources?.[0]?.origin);
    const other = `${IMPORTS}\nSFTTrainer(model="./m", train_dataset=make(), eval_dataset=make()).train()\n`;
    const two = await usesOf({ 'train.py': other });
    expect(two.train?.sources?.[0]?.origin).not.toBe(two.test?.sources?.[0]?.origin);
  });

  it('begin with the same rows where both are taken of one order', async () => {
    const ranges = (uses: { train: DataUse | null; test: DataUse | null }): (string | null)[] =>
      [uses.train, uses.test].map((use) => {
        const taking = use?.sources?.[0]?.taken.at(-1);
        return taking?.kind === 'range' ? taking.of : null;
      });
    const script = (rows: string): string =>
      `${IMPORTS}\nrows = ${LOAD}\n${rows}SFTTrainer(model="./m", train_dataset=a.select(range(9)), eval_dataset=b.select(range(9, 12))).train()\n`;
    const one = ranges(await usesOf({ 'train.py': script('a = rows\nb = rows.map(f)\n') }));
    expect(one[0]).toBe(one[1]);
    const shuffled = ranges(await usesOf({ 'train.py': script('a = rows.shuffle()\nb = rows\n') }));
    expect(shuffled[0]).not.toBe(shuffled[1]);
    const batched = ranges(await usesOf({ 'train.py': script('a = rows.map(f, batched=True)\nb = rows\n') }));
    expect(batched[0]).not.toBe(batched[1]);
  });

  it('are told apart by the call of a function that makes both', async () => {
    const body =
      'def rows_of(path):\n    return load_dataset("json", data_files=path, split="train")\n\n\ntrain, test = rows_of("a.jsonl"), rows_of("b.jsonl")';
    expect(await bothOf(body)).toEqual([['a.jsonl train'], ['b.jsonl train']]);
  });

  it('are all that is measured on, but for what is said to be training data', async () => {
    const body = `rows = load_dataset("acme/a")\ntrain = rows["train"]\ntest = rows["test"]`;
    const train = `${IMPORTS}\n${body}\nSFTTrainer(model="./m", train_dataset=train, eval_dataset={"seen_in_training": train, "new": test}).train()\n`;
    expect(described((await usesOf({ 'train.py': train })).test)).toEqual(['acme/a test']);
  });

  it('are none where nothing is handed in', async () => {
    expect((await bothOf(`train = ${LOAD}\ntest = None`))[1]).toBeNull();
  });

  it('end where a name is used before it is set again', async () => {
    const body = `rows = ${LOAD}\ntrain = rows\nrows = load_dataset("acme/b", split="train")`;
    expect(await trained(body)).toEqual(['acme/a train']);
  });

  it('are not followed for ever', async () => {
    const doubling = Array.from({ length: 40 }, (_, n) => `r${n + 1} = r${n} if a else r${n}.map(f)`).join('\n');
    expect(await trained(`r0 = ${LOAD}\n${doubling}\ntrain = r40`)).not.toBeNull();
  });
});
