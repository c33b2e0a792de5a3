import { describe, expect, it } from '@jest/globals';
import type { FileFacts, RequirementFact } from '../../src/model/fact.js';
import { lineNumber, type RepoPath, repoPath } from '../../src/model/identifiers.js';
import type { VersionRange } from '../../src/model/versions.js';
import { IndexedTree } from '../../src/runs/tree/indexed-tree.js';
import { sourceOf } from '../../src/runs/tree/tree-source.js';
import { specifierRange, versionsFor } from '../../src/runs/versions.js';

const PLACE = { start: 0, end: 1, startLine: lineNumber(1), endLine: lineNumber(1) };

/** A range in the notation of intervals: `[4.40, 5)`. */
function interval(range: VersionRange | undefined): string | undefined {
  if (range === undefined) return undefined;
  const from = range.from === null ? '(' : `${range.from.included ? '[' : '('}${range.from.version}`;
  const to = range.to === null ? ')' : `${range.to.version}${range.to.included ? ']' : ')'}`;
  return `${from}, ${to}`;
}

/** Files by path, each with requirements such as `trl>=0.9`; `lock:` in front marks what a lock file says. */
function treeOf(files: Record<string, readonly string[]>): IndexedTree {
  const read = Object.entries(files).map(([path, requirements]): [RepoPath, FileFacts] => [
    repoPath(path),
    { facts: requirements.map(requirement), partial: null },
  ]);
  return new IndexedTree(
    sourceOf({ paths: new Set(read.map(([path]) => path)), files: new Map(read), unread: new Map() }),
  );
}

function requirement(text: string): RequirementFact {
  const {
    lock,
    library = '',
    specifier = '',
  } = /^(?<lock>lock:)?(?<library>[a-z-]+)(?<specifier>.*)$/.exec(text)?.groups ?? {};
  return { kind: 'requirement', library, specifier, origin: lock === undefined ? 'declared' : 'locked', place: PLACE };
}

describe('the range of a specifier', () => {
  it.each([
    ['>=4.40,<5', '[4.40, 5)'],
    ['>4.40', '(4.40, )'],
    ['<=4.40', '(, 4.40]'],
    ['==4.40.1', '[4.40.1, 4.40.1]'],
    ['===4.40.1', '[4.40.1, 4.40.1]'],
    ['==4.40.*', '[4.40, 4.41)'],
    ['==4.*', '[4, 5)'],
    ['~=4.40', '[4.40, 5)'],
    ['~=4.40.1', '[4.40.1, 4.41)'],
    ['~=1!4.40.1', '[1!4.40.1, 1!4.41)'],
    ['>=4.40,!=4.41,!=4.42.*', '[4.40, )'],
    ['>=4.40,>=4.45,<6,<5', '[4.45, 5)'],
    ['>=4.40,>4.40.0', '(4.40.0, )'],
    ['==2.1.0+cu118', '[2.1.0, 2.1.0]'],
    ['==5.0.0rc1', '[5.0.0rc1, 5.0.0rc1]'],
    ['>=4.9,>=4.10', '[4.10, )'],
    [' >= 4.40 , < 5 ', '[4.40, 5)'],
  ])('%s is %s', (specifier, expected) => {
    const read = specifierRange(specifier);
    expect(read.state === 'bounded' ? interval(read.range) : read.state).toBe(expected);
  });

  it.each([
    ['', 'any'],
    ['!=4.41', 'any'],
    ['>=5,<4', 'unreadable'],
    ['>4.40,<=4.40', 'unreadable'],
    ['==4.40,==4.41', 'unreadable'],
    ['==latest', 'unreadable'],
    ['^4.40', 'unreadable'],
    ['4.40', 'unreadable'],
    ['~=4', 'unreadable'],
    ['>=4.*', 'unreadable'],
  ])('"%s" is %s', (specifier, state) => {
    expect(specifierRange(specifier)).toEqual({ state });
  });
});

