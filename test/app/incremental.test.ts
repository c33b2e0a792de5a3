import { types } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { detectors } from '../../detectors/catalog.js';
import type { FactExtraction } from '../../src/app/ports.js';
import { createChangeReview } from '../../src/app/review-change.js';
import { DEFAULT_BOUNDS } from '../../src/model/bounds.js';
import type { Review } from '../../src/model/review.js';
import { DEFAULT_JUDGE_OPTIONS, type Detector, defineDetector, defineRule } from '../../src/model/rule.js';
import { notApplicable } from '../../src/model/verdict.js';
import { CachesInMemory, changeInMemory } from '../support/change-in-memory.js';
import { weighed } from '../support/detectors.js';
import { extractionInThread, type Files } from '../support/source-tree.js';

interface Reviewing {
  readonly caches: CachesInMemory | null;
  readonly extraction?: FactExtraction;
  readonly rules?: readonly Detector[];
  readonly build?: string;
}

async function review(base: Files, head: Files, reviewing: Reviewing): Promise<Review> {
  const { caches, rules = detectors, build = '1' } = reviewing;
  const builds = { runs: '1', judging: build };
  const made = createChangeReview({
    source: changeInMemory(base, head),
    extraction: reviewing.extraction ?? (await extractionInThread()),
    caches: caches === null ? null : { facts: caches.facts, runs: caches.runs, builds },
    detectors: rules,
    bounds: DEFAULT_BOUNDS,
    options: DEFAULT_JUDGE_OPTIONS,
    clock: () => 0,
  });
  return await made();
}

/** All that a review holds, runs and verdicts with every place, but for its timings. */
function told({ timings: _, ...rest }: Review): string {
  return JSON.stringify(rest, (_key, value) => {
    if (types.isMap(value)) return { map: [...value] };
    if (types.isSet(value)) return { set: [...value] };
    return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  });
}

async function toldAlike(base: Files, head: Files, caches: CachesInMemory): Promise<void> {
  const incremental = told(await review(base, head, { caches }));
  const anew = told(await review(base, head, { caches: null }));
  // Whole, they are too long to read.
  const at = [...incremental].findIndex((letter, index) => letter !== anew[index]);
  const excerpts = at === -1 ? [] : [incremental, anew].map((text) => text.slice(Math.max(0, at - 300), at + 100));
  expect(excerpts).toEqual([]);
  expect(incremental.length).toBe(anew.length);
}

const ARGUMENTS = (model: string): string =>
  `from dataclasses import dataclass, field\n\n@dataclass\nclass ModelArguments:\n    model: str = field(default="${model}")\n    revision: str = None\n`;
const LIBRARY = (trust: string): string =>
  `from transformers import AutoModelForCausalLM\n\ndef build(name, revision=None):\n    return AutoModelForCausalLM.from_pretrained(name, revision=revision, trust_remote_code=${trust})\n`;
const SCRIPT = (from: string, trainer: string): string =>
  [
    'from transformers import HfArgumentParser, TrainingArguments',
    `from lib.${from} import ModelArguments`,
    'from lib.models import build',
    trainer === 'SFTTrainer' ? 'from trl import SFTTrainer' : `from lib.trainer import ${trainer}`,
    '',
    'def main():',
    '    parser = HfArgumentParser((ModelArguments, TrainingArguments))',
    '    model_args, training_args = parser.parse_args_into_dataclasses()',
    '    model = build(model_args.model, model_args.revision)',
    `    ${trainer}(model=model, args=training_args, train_dataset=None).train()`,
    '',
    'if __name__ == "__main__":',
    '    main()',
    '',
  ].join('\n');
const NOTEBOOK = (source: string): string =>
  JSON.stringify({
    cells: [{ cell_type: 'code', metadata: {}, outputs: [], source }],
    metadata: {},
    nbformat: 4,
    nbformat_minor: 5,
  });

