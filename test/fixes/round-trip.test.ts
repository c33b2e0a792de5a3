import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parse } from 'yaml';
import { createConfigFrontEnd } from '../../src/frontends/config/front-end.js';
import { readPlainScalar } from '../../src/frontends/config/pyyaml-scalars.js';
import { DEFAULT_BOUNDS } from '../../src/model/bounds.js';
import type { Expression, MapEntry, MapExpression } from '../../src/model/expression.js';
import { remove, replaceValue } from '../../src/model/fix.js';
import { repoPath } from '../../src/model/identifiers.js';
import { locate } from '../../src/model/location.js';
import { edited } from './editing.js';

const frontEnd = await createConfigFrontEnd();

/** The property tests write small maps in many layouts, edit one entry anywhere, and read the result again. */
type Data = string | number | boolean | null | Data[] | { [key: string]: Data };
type Layout = { newline: string; comments: boolean; finalNewline: boolean; trailingComma: boolean };

const key = fc.constantFrom('lr', 'seed', 'eval_steps', 'on', 'a b', 'x-y', 'model', '1');
const scalar = fc.constantFrom<Data>(
  'main',
  'a, b',
  "it's",
  '#x',
  'no',
  '',
  'x: y',
  0,
  0.05,
  -3,
  true,
  false,
  null,
  'é😀',
);
const { map } = fc.letrec<{ value: Data; map: { [key: string]: Data } }>((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, tie('map'), fc.array(scalar, { maxLength: 3 })),
  map: fc.dictionary(key, tie('value'), { minKeys: 1, maxKeys: 4 }),
}));
const layout = fc.record<Layout>({
  newline: fc.constantFrom('\n', '\r\n'),
  comments: fc.boolean(),
  finalNewline: fc.boolean(),
  trailingComma: fc.boolean(),
});
const pick = fc.nat();

const SHAPES = [
  ['block YAML', 'a.yml', (data: Data, style: Layout) => asBlock(data, style)],
  ['flow YAML on one line', 'a.yml', (data: Data) => `root: ${asFlow(data)}`],
  ['flow YAML over lines', 'a.yml', (data: Data, style: Layout) => `root: ${asLines(data, style, '#', '  ')}`],
  ['JSON on one line', 'a.json', (data: Data) => JSON.stringify(data)],
  [
    'JSON over lines',
    'a.json',
    (data: Data, style: Layout) => JSON.stringify(data, null, 2).replaceAll('\n', style.newline),
  ],
  ['JSON with comments', 'a.jsonc', (data: Data, style: Layout) => asLines(data, style, '//', '')],
] as const;

describe.each(SHAPES)('%s', (_name, name, write) => {
  it('loses exactly the key that is removed, or is left alone', () => {
    fc.assert(
      fc.property(map, layout, pick, (data, style, index) => {
        const text = write(data, style);
        const { entry, path } = entryOf(name, text, index);
        const result = edited({ name, text }, remove(locate(repoPath(name), entry.place)));
        const only = Object.keys(parentOf(dataOf(name, text), path)).length === 1;
        if (result === null) return expect(only).toBe(true);
        const expected = dataOf(name, text);
        delete parentOf(expected, path)[path.at(-1) ?? ''];
        expect(dataOf(name, result)).toEqual(expected);
        const own = commentsIn(text.slice(entry.place.start, entry.place.end)).length;
        // One more may stand behind the entry on its line.
        expect(commentsIn(result).length).toBeGreaterThanOrEqual(commentsIn(text).length - own - 1);
      }),
      { seed: 7, numRuns: 80 },
    );
  });

  it('holds exactly the value that is put in', () => {
    fc.assert(
      fc.property(map, layout, pick, scalar, (data, style, index, value) => {
        const text = write(data, style);
        const { entry, path } = entryOf(name, text, index);
        const isScalar = entry.value.kind === 'scalar';
        const constant = value as string | number | boolean | null;
        const result = edited({ name, text }, replaceValue(locate(repoPath(name), entry.value.place), constant));
        if (!isScalar) return expect(result).toBeNull();
        const expected = dataOf(name, text);
        parentOf(expected, path)[path.at(-1) ?? ''] = value;
        expect(dataOf(name, result ?? '')).toEqual(expected);
        expect(commentsIn(result ?? '')).toEqual(commentsIn(text));
      }),
      { seed: 7, numRuns: 80 },
    );
  });

  it('gains exactly the key that is added', () => {
    fc.assert(
      fc.property(map, layout, pick, scalar, (data, style, index, value) => {
        const text = write(data, style);
        const { entry, path } = entryOf(name, text, index);
        const constant = value as string | number | boolean | null;
        const after = locate(repoPath(name), entry.place);
        const result = edited({ name, text }, { kind: 'add-key', after, key: 'added', value: constant });
        const expected = dataOf(name, text);
        parentOf(expected, path).added = value;
        expect(dataOf(name, result ?? '')).toEqual(expected);
        expect(commentsIn(result ?? '')).toEqual(commentsIn(text));
      }),
      { seed: 7, numRuns: 80 },
    );
  });
});

