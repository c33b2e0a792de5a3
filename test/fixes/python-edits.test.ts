import { describe, expect, it } from '@jest/globals';
import type { Scalar } from '../../src/model/expression.js';
import { remove, replaceValue } from '../../src/model/fix.js';
import { at, edited } from './editing.js';

const python = (text: string) => ({ name: 'train.py', text });

describe('a value in Python', () => {
  it.each<[string, string, string, Scalar, string]>([
    ['a truth value', 'f(a=True)', 'True', false, 'f(a=False)'],
    ['a string, in its quotes', "f(a='x')", "'x'", 'y', "f(a='y')"],
    ['a string, in double quotes', 'f(a="x")', '"x"', 'y', 'f(a="y")'],
    ['a raw string', "f(a=r'x')", "r'x'", 'y', "f(a='y')"],
    ['quotes inside', "f(a='x')", "'x'", 'it\'s "y"\\', "f(a='it\\'s \"y\"\\\\')"],
    ['a number', 'a = 0.0  # c', '0.0', 0.05, 'a = 0.05  # c'],
    ['a small number', 'a = 1', '1', 1e-7, 'a = 1e-7'],
    ['None', 'f(a=1, b=2)', '1', null, 'f(a=None, b=2)'],
    ['a string for a number, in the quotes of the file', "x = 'a'\nf(b=1)", '1', 'no', "x = 'a'\nf(b='no')"],
    ['a line end in a string', 'f(a="x")', '"x"', 'y\nz', 'f(a="y\\nz")'],
  ])('is replaced: %s', (_name, text, old, value, expected) => {
    const file = python(text);
    expect(edited(file, replaceValue(at(file, old), value))).toBe(expected);
  });

  it.each<[string, string, string, Scalar]>([
    ['infinity has no constant', 'f(a=1)', '1', Number.POSITIVE_INFINITY],
    ['a word would grow together with the next', 'return"x"', '"x"', true],
  ])('is left alone when %s', (_name, text, old, value) => {
    const file = python(text);
    expect(edited(file, replaceValue(at(file, old), value))).toBeNull();
  });
});

