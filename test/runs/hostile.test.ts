import { describe, expect, it } from '@jest/globals';
import { findRuns } from '../../src/runs/find-runs.js';
import { type Files, sourceTree } from '../support/source-tree.js';

const TRAINER = 'from trl import SFTTrainer\nfrom transformers import AutoModel\n';
const LOAD = 'SFTTrainer(AutoModel.from_pretrained(x), train_dataset=None)\n';

describe('code that goes in circles or on for ever', () => {
  it.each<[string, Files]>([
    [
      'modules that import everything from each other',
      { 'a.py': `from b import *\n${TRAINER}${LOAD}`, 'b.py': 'from c import *\n', 'c.py': 'from a import *\n' },
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
});
