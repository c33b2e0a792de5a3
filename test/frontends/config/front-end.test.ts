// biome-ignore-all lint/suspicious/noTemplateCurlyInString: interpolations of YAML are what is tested here
import { describe, expect, it } from '@jest/globals';
import { findEntry } from '../../../src/model/expression.js';
import { repoPath } from '../../../src/model/identifiers.js';
import { claims, dataOf, read, rootMap, rootsOf, textAt } from './reading.js';

describe('the config front-end', () => {
  it.each(['a.yml', 'deep/b.yaml', 'c.json', 'd.jsonc', 'UPPER.YAML'])('claims %s', (path) => {
    expect(claims(repoPath(path))).toBe(true);
  });

  it.each([
    'package-lock.json',
    'web/pnpm-lock.yaml',
    'conda-lock.yml',
    'packages.lock.json',
    'npm-shrinkwrap.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'a.ipynb',
    'train.py',
    'yaml',
    'data.jsonl',
  ])('leaves %s alone', (path) => {
    expect(claims(repoPath(path))).toBe(false);
  });
});

/** The same texts through both parsers: the second is used for large files. */
const PARSERS = [
  ['the library', {}],
  ['the grammar', { yamlBytes: 0 }],
] as const;

describe.each(PARSERS)('a YAML text, read with %s', (_, bounds) => {
  it.each([
    [
      'maps and lists in block and flow',
      'a: {b: [1, x], "c": 2}\nd:\n- e: 1\n  f: g\n-\n',
      [{ a: { b: [1, 'x'], c: 2 }, d: [{ e: 1, f: 'g' }, null] }],
    ],
    ['values that are left out', 'a:\nb: # c\nc: ~\nd: ""\n', [{ a: null, b: null, c: null, d: '' }]],
    ['several documents', '---\na: 1\n...\n---\nb: 2\n---\n- 3\n', [{ a: 1 }, { b: 2 }, [3]]],
    ['no document in an empty text', '', []],
    ['no document in comments alone', '# nothing\n\n', []],
    ['no document behind the last mark', 'a: 1\n---\n', [{ a: 1 }]],
    [
      'strings in quotes as strings',
      "a: \"1\"\nb: 'yes'\nc: 'it''s'\nd: \"x\\ty\"\n",
      [{ a: '1', b: 'yes', c: "it's", d: 'x\ty' }],
    ],
    [
      'text of several lines',
      'a: |\n  x\n\n  y\nb: >-\n  x\n  y\nc: x\n  y\n',
      [{ a: 'x\n\ny\n', b: 'x y', c: 'x y' }],
    ],
    ['keys as they are written', 'on: on\n1: a\nno: b\n"q r": c\n', [{ on: true, 1: 'a', no: 'b', 'q r': 'c' }]],
    [
      'tags of YAML itself',
      'a: !!str 1\nb: !!float 1e-5\nc: !!int "3"\nd: ! 4\ne: !!bool yes\n',
      [{ a: '1', b: 1e-5, c: 3, d: '4', e: true }],
    ],
    [
      'other tags without resolving them',
      'a: !!python/name:os.system\nb: !function f.g\nc: !x [1]\nd: !!python/object/apply:os.system ["ls"]\n',
      [{ a: '<opaque>', b: '<opaque>', c: '<opaque>', d: '<opaque>' }],
    ],
    ['CRLF, tabs between, and a byte order mark', '\uFEFFa:\t1\r\nb:\r\n  - x\t# c\r\n', [{ a: 1, b: ['x'] }]],
    ['one pair in a list', 'a: [b: 1, c]\n', [{ a: [{ b: 1 }, 'c'] }]],
    ['keys that are no constants', '? [a]\n: 1\n"{{ x }}": 2\n', [{ '<no constant>': 2 }]],
    ['closing brackets in the first column', 'a: [\n  1,\n]\nb: {\n}\n', [{ a: [1], b: {} }]],
  ])('gives %s', (_name, text, expected) => {
    const file = read(text, bounds);
    expect(dataOf(file)).toEqual(expected);
    expect(file.partial).toBeNull();
  });

  it.each([
    ['an alias', 'a: &x 1\nb: *x\n', [{ a: 1, b: 1 }]],
    ['an alias of a map', 'a: &x {k: 1}\nb: [*x, *x]\n', [{ a: { k: 1 }, b: [{ k: 1 }, { k: 1 }] }]],
    ['the last anchor of a name', 'a: &x 1\nb: *x\nc: &x 2\nd: *x\n', [{ a: 1, b: 1, c: 2, d: 2 }]],
    [
      'a merge, where own keys win',
      'a: &x {k: 1, l: 2}\nb:\n  k: 3\n  <<: *x\n',
      [{ a: { k: 1, l: 2 }, b: { l: 2, k: 3 } }],
    ],
    [
      'a merge of several, where the first wins',
      'a: &x {k: 1}\nb: &y {k: 2, l: 3}\nc: {<<: [*x, *y]}\n',
      [{ a: { k: 1 }, b: { k: 2, l: 3 }, c: { k: 1, l: 3 } }],
    ],
    [
      'a merge of a merge',
      'a: &x {k: 1}\nb: &y {<<: *x, l: 2}\nc: {<<: *y}\n',
      [{ a: { k: 1 }, b: { k: 1, l: 2 }, c: { k: 1, l: 2 } }],
    ],
    ['an alias to nothing as unread', 'a: *x\n', [{ a: '<opaque>' }]],
    ['an alias inside its own anchor as unread', 'a: &x\n  b: *x\n', [{ a: { b: '<opaque>' } }]],
    ['a quoted `<<` as a key', 'a: {"<<": 1}\n', [{ a: { '<<': 1 } }]],
  ])('resolves %s', (_name, text, expected) => {
    expect(dataOf(read(text, bounds))).toEqual(expected);
  });

  it('keeps what cannot be merged apart', () => {
    const map = rootMap(read('<<: *gone\na: 1\n', bounds));
    expect(map.spreads).toMatchObject([{ kind: 'opaque', text: '*gone' }]);
    expect(map.entries).toHaveLength(1);
  });

  it('keeps both of two equal keys, in order', () => {
    const map = rootMap(read('a: 1\nb: 2\na: 3\n', bounds));
    expect(map.entries.map((entry) => entry.key)).toEqual(['a', 'b', 'a']);
    expect(findEntry(map, 'a')?.value).toMatchObject({ value: 3 });
  });

  it.each([
    ['a number', 'k: 1 # c\n', 'k', '1', 'k: 1'],
    ['a quoted key and value', '  \'k\': "v"\n', "'k'", '"v"', '\'k\': "v"'],
    ['a value behind an anchor', 'k: &a 1\n', 'k', '1', 'k: &a 1'],
    ['a value that is left out', 'k:   # c\nj: 1\n', 'k', '', 'k:'],
    ['a left out value with an anchor', 'k: &a\nj: 1\n', 'k', '', 'k: &a'],
    ['a flow map over lines', 'k: {\n  a: 1\n}\n', 'k', '{\n  a: 1\n}', 'k: {\n  a: 1\n}'],
    ['a block map with comments behind it', 'k:\n  a: 1 # c\n\n  # d\nj: 1\n', 'k', 'a: 1', 'k:\n  a: 1'],
    ['a block list', 'k:\n- a\n- b\n\nj: 1\n', 'k', '- a\n- b', 'k:\n- a\n- b'],
    ['a block scalar', 'k: |\n  a\n  b\n\n\nj: 1\n', 'k', '|\n  a\n  b', 'k: |\n  a\n  b'],
    ['text over lines', 'k: a\n  b\nj: 1\n', 'k', 'a\n  b', 'k: a\n  b'],
    ['text behind emoji', '"😀": é😀\n', '"😀"', 'é😀', '"😀": é😀'],
  ])('tells where %s stands', (_name, text, key, value, whole) => {
    const [entry] = rootMap(read(text, bounds)).entries;
    if (entry === undefined) throw new TypeError('no entry');
    expect([entry.keyPlace, entry.value.place, entry.place].map((place) => textAt(text, place))).toEqual([
      key,
      value,
      whole,
    ]);
  });

  it('counts lines from 1, with both ends', () => {
    const map = rootMap(read('# c\r\nk:\r\n  a: 1\r\n  b: 2\r\n', bounds));
    expect(map.entries[0]?.place).toMatchObject({ startLine: 2, endLine: 4 });
  });

  it('places an aliased value where it is written, and the entry where the alias is', () => {
    const text = 'a: &x 1\nb: *x\n';
    const entry = findEntry(rootMap(read(text, bounds)), 'b');
    expect(entry?.value.place).toMatchObject({ startLine: 1 });
    expect(textAt(text, entry?.place ?? rootMap(read(text)).place)).toBe('b: *x');
  });

  it('tells block maps from flow maps', () => {
    const map = rootMap(read('a: {b: 1}\n', bounds));
    expect([map.style, map.entries[0]?.value]).toMatchObject(['block', { style: 'flow' }]);
  });

  it('keeps the documents around a broken one', () => {
    const file = read('a: 1\n---\nb: [1\nc: 2\n---\nd: 3\n', bounds);
    expect(dataOf(file)).toEqual([{ a: 1 }, { d: 3 }]);
    expect(file.partial?.reason).toBe('syntax-error');
    expect([3, 4]).toContain(file.partial?.line);
  });

  it('stops at too deep a nesting and reads the rest', () => {
    const file = read('a: [[[1]]]\nb: 2\n', { ...bounds, nesting: 3 });
    expect(dataOf(file)).toEqual([{ a: [['<opaque>']], b: 2 }]);
    expect(file.partial).toMatchObject({ reason: 'too-deep', line: null });
  });

  it.each([
    ['lists', `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n`],
    ['maps', `a: ${'{a: '.repeat(10_000)}1${'}'.repeat(10_000)}\n`],
    ['dashes', `a:\n  ${'- '.repeat(10_000)}1\n`],
  ])('survives ten thousand %s inside one another', (_name, text) => {
    expect(read(text, bounds).partial?.reason).toBe('too-deep');
  });

  it.each([
    ['brackets that never close', '['.repeat(10_000)],
    ['braces that never close', '{a: '.repeat(10_000)],
  ])('survives ten thousand %s', (_name, text) => {
    expect(read(text, bounds)).toMatchObject({ facts: [], partial: { reason: 'syntax-error' } });
  });

  it('does not expand aliases of aliases without end', () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) => `a${level + 1}: &a${level + 1} [${Array(8).fill(`*a${level}`)}]`,
    );
    const file = read(['a0: &a0 [x]', ...levels].join('\n'), { ...bounds, yamlAliases: 1_000 });
    expect(file.partial?.reason).toBe('too-many-aliases');
    expect(JSON.stringify(file.facts).length).toBeLessThan(5_000_000);
  });

  it('counts the uses of aliases', () => {
    const text = `a: &x 1\nb: [${Array(4).fill('*x')}]\n`;
    expect(read(text, { ...bounds, yamlAliases: 4 }).partial).toBeNull();
    const file = read(text, { ...bounds, yamlAliases: 3 });
    expect(dataOf(file)).toEqual([{ a: 1, b: [1, 1, 1, '<opaque>'] }]);
    expect(file.partial?.reason).toBe('too-many-aliases');
  });

  it('does not let aliases pile depth upon depth', () => {
    const text = 'a: &a [[1]]\nb: &b [[*a]]\nc: [[*b]]\n';
    const file = read(text, { ...bounds, nesting: 5 });
    expect(dataOf(file)).toEqual([{ a: [[1]], b: [[[[1]]]], c: [['<opaque>']] }]);
    expect(file.partial?.reason).toBe('too-deep');
  });
});

