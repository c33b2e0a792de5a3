import { describe, expect, it } from '@jest/globals';
import { extractFacts } from '../../../src/frontends/all.js';
import { DEFAULT_BOUNDS } from '../../../src/model/bounds.js';
import { repoPath } from '../../../src/model/identifiers.js';
import { factsIn, frontEnd, notebook, read } from './reading.js';

const path = repoPath('a.ipynb');
const BOUNDS = { ...DEFAULT_BOUNDS, parseMilliseconds: 60_000 };

describe('a file that is no notebook', () => {
  it.each<readonly [name: string, text: string, line: number, detail: string]>([
    ['empty', '', 1, 'not JSON: value expected'],
    ['Python', 'import a\n', 1, 'not JSON: invalid symbol'],
    ['cut off', '{\n "cells": [\n', 3, 'not JSON: close bracket expected'],
    ['in conflict', '{"cells": [\n<<<<<<< ours\n{}\n]}', 2, 'not JSON: invalid symbol'],
    ['with a comment', '{"cells": [\n // a\n]}', 2, 'not JSON: invalid comment token'],
    ['with a comma too many', '{"cells": [{},\n]}', 2, 'not JSON: value expected'],
    ['with a line end in a string', '{"cells": [{"source": "a\n"}]}', 1, 'not JSON: unexpected end of string'],
    ['broken in an output', '{"cells": [{"outputs": [\n}]}', 2, 'not JSON: value expected'],
    ['a list', '[]', 1, 'no notebook: it has no `cells`'],
    ['without cells', '{"nbformat": 4}', 1, 'no notebook: it has no `cells`'],
    ['with cells that are no list', '{"cells": {"a": 1}}', 1, 'no notebook: it has no `cells`'],
  ])('is told as such: %s', (_name, text, line, detail) => {
    expect(read(text)).toEqual({ facts: [], partial: { reason: 'syntax-error', line, detail } });
  });

  it.each<readonly [name: string, source: unknown]>([
    ['missing', undefined],
    ['null', null],
    ['a number', 1],
    ['a map', { a: ['b = 1'] }],
    ['a list of numbers', ['b = 1', 1]],
    ['a list of lists', [['b = 1']]],
  ])('reads the other cells where a source is %s', (_name, source) => {
    const cells = [
      { cell_type: 'code', source },
      { cell_type: 'code', source: 'a = 1' },
    ];
    const { facts, partial } = read(`{\n"cells":\n${JSON.stringify(cells)}}`);
    expect(facts.map((fact) => 'target' in fact && fact.target)).toEqual(['a']);
    const detail = 'cell 1 has no `source` that is text';
    expect(partial).toEqual({ reason: 'syntax-error', line: 3, detail });
  });

  it('reads on past cells that are no cells', () => {
    const cells = [null, 1, 'a', [], ['source'], {}, { cell_type: 7 }, { cell_type: 'code', source: 'a = 1' }];
    expect(read(JSON.stringify({ cells })).facts).toHaveLength(1);
  });

  it('takes the last of two equal keys, as every reader does', () => {
    const text = '{"cells": [{}], "cells": [{"cell_type": "code", "source": ["a = 1"], "source": "b = 1"}]}';
    expect(read(text).facts).toMatchObject([{ target: 'b' }]);
  });
});

describe('a syntax error', () => {
  it('leaves the facts of the other cells whole, and tells its place', () => {
    const text = notebook('a = f(1)', 'b = 1\nc = f(\n', 'd = f("""', 'e = f(2)');
    const { facts, partial } = read(text);
    expect(facts.flatMap((fact) => ('target' in fact ? [fact.target] : []))).toEqual(
      expect.arrayContaining(['a', 'b', 'e']),
    );
    const line = text.slice(0, text.indexOf('c = f(')).split('\n').length;
    expect(partial).toEqual({ reason: 'syntax-error', line, detail: 'cell 2, line 2' });
  });

  it('of a command tells its place', () => {
    expect(read(notebook('a = 1\n!if [ a\nb = 1')).partial).toMatchObject({ detail: 'cell 1, line 2' });
  });

  it('of a cell does not hide the magics of the next', () => {
    expect(factsIn('a = [', '!ls')).toContain('$ "ls"');
  });
});

