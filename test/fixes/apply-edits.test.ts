import { describe, expect, it } from '@jest/globals';
import { applyTextEdits, asLineReplacement, planTextEdits } from '../../src/fixes/apply-edits.js';
import { type Edit, remove, replaceValue } from '../../src/model/fix.js';
import { repoPath } from '../../src/model/identifiers.js';
import { at, edited } from './editing.js';

describe('edits of one fix', () => {
  const file = { name: 'a.py', text: 'f(a=1, b=2, c=3)\n' };
  const add = (name: string): Edit => ({ kind: 'add-argument', at: at(file, '(a=1, b=2, c=3)'), name, code: '0' });

  it.each<[string, readonly Edit[], string]>([
    ['removing neighbours', [remove(at(file, 'b=2')), remove(at(file, 'c=3'))], 'f(a=1)\n'],
    ['removing all', [remove(at(file, 'c=3')), remove(at(file, 'a=1')), remove(at(file, 'b=2'))], 'f()\n'],
    ['removing and replacing', [remove(at(file, 'a=1')), replaceValue(at(file, '2'), 5)], 'f(b=5, c=3)\n'],
    ['adding two', [add('x'), add('y')], 'f(a=1, b=2, c=3, x=0, y=0)\n'],
    ['removing the last and adding', [remove(at(file, 'c=3')), add('x')], 'f(a=1, b=2, x=0)\n'],
    ['the same one twice', [remove(at(file, 'a=1')), remove(at(file, 'a=1'))], 'f(b=2, c=3)\n'],
    ['none', [], 'f(a=1, b=2, c=3)\n'],
  ])('are made together: %s', (_name, edits, expected) => {
    expect(edited(file, ...edits)).toBe(expected);
  });

  it('add keys behind one key in the order given', () => {
    const yaml = { name: 'a.yml', text: 'a: 1\nb: 2\n' };
    const after = at(yaml, 'a: 1');
    const edits = ['v', 'w'].map((key): Edit => ({ kind: 'add-key', after, key, value: 0 }));
    expect(edited(yaml, ...edits, replaceValue(at(yaml, '1'), 3))).toBe('a: 3\nv: 0\nw: 0\nb: 2\n');
    const json = { name: 'a.json', text: '{\n  "a": 1\n}' };
    const last = at(json, '"a": 1');
    const keys = ['v', 'w'].map((key): Edit => ({ kind: 'add-key', after: last, key, value: 0 }));
    expect(edited(json, ...keys)).toBe('{\n  "a": 1,\n  "v": 0,\n  "w": 0\n}');
  });

  it.each<[string, readonly Edit[]]>([
    ['one lies inside another', [remove(at(file, 'b=2')), replaceValue(at(file, '2'), 5)]],
    ['two replace the same value', [replaceValue(at(file, '2'), 5), replaceValue(at(file, '2'), 6)]],
    ['one lies outside of the text', [replaceValue({ ...at(file, '2'), end: 99 }, 5)]],
    ['one is of another file', [replaceValue({ ...at(file, '2'), path: repoPath('b.py') }, 5)]],
    ['one cannot be made', [remove(at(file, 'b=2')), remove(at(file, '=3'))]],
  ])('are all refused when %s', (_name, edits) => {
    expect(edited(file, ...edits)).toBeNull();
  });

  it.each(['run.sh', 'train.ipynb', 'pyproject.toml', 'Makefile'])('are not written into %s', (name) => {
    const other = { ...file, name };
    expect(edited(other, replaceValue(at(other, '2'), 5))).toBeNull();
  });

  it('are told in offsets of the original, apart from one another', () => {
    const planned = planTextEdits({ path: repoPath('a.py'), text: file.text }, [remove(at(file, 'a=1')), add('x')]);
    expect(planned).toEqual([
      { start: 2, end: 7, text: '' },
      { start: 15, end: 15, text: ', x=0' },
    ]);
  });
});

describe('text edits', () => {
  it('are applied in any order, insertions at one place as given', () => {
    const edits = [
      { start: 3, end: 4, text: 'D' },
      { start: 1, end: 1, text: 'x' },
      { start: 1, end: 1, text: 'y' },
    ];
    expect(applyTextEdits('abcd', edits)).toBe('axybcD');
  });

  it.each([
    [
      'overlap',
      [
        { start: 0, end: 2, text: '' },
        { start: 1, end: 3, text: '' },
      ],
    ],
    ['lie outside', [{ start: 3, end: 9, text: '' }]],
    ['run backwards', [{ start: 3, end: 1, text: '' }]],
  ])('are refused when they %s', (_name, edits) => {
    expect(() => applyTextEdits('abcd', edits)).toThrow(RangeError);
  });
});

describe('lines to replace', () => {
  const text = 'one\ntwo\nthree\nfour\n';

  it.each([
    ['a word', { start: 4, end: 7, text: '2' }, { startLine: 2, endLine: 2, replacement: '2', deletesLines: false }],
    [
      'a line that goes',
      { start: 4, end: 8, text: '' },
      { startLine: 2, endLine: 2, replacement: '', deletesLines: true },
    ],
    [
      'a line left empty',
      { start: 4, end: 7, text: '' },
      { startLine: 2, endLine: 2, replacement: '', deletesLines: false },
    ],
    [
      'a line added',
      { start: 7, end: 7, text: '\n2b' },
      { startLine: 2, endLine: 2, replacement: 'two\n2b', deletesLines: false },
    ],
    [
      'lines that join',
      { start: 6, end: 9, text: '' },
      { startLine: 2, endLine: 3, replacement: 'twhree', deletesLines: false },
    ],
    [
      'a line end that goes',
      { start: 7, end: 8, text: '' },
      { startLine: 2, endLine: 3, replacement: 'twothree', deletesLines: false },
    ],
    [
      'several lines',
      { start: 0, end: 9, text: 'x\ny' },
      { startLine: 1, endLine: 3, replacement: 'x\nyhree', deletesLines: false },
    ],
    [
      'the last line',
      { start: 14, end: 18, text: '4' },
      { startLine: 4, endLine: 4, replacement: '4', deletesLines: false },
    ],
  ])('are the fewest that hold the edit: %s', (_name, edit, expected) => {
    expect(asLineReplacement(text, [edit])).toEqual(expected);
  });

  it('hold all edits, with the lines between them', () => {
    const edits = [
      { start: 14, end: 18, text: '4' },
      { start: 4, end: 4, text: '-' },
    ];
    expect(asLineReplacement(text, edits)).toEqual({
      startLine: 2,
      endLine: 4,
      replacement: '-two\nthree\n4',
      deletesLines: false,
    });
  });

  it('keep line ends inside and none at the end', () => {
    const edits = [
      { start: 3, end: 3, text: '!' },
      { start: 8, end: 8, text: '!' },
    ];
    expect(asLineReplacement('one\r\ntwo\r\nthree\r\n', edits)?.replacement).toBe('one!\r\ntwo!');
  });

  it('may end without a line end', () => {
    expect(asLineReplacement('one\ntwo', [{ start: 3, end: 7, text: '' }])).toEqual({
      startLine: 1,
      endLine: 2,
      replacement: 'one',
      deletesLines: false,
    });
  });

  it('are none without edits', () => {
    expect(asLineReplacement(text, [])).toBeNull();
  });

  it('are none when there would be too many', () => {
    const edits = [
      { start: 0, end: 0, text: 'x' },
      { start: 14, end: 14, text: 'x' },
    ];
    expect(asLineReplacement(text, edits, 4)).toMatchObject({ startLine: 1, endLine: 4 });
    expect(asLineReplacement(text, edits, 3)).toBeNull();
  });
});