describe('a string', () => {
  it.each([
    ['${a.b}', '<reference a.b>'],
    ['${.x}', '<reference .x>'],
    ['${..x.y}', '<reference ..x.y>'],
    ['${a[0].b}', '<reference a[0].b>'],
    ['$HOME', '<reference HOME>'],
    ['${HOME}', '<reference HOME>'],
    ['${oc.env:X,default}', '<opaque>'],
    ['${mul:${a},2}', '<opaque>'],
    ['${A:-b}', '<opaque>'],
    ['out/${run.name}-$SEED', { template: ['out/', '<reference run.name>', '-', '<reference SEED>'] }],
    ['${a}/${oc.env:X}', { template: ['<reference a>', '/', '<opaque>'] }],
    ['{{ x }}', '<opaque>'],
    ['a-{{ x }}', '<opaque>'],
    ['???', '<opaque>'],
    ['${open', '${open'],
    ['costs $5', 'costs $5'],
    ['^a$', '^a$'],
    ['\\${a}', '\\${a}'],
    ['{x}', '{x}'],
  ])('that holds %s is read as what it is', (written, expected) => {
    expect(dataOf(read(`a: '${written}'\n`))).toEqual([{ a: expected }]);
  });

  it('without quotes may hold a reference too', () => {
    expect(dataOf(read('a: ${b.c}/x\n'))).toEqual([{ a: { template: ['<reference b.c>', '/x'] } }]);
  });

  it('in moustaches without quotes is no map', () => {
    expect(dataOf(read('a: {{ x }}\n'))).toEqual([{ a: '<opaque>' }]);
  });

  it('tells where its parts stand', () => {
    const text = 'a: "x-${b}-${b}"\n';
    const value = rootMap(read(text)).entries[0]?.value;
    if (value?.kind !== 'template') throw new TypeError('no template');
    expect(value.parts.map((part) => [textAt(text, part.place), part.place.start])).toEqual([
      ['x-', 4],
      ['${b}', 6],
      ['-', 10],
      ['${b}', 11],
    ]);
  });

  it('of more than 2,000 characters is not kept', () => {
    const [root] = rootsOf(read(`a: ${'x'.repeat(2_001)}\n`));
    expect(root).toMatchObject({ entries: [{ value: { kind: 'opaque', text: 'x'.repeat(80) } }] });
  });

  it.each([
    ['a value', (token: string) => `a: ${token}\n`],
    ['a key', (token: string) => `${token}: a\n`],
    ['a template', (token: string) => `a: \${b}/${token}\n`],
    ['what is not read', (token: string) => `a: !x ${token}\n`],
    ['a tag', (token: string) => `a: !${token} x\n`],
    ['a broken document', (token: string) => `a: @${token}\n`],
    ['what is cut short', (token: string) => `a: "{{ ${'x'.repeat(60)} ${token} }}"\n`],
  ])('never lets a token through in %s', (_name, write) => {
    const token = ['hf', 'abcdefghijklmnopqrstuvwxyz012345'].join('_');
    expect(JSON.stringify(read(write(token)))).not.toContain('hf_abc');
  });
});

