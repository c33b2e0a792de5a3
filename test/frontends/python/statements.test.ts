import { describe, expect, it } from '@jest/globals';
import { repoPath } from '../../../src/model/identifiers.js';
import { factsIn, frontEnd, read } from './reading.js';

type Case = readonly [source: string, expected: readonly string[]];

describe('the Python front-end', () => {
  it.each([
    ['train.py', true],
    ['src/pkg/__init__.py', true],
    ['train.pyc', false],
    ['train.ipynb', false],
    ['py', false],
  ])('decides on %s by its name', (path, claimed) => {
    expect(frontEnd.claims(repoPath(path))).toBe(claimed);
  });
});

describe('an import', () => {
  it.each<Case>([
    ['import a', ['import a as a']],
    ['import a.b', ['import a.b as a']],
    ['import a.b as c, d', ['import a.b as c', 'import d as d']],
    ['from a import b', ['import a:b as b']],
    ['from a.b import c as d, e', ['import a.b:c as d', 'import a.b:e as e']],
    ['from . import a', ['import .:a as a']],
    ['from .a import b', ['import .a:b as b']],
    ['from ..a.b import c', ['import ..a.b:c as c']],
    ['from a import (\n  b,  # why\n  c as d,\n)', ['import a:b as b', 'import a:c as d']],
    ['from a import b, \\\n  c', ['import a:b as b', 'import a:c as c']],
    ['from a import *', ['import a:* as *']],
    ['from __future__ import annotations', ['import __future__:annotations as annotations']],
    ['try:\n  import a\nexcept ImportError:\n  import b', ['import a as a', 'import b as b']],
    ['def f():\n  from a import b', ['def f() -> 1', '1| import a:b as b']],
  ])('%j', (source, expected) => {
    expect(factsIn(source)).toEqual(expected);
  });
});

describe('an assignment', () => {
  it.each<Case>([
    ['a = 1', ['a = 1']],
    ['a: int = 1', ['a: int = 1']],
    ['a: Optional[list[str]] = None', ['a: Optional[list[str]] = null']],
    ['a: int', ['a: int = –']],
    ['a = b = f()', ['a = f()', 'b = f()']],
    ['a = b, c = d', ['a = d', 'b = ?(d)', 'c = ?']],
    ['a.b.c = 1', ['a.b.c = 1']],
    ['args.model_init_kwargs = {"a": 1}', ['args.model_init_kwargs = {a: 1}']],
    ['a["b"] = 1', ['a.b = 1']],
    ["a['b'][0].c = 1", ['a.b.0.c = 1']],
    ['a[b] = f()', ['eval a[b]', 'eval f()']],
    ['f(x).b = g()', ['eval f(x).b', 'eval g()']],
    ['a, b = 1, f()', ['a = 1', 'b = f()']],
    ['[a, b] = (c, d)', ['a = c', 'b = d']],
    ['a, (b, c) = d, e', ['a = ?([d, e])', 'b = ?', 'c = ?']],
    ['a, b = f()', ['a = ?(f())', 'b = ?']],
    ['a, b = *c, d', ['a = ?([?(c), d, …])', 'b = ?']],
    ['a, *b = 1, 2', ['a = ?([1, 2])', 'b = ?']],
    ['(a,) = f()', ['a = ?(f())']],
    ['a += f(b)', ['a = ?(f(b))']],
    ['a.b //= 2', ['a.b = ?(2)']],
    ['(a := f())', ['a = f()', 'eval a']],
    ['if (a := f()) > 1: pass', ['a = f()', 'eval ?(a, 1)']],
    ['with f() as a: pass', ['a = f()']],
    ['with f() as a, g(), h() as b.c: pass', ['eval g()', 'a = f()', 'b.c = h()']],
    ['with (f() as a, g() as b): pass', ['a = f()', 'b = g()']],
    ['for a in f(): pass', ['eval f()', 'a = ? if']],
    ['for a, (b, c) in f(): pass', ['eval f()', 'a = ? if', 'b = ? if', 'c = ? if']],
    ['for a in b, c: pass', ['eval [b, c]', 'a = ? if']],
    [
      'async def f():\n  async with g() as a:\n    async for b in a: pass',
      ['def f() -> 1', '1| a = g()', '1| eval a', '1| b = ? if'],
    ],
    ['try:\n  pass\nexcept E as e:\n  pass', ['e = ? if']],
    ['try:\n  pass\nexcept (A, B):\n  f()', ['eval f()']],
    ['a = (yield b)', ['a = ?(b)']],
    ['a = """\nb = 1\n"""', ['a = "\\nb = 1\\n"']],
    ['a = 1; b = 2', ['a = 1', 'b = 2']],
  ])('%j', (source, expected) => {
    expect(factsIn(source)).toEqual(expected);
  });

  it('covers the statement', () => {
    const text = 'x = 1\na = b = f(\n  1)\n';
    const places = read(text)
      .facts.slice(1)
      .map((fact) => ('place' in fact ? fact.place : null));
    expect(places.map((place) => place && text.slice(place.start, place.end))).toEqual([
      'a = b = f(\n  1)',
      'a = b = f(\n  1)',
    ]);
  });
});

