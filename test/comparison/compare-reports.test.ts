import { describe, expect, it } from '@jest/globals';
import { compareReports } from '../../src/comparison/compare-reports.js';
import { judge } from '../../src/engine/judge.js';
import type { Finding } from '../../src/model/comparison.js';
import { repoPath } from '../../src/model/identifiers.js';
import { DEFAULT_JUDGE_OPTIONS, type Detector, defineRule } from '../../src/model/rule.js';
import { missing, overPlaces } from '../../src/model/verdict.js';
import { releasedSince } from '../../src/model/versions.js';
import { findRuns } from '../../src/runs/find-runs.js';
import { reviewFiles } from '../support/change.js';
import { detectorsNamed } from '../support/detectors.js';
import { type Files, sourceTree } from '../support/source-tree.js';

/** The examples were written for these; others have something to say of them too. */
const detectors = detectorsNamed('base-model-versioning', 'run-lineage', 'eval-absence', 'artifact-trust-surface');

const SHA = '0123456789abcdef0123456789abcdef01234567';

/** A script that trains, with the given load and whatever else. */
function script(load: string, more = ''): string {
  return `from transformers import AutoModelForCausalLM\nfrom trl import SFTTrainer\n${more}\nmodel = AutoModelForCausalLM.from_pretrained(${load})\nSFTTrainer(model, train_dataset=None)\n`;
}

function recipe(name: string, revision: string | null): string {
  const pin = revision === null ? '' : `model_revision: ${revision}\n`;
  return `model_name_or_path: ${name}\n${pin}dataset_name: acme/dialogs\nlearning_rate: 0.1\noutput_dir: out/${name}\n`;
}

async function told(base: Files, head: Files): Promise<string[]> {
  const { comparison } = await reviewFiles(base, head, detectors);
  return comparison.findings
    .filter((it) => it.rule === 'base-model-versioning/unpinned-model')
    .map((it) => `${it.state}${it.gone === null ? '' : ` ${it.gone}`} ${it.fault.severity} ${where(it)}`);
}

function where({ anchor }: Finding): string {
  return anchor === null ? 'nowhere' : `${anchor.side} ${anchor.path}:${anchor.startLine}`;
}

describe('the state of a finding', () => {
  it.each<[string, Files, Files, string[]]>([
    [
      'is new for a load that was added',
      { 'a.py': 'x = 1\n' },
      { 'a.py': script('"acme/base"') },
      ['new warning head a.py:4'],
    ],
    [
      'is unchanged for a load that was there',
      { 'a.py': script('"acme/base"') },
      { 'a.py': script('"acme/base"', 'y = 2') },
      ['unchanged warning nowhere'],
    ],
    [
      'is updated for another model at the same key',
      { 'a.py': script('"acme/base"') },
      { 'a.py': script('"acme/other"') },
      ['updated warning head a.py:4'],
    ],
    [
      'is updated for another model in a file, whose old one a new file names',
      { 'recipes/a.yaml': recipe('acme/base', null) },
      { 'recipes/a.yaml': recipe('acme/other', null), 'recipes/b.yaml': recipe('acme/base', null) },
      ['new warning head recipes/b.yaml:1', 'updated warning head recipes/a.yaml:1'],
    ],
    [
      'is absent for a load that was pinned',
      { 'a.py': script('"acme/base"') },
      { 'a.py': script(`"acme/base", revision="${SHA}"`) },
      ['absent fixed warning nowhere'],
    ],
    [
      'can no longer be told for a load that became computed',
      { 'a.py': script('"acme/base"') },
      { 'a.py': script('"acme/base", **unread()') },
      ['absent unknown warning nowhere'],
    ],
    [
      'is removed, not fixed, for a run that was deleted',
      { 'a.py': script('"acme/base"') },
      { 'b.py': 'x = 1\n' },
      ['absent removed warning nowhere'],
    ],
    [
      'is new only for the second of two equal loads',
      { 'a.py': script('"acme/base"') },
      { 'a.py': script('"acme/base"', 'other = AutoModelForCausalLM.from_pretrained("acme/base")') },
      ['new notice head a.py:3', 'unchanged warning nowhere'],
    ],
  ])('%s', async (_, base, head, expected) => {
    expect((await told(base, head)).sort()).toEqual(expected);
  });
});

