import { describe, expect, it } from '@jest/globals';
import { repoPath } from '../../src/model/identifiers.js';
import { originOf } from '../../src/runs/origin.js';
import { IndexedTree } from '../../src/runs/tree/indexed-tree.js';
import { sourceOf } from '../../src/runs/tree/tree-source.js';

const tree = new IndexedTree(
  sourceOf({
    paths: new Set(['acme/base/config.json', 'scripts/org/model/weights.txt'].map(repoPath)),
    files: new Map(),
    unread: new Map(),
  }),
);
const local = { tree, folder: 'scripts', written: new Set(['team/adapter']) };

describe('where a name leads', () => {
  it.each([
    ['acme-labs/base-7b', 'hub'],
    ['meta-llama/Llama-3.1-8B', 'hub'],
    ['gpt2', 'hub'],
    ['bert-base-uncased', 'hub'],
    ['./base', 'local'],
    ['../models/base', 'local'],
    ['/data/base', 'local'],
    ['~/base', 'local'],
    ['C:\\models\\base', 'local'],
    ['$SCRATCH/base', 'local'],
    ['checkpoints/meta-llama/Llama-2-7b', 'local'],
    ['output/final', 'local'],
    ['acme/run/checkpoint-500', 'local'],
    ['weights.gguf', 'local'],
    ['team/adapter', 'local'],
    ['acme/base', 'local'],
    ['org/model', 'local'],
    ['model_path/chatglm', 'local'],
    ['my-model', 'unknown'],
    ['your-org/your-model', 'unknown'],
    ['<org>/<model>', 'unknown'],
    ['path/to/model', 'local'],
    ['', 'local'],
  ])('%j is %s', (name, origin) => {
    expect(originOf(name, local)).toBe(origin);
  });
});