describe('a definition', () => {
  it.each<Case>([
    ['def f(): pass', ['def f() -> 1']],
    [
      'def f(a, b: int = 3, *c: str, d=g(), **e) -> Dict[str, int]: pass',
      ['def f(a, b: int = 3, *c: str, d = g(), **e) -> 1'],
    ],
    ['def f(a, /, b, *, c): pass', ['def f(a, b, c) -> 1']],
    ['def f(\n  a=(1, 2),  # why\n  b=lambda x, y: x,\n): pass', ['def f(a = [1, 2], b = ?(x)) -> 1']],
    ['def f[T](a: T): pass', ['def f(a: T) -> 1']],
    ['async def f(): return await g()', ['def f() -> 1', '1| return g()']],
    ['@a\n@b.c(d=1)\ndef f(): pass', ['@a @b.c(d=1) def f() -> 1']],
    ['@a\ndef f(): pass\ndef g(): pass', ['@a def f() -> 1', 'def g() -> 2']],
    ['class A: pass', ['class A() -> 1']],
    ['class A(B, c.D, metaclass=E): pass', ['class A(B, c.D) -> 1']],
    [
      '@dataclass(frozen=True)\nclass A(B):\n  a: int = field(default=1)\n  b: str',
      ['@dataclass(frozen=true) class A(B) -> 1', '1| a: int = field(default=1)', '1| b: str = –'],
    ],
    [
      'class A:\n  def f(self):\n    self.a = 1\n  b = 2\nc = 3',
      ['class A() -> 1', '1| def f(self) -> 2', '2| self.a = 1', '1| b = 2', 'c = 3'],
    ],
    [
      'def f():\n  def g(): return 1\n  return g()',
      ['def f() -> 1', '1| def g() -> 2', '2| return 1', '1| return g()'],
    ],
    ['def f():\n  return', ['def f() -> 1']],
    ['def f():\n  return a, b()', ['def f() -> 1', '1| return [a, b()]']],
    ['def f():\n  yield g()', ['def f() -> 1', '1| eval g()']],
    ['def f():\n  yield from g()', ['def f() -> 1', '1| eval g()']],
  ])('%j', (source, expected) => {
    expect(factsIn(source)).toEqual(expected);
  });
});