describe('the anchor of a finding', () => {
  it('is the removed line where evidence was deleted', async () => {
    const before = `kwargs = dict(\n    revision="${SHA}",\n)\n`;
    const base = { 'a.py': script('"acme/base", **kwargs', before) };
    const head = { 'a.py': script('"acme/base", **kwargs', 'kwargs = dict(\n)\n') };
    expect(await told(base, head)).toEqual(['new warning base a.py:4']);
  });

  it('is the line of the key that lost its pin in YAML', async () => {
    const base = { 'recipes/sft.yaml': recipe('acme/base', SHA) };
    const head = { 'recipes/sft.yaml': recipe('acme/base', null) };
    expect(await told(base, head)).toEqual(['new warning base recipes/sft.yaml:2']);
  });

  it('is the removed argument of a long call, not the first of its lines that changed', async () => {
    const call = (more: string): string =>
      `"acme/base",\n${more}    device_map="auto",\n    a=1,\n    b=2,\n    c=3,\n    d=4,\n`;
    const base = { 'a.py': script(call(`    dtype="float16",\n    revision="${SHA}",\n`)) };
    const head = { 'a.py': script(call('    dtype="bfloat16",\n')) };
    expect(await told(base, head)).toEqual(['new warning base a.py:6']);
  });

  it('is the changed constant in another file that the value came through', async () => {
    const base = {
      'a.py': script(`NAME, revision="${SHA}"`, 'from names import NAME'),
      'names.py': 'NAME = "acme/base"\n',
    };
    const head = { 'a.py': script('NAME', 'from names import NAME'), 'names.py': 'NAME = "acme/base"\n' };
    expect(await told(base, head)).toEqual(['new warning head a.py:4']);
    const moved = { 'a.py': script('NAME', 'from names import NAME'), 'names.py': 'NAME = "acme/other"\n' };
    expect(
      await told({ 'a.py': script('NAME', 'from names import NAME'), 'names.py': 'NAME = "./local"\n' }, moved),
    ).toEqual(['new warning head names.py:1']);
  });
});

describe('one cause', () => {
  it('is one finding that lists the runs it reaches', async () => {
    const shared =
      'from transformers import AutoModelForCausalLM\n\ndef load():\n    return AutoModelForCausalLM.from_pretrained("acme/base")\n';
    const entry = 'from trl import SFTTrainer\nfrom shared import load\n\nSFTTrainer(load(), train_dataset=None)\n';
    const head = { 'shared.py': shared, 'a.py': entry, 'b.py': entry, 'c.py': entry };
    const { comparison } = await reviewFiles({}, head, detectors);
    const findings = comparison.findings.filter((it) => it.rule === 'base-model-versioning/unpinned-model');
    expect(findings.map((it) => [it.fault.at.path, it.runs])).toEqual([
      ['shared.py', ['a.py#SFTTrainer', 'b.py#SFTTrainer', 'c.py#SFTTrainer']],
    ]);
  });
});

describe('a file that loads one unpinned model again', () => {
  const load = 'model = AutoModelForCausalLM.from_pretrained("acme/base")\n';
  const again = script('"acme/base"', load);

  it('is told of it once where both loads are new', async () => {
    expect(await told({}, { 'a.py': again })).toEqual(['new warning head a.py:3', 'new notice head a.py:5']);
  });

  it('is not told of it where one was there before', async () => {
    expect(await told({ 'a.py': script('"acme/base"') }, { 'a.py': again })).toEqual([
      'unchanged warning nowhere',
      'new notice head a.py:3',
    ]);
  });

  it('is told of another model', async () => {
    const other = again.replace('acme/base', 'acme/other');
    expect(await told({ 'a.py': script('"acme/base"') }, { 'a.py': other })).toEqual([
      'new warning head a.py:3',
      'unchanged warning nowhere',
    ]);
  });

  it('is told where the change takes a pin away', async () => {
    const half = again.replace('"acme/base"', `"acme/base", revision="${SHA}"`);
    expect(await told({ 'a.py': half }, { 'a.py': again })).toContain('new warning head a.py:3');
  });
});

