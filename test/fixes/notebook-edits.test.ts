import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { asLineReplacement, planTextEdits } from '../../src/fixes/apply-edits.js';
import { createNotebookFrontEnd } from '../../src/frontends/notebook/front-end.js';
import { createPythonFrontEnd } from '../../src/frontends/python/front-end.js';
import { DEFAULT_BOUNDS } from '../../src/model/bounds.js';
import { callsIn } from '../../src/model/expression.js';
import { addArgument, type Edit, remove, replaceValue } from '../../src/model/fix.js';
import { repoPath } from '../../src/model/identifiers.js';
import { type Location, locate } from '../../src/model/location.js';
import { edited } from './editing.js';

const frontEnd = await createNotebookFrontEnd();
const python = await createPythonFrontEnd();
const BOUNDS = { ...DEFAULT_BOUNDS, parseMilliseconds: 60_000 };
const NAME = 'nb/train.ipynb';
const PATH = repoPath(NAME);

/** How a notebook may be written. */
type Layout = (file: unknown) => string;
const LAYOUTS: readonly (readonly [name: string, write: Layout])[] = [
  ['as Jupyter writes it', (file) => `${JSON.stringify(file, null, 1)}\n`],
  ['with two blanks', (file) => JSON.stringify(file, null, 2)],
  ['with tabs and carriage returns', (file) => JSON.stringify(file, null, '\t').replaceAll('\n', '\r\n')],
  ['on one line', (file) => JSON.stringify(file)],
  ['in ASCII', (file) => ascii(JSON.stringify(file, null, 1))],
];

const CALL = 'model = load(\n    "ä/\\"b\\\\c",  # 😀\n    token=None,\n    revision="main",\n)';

