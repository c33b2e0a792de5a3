import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { detectors } from '../../detectors/catalog.js';
import { reviewFiles } from '../support/change.js';
import type { Files } from '../support/source-tree.js';

const SCRIPT = `from transformers import AutoModelForCausalLM, AutoTokenizer
from trl import SFTConfig, SFTTrainer

BASE = "acme/base"


def load():
    tokenizer = AutoTokenizer.from_pretrained(BASE)
    model = AutoModelForCausalLM.from_pretrained(BASE, trust_remote_code=True)
    return model, tokenizer


def train():
    model, tokenizer = load()
    args = SFTConfig(output_dir="out", save_safetensors=False)
    trainer = SFTTrainer(model, args=args, processing_class=tokenizer)
    trainer.train()
    model.save_pretrained("out", safe_serialization=False)


if __name__ == "__main__":
    train()
`;

const CONFIG = `base_model: acme/other
trust_remote_code: true
datasets:
  - path: acme/dialogs
    type: chat_template
adapter: lora
micro_batch_size: 2
num_epochs: 1
learning_rate: 0.0002
output_dir: ./out
`;

const BASE: Files = { 'train.py': SCRIPT, 'configs/lora.yml': CONFIG, 'README.md': '# A project\n' };

describe('a change of form alone', () => {
  it('starts from a tree with faults, so that silence means something', async () => {
    const { comparison } = await reviewFiles({}, BASE, detectors);
    expect(comparison.findings.filter((finding) => finding.state === 'new').length).toBeGreaterThanOrEqual(7);
  });

  it.each<[string, Files, Readonly<Record<string, string>>]>([
    [
      'moving a file that git sees as renamed',
      moved('train.py', 'src/run/train.py'),
      { 'src/run/train.py': 'train.py' },
    ],
    ['moving a file that git does not see as renamed', moved('train.py', 'src/run/train.py'), {}],
    ['moving a configuration', moved('configs/lora.yml', 'configs/adapters/lora.yml'), {}],
    [
      'renaming a configuration',
      moved('configs/lora.yml', 'configs/small.yaml'),
      { 'configs/small.yaml': 'configs/lora.yml' },
    ],
    ['re-indenting a script', edited('train.py', reindented), {}],
    ['breaking calls into lines', edited('train.py', brokenCalls), {}],
    ['indenting lists in YAML', edited('configs/lora.yml', (text) => text.replace(/^ {2}/gm, '      ')), {}],
    ['quoting in YAML', edited('configs/lora.yml', (text) => text.replace('acme/other', "'acme/other'")), {}],
    ['writing YAML in flow style', { ...BASE, 'configs/lora.yml': flow(CONFIG) }, {}],
    ['turning line ends into Windows ones', edited('train.py', (text) => text.replaceAll('\n', '\r\n')), {}],
    [
      'reordering keys',
      edited('configs/lora.yml', (text) =>
        text
          .split('\n')
          .filter(Boolean)
          .filter((line) => !line.startsWith('trust'))
          .concat('trust_remote_code: true', '')
          .join('\n'),
      ),
      {},
    ],
    ['splitting a script', splitScript(), {}],
    ['splitting a script where the trainer moves', splitTrainer(), { 'pipeline.py': 'train.py' }],
    [
      'loading with another class',
      edited('train.py', (text) => text.replaceAll('AutoModelForCausalLM', 'LlamaForCausalLM')),
      {},
    ],
    ['renaming a function', edited('train.py', (text) => text.replaceAll(/(?<!\.)\btrain\(\)/g, 'main()')), {}],
  ])('%s yields no new finding', async (_, head, renames) => {
    const { comparison } = await reviewFiles(BASE, head, detectors, renames);
    expect(
      comparison.findings.filter((it) => it.state === 'new').map((it) => `${it.rule} ${it.fault.at.path}`),
    ).toEqual([]);
    expect(comparison.findings.filter((it) => it.gone === 'fixed').map((it) => it.rule)).toEqual([]);
    expect(comparison.metrics.filter((it) => it.degraded)).toEqual([]);
  });

  it('yields no new finding for blank lines and comments anywhere between statements', async () => {
    const insertions = fc.array(fc.tuple(fc.nat(), fc.constantFrom('', '# note', '# revision="main"')), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(insertions, insertions, async (inScript, inConfig) => {
        const head = {
          ...BASE,
          'train.py': inserted(SCRIPT, inScript),
          'configs/lora.yml': inserted(CONFIG, inConfig),
        };
        const { comparison } = await reviewFiles(BASE, head, detectors);
        expect(comparison.findings.filter((it) => it.state !== 'unchanged')).toEqual([]);
      }),
      { numRuns: 25, seed: 7 },
    );
  });
});

describe('the order of files', () => {
  it('does not matter to a review', async () => {
    const paths = Object.keys(BASE);
    const reference = await summary(paths);
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(paths, { minLength: paths.length }), async (order) => {
        expect(await summary(order)).toEqual(reference);
      }),
      { numRuns: 6, seed: 7 },
    );
  });
});

async function summary(order: readonly string[]): Promise<unknown> {
  const files = Object.fromEntries(order.map((path) => [path, BASE[path] ?? '']));
  const { comparison } = await reviewFiles({}, files, detectors);
  return [
    comparison.findings.map((it) => [it.fingerprint, it.state, it.fault.message, it.runs]),
    [...comparison.head.scores.metrics],
    comparison.head.runs.map((it) => it.run.id),
  ];
}

function moved(from: string, to: string): Files {
  const { [from]: text = '', ...rest } = BASE;
  return { ...rest, [to]: text };
}

function edited(path: string, edit: (text: string) => string): Files {
  return { ...BASE, [path]: edit(BASE[path] ?? '') };
}

function reindented(text: string): string {
  return text.replace(/^( {4})+/gm, (indent) => '\t'.repeat(indent.length / 4));
}

function brokenCalls(text: string): string {
  return text.replace(/\((BASE|"out"|output_dir[^)]*)(, [^)]*)?\)/g, (_, first, rest = '') => {
    return `(\n        ${first}${rest.replaceAll(', ', ',\n        ')},\n    )`;
  });
}

function flow(text: string): string {
  return `{${text
    .trim()
    .split('\n')
    .filter((line) => !/^\s|datasets/.test(line))
    .join(', ')}, datasets: [{path: acme/dialogs, type: chat_template}]}\n`;
}

function splitScript(): Files {
  const start = SCRIPT.indexOf('BASE =');
  const end = SCRIPT.indexOf('def train');
  const imports = SCRIPT.slice(0, start);
  return {
    ...BASE,
    'loading.py': imports + SCRIPT.slice(start, end),
    'train.py': `${imports}from loading import load\n\n\n${SCRIPT.slice(end)}`,
  };
}

function splitTrainer(): Files {
  const { 'train.py': text = '', ...rest } = BASE;
  return {
    ...rest,
    'pipeline.py': text.slice(0, text.indexOf('if __name__')),
    'train.py': 'from pipeline import train\n\ntrain()\n',
  };
}

function inserted(text: string, insertions: readonly (readonly [number, string])[]): string {
  const lines = text.split('\n');
  for (const [at, line] of insertions) lines.splice(at % (lines.length + 1), 0, line);
  return lines.join('\n');
}