describe('whether a statement may not happen', () => {
  it.each<Case>([
    ['if a: b = 1', ['eval a', 'b = 1 if']],
    ['if a: pass\nelif f(): b = 1\nelse: c = 2', ['eval a', 'eval f()', 'b = 1 if', 'c = 2 if']],
    ['if __name__ == "__main__":\n  a = 1\nelse:\n  b = 2', ['eval ?(__name__, "__main__")', 'a = 1', 'b = 2 if']],
    ["if ('__main__' == __name__): a = 1", ['eval ?("__main__", __name__)', 'a = 1']],
    ['if __name__ == "__main__" and b: a = 1', ['eval ?(?(__name__, "__main__"), b)', 'a = 1 if']],
    ['if __name__ != "__main__": a = 1', ['eval ?(__name__, "__main__")', 'a = 1 if']],
    ['if TYPE_CHECKING: a = 1', ['eval TYPE_CHECKING', 'a = 1']],
    ['if typing.TYPE_CHECKING: a = 1', ['eval typing.TYPE_CHECKING', 'a = 1']],
    ['if not TYPE_CHECKING: a = 1', ['eval ?(TYPE_CHECKING)', 'a = 1 if']],
    ['if a:\n  if __name__ == "__main__":\n    b = 1', ['eval a', 'eval ?(__name__, "__main__")', 'b = 1 if']],
    ['for a in b: c = 1\nelse: d = 2', ['eval b', 'a = ? if', 'c = 1 if', 'd = 2 if']],
    ['while a: b = 1', ['eval a', 'b = 1 if']],
    ['try: a = 1\nexcept E: b = 2\nelse: c = 3\nfinally: d = 4', ['a = 1 if', 'b = 2 if', 'c = 3 if', 'd = 4 if']],
    ['match a():\n  case {"b": 1} if c(): d = 1\n  case _: e = 2', ['eval a()', 'eval c()', 'd = 1 if', 'e = 2 if']],
    ['with a(): b = 1', ['eval a()', 'b = 1']],
    ['if a:\n  with b(): c = 1', ['eval a', 'eval b()', 'c = 1 if']],
    ['if a:\n  def f():\n    b = 1', ['eval a', 'def f() -> 1', '1| b = 1']],
    ['if a:\n  class A:\n    b = 1', ['eval a', 'class A() -> 1', '1| b = 1']],
    ['def f():\n  if a:\n    b = 1\n  c = 2', ['def f() -> 1', '1| eval a', '1| b = 1 if', '1| c = 2']],
    ['if a: b += 1', ['eval a', 'b = ?(1) if']],
  ])('%j', (source, expected) => {
    expect(factsIn(source)).toEqual(expected);
  });
});

describe('an expression that stands for itself', () => {
  it.each<Case>([
    ['f(a)', ['eval f(a)']],
    ['f(a).b(c)', ['eval {f(a)}.b(c)']],
    ['await f()', ['eval f()']],
    ['assert f(), g()', ['eval f()', 'eval g()']],
    ['raise E(a) from f()', ['eval E(a)', 'eval f()']],
    ['raise', []],
    ['del a[f()]', ['eval a[f()]']],
    ['a if f() else g()', ['eval f()', 'eval (a|g())']],
    ['a = {f(): 1}', ['eval f()', 'a = {?: 1}']],
    ['pass', []],
    ['global a', []],
    ['...', []],
    ['"""a = f()"""', []],
    ['# a = f()', []],
    ['def f():\n  """b = g()"""\n  "c" "d"', ['def f() -> 1']],
    ['class A:\n  r"""b = g()"""', ['class A() -> 1']],
    ['type A = list[f()]', []],
  ])('%j', (source, expected) => {
    expect(factsIn(source)).toEqual(expected);
  });
});

describe('Python 2', () => {
  it.each<Case>([
    ['print "a", b', ['eval ["a", b]']],
    ['print >>f(), "a"', ['eval [f(), "a"]']],
    ['exec "a = 1"', []],
    ['try:\n  a()\nexcept E, e:\n  b()', ['eval a()', 'eval b()']],
    ['a = 0777L <> ur"b"', ['a = ?(777, "b")']],
  ])('%j', (source, expected) => {
    expect(factsIn(source)).toEqual(expected);
  });
});