/** What may stand at each path of the trees below. */
const CONTENTS: Readonly<Record<string, readonly string[]>> = {
  'train.py': [SCRIPT('options', 'SFTTrainer'), SCRIPT('arguments', 'SFTTrainer'), SCRIPT('options', 'OwnTrainer')],
  'lib/run.py': [
    'from trl import SFTTrainer\ndef run(name):\n    SFTTrainer(name, args=None)\n',
    'from trl import SFTTrainer\nimport lib\ndef run(name):\n    SFTTrainer(lib.models.build(name), args=None)\n',
  ],
  'call.py': ['from lib.run import run\nrun("acme/called")\n', 'from lib.run import run\nrun(name="acme/other")\n'],
  'configs/args.yml': ['model: acme/y\noutput_dir: out\n', 'model: acme/z\nrevision: main\n'],
  'scripts/other.py': [
    'from trl import DPOTrainer\nDPOTrainer("acme/policy")\n',
    'from lib.models import build\nfrom trl import DPOTrainer\nDPOTrainer(build("acme/b"))\n',
  ],
  'lib/__init__.py': ['', 'from .models import *\n'],
  'lib/options.py': [ARGUMENTS('acme/a'), ARGUMENTS('acme/b'), 'from .arguments import ModelArguments\n'],
  'lib/arguments.py': [ARGUMENTS('acme/c'), 'from .options import ModelArguments\n', 'model_revision = None\n'],
  'lib/models.py': [LIBRARY('True'), LIBRARY('False')],
  'lib/trainer.py': [
    'from transformers import Trainer\n\nclass OwnTrainer(Trainer):\n    pass\n',
    'class OwnTrainer:\n    pass\n',
  ],
  'lib/models/__init__.py': ['def build(name, revision=None):\n    return name\n'],
  'transformers.py': ['AutoModelForCausalLM = None\n'],
  'run.sh': [
    'python train.py --model acme/launched --output_dir out\n',
    'MODEL=acme/x\nWANDB_MODE=disabled python train.py --model $MODEL\n',
    'trl sft --config configs/sft.yml\nlm_eval --model hf\n',
    'python train.py configs/args.yml\n',
    'llamafactory-cli chat configs/chat.yml template=qwen\nlmf export --model_name_or_path out --template yi\n',
    'trl sft --model_name_or_path acme/base --output_dir out\n',
  ],
  'scripts/run.sh': ['accelerate launch ../train.py --revision main\n', 'python scripts/other.py\n'],
  'configs/sft.yml': [
    'model_name_or_path: acme/base\ndataset_name: acme/d\noutput_dir: out\nlearning_rate: 1e-5\n',
    'stage: sft\nfinetuning_type: lora\nmodel_name_or_path: acme/base\ndataset: d\ntemplate: qwen\noutput_dir: out\n',
    'base_model: acme/base\nmicro_batch_size: 1\nnum_epochs: .inf\nadapter: lora\ndatasets:\n  - path: acme/d\noutput_dir: out\n',
  ],
  'configs/dpo.yml': [
    'base_model: acme/other\nmicro_batch_size: 1\nnum_epochs: 1\nadapter: lora\nrl: dpo\ndatasets:\n  - path: acme/d\noutput_dir: out\n',
  ],
  'configs/chat.yml': [
    'adapter_name_or_path: out\ntemplate: llama3\nexport_dir: merged\n',
    'model_name_or_path: merged\ntemplate: qwen\n',
  ],
  'requirements.txt': ['trl==0.9.0\ntransformers>=4.40\n', 'trl>=0.20\n'],
  'configs/requirements.txt': ['transformers==4.30.0\n'],
  'evaluate_model.py': ['import lm_eval\n', 'x = 1\n'],
  'configs/LICENSE': ['MIT\n'],
  'configs/setup.py': ['x = 1\n'],
  'acme/base/config.json': ['{}\n'],
  'demo.ipynb': [
    NOTEBOOK('from trl import SFTTrainer\nfrom lib.models import build\nSFTTrainer(build("acme/n"))\n'),
    NOTEBOOK('!pip install trl==0.8.0\n!python train.py --model acme/m\n'),
  ],
};
const PATHS = Object.keys(CONTENTS);

type Edit =
  | { readonly kind: 'write' | 'break'; readonly path: string; readonly content: number }
  | { readonly kind: 'delete'; readonly path: string }
  | { readonly kind: 'move'; readonly path: string; readonly to: string };

