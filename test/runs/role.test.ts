import { describe, expect, it } from '@jest/globals';
import { repoPath } from '../../src/model/identifiers.js';
import { mayHoldRuns, roleOf } from '../../src/runs/role.js';
import { IndexedTree } from '../../src/runs/tree/indexed-tree.js';
import { sourceOf } from '../../src/runs/tree/tree-source.js';

describe('the role of a run', () => {
  it.each([
    ['train.py', null, 'recipe'],
    ['recipes/example.yaml', null, 'recipe'],
    ['examples/train.py', null, 'example'],
    ['docs_src/tutorials/a/train.py', null, 'example'],
    ['notebooks/train.py', null, 'example'],
    ['book/chapter10/train.py', null, 'example'],
    ['chapters_of_a_book/train.py', null, 'recipe'],
    ['train.py', 10, 'smoke'],
    ['train.py', 100, 'smoke'],
    ['train.py', 101, 'recipe'],
    ['train.py', -1, 'recipe'],
    ['train.py', 0, 'recipe'],
    ['examples/train.py', 5, 'smoke'],
  ] as const)('%s with max_steps %j is %s', (path, steps, role) => {
    expect(roleOf(repoPath(path), steps)).toBe(role);
  });
});

describe('a path that may hold runs', () => {
  const paths = ['LICENSE', 'setup.py', 'pkg/other/LICENSE', 'pkg/other/setup.py', 'pkg/LICENSE'].map(repoPath);
  const tree = new IndexedTree(sourceOf({ paths: new Set(paths), files: new Map(), unread: new Map() }));

  it.each([
    ['train.py', true],
    ['src/contest/train.py', true],
    ['latest/train.py', true],
    ['tests/train.py', false],
    ['a/test/train.py', false],
    ['test_train.py', false],
    ['train_test.py', false],
    ['docs/train.py', false],
    ['third_party/x/train.py', false],
    ['.github/train.yml', false],
    ['pkg/other/train.py', false],
    ['pkg/train.py', true],
  ])('%s: %j', (path, expected) => {
    expect(mayHoldRuns(repoPath(path), tree)).toBe(expected);
  });
});
