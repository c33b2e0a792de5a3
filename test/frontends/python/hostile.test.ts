import { describe, expect, it } from '@jest/globals';
import { DEFAULT_BOUNDS } from '../../../src/model/bounds.js';
import { descendants, type Expression } from '../../../src/model/expression.js';
import type { FileFacts } from '../../../src/model/fact.js';
import { factsIn, read } from './reading.js';
import { writtenFact } from './written-facts.js';

const MANY = 10_000;

/** What others do with facts: cross a thread, be stored, be searched. */
function use(facts: FileFacts): number {
  expect(JSON.parse(JSON.stringify(structuredClone(facts)))).toEqual(facts);
  return Math.max(0, ...facts.facts.map((fact) => ('value' in fact && fact.value ? depth(fact.value) : 0)));
}

function depth(expression: Expression): number {
  let deepest = 0;
  const pending: [unknown, number][] = [[expression, 0]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [value, level] = next;
    deepest = Math.max(deepest, level);
    if (typeof value === 'object' && value !== null)
      for (const inner of Object.values(value)) pending.push([inner, level + 1]);
  }
  return deepest;
}

describe('a text with a syntax error', () => {
  it.each<readonly [name: string, text: string, line: number, facts: readonly string[]]>([
    ['a bracket is not closed', 'a = 1\nb = f(1\n', 2, ['a = 1']],
    ['a parameter list is not closed', 'def f(:\n  a = g()\nb = h()\n', 1, ['def f() -> 1', '1| a = g()', 'b = h()']],
    ['a base list is not closed', 'class A(B:\n  a: int = 1\n', 1, ['class A(B) -> 1', '1| a: int = 1']],
    ['a string is not closed', 'a = f()\nb = "c\n', 2, ['a = f()']],
    ['there are characters Python does not have', 'a = f()\n$$$ ?\nb = g()\n', 2, ['a = f()', 'b = g()']],
    ['a merge was not finished', 'a = f()\n<<<<<<< head\nb = g()\n', 2, ['a = f()']],
  ])('keeps the facts around it where %s', (_name, text, line, facts) => {
    const found = read(text);
    expect(found.partial).toEqual({ reason: 'syntax-error', line, detail: null });
    expect(found.facts.map(writtenFact)).toEqual(expect.arrayContaining([...facts]));
  });

  it.each([
    ['Trainer(model=m, args=a\n  seed=1)\n', 'eval Trainer(model=m, args=a, **?)'],
    ['Trainer(model=m, ???, seed=1)\n', 'eval Trainer(model=m, **?, seed=1)'],
  ])('leaves a call open where an argument could not be read: %j', (text, fact) => {
    expect(factsIn(text)).toEqual([fact]);
  });

  it('reports nothing for a text without fault', () => {
    expect(read('a = f(1)\n').partial).toBeNull();
    expect(read('')).toEqual({ facts: [], partial: null });
  });
});

describe('deep nesting', () => {
  it.each([
    ['round brackets', `${'('.repeat(MANY)}1${')'.repeat(MANY)}`],
    ['square brackets', `${'['.repeat(MANY)}${']'.repeat(MANY)}`],
    ['maps', `${'{1: '.repeat(MANY)}1${'}'.repeat(MANY)}`],
    ['calls inside one another', `${'f('.repeat(MANY)}${')'.repeat(MANY)}`],
    ['calls of calls', `f${'()'.repeat(MANY)}`],
    ['chained methods', `f()${'.g()'.repeat(MANY)}`],
    ['subscripts', `a${'[0]'.repeat(MANY)}`],
    ['conditions', `${'a if b else '.repeat(MANY)}c`],
    ['negations', `${'not '.repeat(MANY)}a`],
    ['signs', `${'-'.repeat(MANY)}1`],
    ['lambdas', `${'lambda: '.repeat(MANY)}1`],
    ['powers', Array(MANY).fill('a').join(' ** ')],
  ])('is cut off in %s, and what follows is read', (_name, source) => {
    const found = read(`a = ${source}\nb = f(1)\n`);
    expect(found.partial).toEqual({ reason: 'too-deep', line: 1, detail: '200 levels' });
    expect(found.facts.map(writtenFact)).toContain('b = f(1)');
    // A level of an expression is up to four objects and arrays deep.
    expect(use(found)).toBeLessThanOrEqual(4 * DEFAULT_BOUNDS.nesting + 4);
  });

  it('is cut off in blocks, and what follows is read', () => {
    const blocks = Array.from({ length: 300 }, (_, level) => `${' '.repeat(level)}if a${level}:`);
    const found = read(`${blocks.join('\n')}\n${' '.repeat(300)}f()\nb = g()\n`);
    expect(found.partial).toEqual({ reason: 'too-deep', line: 201, detail: '200 levels' });
    expect(found.facts.map(writtenFact)).toContain('b = g()');
    expect(found.facts.map(writtenFact)).not.toContain('eval f()');
  });

  it('survives two thousand blocks inside one another', () => {
    const text = Array.from({ length: 2_000 }, (_, level) => `${' '.repeat(level)}if a:`).join('\n');
    const found = read(`${text}\n`);
    expect(found.partial).not.toBeNull();
    use(found);
  });

  it.each(['(', '[', '{', 'f(', 'f"{', 'def f(', 'class A(', ')', '}'])(
    'survives %s without its other half',
    (open) => {
      const found = read(`a = 1\n${open.repeat(MANY)}\nb = 2\n`);
      expect(found.partial?.reason).toBe('syntax-error');
      use(found);
    },
  );
});