describe('an edit of a notebook', () => {
  describe.each(LAYOUTS)('%s', (_name, write) => {
    it.each<readonly [name: string, edit: (call: CallPlaces) => Edit, expected: string]>([
      ['replaces a value', ({ revision }) => replaceValue(revision, 'é"1'), CALL.replace('"main"', '"é\\"1"')],
      ['removes a line', ({ token }) => remove(token), CALL.replace('    token=None,\n', '')],
      ['adds a line', ({ brackets }) => addArgument(brackets, 'a', '"\\n"'), CALL.replace('\n)', '\n    a="\\n",\n)')],
    ])('%s, and leaves the rest as it was', (_what, edit, expected) => {
      for (const inLines of [true, false]) {
        const file = notebookOf(['# %%', CALL, 'f()'], inLines);
        const text = write(file);
        const result = edited({ name: NAME, text }, edit(placesOf(text)));
        expect(sourcesOf(result ?? '')).toEqual(['# %%', expected, 'f()']);
        expect(JSON.parse(result ?? '')).toEqual(withSource(file, 1, expected, inLines));
      }
    });
  });

  it('touches no line of the file but its own', () => {
    const text = `${JSON.stringify(notebookOf([CALL], true), null, 1)}\n`;
    const { token, brackets, revision } = placesOf(text);
    const lines = (edit: Edit) => asLineReplacement(text, planTextEdits({ path: PATH, text }, [edit]) ?? []);
    expect(lines(remove(token))).toMatchObject({
      startLine: token.startLine,
      endLine: token.startLine,
      deletesLines: true,
    });
    expect(lines(replaceValue(revision, 'v1'))).toEqual({
      startLine: revision.startLine,
      endLine: revision.startLine,
      replacement: '    "    revision=\\"v1\\",\\n",',
      deletesLines: false,
    });
    expect(lines(addArgument(brackets, 'a', '1'))?.replacement.split('\n')).toContain('    "    a=1,\\n",');
  });

  it.each<readonly [name: string, source: readonly string[], expected: readonly string[]]>([
    ['the last line', ['f(a,\n', '  b)'], ['f(a)']],
    ['the last of several strings', ['f(a,\n', '  b\n', ')'], ['f(a\n', ')']],
    ['lines that end anywhere', ['f(', 'a, ', 'b', ')'], ['f(', 'a', ')']],
    ['empty strings', ['', 'f(a, b)', ''], ['', 'f(a)', '']],
  ])('removes an argument from %s', (_name, source, expected) => {
    const text = JSON.stringify({ cells: [{ cell_type: 'code', source }] }, null, 1);
    const call = callIn(text, 'f');
    const argument = call.arguments.at(-1);
    if (argument === undefined) throw new RangeError('there is no argument');
    const result = edited({ name: NAME, text }, remove(locate(PATH, argument.place))) ?? '';
    expect(JSON.parse(result).cells[0].source.join('')).toBe(expected.join(''));
  });

  it('keeps how a character was written', () => {
    const text = '{"cells":[{"cell_type":"code","source":["f(\\u0061=\\"\\u00e4\\/ä\\t\\", b=1)"]}]}';
    const result = edited({ name: NAME, text }, replaceValue(valuePlace(text, 'b'), 'ö'));
    expect(result).toBe(text.replace('b=1', 'b=\\"ö\\"'));
  });

  it('writes only ASCII where the notebook does', () => {
    const text = '{"cells":[{"cell_type":"code","source":["f(a=\\"\\u00e4\\", b=1)"]}]}';
    const result = edited({ name: NAME, text }, replaceValue(valuePlace(text, 'b'), 'ö😀'));
    expect(result).toBe(text.replace('b=1', 'b=\\"\\u00f6\\ud83d\\ude00\\"'));
  });

  it('changes several cells at once', () => {
    const text = JSON.stringify(notebookOf(['f(a=1)', 'x', 'g(b=2)'], true), null, 1);
    const edits = [replaceValue(valuePlace(text, 'b'), 3), remove(argumentOf(text, 'a'))];
    expect(sourcesOf(edited({ name: NAME, text }, ...edits) ?? '')).toEqual(['f()', 'x', 'g(b=3)']);
  });

  it.each<readonly [name: string, snippet: string]>([
    ['a command', '--lr 1'],
    ['a cell for the shell', '--lr 2'],
    ['a cell of text', 'lr=3'],
    ['an output', 'lr=4'],
    ['the JSON around the code', 'cell_type'],
    ['code and what is around it', 'f(1)"'],
    ['a part of an escape', '\\"main'],
  ])('is not made in %s', (_name, snippet) => {
    const cells = [
      { cell_type: 'code', source: ['f(1)'] },
      { cell_type: 'code', source: ['!train --lr 1\n', 'f("main")'], outputs: [{ text: 'g(lr=4)' }] },
      { cell_type: 'code', source: '%%bash\ntrain --lr 2' },
      { cell_type: 'markdown', source: 'f(lr=3)' },
    ];
    const text = JSON.stringify({ cells });
    const start = text.indexOf(snippet) + (snippet.startsWith('\\') ? 1 : 0);
    const value = /[\w")]+$/.exec(snippet)?.[0] ?? '';
    const end = text.indexOf(snippet) + snippet.length;
    const place = { ...valuePlace(text, null), start: snippet.startsWith('\\') ? start : end - value.length, end };
    expect(planTextEdits({ path: PATH, text }, [replaceValue(place, 5)])).toBeNull();
  });

  it('is not made in a file that is no notebook, nor for another file', () => {
    const text = JSON.stringify(notebookOf(['f(a=1)'], true));
    const place = valuePlace(text, 'a');
    expect(planTextEdits({ path: PATH, text: text.slice(0, -1) }, [replaceValue(place, 2)])).toBeNull();
    expect(planTextEdits({ path: repoPath('b.ipynb'), text }, [replaceValue(place, 2)])).toBeNull();
  });

  it('leaves a notebook of any cells one with nothing else changed', () => {
    const piece = fc.constantFrom(
      '"',
      '\\',
      '\n',
      '\r\n',
      '\t',
      'é',
      '😀',
      '\u2028',
      '\ud800',
      '/',
      'a',
      ' ',
      '#',
      "'",
    );
    const text = fc.array(piece, { maxLength: 12 }).map((all) => all.join(''));
    const comments = text.map((it) =>
      it
        .split(/\r?\n/)
        .map((line) => `# ${line}`)
        .join('\n'),
    );
    const cell = fc.tuple(comments, comments, fc.constantFrom('\n', '\r\n'));
    const layout = fc.constantFrom(...LAYOUTS.map(([, write]) => write));
    const act = fc.constantFrom('replace', 'remove', 'add');
    fc.assert(
      fc.property(
        fc.array(cell, { minLength: 1, maxLength: 4 }),
        text,
        layout,
        act,
        fc.boolean(),
        (cells, value, write, act, inLines) => {
          const sources = cells.map(([above, below, end], index) =>
            `${above}\ncall_${index}(\n  a=1,  # b\n  c="d",\n)\n${below}`.replace(/\r?\n/g, end),
          );
          const index = value.length % cells.length;
          const file = notebookOf(sources, inLines);
          const raw = write(file);
          const edits = editsOf(act, value);
          const result = edited({ name: NAME, text: raw }, edits(callIn(raw, `call_${index}`), PATH)) ?? '';
          const changed = sourcesOf(result)[index] ?? '';
          expect(JSON.parse(result)).toEqual(withSource(file, index, changed, inLines));
          const source = { name: 'a.py', text: sources[index] ?? '' };
          expect(changed).toBe(edited(source, edits(pythonCallIn(source.text), repoPath('a.py'))));
        },
      ),
    );
  });
});

/** The same edit of a notebook and of its source as a file of its own. */
function editsOf(act: string, value: string) {
  return (call: ReturnType<typeof callIn>, path: typeof PATH): Edit => {
    const place = (name: string) => argumentIn(call, name);
    if (act === 'replace') return replaceValue(locate(path, place('c').value.place), value);
    if (act === 'remove') return remove(locate(path, place('a').place));
    return addArgument(locate(path, call.argumentsPlace), 'e', JSON.stringify(value));
  };
}

function pythonCallIn(text: string) {
  const { facts } = python.extract({ path: repoPath('a.py'), text }, BOUNDS);
  const [call] = facts.flatMap((fact) => (fact.kind === 'evaluation' ? [...callsIn(fact.value)] : []));
  if (call === undefined) throw new RangeError('nothing is called');
  return call;
}

interface CallPlaces {
  readonly revision: Location;
  readonly token: Location;
  readonly brackets: Location;
}

function placesOf(text: string): CallPlaces {
  return {
    revision: valuePlace(text, 'revision'),
    token: argumentOf(text, 'token'),
    brackets: locate(PATH, callIn(text, 'load').argumentsPlace),
  };
}

function callsOf(text: string) {
  const { facts } = frontEnd.extract({ path: PATH, text }, BOUNDS);
  return facts.flatMap((fact) => ('value' in fact && fact.value !== null ? [...callsIn(fact.value)] : []));
}

function callIn(text: string, callee: string) {
  const call = callsOf(text).find((it) => it.callee === callee);
  if (call === undefined) throw new RangeError(`nothing calls ${callee}`);
  return call;
}

function argumentIn(call: ReturnType<typeof callIn>, name: string | null) {
  const argument = call.arguments.find((it) => it.name === name);
  if (argument === undefined) throw new RangeError(`there is no argument ${name}`);
  return argument;
}

function argumentOf(text: string, name: string): Location {
  const found = callsOf(text)
    .flatMap((call) => call.arguments)
    .find((it) => it.name === name);
  if (found === undefined) throw new RangeError(`there is no argument ${name}`);
  return locate(PATH, found.place);
}

/** Of the first argument of this name; of the first that has none for null. */
function valuePlace(text: string, name: string | null): Location {
  const found = callsOf(text)
    .flatMap((call) => call.arguments)
    .find((it) => it.name === name);
  if (found === undefined) throw new RangeError(`there is no argument ${name}`);
  return locate(PATH, found.value.place);
}

function notebookOf(sources: readonly string[], inLines: boolean) {
  const cells = sources.map((source) => ({
    cell_type: 'code',
    metadata: { tags: ['ä'] },
    outputs: [{ output_type: 'stream', text: ['f(a=9)\n'] }],
    source: inLines ? source.split(/(?<=\n)/) : source,
  }));
  return { cells, metadata: {}, nbformat: 4, nbformat_minor: 5 };
}

function withSource(file: ReturnType<typeof notebookOf>, index: number, source: string, inLines: boolean) {
  const written = inLines ? source.split(/(?<=\n)/) : source;
  return { ...file, cells: file.cells.map((cell, at) => (at === index ? { ...cell, source: written } : cell)) };
}

function sourcesOf(text: string): string[] {
  return JSON.parse(text).cells.map(({ source }: { source: string | string[] }) => [source].flat().join(''));
}

function ascii(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
