import { describe, expect, it } from '@jest/globals';
import { isEvaluationCommand, namesEvaluation } from '../../src/model/evaluation-tools.js';
import type { TrainingRun } from '../../src/model/run.js';
import { findRuns } from '../../src/runs/find-runs.js';
import { reviewFiles } from '../support/change.js';
import { detectorsNamed } from '../support/detectors.js';
import { type Files, sourceTree } from '../support/source-tree.js';

async function onlyRun(files: Files): Promise<TrainingRun> {
  const [run, ...others] = findRuns(await sourceTree(files));
  if (run === undefined || others.length > 0) throw new Error('the files hold not exactly one run');
  return run;
}

const SFT = 'from trl import SFTTrainer\ntrainer = SFTTrainer("acme/base", train_dataset=rows)\ntrainer.train()\n';

describe('a command that evaluates', () => {
  it.each([
    ['lm_eval', ['lm_eval', '--tasks', 'gsm8k']],
    ['lm_eval as a module', ['python', '-m', 'lm_eval', '--tasks', 'gsm8k']],
    ['lighteval under a launcher', ['accelerate', 'launch', '-m', 'lighteval', 'accelerate']],
    ['a recipe of torchtune', ['tune', 'run', '--nproc_per_node', '2', 'eleuther_eval', '--config', 'eval.yaml']],
    ['a sub-command', ['llamafactory-cli', 'eval', 'mmlu.yaml']],
    ['a script named for it', ['python', 'scripts/eval_math.py']],
    ['a script in a folder named for it', ['bash', 'evaluation/run.sh']],
    ['a module named for it', ['python', '-m', 'project.evaluate']],
  ])('%s', (_, words) => {
    expect(isEvaluationCommand(words)).toBe(true);
  });

  it.each([
    ['an installation', ['pip', 'install', 'lm_eval']],
    ['training with flags about evaluation', ['python', 'train.py', '--eval_strategy', 'steps', '--do_eval']],
    ['a configuration named for it', ['axolotl', 'train', 'configs/no-eval.yml']],
    ['a word that only begins like it', ['python', 'medieval/train.py', '--data', 'evals.jsonl']],
    ['nothing at all', []],
  ])('is not %s', (_, words) => {
    expect(isEvaluationCommand(words)).toBe(false);
  });

  it.each([
    ['scripts/eval.py', true],
    ['run_benchmark.sh', true],
    ['evals/math.py', true],
    ['retrieval/train.py', false],
    ['medieval.py', false],
    ['evaluating/train.py', false],
  ])('%s: %s', (path, named) => {
    expect(namesEvaluation(path)).toBe(named);
  });
});

describe('an evaluation elsewhere in the repository', () => {
  it.each<[string, Files, string | null]>([
    ['a script named for it', { 'scripts/eval.py': 'print(1)\n' }, 'scripts/eval.py'],
    ['an import of a tool that evaluates', { 'measure.py': 'import lm_eval\n' }, 'measure.py'],
    ['a command of a script', { 'after.sh': 'lm_eval --tasks gsm8k\n' }, 'after.sh'],
    ['the first of several by path', { 'b/eval.py': 'x = 1\n', 'a/eval.py': 'x = 1\n' }, 'a/eval.py'],
    ['a script that measures and does not train', { 'infer.py': 'import evaluate\n' }, 'infer.py'],
    [
      'no script that measures while it trains',
      { 'prepare.py': 'import evaluate\nfrom transformers import TrainingArguments\n' },
      null,
    ],
    ['nothing of the kind', { 'prepare.py': 'x = 1\n' }, null],
    ['a test', { 'tests/test_eval.py': 'x = 1\n' }, null],
    ['data', { 'data/eval.json': '[]\n' }, null],
  ])('%s', async (_, files, expected) => {
    expect((await onlyRun({ ...files, 'train.py': SFT })).evaluatedElsewhere).toBe(expected);
  });

  it('leaves what is missing to the summary', async () => {
    const train = 'from trl import SFTTrainer\nSFTTrainer("acme/base", train_dataset=rows).train()\n';
    const inline = async (files: Files) =>
      (await reviewFiles({}, { ...files, 'train.py': train }, detectorsNamed('eval-absence'))).comparison.findings.map(
        (it) => it.inline,
      );
    expect(await inline({})).toEqual([true]);
    expect(await inline({ 'eval.py': 'x = 1\n' })).toEqual([false]);
  });

  it('leaves a share of zero to the summary, unless the change makes it so', async () => {
    const config = (share: number) =>
      `base_model: acme/base\nmicro_batch_size: 1\nsequence_len: 2\nnum_epochs: 1\ndatasets:\n  - path: a/b\nval_set_size: ${share}\n`;
    const inline = async (base: Files, head: Files) =>
      (await reviewFiles(base, head, detectorsNamed('eval-absence'))).comparison.findings
        .filter((it) => it.rule === 'eval-absence/no-held-out-set')
        .map((it) => it.inline);
    const evaluation = { 'eval.py': 'x = 1\n' };
    expect(await inline({}, { 'sft.yml': config(0) })).toEqual([true]);
    expect(await inline({}, { 'sft.yml': config(0), ...evaluation })).toEqual([false]);
    expect(await inline({ 'sft.yml': config(0.05), ...evaluation }, { 'sft.yml': config(0), ...evaluation })).toEqual([
      true,
    ]);
  });

  it('is not what the run itself reaches', async () => {
    const files = { 'evaluation.py': 'def score(): pass\n', 'train.py': `from evaluation import score\n${SFT}` };
    expect((await onlyRun(files)).evaluatedElsewhere).toBeNull();
  });
});