describe('a house habit', () => {
  const four = Object.fromEntries(['a', 'b', 'c', 'd'].map((it) => [`recipes/${it}.yaml`, recipe(`acme/${it}`, null)]));

  it('makes a warning about a new run a notice that says how many share it', async () => {
    const { comparison } = await reviewFiles(four, { ...four, 'recipes/e.yaml': recipe('acme/e', null) }, detectors);
    const found = comparison.findings.find((it) => it.state === 'new');
    expect([found?.fault.severity, found?.habit, found?.inline]).toEqual(['notice', '4 of 4 runs', false]);
  });

  it.each<[string, Files]>([
    ['fewer than three runs share it', Object.fromEntries(Object.entries(four).slice(0, 2))],
    [
      'fewer than half of the runs share it',
      {
        ...four,
        ...Object.fromEntries(['p', 'q', 'r', 's', 't'].map((it) => [`recipes/${it}.yaml`, recipe(`acme/${it}`, SHA)])),
      },
    ],
  ])('is none where %s', async (_, base) => {
    const { comparison } = await reviewFiles(base, { ...base, 'recipes/e.yaml': recipe('acme/e', null) }, detectors);
    const found = comparison.findings.find((it) => it.state === 'new');
    expect([found?.fault.severity, found?.habit, found?.inline]).toEqual(['warning', null, true]);
  });

  it('never excuses what got worse in a run that was there', async () => {
    const base = { ...four, 'recipes/e.yaml': recipe('acme/e', SHA) };
    const { comparison } = await reviewFiles(base, { ...base, 'recipes/e.yaml': recipe('acme/e', null) }, detectors);
    expect(comparison.findings.filter((it) => it.inline).map((it) => it.fault.at.path)).toEqual(['recipes/e.yaml']);
  });
});

describe('a metric', () => {
  it('is degraded, with a delta, where a verdict of a surviving run fell', async () => {
    const base = { 'recipes/e.yaml': recipe('acme/e', SHA), 'recipes/f.yaml': recipe('acme/f', SHA) };
    const { comparison } = await reviewFiles(base, { ...base, 'recipes/e.yaml': recipe('acme/e', 'v1.0') }, detectors);
    const [metric] = comparison.metrics;
    expect([metric?.base, metric?.head, metric?.delta, metric?.degraded]).toEqual([1, 0.75, -0.25, true]);
    expect(metric?.worsened).toEqual([
      { run: 'recipes/e.yaml#config', rule: 'base-model-versioning/unpinned-model', from: 1, to: 0.5 },
    ]);
  });

  it('has no delta where runs only came and went', async () => {
    const base = { 'recipes/e.yaml': recipe('acme/e', SHA) };
    const { comparison } = await reviewFiles(base, { 'recipes/other.yaml': recipe('acme/f', null) }, detectors);
    expect(comparison.metrics[0]).toMatchObject({ base: 1, head: 0, delta: null });
  });

  it('is not degraded by a run that became unreadable', async () => {
    const base = { 'a.py': script(`"acme/base", revision="${SHA}"`) };
    const { comparison } = await reviewFiles(base, { 'a.py': script('"acme/base", **unread()') }, detectors);
    expect(comparison.metrics[0]).toMatchObject({ delta: null, degraded: false });
  });
});

describe('a file that could not be read on the base', () => {
  it('has no new findings: they may have been there before', async () => {
    const tree = await sourceTree({ 'a.py': script('"acme/base"') });
    const report = judge(detectors, findRuns(tree), DEFAULT_JUDGE_OPTIONS);
    const nothing = judge(detectors, [], DEFAULT_JUDGE_OPTIONS);
    const sides = { base: nothing, head: report, changes: [], detectors, options: DEFAULT_JUDGE_OPTIONS };
    const states = (unread: readonly string[]): string[] => {
      const { findings } = compareReports({ ...sides, unreadOnBase: new Set(unread.map(repoPath)) });
      return [...new Set(findings.map((it) => it.state))];
    };
    expect(states([])).toEqual(['new']);
    expect(states(['a.py'])).toEqual(['unchanged']);
  });
});

