import { describe, expect, it } from '@jest/globals';
import type { TrainingRun } from '../../src/model/run.js';
import { findRuns } from '../../src/runs/find-runs.js';
import { type Files, sourceTree } from '../support/source-tree.js';

async function runOf(files: Files): Promise<TrainingRun> {
  const runs = findRuns(await sourceTree(files));
  expect(runs).toHaveLength(1);
  return runs[0] as TrainingRun;
}

const TRAIN = `from datasets import load_dataset
from trl import SFTTrainer

rows = load_dataset("json", data_files="data/answers.jsonl", split="train")
SFTTrainer("acme/base", args=args, train_dataset=rows).train()
`;

function generator(code: string, imports = 'from openai import OpenAI'): string {
  return `import argparse
import json

from datasets import Dataset, load_dataset
${imports}

client = OpenAI()
MODEL = "gpt-4o"
${code}
`;
}

const ASK = `for prompt in prompts:
    answer = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": prompt}])
    rows.append({"prompt": prompt, "completion": answer.choices[0].message.content})
`;

describe('a script that makes the data of a run', () => {
  it('is found by the file that it writes', async () => {
    const run = await runOf({
      'train.py': TRAIN,
      'make_data.py': generator(`${ASK}with open("data/answers.jsonl", "w") as out:\n    json.dump(rows, out)`),
    });
    expect(run.generated).toMatchObject([
      {
        name: 'data/answers.jsonl',
        use: 'training',
        by: 'make_data.py',
        teachers: [{ kind: 'hosted', name: 'gpt-4o', revision: null }],
        row: { namesTeacher: false },
      },
    ]);
    expect(run.files).toContain('make_data.py');
  });

  it.each([
    ['Dataset.to_json', 'Dataset.from_list(rows).to_json("data/answers.jsonl")'],
    ['a path', 'from pathlib import Path\nPath("data/answers.jsonl").write_text(json.dumps(rows))'],
    ['a constant', 'OUT = "data/answers.jsonl"\nwith open(OUT, "a") as out:\n    out.write(json.dumps(rows))'],
    [
      'the default of an option',
      'parser = argparse.ArgumentParser()\nparser.add_argument("--out", default="data/answers.jsonl")\nargs = parser.parse_args()\nDataset.from_list(rows).to_json(args.out)',
    ],
    ['the default of a parameter', 'def main(out="data/answers.jsonl"):\n    Dataset.from_list(rows).to_json(out)'],
  ])('is found by %s', async (_, code) => {
    const run = await runOf({ 'train.py': TRAIN, 'make_data.py': generator(ASK + code) });
    expect(run.generated.map(({ by }) => by)).toEqual(['make_data.py']);
  });

  it.each([
    ['a file that it reads', 'make_data.py', generator(`${ASK}json.load(open("data/answers.jsonl"))`)],
    ['another file', 'make_data.py', generator(`${ASK}json.dump(rows, open("data/other.jsonl", "w"))`)],
    [
      'a file of that name elsewhere',
      'tools/make_data.py',
      generator(`${ASK}json.dump(rows, open("answers.jsonl", "w"))`),
    ],
    [
      'a script that asks a model, and writes what it has read',
      'make_data.py',
      generator(`${ASK}load_dataset("acme/dialogs", split="test").to_json("data/answers.jsonl")`),
    ],
    [
      'a script that opens the file for what it has read',
      'make_data.py',
      generator(`${ASK}with open("data/answers.jsonl", "w") as out:\n    json.dump(list(prompts), out)`),
    ],
    ['a script that asks no model', 'make_data.py', 'import json\njson.dump(rows, open("data/answers.jsonl", "w"))\n'],
    [
      'a script that evaluates',
      'scripts/eval_judge.py',
      generator(`${ASK}json.dump(rows, open("data/answers.jsonl", "w"))`),
    ],
    ['a test', 'tests/make_data.py', generator(`${ASK}json.dump(rows, open("data/answers.jsonl", "w"))`)],
  ])('is not found by %s', async (_, path, code) => {
    expect((await runOf({ 'train.py': TRAIN, [path]: code })).generated).toEqual([]);
  });

  it.each([
    ['in the folder of both', 'sft/train.py', 'sft/make.py', 'answers.jsonl', 'answers.jsonl'],
    ['from the root, beside the script', 'train.py', 'data/make.py', 'data/answers.jsonl', 'answers.jsonl'],
    ['from the root for both', 'src/train.py', 'tools/make.py', './data/answers.jsonl', 'data/answers.jsonl'],
  ])('is found by a file %s', async (_, train, make, read, written) => {
    const run = await runOf({
      [train]: TRAIN.replace('data/answers.jsonl', read),
      [make]: generator(`${ASK}json.dump(rows, open("${written}", "w"))`),
    });
    expect(run.generated).toHaveLength(1);
  });

  it('is found by a repository on the hub, by a configuration too', async () => {
    const run = await runOf({
      'sft.yml':
        'base_model: acme/base\ndatasets:\n  - path: acme/distilled\n    type: chat_template\nmicro_batch_size: 2\nnum_epochs: 1\noutput_dir: out\n',
      'make.py': generator(`${ASK}Dataset.from_list(rows).push_to_hub("acme/distilled")`),
    });
    expect(run.generated).toMatchObject([{ name: 'acme/distilled', by: 'make.py' }]);
  });

  it("is found by a file that LLaMA-Factory's registry names", async () => {
    const run = await runOf({
      'sft.yaml':
        'stage: sft\ndo_train: true\nfinetuning_type: lora\nmodel_name_or_path: acme/base\ndataset: distilled\noutput_dir: out\n',
      'data/dataset_info.json': '{ "distilled": { "file_name": "answers.json" } }',
      'data/make.py': generator(`${ASK}json.dump(rows, open("answers.json", "w"))`),
    });
    expect(run.generated).toMatchObject([{ name: 'data/answers.json', by: 'data/make.py' }]);
  });
});

