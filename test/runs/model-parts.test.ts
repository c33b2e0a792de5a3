import { describe, expect, it } from '@jest/globals';
import type { ModelPart } from '../../src/model/model-part.js';
import type { TrainingRun } from '../../src/model/run.js';
import { findRuns } from '../../src/runs/find-runs.js';
import { type Files, sourceTree } from '../support/source-tree.js';

async function runOf(files: Files): Promise<TrainingRun> {
  const runs = findRuns(await sourceTree(files));
  expect(runs).toHaveLength(1);
  return runs[0] as TrainingRun;
}

function told({ parts }: TrainingRun): string[] {
  return parts.map(describePart);
}

/** `policy: object acme/base@abc1234, adapters used`. */
function describePart({ part, given, load, weights, adapters }: ModelPart): string {
  const name = load?.name.state === 'literal' ? ` ${load.name.value}` : '';
  const revision = load?.revision.state === 'literal' ? `@${load.revision.value}` : '';
  const edited = weights === 'edited' ? ', edited' : '';
  return `${part}: ${given}${name}${revision}${edited}, adapters ${adapters}`;
}

const HEAD = `from copy import deepcopy
from peft import LoraConfig, PeftModel, get_peft_model, prepare_model_for_kbit_training
from transformers import AutoModelForCausalLM
from trl import DPOConfig, DPOTrainer, create_reference_model, get_peft_config

model = AutoModelForCausalLM.from_pretrained("acme/base", revision="abc1234")
`;

describe('the models of a DPO trainer', () => {
  it.each([
    ['by keyword', 'DPOTrainer(model=model, args=args)', ['policy: object acme/base@abc1234, adapters unused']],
    [
      'by position',
      'DPOTrainer(model, None, args)',
      ['policy: object acme/base@abc1234, adapters unused', 'reference: nothing, adapters unused'],
    ],
    [
      'through a dict that is spread in',
      'kwargs = dict(ref_model=None)\nDPOTrainer(model, args=args, **kwargs)',
      ['policy: object acme/base@abc1234, adapters unused', 'reference: nothing, adapters unused'],
    ],
    [
      'wrapped and moved',
      'model = prepare_model_for_kbit_training(model).to("cuda")\nDPOTrainer(model, args=args)',
      ['policy: object acme/base@abc1234, adapters unused'],
    ],
    [
      'with an adapter on it',
      'model = get_peft_model(model, LoraConfig())\nDPOTrainer(model, args=args)',
      ['policy: object acme/base@abc1234, adapters used'],
    ],
    [
      'with the configuration of an adapter',
      'DPOTrainer(model, args=args, peft_config=LoraConfig())',
      ['policy: object acme/base@abc1234, adapters used'],
    ],
    [
      'with the configuration of an adapter that may be none',
      'DPOTrainer(model, args=args, peft_config=get_peft_config(model_args))',
      ['policy: object acme/base@abc1234, adapters unknown'],
    ],
    [
      'with an adapter merged in',
      'model = PeftModel.from_pretrained(model, "sft/adapter").merge_and_unload()\nDPOTrainer(model, args=args)',
      ['policy: object acme/base@abc1234, edited, adapters unused'],
    ],
    [
      'with an adapter on it under a condition',
      'if lora:\n    model = get_peft_model(model, LoraConfig())\nDPOTrainer(model, args=args)',
      ['policy: unknown, adapters unknown'],
    ],
    [
      'beside a copy of itself',
      'DPOTrainer(model, deepcopy(model), args)',
      ['policy: object acme/base@abc1234, adapters unused', 'reference: object acme/base@abc1234, adapters unused'],
    ],
    [
      'by name',
      'DPOTrainer("acme/base", args=DPOConfig(model_init_kwargs={"revision": "def5678"}))',
      ['policy: name acme/base@def5678, adapters unused'],
    ],
    ['from a function that is not followed', 'DPOTrainer(build(), args=args)', ['policy: unknown, adapters unknown']],
  ])('%s', async (_, code, expected) => {
    expect(told(await runOf({ 'train.py': `${HEAD}${code}\n` }))).toEqual(expected);
  });

  it('keeps the name of a variable', async () => {
    const { parts } = await runOf({ 'train.py': `${HEAD}DPOTrainer(model, ref_model=model, args=args)\n` });
    expect(parts.map(({ variable }) => variable)).toEqual(['model', 'model']);
  });
});