describe('calls that say in their name that they evaluate', () => {
  it.each([
    ['a function of the file', 'def evaluate_model(m): pass\nevaluate_model(1)\n', '.evaluate_model'],
    ['a class of the file', 'class EvalCallback: pass\nEvalCallback()\n', '.EvalCallback'],
    ['a method', 'helper.run_benchmark(1)\n', '.run_benchmark'],
    ['a loop', 'def run_validation(): pass\nrun_validation()\n', '.run_validation'],
  ])('%s is kept', async (_, code, expected) => {
    expect((await onlyRun({ 'train.py': SFT + code })).calls.map(({ name }) => name)).toContain(expected);
  });

  it.each([
    ['a switch of the model', 'model.eval()\n'],
    ['what prepares data', 'def load_evaluation_data(): pass\nload_evaluation_data()\n'],
    ['what computes arguments', 'def make_evaluation_config(): pass\nmake_evaluation_config()\n'],
  ])('%s is not', async (_, code) => {
    const names = (await onlyRun({ 'train.py': SFT + code })).calls.map(({ name }) => name);
    expect(names.filter((name) => /eval/i.test(name))).toEqual([]);
  });
});

describe('arguments of a trainer by position', () => {
  it('are those of the plain trainer and of SFT', async () => {
    const run = await onlyRun({
      'train.py': 'from trl import SFTTrainer\nSFTTrainer(m, a, c, rows, held_out).train()\n',
    });
    expect([...run.trainer.stated.keys()]).toEqual(['model', 'args', 'data_collator', 'train_dataset', 'eval_dataset']);
  });

  it('are read up to where releases differ', async () => {
    const run = await onlyRun({ 'train.py': 'from trl import DPOTrainer\nDPOTrainer(m, r, a, c, rows).train()\n' });
    expect([...run.trainer.stated.keys()]).toEqual(['model', 'ref_model', 'args']);
  });
});

describe('a file with the keys of `trl`', () => {
  const file = 'model_name_or_path: acme/base\ndataset_name: acme/dialogs\nlearning_rate: 0.1\noutput_dir: out\n';

  it.each<[string, Files, boolean]>([
    ['is closed where nothing else could read it', {}, false],
    [
      'is closed where `trl` is started with it',
      { 'go.sh': 'trl sft --config sft.yaml\n', 'other.py': 'import trl\n' },
      false,
    ],
    ['is open beside a script that trains', { 'other.py': 'from trl import TrlParser\n' }, true],
  ])('%s', async (_, files, open) => {
    expect((await onlyRun({ ...files, 'sft.yaml': file })).callsOpen !== null).toBe(open);
  });
});

describe('evaluation that a change takes away', () => {
  const evaluated = {
    'train.py':
      'from datasets import load_dataset\nfrom trl import SFTConfig, SFTTrainer\n' +
      'args = SFTConfig(output_dir="out", eval_strategy="steps", eval_steps=100)\n' +
      'trainer = SFTTrainer("acme/base", args=args,\n' +
      '    train_dataset=load_dataset("acme/dialogs", split="train"),\n' +
      '    eval_dataset=load_dataset("acme/dialogs", split="test"))\ntrainer.train()\n',
  };

  it.each([
    ['the schedule', [', eval_strategy="steps", eval_steps=100', ''], 'evaluation-not-scheduled', 3],
    ['by a value', ['"steps", eval_steps=100', '"no"'], 'evaluation-not-scheduled', 3],
    [
      'all of it',
      [
        /, eval_strategy="steps", eval_steps=100|,\n {4}eval_dataset=load_dataset\("acme\/dialogs", split="test"\)/g,
        '',
      ],
      'no-held-out-set',
      4,
    ],
  ] as const)('is told once, in the diff: %s', async (_, [what, by], rule, line) => {
    const head = { 'train.py': evaluated['train.py'].replaceAll(what, by) };
    const { comparison } = await reviewFiles(evaluated, head, detectorsNamed('eval-absence'));
    const told = comparison.findings.filter(({ state }) => state !== 'absent');
    expect(told.map((it) => [it.rule, it.fault.severity, it.inline, it.anchor?.startLine])).toEqual([
      [`eval-absence/${rule}`, 'warning', true, line],
    ]);
    expect(comparison.metrics[0]?.degraded).toBe(true);
  });
});