describe('an argument', () => {
  it.each([
    ['the first', 'f(a=1, b=2)', 'a=1', 'f(b=2)'],
    ['one in the middle', 'f(a=1, b=2, c=3)', 'b=2', 'f(a=1, c=3)'],
    ['the last', 'f(a=1, b=2)', 'b=2', 'f(a=1)'],
    ['the last before a trailing comma', 'f(a=1, b=2,)', 'b=2', 'f(a=1,)'],
    ['the only one', 'f(a=1)', 'a=1', 'f()'],
    ['the only one, with blanks', 'f( a=1, )', 'a=1', 'f()'],
    ['one behind blanks', 'f(a=1 , b=2 , c=3)', 'b=2', 'f(a=1 , c=3)'],
    ['one in a nested call', 'f(g(a=1, b=2), c=3)', 'b=2', 'f(g(a=1), c=3)'],
    ['a nested call', 'f(a=g(1, [2, 3]), c=3)', 'a=g(1, [2, 3])', 'f(c=3)'],
    ['a spread', 'f(a=1, **kw)', '**kw', 'f(a=1)'],
    ['one with its line', 'f(\n    a=1,\n    b=2,\n    c=3,\n)\n', 'b=2', 'f(\n    a=1,\n    c=3,\n)\n'],
    ['the first with its line', 'f(\n    a=1,\n    b=2,\n)\n', 'a=1', 'f(\n    b=2,\n)\n'],
    ['the last with its line and trailing comma', 'f(\n    a=1,\n    b=2,\n)\n', 'b=2', 'f(\n    a=1,\n)\n'],
    ['the last with its line, no trailing comma', 'f(\n    a=1,\n    b=2\n)\n', 'b=2', 'f(\n    a=1\n)\n'],
    ['the last of a hanging call', 'f(a=1,\n  b=2)\n', 'b=2', 'f(a=1)\n'],
    ['the first of a hanging call', 'f(a=1,\n  b=2,\n  c=3)\n', 'a=1', 'f(b=2,\n  c=3)\n'],
    ['the middle of a hanging call', 'f(a=1,\n  b=2,\n  c=3)\n', 'b=2', 'f(a=1,\n  c=3)\n'],
    ['the last on the first line', 'f(a=1, b=2,\n  c=3)\n', 'b=2', 'f(a=1,\n  c=3)\n'],
    ['the first of several on a line', 'f(\n    a=1, b=2,\n    c=3,\n)\n', 'a=1', 'f(\n    b=2,\n    c=3,\n)\n'],
    [
      'one over several lines',
      'f(\n    a=g(\n        1,\n    ),\n    b=2,\n)\n',
      'a=g(\n        1,\n    )',
      'f(\n    b=2,\n)\n',
    ],
    ['the only one over lines', 'f(\n    a=1,\n)\n', 'a=1', 'f()\n'],
    ['CRLF', 'f(\r\n    a=1,\r\n    b=2,\r\n)\r\n', 'b=2', 'f(\r\n    a=1,\r\n)\r\n'],
    ['tabs', 'f(\n\ta=1,\n\tb=2\n)', 'b=2', 'f(\n\ta=1\n)'],
    [
      'its comment goes with it',
      'f(\n    a=1,  # about, a\n    b=2,  # about (b\n    c=3,  # c\n)\n',
      'b=2',
      'f(\n    a=1,  # about, a\n    c=3,  # c\n)\n',
    ],
    [
      'comments of other lines stay',
      'f(\n    # one,\n    a=1,\n    # two)\n    b=2  # b\n    # three\n)\n',
      'b=2',
      'f(\n    # one,\n    a=1\n    # two)\n    # three\n)\n',
    ],
    ['a comment before the last one', 'f(\n    a=1,  # a\n    b=2\n)\n', 'b=2', 'f(\n    a=1  # a\n)\n'],
    ['a comment before a hanging last one', 'f(a=1,  # a\n  b=2)\n', 'b=2', 'f(a=1  # a\n  )\n'],
    ['the only one under a comment', 'f(\n    # why\n    a=1,\n)\n', 'a=1', 'f(\n    # why\n)\n'],
    ['a comma in a string before it', 'f("a,", b=\'x)\', c=3)', "b='x)'", 'f("a,", c=3)'],
    ['a hash in a string before it', 'f("#", b=1, c="#")', 'b=1', 'f("#", c="#")'],
    ['a key of a dict', 'd = {"a": 1, "b": 2}', '"a": 1', 'd = {"b": 2}'],
    ['behind a joined line', 'f(a=1, \\\n  b=2)', 'b=2', 'f(a=1)'],
    ['beside a string over lines', 'f("""a,\n# b""", c=1)', 'c=1', 'f("""a,\n# b""")'],
  ])('is removed: %s', (_name, text, argument, expected) => {
    const file = python(text);
    expect(edited(file, remove(at(file, argument)))).toBe(expected);
  });

  it.each([
    ['it is not one whole argument', 'f(a=1 + 2, b=3)', 'a=1'],
    ['it stands in no brackets', 'a=1', 'a=1'],
  ])('is not removed when %s', (_name, text, argument) => {
    const file = python(text);
    expect(edited(file, remove(at(file, argument)))).toBeNull();
  });

  it.each([
    ['one line', 'f(a, b=2)', '(a, b=2)', 'f(a, b=2, seed=42)'],
    ['one line with a trailing comma', 'f(a,)', '(a,)', 'f(a, seed=42,)'],
    ['empty brackets', 'f()', '()', 'f(seed=42)'],
    ['empty brackets over lines', 'f(\n)', '(\n)', 'f(seed=42)'],
    [
      'one a line',
      'f(\n    a=1,\n    b=2,\n)\n',
      '(\n    a=1,\n    b=2,\n)',
      'f(\n    a=1,\n    b=2,\n    seed=42,\n)\n',
    ],
    [
      'one a line, no trailing comma',
      'f(\n    a=1,\n    b=2\n)\n',
      '(\n    a=1,\n    b=2\n)',
      'f(\n    a=1,\n    b=2,\n    seed=42\n)\n',
    ],
    [
      'a comment behind the last',
      'f(\n    a=1,  # a, b)\n)\n',
      '(\n    a=1,  # a, b)\n)',
      'f(\n    a=1,  # a, b)\n    seed=42,\n)\n',
    ],
    [
      'a comment behind the last, no trailing comma',
      'f(\n    a=1  # a\n)\n',
      '(\n    a=1  # a\n)',
      'f(\n    a=1,  # a\n    seed=42\n)\n',
    ],
    [
      'a comment below',
      'f(\n    a=1,\n    # more?\n)\n',
      '(\n    a=1,\n    # more?\n)',
      'f(\n    a=1,\n    seed=42,\n    # more?\n)\n',
    ],
    ['a hanging call', 'f(a=1,\n  b=2)\n', '(a=1,\n  b=2)', 'f(a=1,\n  b=2,\n  seed=42)\n'],
    ['all on one inner line', 'f(\n    a=1, b=2\n)\n', '(\n    a=1, b=2\n)', 'f(\n    a=1, b=2, seed=42\n)\n'],
    [
      'a last argument over lines',
      'f(\n    a=[\n        1,\n    ],\n)\n',
      '(\n    a=[\n        1,\n    ],\n)',
      'f(\n    a=[\n        1,\n    ],\n    seed=42,\n)\n',
    ],
    ['a call inside', 'f(g(1, 2), {"a": (3, 4)})', '(g(1, 2), {"a": (3, 4)})', 'f(g(1, 2), {"a": (3, 4)}, seed=42)'],
    ['brackets in strings', 'f(")", \'(,\')', '(")", \'(,\')', 'f(")", \'(,\', seed=42)'],
    ['a spread at the end', 'f(a, **kw)', '(a, **kw)', 'f(a, **kw, seed=42)'],
    ['CRLF and tabs', 'f(\r\n\ta=1,\r\n)\r\n', '(\r\n\ta=1,\r\n)', 'f(\r\n\ta=1,\r\n\tseed=42,\r\n)\r\n'],
    ['a comprehension in brackets', 'f([x for x in y])', '([x for x in y])', 'f([x for x in y], seed=42)'],
  ])('is added: %s', (_name, text, brackets, expected) => {
    const file = python(text);
    expect(edited(file, { kind: 'add-argument', at: at(file, brackets), name: 'seed', code: '42' })).toBe(expected);
  });

  it.each([
    ['it is there already', 'f(seed=1)', '(seed=1)'],
    ['the call holds a bare generator', 'f(x for x in y)', '(x for x in y)'],
    ['the place is no pair of brackets', 'f(a)', 'f(a)'],
    ['only a comment is inside', 'f(  # none\n)', '(  # none\n)'],
  ])('is not added when %s', (_name, text, brackets) => {
    const file = python(text);
    expect(edited(file, { kind: 'add-argument', at: at(file, brackets), name: 'seed', code: '42' })).toBeNull();
  });
});