describe.each(PARSERS)('a JSON text, read with %s', (_, parser) => {
  const bounds = { ...parser, path: 'a.json' };

  it.each([
    [
      'values',
      '{"a": 1e-5, "b": "yes", "c": [true, null], "d": -1.5E+3}',
      { a: 1e-5, b: 'yes', c: [true, null], d: -1500 },
    ],
    ['escapes', '{"a": "\\u00e9\\/\\n\\ud83d\\ude00"}', { a: 'é/\n😀' }],
    ['tabs and CRLF', '{\r\n\t"a": {\r\n\t\t"b": 1\r\n\t}\r\n}\r\n', { a: { b: 1 } }],
    [
      'comments and a comma too many',
      '// c\n{\n  "a": 1, // d: {\n  /* e\n  */ "b": "http://x/*y*/",\n}\n',
      { a: 1, b: 'http://x/*y*/' },
    ],
    ['a byte order mark', '\uFEFF{"a": 1}', { a: 1 }],
    ["Python's numbers", '{"a": NaN, "b": Infinity}', { a: Number.NaN, b: Number.POSITIVE_INFINITY }],
    [
      'what only looks like YAML',
      '{"<<": {"a": 1}, "b": "*x", "c": "${d}"}',
      { '<<': { a: 1 }, b: '*x', c: '<reference d>' },
    ],
    ['no space behind the colon', '{"a":1,"b":[1,2],"c":{"d":"e"}}', { a: 1, b: [1, 2], c: { d: 'e' } }],
  ])('gives %s', (_name, text, expected) => {
    const file = read(text, bounds);
    expect(dataOf(file)).toEqual([expected]);
    expect(file.partial).toBeNull();
  });

  it.each([
    ['a list', '[{"a": 1}]'],
    ['a bare value', '"a"'],
    ['nothing', ''],
    ['an object a line', '{"a": 1}\n{"a": 2}\n'],
    ['a broken list', '[1, 2'],
    ['plain text', 'hello'],
  ])('takes %s for data', (_name, text) => {
    expect(read(text, bounds)).toEqual({ facts: [], partial: null });
  });

  it('tells where things stand behind a byte order mark and a comment', () => {
    const text = '\uFEFF{ // c\n  "a": 12\n}';
    const [entry] = rootMap(read(text, bounds)).entries;
    expect(entry?.place).toMatchObject({ startLine: 2, endLine: 2 });
    expect(text.slice(entry?.place.start, entry?.place.end)).toBe('"a": 12');
    expect(rootMap(read(text, bounds)).style).toBe('flow');
  });

  it('says where it breaks off', () => {
    expect(read('{\n  "a": 1,\n  "b": "\n}', bounds)).toMatchObject({ facts: [], partial: { reason: 'syntax-error' } });
  });

  it('survives ten thousand objects inside one another', () => {
    const text = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
    expect(read(text, bounds).partial?.reason).toBe('too-deep');
  });
});

describe('hostile text', () => {
  it.each([
    '\0',
    'a: \0\n',
    '\uD800',
    'a: \uDC00b\n',
    '\uFEFF',
    '\uFEFF\uFEFFa: 1',
    'a:\r1\rb: 2',
    '\t',
    '%YAML 9.9\n---\na: 1',
    '|',
    '>\nb: ',
    '&x ',
    '"',
    '{',
    '? ',
    ': :',
  ])('is survived: %j', (text) => {
    for (const [, bounds] of PARSERS) {
      for (const path of ['a.yml', 'a.json']) expect(read(text, { ...bounds, path }).facts.length).toBeLessThan(3);
    }
  });

  it('with more lines than the grammar can count is left out, and said so', () => {
    expect(read('- a\n'.repeat(33_000), { yamlBytes: 0 })).toMatchObject({
      facts: [],
      partial: { reason: 'too-large' },
    });
  });

  it('that takes the grammar too long is left out, and said so', () => {
    expect(read(`a: [${'1, '.repeat(20_000)}]\n`, { yamlBytes: 0, parseMilliseconds: 0 })).toMatchObject({
      facts: [],
      partial: { reason: 'too-slow' },
    });
  });
});
