import { describe, expect, it } from '@jest/globals';
import type { ProvenFix } from '../../src/model/fix.js';
import { lineNumber, repoPath } from '../../src/model/identifiers.js';
import { fixDiff } from '../../src/presentation/fix-diff.js';

function fix(lines: [number, number], replacement: string | null): ProvenFix {
  return {
    applicability: 'safe',
    title: 'x',
    path: repoPath('a.yml'),
    startLine: lineNumber(lines[0]),
    endLine: lineNumber(lines[1]),
    replacement: replacement ?? '',
    deletesLines: replacement === null,
  };
}

const HEADER = '--- a/a.yml\n+++ b/a.yml\n';

describe('the diff of a fix', () => {
  it.each<[string, string, ProvenFix, string]>([
    ['replaces a line', 'a\nb\nc\n', fix([2, 2], 'B'), '@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n'],
    ['makes two lines of one', 'a\nb\n', fix([2, 2], 'b\nc'), '@@ -1,2 +1,3 @@\n a\n b\n+c\n'],
    ['deletes lines', 'a\nb\nc\n', fix([1, 2], null), '@@ -1,3 +1,1 @@\n-a\n-b\n c\n'],
    ['empties a line', 'a\nb\n', fix([1, 1], ''), '@@ -1,2 +1,2 @@\n-a\n+\n b\n'],
    ['keeps CRLF', 'a\r\nb\r\n', fix([1, 1], 'A'), '@@ -1,2 +1,2 @@\n-a\r\n+A\r\n b\r\n'],
    [
      'keeps the lack of a last line end',
      'a\nb',
      fix([2, 2], 'B'),
      '@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+B\n\\ No newline at end of file\n',
    ],
  ])('%s', (_, text, edit, hunks) => {
    expect(fixDiff(edit, text)).toBe(HEADER + hunks);
  });

  it('is none without the text', () => {
    expect(fixDiff(fix([1, 1], 'A'), undefined)).toBeNull();
  });
});