describe('the versions for code at a path', () => {
  it.each<[name: string, files: Record<string, readonly string[]>, path: string, expected: string | undefined]>([
    ['come from the root', { 'requirements.txt': ['trl>=0.9'] }, 'src/train.py', '[0.9, )'],
    [
      'come from the nearest folder',
      { 'pyproject.toml': ['trl>=0.9'], 'a/pyproject.toml': ['trl<0.5'] },
      'a/b/c.py',
      '(, 0.5)',
    ],
    [
      'skip a nearer folder that says nothing of the library',
      { 'r.txt': ['trl>=0.9'], 'a/r.txt': ['peft'] },
      'a/b.py',
      '[0.9, )',
    ],
    [
      'skip a nearer folder that asks for any version',
      { 'r.txt': ['trl>=0.9'], 'a/r.txt': ['trl'] },
      'a/b.py',
      '[0.9, )',
    ],
    ['do not come from a folder beside', { 'a/requirements.txt': ['trl>=0.9'] }, 'b/train.py', undefined],
    [
      'do not come from a folder whose name begins alike',
      { 'a/requirements.txt': ['trl>=0.9'] },
      'ab/train.py',
      undefined,
    ],
    ['do not come from tests, for code outside', { 'tests/requirements.txt': ['trl>=0.9'] }, 'train.py', undefined],
    ['come from tests, for tests', { 'tests/requirements.txt': ['trl>=0.9'] }, 'tests/train.py', '[0.9, )'],
    ['come from a folder of requirement files', { 'requirements/train.txt': ['trl>=0.9'] }, 'src/train.py', '[0.9, )'],
    [
      'are those of the lock file',
      { 'pyproject.toml': ['trl>=0.9'], 'uv.lock': ['lock:trl==0.14.0'] },
      'a.py',
      '[0.14.0, 0.14.0]',
    ],
    [
      'span all that a lock file installs',
      { 'uv.lock': ['lock:trl==0.14.0', 'lock:trl==0.12.0'] },
      'a.py',
      '[0.12.0, 0.14.0]',
    ],
    [
      'prefer the nearer declaration to a farther lock file',
      { 'uv.lock': ['lock:trl==0.14.0'], 'a/r.txt': ['trl==0.9'] },
      'a/b.py',
      '[0.9, 0.9]',
    ],
    ['span several declarations', { 'a.txt': ['trl>=0.9,<0.10'], 'b.txt': ['trl>=0.12,<0.15'] }, 'a.py', '[0.9, 0.15)'],
    ['are open where one declaration is', { 'a.txt': ['trl>=0.9,<0.10'], 'b.txt': ['trl>=0.12'] }, 'a.py', '[0.9, )'],
    ['ignore a declaration without a version', { 'a.txt': ['trl>=0.9'], 'b.txt': ['trl'] }, 'a.py', '[0.9, )'],
    [
      'include a bound that one declaration includes',
      { 'a.txt': ['trl>0.9,<1'], 'b.txt': ['trl>=0.9,<=1'] },
      'a.py',
      '[0.9, 1]',
    ],
    [
      'are unknown where declarations together allow all',
      { 'a.txt': ['trl>=0.9'], 'b.txt': ['trl<0.5'] },
      'a.py',
      undefined,
    ],
    ['are unknown for a contradiction', { 'a.txt': ['trl>=0.9,<0.5'] }, 'a.py', undefined],
    [
      'are unknown where one declaration cannot be read',
      { 'a.txt': ['trl>=0.9'], 'b.txt': ['trl==latest'] },
      'a.py',
      undefined,
    ],
    [
      'are unknown rather than those of a farther folder',
      { 'a.txt': ['trl>=0.9'], 'b/a.txt': ['trl==latest'] },
      'b/a.py',
      undefined,
    ],
  ])('%s', (_, files, path, expected) => {
    expect(interval(versionsFor(treeOf(files), repoPath(path)).get('trl'))).toBe(expected);
  });

  it('are marked as stated', () => {
    expect(versionsFor(treeOf({ 'r.txt': ['trl>=0.9'] }), repoPath('a.py')).get('trl')?.stated).toBe(true);
  });

  it('are worked out once for all files of a folder', () => {
    const tree = treeOf({ 'r.txt': ['trl>=0.9'], 'a/b/c.py': [] });
    expect(versionsFor(tree, repoPath('a/b/d.py'))).toBe(versionsFor(tree, repoPath('a/b/c.py')));
  });

  it('are kept for each tree apart', () => {
    const [base, head] = [treeOf({ 'r.txt': ['trl>=0.9'] }), treeOf({ 'r.txt': ['trl>=0.12'] })];
    expect(interval(versionsFor(base, repoPath('a.py')).get('trl'))).toBe('[0.9, )');
    expect(interval(versionsFor(head, repoPath('a.py')).get('trl'))).toBe('[0.12, )');
  });
});

it('a notebook that installs a library in whatever version runs on no release that the folder asks for', () => {
  const tree = treeOf({ 'requirements.txt': ['trl==0.12.1', 'peft==0.14'], 'course/dpo.ipynb': ['trl'] });
  const versions = versionsFor(tree, repoPath('course/dpo.ipynb'));
  expect([interval(versions.get('trl')), interval(versions.get('peft'))]).toEqual([undefined, '[0.14, 0.14]']);
  expect(interval(versionsFor(tree, repoPath('course/dpo.py')).get('trl'))).toBe('[0.12.1, 0.12.1]');
});