const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      path: fc.constantFrom(...PATHS),
      content: fc.nat({ max: 4 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('break' as const),
      path: fc.constantFrom(...PATHS),
      content: fc.nat({ max: 4 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('delete' as const), path: fc.constantFrom(...PATHS) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('move' as const),
      path: fc.constantFrom(...PATHS),
      to: fc.constantFrom('moved/train.py', 'tests/train.py', 'lib/options.py', 'configs/moved.yml'),
    }),
  },
);

function edited(files: Files, it: Edit): Files {
  const { [it.path]: before, ...others } = files;
  if (it.kind === 'delete') return others;
  if (it.kind === 'move') return before === undefined ? files : { ...others, [it.to]: before };
  const contents = CONTENTS[it.path] ?? [''];
  const text = contents[it.content % contents.length] ?? '';
  return { ...others, [it.path]: it.kind === 'break' ? `${text}(((\n  : [` : text };
}

/** All files as they are first written. */
const START: Files = Object.fromEntries(
  ['train.py', 'lib/__init__.py', 'lib/options.py', 'lib/models.py', 'lib/trainer.py', 'run.sh', 'configs/sft.yml'].map(
    (path) => [path, CONTENTS[path]?.[0] ?? ''],
  ),
);

describe('a sequence of edits', () => {
  it('gives the same reviews with what earlier ones found out as without', async () => {
    const commit = fc.array(edit, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(fc.array(commit, { minLength: 1, maxLength: 8 }), async (commits) => {
        const caches = new CachesInMemory();
        let base = START;
        for (const edits of commits) {
          const head = edits.reduce(edited, base);
          await toldAlike(base, head, caches);
          base = head;
        }
      }),
      { numRuns: 40, seed: 7 },
    );
  }, 120_000);

  it.each<[string, (bytes: Uint8Array, at: number) => Uint8Array | null]>([
    ['results are gone', () => null],
    ['some results are gone', (bytes, at) => (at % 2 === 0 ? null : bytes)],
    ['results are cut short', (bytes) => bytes.subarray(0, 40)],
    ['results are nonsense', () => Buffer.from('nonsense')],
    ['results are empty', () => new Uint8Array()],
  ])(
    'gives the same reviews where %s in between',
    async (_, damage) => {
      const caches = new CachesInMemory();
      await throughAllEdits(caches, () => {
        [...caches.kept].forEach(([name, bytes], at) => {
          const left = damage(bytes, at);
          if (left === null) caches.kept.delete(name);
          else caches.kept.set(name, left);
        });
      });
    },
    60_000,
  );

  it('gives the same reviews where facts are gone in between', async () => {
    const caches = new CachesInMemory();
    await throughAllEdits(caches, () => caches.keptFacts.clear());
  }, 60_000);
});

/** Reviews an edit of every path, one after the other. */
async function throughAllEdits(caches: CachesInMemory, between: () => void): Promise<void> {
  let base = START;
  for (const [at, path] of PATHS.entries()) {
    const head = edited(base, { kind: at % 3 === 0 ? 'delete' : 'write', path, content: 1 });
    await toldAlike(base, head, caches);
    between();
    base = head;
  }
}

