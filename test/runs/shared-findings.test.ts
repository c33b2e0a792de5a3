import { describe, expect, it } from '@jest/globals';
import type { RepoPath } from '../../src/model/identifiers.js';
import { RunFinder } from '../../src/runs/run-finder.js';
import { IndexedTree } from '../../src/runs/tree/indexed-tree.js';
import { sourceOf } from '../../src/runs/tree/tree-source.js';
import { sourceTree } from '../support/source-tree.js';

const SCRIPT = `from transformers import Trainer
from package.loading import load

Trainer(load("base"))
`;
const FILES = {
  'a.py': SCRIPT,
  'b.py': SCRIPT,
  'package/__init__.py': '',
  'package/loading.py': 'from package.deep import model\n\ndef load(name):\n    return model(name)\n',
  'package/deep.py':
    'from transformers import AutoModel\n\ndef model(name):\n    return AutoModel.from_pretrained(name)\n',
};

async function askedBy(scripts: readonly string[]): Promise<string[][]> {
  const finder = new RunFinder(new IndexedTree(sourceOf(await sourceTree(FILES))));
  return scripts.map((path) => (finder.find(path as RepoPath)?.asked ?? []).map(({ question }) => question).sort());
}

describe('what the runs of a tree share', () => {
  it('counts as asked by each of them, whoever asked first', async () => {
    const [first, second] = await askedBy(['a.py', 'b.py']);
    const [laterSecond, laterFirst] = await askedBy(['b.py', 'a.py']);
    expect(first).toContain('facts\0package/deep.py');
    expect(second).toContain('facts\0package/deep.py');
    expect(laterFirst).toEqual(first);
    expect(laterSecond).toEqual(second);
  });
});