describe('an answer is followed', () => {
  const SAVE =
    '\nwith open("data/answers.jsonl", "w") as out:\n    for row in rows:\n        out.write(json.dumps(row))';

  it.each([
    ['through a list and a loop', ASK + SAVE],
    [
      'through functions',
      `def ask(prompt):
    answer = client.chat.completions.create(model=MODEL, messages=[{"role": "user", "content": prompt}])
    return answer.choices[0].message.content


def save(items):
    with open("data/answers.jsonl", "w") as out:
        json.dump(items, out)


save([ask(prompt) for prompt in prompts])`,
    ],
    [
      'through a method and pairs of a loop',
      `class Maker:
    def ask(self, prompts):
        return client.chat.completions.create(model=MODEL, messages=prompts)

    def run(self):
        rows = []
        for prompt, answer in zip(prompts, self.ask(prompts)):
            rows.append({"prompt": prompt, "completion": answer})
        Dataset.from_list(rows).to_json("data/answers.jsonl")`,
    ],
  ])('%s', async (_, code) => {
    expect((await runOf({ 'train.py': TRAIN, 'make.py': generator(code) })).generated).toHaveLength(1);
  });

  it('ends for code that goes in circles', async () => {
    const code = `a = b\nb = a\na.append(b)\ndef f(x):\n    return f(x)\nb = f(a)\n${ASK}json.dump(rows, open("data/answers.jsonl", "w"))`;
    expect((await runOf({ 'train.py': TRAIN, 'make.py': generator(code) })).generated).toHaveLength(1);
  });
});

describe('what such a script says of its models', () => {
  async function made(code: string, imports?: string) {
    const written = `${code}\njson.dump(rows, open("data/answers.jsonl", "w"))`;
    const [first] = (await runOf({ 'train.py': TRAIN, 'make.py': generator(written, imports) })).generated;
    return first;
  }

  it.each([
    ['a constant', ASK, 'gpt-4o'],
    ['a computed name', ASK.replace('MODEL', 'pick()'), null],
    ['a text', ASK.replace('MODEL', '"gpt-4o-2024-08-06"'), 'gpt-4o-2024-08-06'],
  ])('names it by %s', async (_, code, name) => {
    expect((await made(code))?.teachers).toMatchObject([{ kind: 'hosted', name }]);
  });

  it('loads weights with vLLM at a revision', async () => {
    const code =
      'llm = LLM(model="acme/teacher", revision="abc1234")\nrows = [{"prompt": p, "output": o} for p, o in zip(prompts, llm.generate(prompts))]';
    expect((await made(code, 'from vllm import LLM\nfrom openai import OpenAI'))?.teachers).toMatchObject([
      { kind: 'weights', name: 'acme/teacher', revision: { value: 'abc1234' } },
    ]);
  });

  it.each([
    ['a column', ASK.replace('"prompt": prompt,', '"prompt": prompt, "teacher": MODEL,'), true],
    ['a record beside the rows', `${ASK}record = {"generator": MODEL, "count": len(rows)}`, true],
    ['nothing', ASK, false],
  ])('records it by %s', async (_, code, namesTeacher) => {
    expect((await made(code))?.row).toMatchObject({ namesTeacher });
  });

  it('reads its prompts from a split', async () => {
    const code = `prompts = load_dataset("openai/gsm8k", "main", split="test")\n${ASK}`;
    expect((await made(code))?.prompts).toMatchObject([{ name: 'openai/gsm8k', configuration: 'main', split: 'test' }]);
  });
});
