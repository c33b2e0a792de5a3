import { describe, expect, it } from '@jest/globals';
import { lineNumber, repoPath } from '../../src/model/identifiers.js';
import { cellWords } from '../../src/presentation/cell-words.js';
import { presentText } from '../../src/presentation/text.js';
import { at, finding, PLAYBOOK, review, TRAIN, TRAIN_HEAD } from './review-builder.js';

const NOTEBOOK = repoPath('nb/train.ipynb');
const CELLS = [
  { cell_type: 'markdown', source: ['# Train\n'] },
  { cell_type: 'code', source: ['import a\n', 'f(trust_remote_code=True)\n', 'g()'] },
];
const TEXT = JSON.stringify({ cells: CELLS }, null, 1);

describe('R17 the cell of a finding', () => {
  it.each([
    ['as Jupyter writes it', TEXT],
    ['on one line', JSON.stringify({ cells: CELLS })],
  ])('is told behind its place in a notebook %s', (_name, text) => {
    const found = finding({ fault: { at: at('trust_remote_code=True', text, NOTEBOOK) } });
    const given = review({ findings: [found], texts: { head: new Map([[NOTEBOOK, text]]) } });
    expect(cellWords(found, given)).toBe('cell 2, line 2');
    const line = found.fault.at.startLine;
    expect(presentText(given, PLAYBOOK, { colour: false, width: 100 })).toContain(
      `nb/train.ipynb:${line}  (cell 2, line 2)\n`,
    );
  });

  it('is that of the line it is told at, where that is another', () => {
    const line = lineNumber(TEXT.slice(0, TEXT.indexOf('import a')).split('\n').length);
    const anchor = { side: 'base', path: NOTEBOOK, startLine: line, endLine: line } as const;
    const found = finding({ anchor, fault: { at: at('trust_remote_code=True', TEXT, NOTEBOOK) } });
    const texts = { base: new Map([[NOTEBOOK, TEXT]]), head: new Map() };
    expect(cellWords(found, { texts })).toBe('cell 2, line 1');
  });

  it('is not told for other files, nor for a notebook whose text is not at hand', () => {
    const texts = { base: new Map(), head: new Map([[TRAIN, TRAIN_HEAD]]) };
    expect(cellWords(finding(), { texts })).toBe('');
    expect(cellWords(finding({ fault: { at: at('g()', TEXT, NOTEBOOK) } }), { texts })).toBe('');
  });
});
