import { describe, expect, it } from '@jest/globals';
import { repoPath } from '../../src/model/identifiers.js';
import { factsOf } from '../support/source-tree.js';

const TOKEN = ['hf_kQ7vZp2Rx9TmLw4', 'YcN8sBd6HfJ1gUa3Ee5'].join('');

async function secretLines(path: string, text: string): Promise<number[]> {
  const { facts } = await factsOf(repoPath(path), text);
  return facts.flatMap((fact) => (fact.kind === 'secret' ? [fact.place.startLine] : []));
}

describe('a secret in a file', () => {
  it.each<[string, string, readonly number[]]>([
    ['train.py', `import os\n\nlogin("${TOKEN}")  # ${TOKEN}\n`, [3, 3]],
    ['train.yml', `base_model: a\nhub_token: ${TOKEN}\n`, [2]],
    ['train.json', `{\n  "hub_token": "${TOKEN}"\n}\n`, [2]],
    ['train.sh', `#!/bin/sh\nexport HF_TOKEN=${TOKEN}\n`, [2]],
    ['train.py', 'login(os.environ["HF_TOKEN"])\n', []],
  ])('is told of with its line: %s', async (path, text, lines) => {
    expect(await secretLines(path, text)).toEqual(lines);
  });

  it('is told of in the code of a notebook, and not in what it printed', async () => {
    const cell = {
      cell_type: 'code',
      source: [`login("${TOKEN}")`],
      outputs: [{ output_type: 'stream', text: [`token ${TOKEN}`] }],
    };
    const text = JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 }, null, 1);
    const at = text.split('\n').findIndex((line) => line.includes('login(')) + 1;
    expect(await secretLines('train.ipynb', text)).toEqual([at]);
  });
});