describe('a version that moves', () => {
  const reading = (name: string): string =>
    `import torch\nfrom huggingface_hub import hf_hub_download\nfrom trl import SFTTrainer\nstate = torch.load(hf_hub_download("acme/base", "${name}", revision="${SHA}"))\nSFTTrainer(state, train_dataset=None)\n`;
  const code = { 'a.py': reading('a.pt'), 'b.py': reading('b.pt') };

  async function toldOf(base: Files, head: Files): Promise<unknown[]> {
    const { comparison, fixes } = await reviewFiles(base, head, detectors);
    expect(fixes.size).toBe(0);
    return comparison.findings
      .filter((it) => it.state === 'new')
      .map((it) => [it.rule, it.fault.severity, where(it), it.runs.length]);
  }

  it('tells a default that flipped once, at the version, with the runs it reaches', async () => {
    const base = { ...code, 'requirements.txt': 'numpy\ntorch==2.6.0\n' };
    const head = { ...code, 'requirements.txt': 'numpy\ntorch==2.5.1\n' };
    expect(await toldOf(base, head)).toEqual([
      ['artifact-trust-surface/unsafe-load', 'warning', 'head requirements.txt:2', 2],
    ]);
  });

  it.each<[string, string]>([
    ['of a library that changes no default', 'numpy==2.0\ntorch==2.6.0\n'],
    ['to a release with the same default', 'numpy\ntorch==2.7.0\n'],
    ['to a range that spans both', 'numpy\ntorch>=2.5,<3\n'],
  ])('stays silent %s', async (_, text) => {
    const base = { ...code, 'requirements.txt': 'numpy\ntorch==2.6.0\n' };
    expect(await toldOf(base, { ...code, 'requirements.txt': text })).toEqual([]);
  });

  it('leaves what the change itself wrote at its own line', async () => {
    const base = { 'a.py': reading('a.pt'), 'requirements.txt': 'torch==2.5.1\n' };
    const head = { ...base, 'b.py': reading('b.pt'), 'requirements.txt': 'torch==2.5.0\n' };
    expect(await toldOf(base, head)).toEqual([['artifact-trust-surface/unsafe-load', 'error', 'head b.py:4', 1]]);
  });
});

describe('a link that the change breaks', () => {
  const command = 'trl sft --config conf.yml --model_name_or_path acme/base\n';

  it.each<[string, Files, Files, string[]]>([
    [
      'is told for a configuration that is deleted',
      { 'run.sh': command, 'conf.yml': 'seed: 1\n' },
      { 'run.sh': command },
      ['run.sh#trl trl-cli conf.yml'],
    ],
    [
      'is told for a module that is deleted',
      { 'pkg/a.py': script('"acme/base"', 'from .data import rows'), 'pkg/data.py': 'rows = []\n' },
      { 'pkg/a.py': script('"acme/base"', 'from .data import rows') },
      ['pkg/a.py#SFTTrainer pkg/data.py'],
    ],
    [
      'is not told for a name that led nowhere before',
      { 'run.sh': command, 'old/conf.yml': 'seed: 1\n' },
      { 'run.sh': command },
      [],
    ],
    [
      'is not told for another file of the module’s name',
      { 'pkg/a.py': script('"acme/base"', 'from .data import rows'), 'data.py': 'rows = []\n' },
      { 'pkg/a.py': script('"acme/base"', 'from .data import rows') },
      [],
    ],
  ])('%s', async (_, base, head, expected) => {
    const { comparison } = await reviewFiles(base, head, detectors);
    expect(comparison.brokenLinks.map((it) => `${it.run} ${it.path}`)).toEqual(expected);
  });
});