describe('a run is judged again', () => {
  const TREE: Files = {
    'a/train.py': 'from trl import SFTTrainer\nfrom a.model import build\nSFTTrainer(build("acme/a"))\n',
    'a/model.py': 'from transformers import AutoModel\ndef build(name):\n    return AutoModel.from_pretrained(name)\n',
    'a/requirements.txt': 'trl>=0.20\n',
    'b/train.py': 'from trl import DPOTrainer\nDPOTrainer("acme/b")\n',
    'b/notes.py': 'x = 1\n',
    'configs/sft.yml': CONTENTS['configs/dpo.yml']?.[0] ?? '',
  };
  const A = 'a/train.py#SFTTrainer';
  const B = 'b/train.py#DPOTrainer';
  const CONFIG = 'configs/sft.yml#config';

  /** The runs that are judged in the review of a change to a tree which was reviewed before. */
  async function judgedAgain(change: Files, { tree = TREE, build = '1' } = {}): Promise<string[]> {
    const judged = new Set<string>();
    const rule = defineRule({
      id: 'counting/judged',
      title: 'Judged',
      severity: 'notice',
      judge: (run) => {
        judged.add(run.id);
        return notApplicable('only counted');
      },
    });
    const metric = 'finetuning_architecture.run_lineage_score';
    const rules = weighed([
      defineDetector({ id: 'counting', metric, composite: 'reproducibility_score', rules: [rule] }),
    ]);
    const caches = new CachesInMemory();
    await review(tree, tree, { caches, rules });
    expect(judged.size).toBeGreaterThan(0);
    judged.clear();
    await review(tree, { ...tree, ...change }, { caches, rules, build });
    return [...judged].sort();
  }

  it.each<[string, Files, readonly string[]]>([
    ['nothing changes', {}, []],
    ['a file changes that nothing reaches', { 'b/notes.py': 'x = 2\n' }, []],
    ['a file is new that nothing reaches', { 'b/more.py': 'y = 1\n' }, []],
    ['its own file changes', { 'b/train.py': 'from trl import DPOTrainer\nDPOTrainer("acme/c")\n' }, [B]],
    ['a module changes that it imports', { 'a/model.py': 'build = None\n' }, [A]],
    ['another module takes the name of one that it imports', { 'a/a/model.py': 'build = None\n' }, [A]],
    ['a package that it imports is in the tree now', { 'b/trl/__init__.py': '' }, [B]],
    ['what is required above it changes', { 'a/requirements.txt': 'trl==0.9.0\n' }, [A]],
    ['something is required above all', { 'requirements.txt': 'peft==0.9.0\n' }, [A, B, CONFIG]],
    ['a script starts it', { 'go.sh': 'python b/train.py\n' }, [B]],
    ['a command names its file', { 'go.sh': 'axolotl train configs/sft.yml\n' }, [CONFIG]],
    ['a folder has the name of its model', { 'acme/b/config.json': '{}\n' }, [B]],
    ['the tree evaluates now', { 'evaluate.py': 'import lm_eval\n' }, [A, B, CONFIG]],
    ['its file belongs to another project now', { 'b/LICENSE': '', 'b/setup.py': '' }, []],
  ])('where %s', async (_, change, again) => {
    expect(await judgedAgain(change)).toEqual([...again].sort());
  });

  const CALLED = 'from trl import SFTTrainer\ndef run(name):\n    SFTTrainer(name)\n';
  const LOADED =
    'import lib.model\nfrom trl import SFTTrainer\nSFTTrainer(lib.parts.model.build("acme/a"), args=None)\n';
  const PARSED =
    'from transformers import TrainingArguments\nfrom trl import SFTTrainer, TrlParser\n' +
    'args = TrlParser((TrainingArguments,)).parse_args_and_config()[0]\nSFTTrainer("acme/a", args=args)\n';
  const TOO_LARGE = `# ${'-'.repeat(DEFAULT_BOUNDS.sourceFileBytes)}\n`;
  const NAMED =
    'stage: sft\ndo_train: true\nfinetuning_type: lora\nmodel_name_or_path: acme/base\ndataset: own\ntemplate: llama3\noutput_dir: out\n';
  const NAMES = '{"own": {"hf_hub_url": "acme/d"}}\n';
  const RECIPE = 'model_name_or_path: acme/base\ndataset_name: acme/d\noutput_dir: out\nlearning_rate: 1e-5\n';

  it.each<[string, Files, Files]>([
    [
      'a function that it stands in is called',
      { 'run.py': CALLED },
      { 'call.py': 'from run import run\nrun("acme/z")\n' },
    ],
    [
      'a call of it changes',
      { 'run.py': CALLED, 'call.py': 'from run import run\nrun("acme/z")\n' },
      { 'call.py': 'from run import run\nrun("acme/y")\n' },
    ],
    [
      'a name inside a package it imports is a module now',
      { 'run.py': LOADED, 'lib/__init__.py': '', 'lib/model.py': '' },
      { 'lib/parts/model.py': 'def build(name):\n    return name\n' },
    ],
    [
      'a name that it takes from a package is a module now',
      { 'run.py': 'import trl\ntrl.SFTTrainer("acme/a")\n' },
      { 'trl/SFTTrainer.py': '' },
    ],
    [
      'a file changes that its command hands it',
      { 'run.py': PARSED, 'go.sh': 'python run.py --config args.yml\n', 'args.yml': 'seed: 1\n' },
      { 'args.yml': 'seed: 2\n' },
    ],
    [
      'its package is a framework now',
      {
        'lib/__init__.py': '',
        'lib/run.py': 'from trl import SFTTrainer\nSFTTrainer("acme/a")\n',
        'go.sh': 'python lib/run.py\n',
      },
      { 'lib/own.py': 'from trl import SFTTrainer\nclass OwnTrainer(SFTTrainer):\n    pass\n' },
    ],
    [
      'the list of data sets that it takes names from is there now',
      { 'lora.yml': NAMED },
      { 'data/dataset_info.json': NAMES },
    ],
    [
      'the list of data sets grows too large to be read',
      { 'lora.yml': NAMED, 'data/dataset_info.json': NAMES },
      { 'data/dataset_info.json': `${NAMES}${TOO_LARGE}` },
    ],
    [
      'the list of data sets was too large to be read',
      { 'lora.yml': NAMED, 'data/dataset_info.json': TOO_LARGE },
      { 'data/dataset_info.json': NAMES },
    ],
    [
      'a module that it imports grows too large to be read',
      { 'run.py': 'import own\nfrom trl import SFTTrainer\nSFTTrainer("acme/a")\n', 'own.py': 'x = 1\n' },
      { 'own.py': TOO_LARGE },
    ],
    [
      'a module that it imports was too large to be read',
      { 'run.py': 'import own\nfrom trl import SFTTrainer\nSFTTrainer("acme/a")\n', 'own.py': TOO_LARGE },
      { 'own.py': 'x = 1\n' },
    ],
    [
      'a configuration that its command hands it belongs to another project now',
      { 'run.py': PARSED, 'go.sh': 'python run.py --config cfg/args.yml\n', 'cfg/args.yml': 'seed: 1\n' },
      { 'cfg/LICENSE': '', 'cfg/setup.py': '' },
    ],
    [
      'a script makes the data that it trains on',
      { 'sft.yml': `${CONTENTS['configs/dpo.yml']?.[0]?.replace('acme/d', 'data/made.jsonl')}` },
      {
        'make.py':
          'from openai import OpenAI\nimport json\nclient = OpenAI()\n' +
          'answer = client.chat.completions.create(model="gpt-4", messages=[])\n' +
          'with open("data/made.jsonl", "w") as file:\n    file.write(json.dumps({"response": answer}))\n',
      },
    ],
    [
      'a command asks its model with a template',
      { 'lora.yml': NAMED, 'data/dataset_info.json': NAMES },
      { 'chat.sh': 'llamafactory-cli chat --model_name_or_path out --template qwen\n' },
    ],
    ['a script may read it now', { 'recipe.yml': RECIPE }, { 'other.py': 'import transformers\n' }],
    [
      'a script takes the key that it lacks',
      { 'recipe.yml': RECIPE, 'other.py': 'import transformers\n', 'go.sh': 'python other.py --config recipe.yml\n' },
      { 'options.py': 'model_revision = None\n' },
    ],
  ])('where %s', async (_, tree, change) => {
    expect(await judgedAgain(change, { tree })).toHaveLength(1);
  });

  it('by other rules', async () => {
    expect(await judgedAgain({}, { build: '2' })).toEqual([A, B, CONFIG]);
  });
});

describe('a review', () => {
  it('reads no file of a tree that was reviewed before', async () => {
    const inner = await extractionInThread();
    let read = 0;
    const extraction: FactExtraction = {
      ...inner,
      extract: (files) => {
        read += files.length;
        return inner.extract(files);
      },
    };
    const caches = new CachesInMemory();
    await review(START, START, { caches, extraction });
    expect(read).toBe(Object.keys(START).length);
    read = 0;
    caches.keptFacts.clear();
    await review(START, START, { caches, extraction });
    expect(read).toBe(0);
  });

  it('keeps nothing that rests on a file which was cut short', async () => {
    const inner = await extractionInThread();
    const late: FactExtraction = {
      ...inner,
      extract: async (files) =>
        (await inner.extract(files)).map((facts, at) =>
          files[at]?.path === 'lib/options.py'
            ? { facts: [], partial: { reason: 'too-slow', line: null, detail: null } }
            : facts,
        ),
    };
    const caches = new CachesInMemory();
    await review(START, START, { caches, extraction: late });
    await toldAlike(START, START, caches);
  });
});
