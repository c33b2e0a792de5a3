import { describe, expect, it } from '@jest/globals';
import { findRuns } from '../../src/runs/find-runs.js';
import { type Files, sourceTree } from '../support/source-tree.js';

const CELLS = ['from trl import SFTTrainer', 'SFTTrainer("acme/base", train_dataset=None)'];

describe('a notebook', () => {
  it('holds a run over its cells, as an example', async () => {
    const [run, ...others] = findRuns(await sourceTree({ 'nb/train.ipynb': notebook(...CELLS) }));
    expect(others).toEqual([]);
    expect(run).toMatchObject({ id: 'nb/train.ipynb#SFTTrainer', role: 'example', method: 'sft' });
  });

  it('knows what is defined in the files it imports from', async () => {
    const files = {
      'nb/train.ipynb': notebook('from names import MODEL', CELLS[0] ?? '', 'SFTTrainer(MODEL)'),
      'nb/names.py': 'MODEL = "acme/base"\n',
    };
    const [run] = findRuns(await sourceTree(files));
    expect(run?.files).toEqual(['nb/train.ipynb', 'nb/names.py']);
  });

  it('says which versions it runs with, for itself alone', async () => {
    const script = CELLS.join('\n');
    const files: Files = {
      'requirements.txt': 'trl==0.9\npeft==0.11\n',
      'nb/train.ipynb': notebook('%pip install trl==0.12', ...CELLS),
      'nb/other.ipynb': notebook(...CELLS),
      'nb/train.py': script,
    };
    const runs = findRuns(await sourceTree(files));
    const versions = runs.map(({ id, versions }) => [
      id.split('#', 1)[0],
      ...['trl', 'peft'].map((it) => versions.get(it)?.from?.version),
    ]);
    expect(versions).toEqual([
      ['nb/other.ipynb', '0.9', '0.11'],
      ['nb/train.ipynb', '0.12', '0.11'],
      ['nb/train.py', '0.9', '0.11'],
    ]);
  });
});

function notebook(...sources: readonly string[]): string {
  return JSON.stringify({ cells: sources.map((source) => ({ cell_type: 'code', source })) });
}
