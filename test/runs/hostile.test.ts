import { describe, expect, it } from '@jest/globals';
import { lineNumber, repoPath } from '../../src/model/identifiers.js';
import { findRuns } from '../../src/runs/find-runs.js';
import { IndexedTree } from '../../src/runs/tree/indexed-tree.js';
import { sourceOf } from '../../src/runs/tree/tree-source.js';
import { type Files, sourceTree } from '../support/source-tree.js';

const TRAINER = 'from trl import SFTTrainer\nfrom transformers import AutoModel\n';
const STARS = Array.from({ length: 40 }, (_, it) => `from m${it} import *\n`).join('');
const CONFIG = 'base_model: acme/base\nmicro_batch_size: 1\nsequence_len: 2\nnum_epochs: 1\ndatasets:\n  - path: a/b\n';
const LOAD = 'SFTTrainer(AutoModel.from_pretrained(x), train_dataset=None)\n';

describe('code that goes in circles or on for ever', () => {
  it.each<[string, Files]>([
    [
      'modules that import everything from each other',
      { 'a.py': `from b import *\n${TRAINER}${LOAD}`, 'b.py': 'from c import *\n', 'c.py': 'from a import *\n' },
    ],
    [
      'forty modules that import everything from all of them',
      {
        'a.py': `from m0 import *\n${TRAINER}${LOAD}`,
        ...Object.fromEntries(Array.from({ length: 40 }, (_, it) => [`m${it}.py`, STARS])),
      },
    ],
    [
      'classes that are each other’s bases',
      { 'a.py': `${TRAINER}class A(B):\n    pass\nclass B(A):\n    pass\nx = A.name\n${LOAD}` },
    ],
    [
      'a long line of bases',
      {
        'a.py': `${TRAINER}class C0:\n    name = "acme/base"\n${Array.from({ length: 400 }, (_, it) => `class C${it + 1}(C${it}):\n    pass\n`).join('')}x = C400.name\n${LOAD}`,
      },
    ],
    ['a name with thousands of dots', { 'a.py': `${TRAINER}x = ${'a.'.repeat(5_000)}b\n${LOAD}` }],
    [
      'names that lead to two names each',
      {
        'a.py': `${TRAINER}${Array.from({ length: 60 }, (_, it) => `x${it} = f"{x${it + 1}}{x${it + 1}}"\n`).join('')}x = x0\n${LOAD}`,
      },
    ],
    [
      'functions that call each other',
      { 'a.py': `${TRAINER}def f(a):\n    return g(a)\ndef g(a):\n    return f(a)\nx = f(1)\n${LOAD}` },
    ],
  ])('%s: the run is found, its model unknown', async (_, files) => {
    const [run] = findRuns(await sourceTree(files));
    expect(run?.id).toBe('a.py#SFTTrainer');
    expect(run?.loads[0]?.name.state).toBe('dynamic');
  });

  it('looks at the first fifty trainers of a file and says so', async () => {
    const failures: string[] = [];
    const runs = findRuns(await sourceTree({ 'a.py': TRAINER + LOAD.repeat(60) }), (path, detail) =>
      failures.push(`${path}: ${detail}`),
    );
    expect(runs.length).toBe(50);
    expect(failures).toEqual(['a.py: only the first 50 of its trainers were judged']);
  });

  it('looks at the first fifty commands of a script and says so', async () => {
    const failures: string[] = [];
    const script = 'trl sft --model_name_or_path acme/base\n'.repeat(60);
    const runs = findRuns(await sourceTree({ 'a.sh': script }), (path, detail) => failures.push(`${path}: ${detail}`));
    expect(runs.length).toBe(50);
    expect(failures).toEqual(['a.sh: only the first 50 of its commands were judged']);
  });

  it('leaves a text unknown that grows with every name it is made of', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const laughs = names.map((name, it) => `${name}: "${`\${${names[it + 1] ?? 'g'}}x`.repeat(100)}"\n`).join('');
    const [run] = findRuns(await sourceTree({ 'a.yml': `${CONFIG}revision_of_model: \${a}\ng: z\n${laughs}` }));
    expect(run?.loads[0]?.revision.state).toBe('dynamic');
  });

  it('leaves a file name unknown that grows with every variable it is made of', async () => {
    const names = ['A', 'B', 'C', 'D', 'E', 'F'];
    const laughs = names.map((name, it) => `${name}="${`\${${names[it + 1] ?? 'G'}}x`.repeat(100)}"\n`).join('');
    const launches = new IndexedTree(
      sourceOf(await sourceTree({ 'a.sh': `G=z\n${laughs}python train.py --config $A\n` })),
    ).launches('file', repoPath('a.sh'));
    expect(launches[0]?.lost).toEqual({ what: 'a computed file name', computed: true });
  });

  it('reads a list of more items than a call takes arguments', () => {
    const place = { start: 0, end: 1, startLine: lineNumber(1), endLine: lineNumber(1) };
    const item = { kind: 'scalar', value: 1, place } as const;
    const items = { kind: 'list', items: Array<typeof item>(300_000).fill(item), complete: true, place } as const;
    const entry = { key: 'rows', keyPlace: place, value: items, place };
    const root = { kind: 'map', entries: [entry], spreads: [], style: 'flow', place } as const;
    const facts = { facts: [{ kind: 'document', index: 0, root }], partial: null } as const;
    const path = repoPath('rows.json');
    const failures: string[] = [];
    const tree = { paths: new Set([path]), files: new Map([[path, facts]]), unread: new Map() };
    expect(findRuns(tree, (_, detail) => failures.push(detail))).toEqual([]);
    expect(failures).toEqual([]);
  });

  it('tells the first two thousand keys of a file, and that there are more', async () => {
    const keys = Array.from({ length: 3_000 }, (_, it) => `k${it}: 1\n`).join('');
    const [run] = findRuns(await sourceTree({ 'a.yml': CONFIG + keys }));
    expect(run?.settings.stated.size).toBe(2_000);
    expect(run?.settings.open).toBe('a.yml takes settings that could not be read');
  });
});