it('spells text so that PyYAML reads the same text back', () => {
  const text = 'a: x\n';
  const place = { start: 3, end: 4, startLine: 1, endLine: 1 } as never;
  const words = fc.oneof(
    fc.string(),
    fc.stringMatching(/^[-+.0-9:_eEx]{1,8}$/),
    fc.constantFrom(
      'on',
      'Yes',
      'NULL',
      '~',
      '.nan',
      '.inf',
      '0o17',
      '0x1f',
      '1:30',
      '2024-01-01',
      '<<',
      '=',
      '- a',
      '? a',
      '&a',
      '*a',
      '!a',
      '%a',
      '@a',
      '`a',
      'a #b',
      ' a',
      'a ',
      "'",
      '"',
    ),
  );
  fc.assert(
    fc.property(words, (word) => {
      const result = edited({ name: 'a.yml', text }, replaceValue(locate(repoPath('a.yml'), place), word));
      const written = (result ?? '').slice('a: '.length).trimEnd();
      const isQuoted = /^["']/.test(written);
      expect(isQuoted ? parse(written) : readPlainScalar(written)).toBe(word);
    }),
    { seed: 7, numRuns: 1_000 },
  );
});

function rootOf(name: string, text: string): MapExpression {
  const file = frontEnd.extract({ path: repoPath(name), text }, DEFAULT_BOUNDS);
  const [fact] = file.facts;
  if (file.partial !== null || fact?.kind !== 'document' || fact.root.kind !== 'map') {
    throw new TypeError(`not a map, ${file.partial?.detail}: ${text}`);
  }
  return fact.root;
}

function dataOf(name: string, text: string): Data {
  return plain(rootOf(name, text));
}

function plain(expression: Expression): Data {
  if (expression.kind === 'scalar') return expression.value;
  if (expression.kind === 'list') return expression.items.map(plain);
  if (expression.kind !== 'map') throw new TypeError(`a ${expression.kind}`);
  return Object.fromEntries(expression.entries.map((entry) => [entry.key, plain(entry.value)]));
}

interface Found {
  readonly entry: MapEntry;
  readonly path: readonly string[];
}

/** One entry of all that the text holds, at any depth, the wrapper `root` left out. */
function entryOf(name: string, text: string, index: number): Found {
  const all = [...entriesOf(rootOf(name, text), [])].filter(({ path }) => path.join() !== 'root');
  const found = all[index % all.length];
  if (found === undefined) throw new TypeError('no entry');
  return found;
}

function* entriesOf(expression: Expression, path: readonly string[]): Generator<Found> {
  if (expression.kind !== 'map') return;
  for (const entry of expression.entries) {
    const inner = [...path, entry.key ?? ''];
    yield { entry, path: inner };
    yield* entriesOf(entry.value, inner);
  }
}

function parentOf(data: Data, path: readonly string[]): { [key: string]: Data } {
  return path.slice(0, -1).reduce((inner, step) => (inner as { [key: string]: Data })[step] ?? null, data) as {
    [key: string]: Data;
  };
}

function commentsIn(text: string): string[] {
  return [...text.matchAll(/c\d+\?/g)].map(([found]) => found);
}

function asFlow(data: Data): string {
  if (Array.isArray(data)) return `[${data.map(asFlow).join(', ')}]`;
  if (data === null || typeof data !== 'object') return JSON.stringify(data);
  return `{ ${Object.entries(data)
    .map(([name, value]) => `${JSON.stringify(name)}: ${asFlow(value)}`)
    .join(', ')} }`;
}

function asBlock(data: Data, style: Layout): string {
  const lines = blockLines(data, '');
  const written = lines.flatMap((line, index) =>
    style.comments ? [`${line} # c${index}?`, `# c${index}00?`] : [line],
  );
  return written.join(style.newline) + (style.finalNewline ? style.newline : '');
}

function blockLines(data: Data, indent: string): string[] {
  if (data === null || typeof data !== 'object') return [`${indent}${plainly(data)}`];
  if (Array.isArray(data)) return data.map((item) => `${indent}- ${JSON.stringify(item)}`);
  return Object.entries(data).flatMap(([name, value]) => {
    const label = `${indent}${/^[\w-]+$/.test(name) ? name : JSON.stringify(name)}:`;
    const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
    if (value === null) return [label];
    if (typeof value !== 'object' || isEmpty) return [`${label} ${isEmpty ? JSON.stringify(value) : plainly(value)}`];
    return [label, ...blockLines(value, `${indent}  `)];
  });
}

function plainly(value: Data): string {
  return typeof value === 'string' && /^[a-m]+$/.test(value) ? value : JSON.stringify(value);
}

function asLines(data: Data, style: Layout, comment: string, indent: string): string {
  if (data === null || typeof data !== 'object' || Array.isArray(data)) return asFlow(data);
  const entries = Object.entries(data);
  const lines = entries.map(([name, value], index) => {
    const comma = index < entries.length - 1 || style.trailingComma ? ',' : '';
    const remark = style.comments ? ` ${comment} c${index}? , } "` : '';
    return `${indent}  ${JSON.stringify(name)}: ${asLines(value, style, comment, `${indent}  `)}${comma}${remark}`;
  });
  return ['{', ...lines, `${indent}}`].join(style.newline);
}
