// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Python has braces in strings too.
import { describe, expect, it } from '@jest/globals';
import { callsIn, type Expression } from '../../../src/model/expression.js';
import { read, readValue } from './reading.js';
import { written } from './written-facts.js';

type Case = readonly [source: string, expected: string];

describe('an expression', () => {
  it.each<Case>([
    ['"a"', '"a"'],
    ["'it\\'s'", '"it\'s"'],
    ['"""a\n"b" """', '"a\\n\\"b\\" "'],
    ['""', '""'],
    ['""""""', '""'],
    ['"a\\tb\\\\c\\x41\\u00e9\\U0001F600\\101"', '"a\\tb\\\\cAé😀A"'],
    ['"\\d\\N{DASH}"', '"\\\\d\\\\N{DASH}"'],
    ['"a\\\nb"', '"ab"'],
    ['r"\\d\\n"', '"\\\\d\\\\n"'],
    ['b"\\x41\\u0041"', '"A\\\\u0041"'],
    ['u"a"', '"a"'],
    ['Rb"\\n"', '"\\\\n"'],
    ['"a" "b" \'c\'', '"abc"'],
    ['("a"  # why\n  "b")', '"ab"'],
    ['"# not a comment"', '"# not a comment"'],
  ])('reads the string %s as %s', (source, expected) => {
    expect(written(readValue(source))).toBe(expected);
  });

  it.each<Case>([
    ['f"a{b}c"', '<"a"+b+"c">'],
    ['f"{a.b}/{c[0]}"', '<a.b+"/"+c[0]>'],
    ['f"plain"', '"plain"'],
    ['f"{{a}}"', '"{a}"'],
    ['f"{{{a}}}"', '<"{"+a+"}">'],
    ['f"{a!r:>{width}} {b=}"', '<?(a)+" "+?(b)>'],
    ['f"{f(x):.2f}"', '<?(f(x))>'],
    ['f"{a, b}"', '<[a, b]>'],
    ['rf"\\d{a}"', '<"\\\\d"+a>'],
    ['f"""{\n  a\n}"""', '<a>'],
    ['"a" f"{b}" "c"', '<"a"+b+"c">'],
    ['"a" f"{1}"', '<"a"+1>'],
    ['f"{x["y"]}"', '<x["y"]>'],
    ['"a" + b', '<"a"+b>'],
    ['a + "/" + b', '<a+"/"+b>'],
    ['"a" + "b"', '<"a"+"b">'],
    ['f"{a}" + b', '<a+b>'],
    ['"%s/%d" % (a, 3)', '<a+"/"+3>'],
    ['"100%% %s" % a', '<"100% "+a>'],
    ['"{}/{}".format(a, b)', '<a+"/"+b>'],
    ['"{1}-{0}-{n}".format(a, b, n=c)', '<b+"-"+a+"-"+c>'],
    ['a / "b" / c', '<a+"/"+"b"+"/"+c>'],
  ])('reads the text %s as the template %s', (source, expected) => {
    expect(written(readValue(source))).toBe(expected);
  });

  it.each<Case>([
    ['a + b', '?(a, b)'],
    ['1 + 2', '?(1, 2)'],
    ['"a" * 3', '?("a", 3)'],
    ['"%s %s" % a', '?("%s %s", a)'],
    ['"%(a)s" % b', '?("%(a)s", b)'],
    ['"{a.b}".format(a=c)', '{"{a.b}"}.format(a=c)'],
    ['"{}".format(*a)', '{"{}"}.format(*a)'],
    ['a % "b"', '?(a, "b")'],
    ['"%.2f" % a', '?("%.2f", a)'],
    ['"{:02d}".format(a)', '{"{:02d}"}.format(a)'],
    ['a / b', '?(a, b)'],
    ['a / "b" + c', '?(a, "b", c)'],
    ['a | b', '?(a, b)'],
  ])('does not take %s for a text that can be put together', (source, expected) => {
    expect(written(readValue(source))).toBe(expected);
  });

  it.each<Case>([
    ['1', '1'],
    ['1_000', '1000'],
    ['0x1F', '31'],
    ['0o17', '15'],
    ['0b11', '3'],
    ['1e-5', '0.00001'],
    ['.5', '0.5'],
    ['1.', '1'],
    ['-1', '-1'],
    ['+1.5', '1.5'],
    ['10L', '10'],
    ['2j', '?'],
    ['~1', '?(1)'],
    ['-x', '?(x)'],
    ['True', 'true'],
    ['False', 'false'],
    ['None', 'null'],
    ['...', '?'],
  ])('reads %s as %s', (source, expected) => {
    expect(written(readValue(source))).toBe(expected);
  });

  it.each<Case>([
    ['a', 'a'],
    ['a.b.c', 'a.b.c'],
    ['(a\n  .b  # why\n  .c)', 'a.b.c'],
    ['(a).b', 'a.b'],
    ['größe', 'größe'],
    ['Truest', 'Truest'],
    ['print', 'print'],
    ['match', 'match'],
    ['type', 'type'],
    ['f().b', 'f().b'],
    ['f().b.c', 'f().b.c'],
    ['a[0].b', 'a[0].b'],
  ])('reads the name %s as %s', (source, expected) => {
    expect(written(readValue(source))).toBe(expected);
  });

  it.each<Case>([
    ['[]', '[]'],
    ['[1, "a", b]', '[1, "a", b]'],
    ['(1, 2)', '[1, 2]'],
    ['(1,)', '[1]'],
    ['(1)', '1'],
    ['1, 2', '[1, 2]'],
    ['1,', '[1]'],
    ['{1, 2}', '[1, 2]'],
    ['[*a, 1]', '[?(a), 1, …]'],
    ['*a, 1', '[?(a), 1, …]'],
    ['[*a.b(c)][0]', '[a.b(c), …][0]'],
    ['[[1], (2, [3])]', '[[1], [2, [3]]]'],
    ['{}', '{}'],
    ['{"a": 1, "b": {"c": d}}', '{a: 1, b: {c: d}}'],
    ['{1: a, b: c, ("d"): e}', '{1: a, ?: c, d: e}'],
    ['{**a, "b": 1, **c()}', '{b: 1, **a, **c()}'],
    ['a | {"b": 1}', '{**a, **{b: 1}}'],
    ['{"a": lambda x: x, "b": d[1:2]}', '{a: ?(x), b: d[?(1, 2)]}'],
    ['dict(a=1, **b)', 'dict(a=1, **b)'],
  ])('reads the collection %s as %s', (source, expected) => {
    expect(written(readValue(source))).toBe(expected);
  });

  it.each<Case>([
    ['f()', 'f()'],
    ['AutoModel.from_pretrained("m", revision=r)', 'AutoModel.from_pretrained("m", revision=r)'],
    ['f(*a, b, **c)', 'f(*a, b, **c)'],
    ['f(a, # why\n  b = 1,\n)', 'f(a, b=1)'],
    ['f(a == b, c=d == e)', 'f(?(a, b), c=?(d, e))'],
    ['f(x for x in g(y))', 'f(?(x, g(y)))'],
    ['f(a)(b)', '{f(a)}(b)'],
    ['load(x).to(y)', '{load(x)}.to(y)'],
    ['f().a.b(c)', '{f()}.a.b(c)'],
    ['(a or b).c()', '{(a or b)}.c()'],
    ['"a".join(b)', '{"a"}.join(b)'],
    ['a[0].b(c)', '{a[0]}.b(c)'],
    ['foo[int](x)', '{?(foo[int])}(x)'],
    ['(lambda: a)(b)', '{?(a)}(b)'],
    ['(a.b)(c)', 'a.b(c)'],
    ['super().__init__(a)', '{super()}.__init__(a)'],
    ['await f(a)', 'f(a)'],
    ['(await f()).g()', '{f()}.g()'],
    ['print(a, file=b)', 'print(a, file=b)'],
    ['f(a=lambda b=c(): d)', 'f(a=?(c(), d))'],
    ['f(a := b)', 'f(a)'],
    ['(\n  f()\n  .g()\n  # why\n  .h()\n)', '{{f()}.g()}.h()'],
  ])('reads the call %s as %s', (source, expected) => {
    expect(written(readValue(source))).toBe(expected);
  });

  it.each<Case>([
    ['a if b else c', '(a|c)'],
    ['a or (b if c else d)', '(a or (b|d))'],
    ['a if b else c if d else e', '(a|c|e)'],
    ['a or b', '(a or b)'],
    ['a or b or "c"', '(a or b or "c")'],
    ['a and b or c', '(?(a, b) or c)'],
    ['a or b and c', '(a or ?(b, c))'],
    ['a and b', '?(a, b)'],
    ['not a', '?(a)'],
    ['a < b() <= c', '?(a, b(), c)'],
    ['a is not None', '?(a, null)'],
    ['a not in b', '?(a, b)'],
    ['a["b"]', 'a["b"]'],
    ['a[b][0]', 'a[b][0]'],
    ['a[-1]', 'a[-1]'],
    ['a[1, 2]', 'a[[1, 2]]'],
    ['a[b():]', 'a[?(b())]'],
    ['[f(x) for x, y in g(z) if h(x)]', '?(f(x), g(z), ?(h(x)))'],
    ['{k: f(v) for k, v in a.items()}', '?(k, f(v), a.items())'],
    ['{f(x) for x in y}', '?(f(x), y)'],
    ['lambda x, y=1: f(x)', '?(f(x))'],
    ['a ** -b', '?(a, ?(b))'],
    ['a @ b // c', '?(a, b, c)'],
    ['yield', '?'],
    ['yield f()', '?(f())'],
  ])('reads %s as %s', (source, expected) => {
    expect(written(readValue(source))).toBe(expected);
  });

  it('keeps the text of what it does not read, cut to 80 characters', () => {
    const value = readValue(`not ${'a'.repeat(200)}`);
    expect(value).toMatchObject({ kind: 'opaque', text: `not ${'a'.repeat(76)}` });
  });

  it('does not cut a character in half', () => {
    expect(readValue(`not "${'😀'.repeat(50)}"`)).toMatchObject({ text: `not "${'😀'.repeat(37)}` });
  });

  it.each([
    [`"${'a'.repeat(2000)}"`, 'scalar'],
    [`"${'a'.repeat(2001)}"`, 'opaque'],
    [`("${'a'.repeat(1500)}" "${'b'.repeat(1500)}")`, 'opaque'],
    [`f"${'a'.repeat(3000)}{f()}"`, 'opaque'],
  ])('holds no text of more than 2,000 characters', (source, kind) => {
    expect(readValue(source).kind).toBe(kind);
  });

  it('finds the calls in a long f-string', () => {
    expect([...callsIn(readValue(`f"${'a'.repeat(3000)}{f()}"`))]).toHaveLength(1);
  });
});

