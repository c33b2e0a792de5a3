import { describe, expect, it } from '@jest/globals';
import { reviewFiles } from '../support/change.js';
import { detectorsNamed } from '../support/detectors.js';
import type { Files } from '../support/source-tree.js';

const TRAIN = (argumentsText: string): string =>
  `from transformers import Trainer, TrainingArguments\n\nargs = TrainingArguments(${argumentsText})\nTrainer(model=build(), args=args).train()\n`;

const AXOLOTL = (last: string): string =>
  `base_model: acme/base-7b\ndatasets:\n  - path: data/train.jsonl\n    type: chat_template\nadapter: lora\nsequence_len: 4096\nmicro_batch_size: 2\n${last}\n`;

/** What a change does to the metric, and where it is told: `warning train.py:3`. */
async function reviewed(base: Files, head: Files): Promise<{ degraded: boolean; fell: boolean; told: string[] }> {
  const { comparison } = await reviewFiles(base, head, detectorsNamed('run-lineage'));
  const [metric] = comparison.metrics;
  return {
    degraded: metric?.degraded === true,
    fell: (metric?.delta ?? 0) < 0,
    told: comparison.findings
      .filter((it) => it.state === 'new' && it.rule === 'run-lineage/untracked')
      .map((it) => `${it.fault.severity} ${it.anchor?.path}:${it.anchor?.startLine} (${it.anchor?.side})`),
  };
}

describe('a change of tracking', () => {
  it.each([
    [
      'tells a tracker that is switched off where it is switched off',
      { 'train.py': TRAIN('output_dir="out", report_to="wandb"') },
      { 'train.py': TRAIN('output_dir="out", report_to="none"') },
      { degraded: true, fell: true, told: ['warning train.py:3 (head)'] },
    ],
    [
      'tells a tracker whose project loses its name where the name is gone',
      { 'lora.yml': AXOLOTL('wandb_project: support') },
      { 'lora.yml': AXOLOTL('wandb_project:') },
      { degraded: true, fell: true, told: ['warning lora.yml:8 (head)'] },
    ],
    [
      'tells a tracker that is removed on the line that was removed',
      { 'lora.yml': AXOLOTL('wandb_project: support\nlearning_rate: 0.0002') },
      { 'lora.yml': AXOLOTL('learning_rate: 0.0002') },
      { degraded: true, fell: true, told: ['warning lora.yml:8 (base)'] },
    ],
    [
      'tells a default that a new major version turned off where the version stands',
      { 'requirements.txt': 'transformers==4.46.0\nwandb\n', 'train.py': TRAIN('output_dir="out"') },
      { 'requirements.txt': 'transformers==5.0.0\nwandb\n', 'train.py': TRAIN('output_dir="out"') },
      { degraded: true, fell: true, told: ['warning requirements.txt:1 (head)'] },
    ],
    [
      'stays silent when a named tracker meets a new major version',
      { 'requirements.txt': 'transformers==4.46.0\n', 'train.py': TRAIN('output_dir="out", report_to="wandb"') },
      { 'requirements.txt': 'transformers==5.0.0\n', 'train.py': TRAIN('output_dir="out", report_to="wandb"') },
      { degraded: false, fell: false, told: [] },
    ],
    [
      'stays silent when one tracker takes the place of another',
      { 'train.py': TRAIN('output_dir="out", report_to="wandb"') },
      { 'train.py': TRAIN('output_dir="out", report_to=["mlflow"]') },
      { degraded: false, fell: false, told: [] },
    ],
    [
      'stays silent when a version of no known default becomes another',
      { 'requirements.txt': 'transformers\n', 'train.py': TRAIN('output_dir="out"') },
      { 'requirements.txt': 'transformers>=4.40\n', 'train.py': TRAIN('output_dir="out"') },
      { degraded: false, fell: false, told: [] },
    ],
  ])('%s', async (_, base, head, expected) => {
    expect(await reviewed(base, head)).toEqual(expected);
  });
});

describe('a change of seeds', () => {
  const TORCHTUNE = (seed: string): string =>
    `model:\n  _component_: torchtune.models.llama3_1.lora_llama3_1_8b\noptimizer:\n  _component_: torch.optim.AdamW\ndataset:\n  _component_: torchtune.datasets.chat_dataset\nseed: ${seed}\n`;

  it('is degraded, and told on its line, when a seed is taken away', async () => {
    const { comparison } = await reviewFiles(
      { 'a.yaml': TORCHTUNE('7') },
      { 'a.yaml': TORCHTUNE('null') },
      detectorsNamed('run-lineage'),
    );
    const [finding, ...others] = comparison.findings.filter((it) => it.state === 'new');
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ rule: 'run-lineage/unseeded', inline: true, anchor: { startLine: 7 } });
    expect(comparison.metrics[0]).toMatchObject({ degraded: true, worsened: [{ from: 1, to: 0 }] });
  });

  it('does not fall when a key that says the default goes', async () => {
    const { comparison } = await reviewFiles(
      { 'train.py': TRAIN('output_dir="out", seed=42, report_to="wandb"') },
      { 'train.py': TRAIN('output_dir="out", report_to="wandb"') },
      detectorsNamed('run-lineage'),
    );
    expect(comparison.metrics[0]).toMatchObject({ degraded: false, delta: 0 });
  });
});