describe('a long chain', () => {
  it.each<readonly [name: string, source: string, kind: string, length: number]>([
    ['a sum', Array(MANY).fill('a').join(' + '), 'opaque', MANY],
    ['a sum of texts', `"a" + ${Array(MANY).fill('b').join(' + ')}`, 'template', MANY + 1],
    ['a sum that turns into a difference and back', `"a"${' + b - c'.repeat(MANY)}`, 'opaque', 2 * MANY + 1],
    ['alternatives', Array(MANY).fill('a').join(' or '), 'choice', MANY],
    ['a comparison', Array(MANY).fill('a').join(' < '), 'opaque', MANY],
    ['a list', `[${'a, '.repeat(MANY)}]`, 'list', MANY],
  ])('is flat: %s', (_name, source, kind, length) => {
    const found = read(`a = ${source}\n`);
    expect(found.partial).toBeNull();
    expect(use(found)).toBeLessThanOrEqual(8);
    const [fact] = found.facts;
    const value = fact?.kind === 'assignment' ? fact.value : null;
    expect(value?.kind).toBe(kind);
    expect([...descendants(value as Expression)]).toHaveLength(length + 1);
  });

  it('reads a dotted name of any length', () => {
    expect(factsIn(`a = b${'.c'.repeat(MANY)}`)).toEqual([`a = b${'.c'.repeat(MANY)}`]);
  });

  it('reads chained assignments one by one', () => {
    expect(factsIn(`${'a = '.repeat(MANY)}1`)).toHaveLength(MANY);
  });

  it('reads branches one by one', () => {
    expect(factsIn(`if a: pass\n${'elif b: c = 1\n'.repeat(MANY)}`)).toHaveLength(2 * MANY + 1);
  });
});

describe('unusual characters', () => {
  it.each<readonly [name: string, text: string, line: number]>([
    ['a byte order mark', '\ufeff\na = f()\n', 2],
    ['Windows line ends', '# a\r\n\r\na = f()\r\n', 3],
    ['tabs', 'if b:\n\ta = f()\n', 2],
    ['form feeds', '\f\n\f\na = f()\n', 3],
    ['NUL bytes', 'b = 1\n\0\0\0\na = f()\n', 3],
    ['half a surrogate pair', 'b = "\ud800"\n# \udc00\na = f()\n', 3],
    ['characters of two units', 'b = "😀😀😀"\na = f()\n', 2],
    ['no line end at the end', '\n\na = f()', 3],
    ['a joined line', 'b = 1 + \\\n  2\na = f()\n', 3],
  ])('keep the lines right: %s', (_name, text, line) => {
    const fact = read(text).facts.find((found) => found.kind === 'assignment' && found.target === 'a');
    expect(fact).toMatchObject({ value: { kind: 'call', callee: 'f' }, place: { startLine: line, endLine: line } });
    expect(fact?.kind === 'assignment' && text.slice(fact.place.start, fact.place.end)).toBe('a = f()');
  });

  it('reads line ends in a text as Python does', () => {
    expect(factsIn('a = """b\r\nc"""\r\n')).toEqual(['a = "b\\nc"']);
  });
});

describe('a file that takes too long', () => {
  it('is not read', () => {
    const found = read('a = [1]\n'.repeat(50_000), { parseMilliseconds: 0 });
    expect(found).toEqual({ facts: [], partial: { reason: 'too-slow', line: null, detail: '0 ms' } });
  });

  it('does not disturb the next one', () => {
    read('a = [1]\n'.repeat(50_000), { parseMilliseconds: 0 });
    expect(factsIn('b = 2\n')).toEqual(['b = 2']);
  });
});