describe('a token in the source', () => {
  const TOKEN = `hf_${'abcdefghij'.repeat(4)}`;
  it.each([
    ['a string', `"${TOKEN}"`],
    ['a string with escapes', `"\\n${TOKEN}"`],
    ['a string whose escapes spell it', `"h\\x66_${'abcdefghij'.repeat(4)}"`],
    ['strings that join to it', `"hf_" "${'abcdefghij'.repeat(4)}"`],
    ['an f-string', `f"Bearer ${TOKEN} {a}"`],
    ['the text of something opaque', `x == "${TOKEN}"`],
    ['opaque text that is cut inside it', `${'x'.repeat(70)} == "${TOKEN}"`],
    ['a key', `{"${TOKEN}": 1}`],
    ['a call', `login(token="${TOKEN}")`],
  ])('reaches no fact from %s', (_where, source) => {
    const text = JSON.stringify(read(`it = ${source}\n`).facts);
    expect(text).not.toContain('abcdefghij');
    expect(text).not.toContain('hf_');
  });

  it.each([
    ['an annotation', `it: Literal["${TOKEN}"] = 1`],
    ['a target', `it["${TOKEN}"] = 1`],
    ['a parameter', `def f(a: Literal["${TOKEN}"] = "${TOKEN}"): pass`],
  ])('reaches no fact from %s', (_where, source) => {
    expect(JSON.stringify(read(`${source}\n`).facts)).not.toContain('abcdefghij');
  });

  it('leaves what only looks like one', () => {
    expect(written(readValue('"hf_short"'))).toBe('"hf_short"');
  });
});