describe('a rule that fails', () => {
  it('explains nothing by a version, and the review goes on', async () => {
    const rule = defineRule({
      id: 'base-model-versioning/fails-on-old-releases',
      title: 'Fails on old releases',
      severity: 'warning',
      judge: (run) => {
        if (releasedSince(run.versions, 'transformers', '5') !== 'all') throw new Error('an old release');
        return overPlaces([missing({ severity: 'warning', at: run.at, key: 'k', message: 'm' })], 'none');
      },
    });
    const detector: Detector = { ...(detectors[0] as Detector), rules: [{ rule, weight: 1 }] };
    const { comparison } = await reviewFiles(
      { 'a.py': script('"acme/base"'), 'requirements.txt': 'transformers==4.57.0\n' },
      { 'a.py': script('"acme/base"'), 'requirements.txt': 'transformers==5.0.0\n' },
      [detector],
    );
    expect(comparison.findings.map((it) => [it.state, it.fault.at.path])).toEqual([['new', 'a.py']]);
    expect(comparison.base.failures.length).toBe(1);
  });
});

describe('a step that takes out duplicates and is taken away', () => {
  const trains = (rows: string): string =>
    `from datasets import Dataset, concatenate_datasets, load_dataset\nfrom trl import SFTConfig, SFTTrainer\n\n${rows}\nSFTTrainer("./base", args=SFTConfig(output_dir="out"), train_dataset=rows).train()\n`;
  const one = 'rows = load_dataset("acme/dialogs", split="train")';
  const oneOfItsKind = `${one}\nrows = Dataset.from_pandas(rows.to_pandas().drop_duplicates("prompt"))`;
  const file = 'rows = load_dataset("json", data_files="dialogs.jsonl", split="train")';
  const fileOfItsKind = `${file}\nrows = Dataset.from_pandas(rows.to_pandas().drop_duplicates("prompt"))`;
  const joined =
    'rows = concatenate_datasets([load_dataset("acme/a", split="train"), load_dataset("acme/b", split="train")])';
  const ownStep = `def drop_seen(rows):\n    return rows\n\ndef deduplicate_rows(rows):\n    return drop_seen(rows)\n\n${joined}\nrows = deduplicate_rows(rows)`;
  const labels = `${joined}\nnames = rows.unique("label")`;
  const axolotl = (key: string): string =>
    `base_model: acme/base\nadapter: lora\nsequence_len: 512\nmicro_batch_size: 2\ndatasets:\n  - path: acme/a\n  - path: acme/b\n${key}`;

  it.each<[string, Files, Files, string[]]>([
    ['is told of a data set on the hub', { 'a.py': trains(oneOfItsKind) }, { 'a.py': trains(one) }, ['warning high']],
    [
      'is told softly of a file, which a script may write',
      { 'a.py': trains(fileOfItsKind) },
      { 'a.py': trains(file) },
      ['warning medium'],
    ],
    ['weighs more than one that never was', { 'a.py': trains(ownStep) }, { 'a.py': trains(joined) }, ['warning high']],
    ['never was, so it is a notice', {}, { 'a.py': trains(joined) }, ['notice high']],
    ['is not asked for where it never was', {}, { 'a.py': trains(one) }, []],
    ['may never have been one', { 'a.py': trains(labels) }, { 'a.py': trains(joined) }, ['notice high']],
    [
      'is told of a key',
      { 'a.yml': axolotl('dataset_exact_deduplication: true\n') },
      { 'a.yml': axolotl('') },
      ['warning high'],
    ],
    ['is still there', { 'a.py': trains(oneOfItsKind) }, { 'a.py': trains(`${oneOfItsKind}\n`) }, []],
  ])('%s', async (_, base, head, expected) => {
    const { comparison } = await reviewFiles(base, head, detectorsNamed('dataset-contamination'));
    const found = comparison.findings.filter(({ rule }) => rule === 'dataset-contamination/not-deduplicated');
    expect(found.map(({ fault }) => `${fault.severity} ${fault.confidence}`)).toEqual(expected);
  });
});