it.each([
  [
    'its own key',
    'GOLDConfig(teacher_model_revision="abc1234")',
    'teacher: name acme/teacher@abc1234, adapters unused',
  ],
  [
    'the keywords it is loaded with',
    'GOLDConfig(teacher_model_init_kwargs={"revision": "abc1234", "dtype": "auto"})',
    'teacher: name acme/teacher@abc1234, adapters unused',
  ],
  ['nothing', 'GOLDConfig()', 'teacher: name acme/teacher, adapters unused'],
])('the teacher of a distillation is pinned by %s', async (_, args, expected) => {
  const code = `from trl.experimental.gold import GOLDConfig, GOLDTrainer
GOLDTrainer("acme/student", "acme/teacher", args=${args})
`;
  expect(told(await runOf({ 'train.py': code }))).toContain(expected);
});

describe('the models of a configuration', () => {
  it('LLaMA-Factory names its reference and reward models', async () => {
    const run = await runOf({
      'ppo.yaml': `stage: ppo
do_train: true
finetuning_type: full
model_name_or_path: acme/base
model_revision: abc1234
ref_model: acme/other
reward_model: saves/reward
dataset: prompts
output_dir: out
`,
    });
    expect(told(run)).toEqual([
      'policy: name acme/base@abc1234, adapters unused',
      'reference: name acme/other@abc1234, adapters unused',
      'reward: name saves/reward@abc1234, adapters unused',
    ]);
  });

  it('torchtune names folders', async () => {
    const run = await runOf({
      'kd.yaml': `model:
  _component_: torchtune.models.qwen2.lora_qwen2_0_5b
teacher_model:
  _component_: torchtune.models.qwen2.qwen2_1_5b
checkpointer:
  checkpoint_dir: /tmp/student
teacher_checkpointer:
  checkpoint_dir: /tmp/teacher
dataset:
  _component_: torchtune.datasets.alpaca_cleaned_dataset
optimizer:
  _component_: torch.optim.AdamW
`,
    });
    expect(told(run)).toEqual([
      'policy: name /tmp/student, adapters used',
      'teacher: name /tmp/teacher, adapters unused',
    ]);
  });
});

describe('the classes that train', () => {
  it.each([
    ['from trl import DPOConfig, DPOTrainer', 'trl.DPOTrainer'],
    ['from trl.trainer import DPOTrainer\nfrom trl import DPOConfig', 'trl.trainer.DPOTrainer'],
    ['from trl import DPOConfig\nimport trl\nclass DPOTrainer(trl.DPOTrainer):\n    pass', null],
  ])('%s', async (imports, trainer) => {
    const { api } = await runOf({ 'train.py': `${imports}\nDPOTrainer("acme/base", args=DPOConfig("out"))\n` });
    expect(api).toEqual({ trainer, arguments: 'trl.DPOConfig' });
  });
});

describe('a data set that a registry describes', () => {
  const config = `stage: dpo
do_train: true
finetuning_type: lora
model_name_or_path: acme/base
output_dir: out
`;
  const registry =
    '{\n  "pairs": { "file_name": "pairs.json", "ranking": true },\n  "other": { "file_name": "o.json" }\n}\n';

  it.each([
    ['beside the root', 'dataset: pairs\n', 'data/dataset_info.json', ['pairs']],
    [
      'in a folder that is named',
      'dataset: pairs,other\ndataset_dir: my/sets\n',
      'my/sets/dataset_info.json',
      ['pairs', 'other'],
    ],
    ['not where it is looked for', 'dataset: pairs\n', 'elsewhere/dataset_info.json', []],
    ['without its entry', 'dataset: third\n', 'data/dataset_info.json', []],
  ])('%s', async (_, keys, path, names) => {
    const run = await runOf({ 'configs/dpo.yaml': `${config}${keys}`, [path]: registry });
    expect(run.registered.map(({ name }) => name)).toEqual(names);
    expect(run.files.includes(path as never)).toBe(!path.startsWith('elsewhere'));
  });
});

it('a map in a list is told by its place', async () => {
  const { settings } = await runOf({
    'dpo.yml':
      'base_model: acme/base\nrl: dpo\nmicro_batch_size: 2\ndatasets:\n  - path: acme/a\n    type: chatml.intel\n  - path: acme/b\noutput_dir: out\n',
  });
  expect(settings.stated.get('datasets.0.type')?.setting).toMatchObject({ state: 'literal', value: 'chatml.intel' });
  expect(settings.stated.get('datasets.1.path')?.stated).toMatchObject({ startLine: 7 });
  expect(settings.stated.has('datasets.1.type')).toBe(false);
});