describe('a place', () => {
  const TEXT = 'x = 1\nit = f(\n  "a",\n  b=[1,\n     2],\n).c(d)\n';
  const slice = (place: Expression['place']) => TEXT.slice(place.start, place.end);
  const fact = read(TEXT).facts[1];
  const call = fact?.kind === 'assignment' && fact.value?.kind === 'call' ? fact.value : null;
  const inner = call?.receiver?.kind === 'call' ? call.receiver : null;

  it('spans the lines of what it is about', () => {
    expect(call?.place).toMatchObject({ startLine: 2, endLine: 6 });
    expect(inner?.arguments[1]?.place).toMatchObject({ startLine: 4, endLine: 5 });
  });

  it('covers an argument with its name', () => {
    expect(inner?.arguments.map((argument) => slice(argument.place))).toEqual(['"a"', 'b=[1,\n     2]']);
    expect(inner?.arguments.map((argument) => slice(argument.value.place))).toEqual(['"a"', '[1,\n     2]']);
  });

  it('covers the brackets of a call', () => {
    expect(call === null ? null : slice(call.argumentsPlace)).toBe('(d)');
    expect(inner === null ? null : slice(inner.argumentsPlace)).toBe('(\n  "a",\n  b=[1,\n     2],\n)');
  });

  it('covers a map entry from key to value', () => {
    const source = '{"a": f(1), **b}';
    const map = readValue(source);
    const [entry] = map.kind === 'map' ? map.entries : [];
    const text = `it = ${source}`;
    expect(entry && text.slice(entry.place.start, entry.place.end)).toBe('"a": f(1)');
    expect(entry && text.slice(entry.keyPlace.start, entry.keyPlace.end)).toBe('"a"');
  });
});