describe('a large notebook', () => {
  const outputs = [{ data: { 'image/png': 'A'.repeat(100) }, list: Array.from({ length: 50 }, () => ({ a: [[]] })) }];
  const heavy = JSON.stringify({
    cells: Array.from({ length: 1_000 }, () => ({ outputs, cell_type: 'code', source: ['a = 1'] })),
  });

  it('is read where its outputs weigh most', () => {
    const bytes = Buffer.from(heavy);
    expect(bytes.length).toBeGreaterThan(DEFAULT_BOUNDS.sourceFileBytes);
    const { facts, partial } = extractFacts([frontEnd], { path, bytes }, BOUNDS);
    expect(facts).toHaveLength(1_000);
    expect(partial).toBeNull();
  });

  it('is left out above its bound', () => {
    const bytes = Buffer.alloc(DEFAULT_BOUNDS.notebookBytes + 1, ' ');
    const detail = '10485761 bytes; at most 10485760 are read';
    expect(extractFacts([frontEnd], { path, bytes }, BOUNDS)).toEqual({
      facts: [],
      partial: { reason: 'too-large', line: null, detail },
    });
  });

  it('is left out where its code is larger than a source file may be', () => {
    expect(read(notebook('é = 1'), { sourceFileBytes: 5 })).toEqual({
      facts: [],
      partial: { reason: 'too-large', line: null, detail: '6 bytes of code; at most 5 are read' },
    });
    expect(read(notebook('é = 1'), { sourceFileBytes: 6 }).partial).toBeNull();
  });

  it('tells when the time is over', () => {
    const { partial } = read(notebook('a = 1'), { parseMilliseconds: 0 });
    expect(partial).toEqual({ reason: 'too-slow', line: null, detail: 'over 0 ms' });
  });
});

describe('hostile bytes', () => {
  it('that are not UTF-8 are told, and the rest is read', () => {
    const [before = '', after = ''] = notebook('a = 1', 'b = "§"').split('§');
    const bytes = Buffer.concat([Buffer.from(before), Buffer.from([0xff]), Buffer.from(after)]);
    const { facts, partial } = extractFacts([frontEnd], { path, bytes }, BOUNDS);
    expect(facts.map((fact) => 'target' in fact && fact.target)).toEqual(['a', 'b']);
    expect(partial).toMatchObject({ reason: 'not-utf8', line: before.split('\n').length });
  });

  it.each(['[', '{"a":'])('nested without end do no harm: %s', (bracket) => {
    const closing = bracket === '[' ? ']' : '1}';
    for (const deep of [bracket.repeat(100_000), bracket.repeat(100_000) + closing.repeat(100_000)]) {
      const { facts, partial } = read(`{"cells": [{"cell_type": "code", "source": "a = 1", "outputs": ${deep}}]}`);
      expect(facts).toEqual([]);
      expect(partial).toMatchObject({ reason: 'too-deep' });
    }
  });

  it.each<readonly [name: string, source: string]>([
    ['brackets without end', '('.repeat(50_000)],
    ['a string without end', `a = """${'b'.repeat(400_000)}`],
    ['strings without end', '"""\\'.repeat(50_000)],
    ['quotes', `'"`.repeat(30_000)],
    ['backslashes', '\\'.repeat(300_000)],
    ['continued magics', '!a \\\n'.repeat(10_000)],
    ['magics', '!a\n'.repeat(2_000)],
    ['cell magics', '%%time\n'.repeat(20_000)],
    ['holes', `!a ${'{b}'.repeat(20_000)}`],
    ['almost holes', `!a ${'{b['.repeat(50_000)}`],
    ['almost assigned', `${'a, '.repeat(50_000)}`],
    ['almost help', `${'a.'.repeat(50_000)}\n`],
    ['blanks', ' '.repeat(300_000)],
    ['almost a timing', `%time ${'-a 1 '.repeat(50_000)}`],
    ['almost a requirement', `!pip install ${'a'.repeat(100_000)}=`],
    ['lone surrogates', 'a = "\ud800"\n!echo \udc00\nb = 1'],
    ['zeros', 'a = "\0"\n\0\nb = 1'],
    ['other line ends', 'a = 1\r# b\u2028!c\rd = 1'],
  ])('in a source are read or told: %s', (_name, source) => {
    const { facts, partial } = read(notebook(source));
    expect(partial?.reason ?? 'syntax-error').toMatch(/^(?:syntax-error|too-deep|too-slow)$/);
    expect(JSON.parse(JSON.stringify(structuredClone(facts)))).toEqual(facts);
  });

  it('that many names share are not copied for each', () => {
    const names = Array.from({ length: 500 }, (_, index) => `a${index} = `).join('');
    const { facts } = read(notebook(`${names}[${'1, '.repeat(2_000)}]`));
    const values = new Set(facts.map((fact) => ('value' in fact ? fact.value : null)));
    expect(facts).toHaveLength(500);
    expect(values.size).toBe(1);
  });
});
