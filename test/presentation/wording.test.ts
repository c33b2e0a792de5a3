import { describe, expect, it } from '@jest/globals';
import type { PartialReading } from '../../src/model/fact.js';
import { lineNumber, repoPath } from '../../src/model/identifiers.js';
import { chainWords, deltaWords, listed, readingWords, unaddressableWords } from '../../src/presentation/wording.js';
import { at } from './review-builder.js';

describe('wording', () => {
  it.each<[string[], string]>([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a and b'],
    [['a', 'b', 'c', 'd'], 'a, b, c and d'],
    [['a', 'b', 'c', 'd', 'e'], 'a, b, c and 2 more'],
  ])('lists %j as "%s"', (names, words) => {
    expect(listed(names)).toBe(words);
  });

  it.each<[number | null, string]>([
    [null, '–'],
    [0.25, '+0.250'],
    [-0.25, '-0.250'],
    [-0.0001, '0.000'],
    [0, '0.000'],
  ])('writes a difference of %p as %s', (delta, words) => {
    expect(deltaWords(delta)).toBe(words);
  });

  it('tells no chain where a value stands where it is used', () => {
    expect(chainWords([])).toBeNull();
    expect(chainWords([at('BASE = '), at('acme/base-7b')])).toBeNull();
    expect(chainWords([at('BASE, trust'), at('acme/base-7b')])).toBe('set in train.py:4, used in train.py:6');
  });

  it.each([
    [1, '1 file was left out: its name is not UTF-8; rename in UTF-8 to have what is inside read.'],
    [2, '2 files were left out: their names are not UTF-8; rename in UTF-8 to have what is inside read.'],
  ])('tells of %p that no report can name', (number, words) => {
    expect(unaddressableWords(number)).toBe(words);
  });

  it.each<[string, PartialReading['reason'], string]>([
    ['train.py', 'syntax-error', 'train.py was skipped: Python syntax error near line 12.'],
    ['a.yml', 'syntax-error', 'a.yml was skipped: YAML syntax error near line 12.'],
    ['a.unknown', 'syntax-error', 'a.unknown was skipped: a syntax error near line 12.'],
  ])('says why %s was not read (%s)', (path, reason, words) => {
    const reading = { reason, line: lineNumber(12), detail: null };
    expect(readingWords(repoPath(path), reading, 'not at all')).toBe(words);
  });
});
