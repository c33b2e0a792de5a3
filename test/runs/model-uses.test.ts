import { describe, expect, it } from '@jest/globals';
import { findRuns } from '../../src/runs/find-runs.js';
import { type Files, sourceTree } from '../support/source-tree.js';

const TRAINING = [
  'stage: sft',
  'do_train: true',
  'model_name_or_path: acme/base-7b',
  'finetuning_type: lora',
  'dataset: support',
  'template: qwen',
  'output_dir: ./saves/sft/',
].join('\n');

/** What uses the model of `train.yaml`: the file and the template. */
async function usesBeside(files: Files): Promise<(string | null)[][]> {
  const runs = findRuns(await sourceTree({ 'train.yaml': TRAINING, ...files }));
  return runs
    .filter((run) => run.name === 'train.yaml')
    .flatMap((run) => run.uses.map((it) => [it.by, it.template.name]));
}

const asking = (lines: string) => ({ 'chat.yaml': `model_name_or_path: acme/base-7b\n${lines}\n` });

describe('a use of a trained model', () => {
  it.each<[string, Files, (string | null)[][]]>([
    ['an adapter', asking('adapter_name_or_path: saves/sft\ntemplate: qwen'), [['chat.yaml', 'qwen']]],
    ['one of several adapters', asking('adapter_name_or_path: saves/a, saves/sft\ntemplate: a'), [['chat.yaml', 'a']]],
    ['the whole model', { 'chat.yaml': 'model_name_or_path: saves/sft\ntemplate: a\n' }, [['chat.yaml', 'a']]],
    ['a checkpoint', asking('adapter_name_or_path: saves/sft/checkpoint-9\ntemplate: a'), [['chat.yaml', 'a']]],
    ['a command', { 'a.sh': 'llamafactory-cli chat --adapter_name_or_path saves/sft --template a\n' }, [['a.sh', 'a']]],
    [
      'a script under a launcher',
      { 'a.sh': 'CUDA_VISIBLE_DEVICES=0 python src/api.py --adapter_name_or_path saves/sft --template a\n' },
      [['a.sh', 'a']],
    ],
    [
      'a variable that names the folder',
      {
        'a.sh': 'OUT=saves/sft\nllamafactory-cli export --adapter_name_or_path $OUT --template a --export_dir merged\n',
      },
      [['a.sh', 'a']],
    ],
    [
      'what was exported',
      {
        ...asking('adapter_name_or_path: saves/sft\ntemplate: qwen\nexport_dir: ./merged'),
        'serve.yaml': 'model_name_or_path: merged/\ntemplate: a\n',
      },
      [
        ['chat.yaml', 'qwen'],
        ['serve.yaml', 'a'],
      ],
    ],
    [
      'vLLM without a template',
      { 'a.sh': 'python vllm_infer.py --adapter_name_or_path saves/sft\n' },
      [['a.sh', 'default']],
    ],
  ])('%s', async (_, files, uses) => {
    expect(await usesBeside(files)).toEqual(uses);
  });

  it.each<[string, Files]>([
    ['a folder with a longer name', asking('adapter_name_or_path: saves/sft-2\ntemplate: a')],
    ['the base model', asking('template: a')],
    ['a file without a template', asking('adapter_name_or_path: saves/sft')],
    ['a benchmark', asking('adapter_name_or_path: saves/sft\ntemplate: fewshot\ntask: mmlu_test')],
    [
      'a run that trains on',
      asking('adapter_name_or_path: saves/sft\ntemplate: a\nstage: dpo\nfinetuning_type: lora\ndataset: x'),
    ],
    ['a file in a test', { 'tests/chat.yaml': 'adapter_name_or_path: saves/sft\ntemplate: a\n' }],
    [
      'flags that are not known',
      { 'a.sh': 'llamafactory-cli chat --adapter_name_or_path saves/sft --template a $FLAGS\n' },
    ],
    ['another program', { 'a.sh': 'python other.py --adapter_name_or_path saves/sft --template a\n' }],
    [
      'a file whose template a command changes',
      {
        ...asking('adapter_name_or_path: saves/sft\ntemplate: a'),
        'chat.sh': 'llamafactory-cli chat chat.yaml template=qwen\n',
      },
    ],
  ])('is not %s', async (_, files) => {
    expect(await usesBeside(files)).toEqual([]);
  });

  it('is among the files of the run, and says nothing of what evaluates it', async () => {
    const files = { 'train.yaml': TRAINING, 'eval/chat.yaml': 'adapter_name_or_path: saves/sft\ntemplate: a\n' };
    const [run] = findRuns(await sourceTree(files));
    expect(run?.files).toEqual(['train.yaml', 'eval/chat.yaml']);
  });

  it('is a file for prediction, which is no run of another stack', async () => {
    const predict = [
      'model_name_or_path: acme/base-7b',
      'adapter_name_or_path: saves/sft',
      'stage: sft',
      'do_predict: true',
      'finetuning_type: lora',
      'dataset: support_test',
      'template: a',
      'output_dir: saves/predict',
      'bf16: true',
    ].join('\n');
    const runs = findRuns(await sourceTree({ 'train.yaml': TRAINING, 'predict.yaml': predict }));
    expect(runs.map((run) => [run.name, run.uses.map(({ by }) => by)])).toEqual([['train.yaml', ['predict.yaml']]]);
  });
});
