import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LineIndex } from '../../../src/frontends/places.js';
import type { Fact } from '../../../src/model/fact.js';
import type { Place } from '../../../src/model/location.js';
import { cellOf } from '../../../src/notebooks/notebook.js';
import { notebook, read } from './reading.js';

const SOURCE = 'a = f(1)\nmodel = load(\n    "ä/\\"b\\\\c", # 😀\n    revision="main",\n)\n!train --lr 1';

/** One source, written in all the ways there are. */
const LAYOUTS: readonly (readonly [name: string, text: string])[] = [
  ['a string a line', notebook('x = 1', SOURCE)],
  ['carriage returns', notebook('x = 1', SOURCE).replaceAll('\n', '\r\n')],
  ['all on one line', JSON.stringify(JSON.parse(notebook('x = 1', SOURCE)))],
  ['one string', JSON.stringify({ cells: [{ cell_type: 'code', source: SOURCE }] }, null, 2)],
  ['only ASCII', asciiOf(notebook('x = 1', SOURCE))],
  [
    'strings that end anywhere',
    JSON.stringify({ cells: [{ cell_type: 'code', source: SOURCE.match(/[\s\S]{1,7}/g) }] }),
  ],
];

describe('a place in a notebook', () => {
  it.each(LAYOUTS)('is that of the raw file: %s', (_name, text) => {
    const [call, word, revision] = [placeOf('load(', text), placeOf('--lr', text), placeOf('"main"', text)];
    expect(rawText(text, call)).toBe('load(\n    "ä/\\"b\\\\c", # 😀\n    revision="main",\n)');
    expect(rawText(text, revision)).toBe('"main"');
    expect(rawText(text, word)).toBe('--lr');
    for (const place of placesIn(read(text).facts)) {
      expect(place).toEqual(new LineIndex(text).place(place.start, place.end));
    }
  });

  it('spans the lines of the file that its lines of code are on', () => {
    const text = notebook(SOURCE);
    const { startLine, endLine } = placeOf('load(', text);
    const lines = text.split('\n');
    expect(lines[startLine - 1]).toContain('model = load');
    expect(lines[endLine - 1]).toContain('")\\n"');
    expect(endLine - startLine).toBe(3);
  });

  it('is right in any source, however it is written', () => {
    const character = fc.constantFrom('"', '\\', "'", '\n', '\r\n', '\t', 'é', '😀', '\u2028', '\ud800', '/', 'a', ' ');
    const comment = fc.array(character, { maxLength: 20 }).map((all) => all.join('').replace(/[\r\n]/g, ''));
    fc.assert(
      fc.property(fc.array(comment, { maxLength: 5 }), fc.boolean(), fc.boolean(), (comments, ascii, indented) => {
        const source = `${comments.map((it) => `# ${it}\n`).join('')}found = 1`;
        const file = JSON.stringify(JSON.parse(notebook(source)), null, indented ? 1 : 0);
        const text = ascii ? asciiOf(file) : file;
        const place = read(text).facts[0];
        expect(place?.kind === 'assignment' && text.slice(place.place.start, place.place.end)).toBe('found = 1');
      }),
    );
  });
});

describe('the cell of a place', () => {
  const cells = [
    { cell_type: 'markdown', source: ['# A title\n', 'with text'] },
    { cell_type: 'code', source: ['a = 1\n', '\n', 'b = 2'] },
    { cell_type: 'code', source: 'c = 1\nd = 2' },
  ];
  const text = JSON.stringify({ cells }, null, 1);

  it.each([
    ['a = 1', { cell: 2, line: 1 }],
    ['b = 2', { cell: 2, line: 3 }],
    ['c = 1', { cell: 3, line: 1 }],
    ['d = 2', { cell: 3, line: 2 }],
    ['with text', null],
    ['cell_type', null],
  ])('is told for %s, over all cells', (code, expected) => {
    expect(cellOf(text, { offset: text.indexOf(code) })).toEqual(expected);
    const minified = JSON.stringify({ cells });
    expect(cellOf(minified, { offset: minified.indexOf(code) })).toEqual(expected);
  });

  it.each([
    ['"b = 2"', { cell: 2, line: 3 }],
    ['c = 1', { cell: 3, line: 1 }],
    ['with text', null],
    ['{', null],
  ])('is told for the line of %s', (code, expected) => {
    const line = text.slice(0, text.indexOf(code)).split('\n').length;
    expect(cellOf(text, { line })).toEqual(expected);
  });

  it('is the first one on a line that holds all', () => {
    expect(cellOf(JSON.stringify({ cells }), { line: 1 })).toEqual({ cell: 2, line: 1 });
  });

  it.each(['', '{', '[]', 'a = 1'])('is not told in %j', (other) => {
    expect(cellOf(other, { line: 1 })).toBeNull();
    expect(cellOf(text, { line: 10_000 })).toBeNull();
  });
});

function asciiOf(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The place of the expression that starts with a text. */
function placeOf(start: string, text: string): Place {
  const found = placesIn(read(text).facts)
    .filter((place) => rawText(text, place).startsWith(start))
    .toSorted((a, b) => b.end - a.end);
  const place = found[0];
  if (place === undefined) throw new RangeError(`nothing starts with ${start}`);
  return place;
}

/** What a reader of the notebook sees of a stretch of its file. */
function rawText(text: string, { start, end }: Place): string {
  const strings = text.slice(start, end).split(/"\s*,\s*"/);
  return JSON.parse(`"${strings.join('')}"`);
}

function placesIn(value: readonly Fact[] | unknown): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  if ('startLine' in value) return [value as Place];
  return Object.values(value).flatMap((inner) => placesIn(inner));
}
