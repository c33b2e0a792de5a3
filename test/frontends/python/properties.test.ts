import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { FileFacts } from '../../../src/model/fact.js';
import { read } from './reading.js';
import { written, writtenFact } from './written-facts.js';

const name = fc.constantFrom('a', 'model', 'args.lr', 'torch.bfloat16', 'größe');
const leaf = fc.oneof(
  name,
  fc.integer().map(String),
  fc.constantFrom('True', 'None', '1e-5', '...', '"text"', "r'\\d'", 'f"{a}/{b.c}"', '"a" "b"'),
  fc.string().map((text) => JSON.stringify(text.replace(/[^ -~]/g, '?'))),
);

const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const inner = tie('expression');
  const several = fc.array(inner, { maxLength: 3 });
  return {
    expression: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      several.map((items) => `[${items.join(', ')}]`),
      several.map((items) => `(${items.map((item) => `${item},`).join(' ')})`),
      several.map((items) => `{${items.map((item, at) => `"k${at}": ${item}`).join(', ')}}`),
      fc
        .tuple(name, several)
        .map(([callee, items]) => `${callee}(${items.map((item, at) => `k${at}=${item}`).join(', ')})`),
      fc.tuple(inner, inner).map(([a, b]) => `f(${a}, *g(${b}), **h)`),
      fc.tuple(inner, inner).map(([a, b]) => `(${a} + ${b})`),
      fc.tuple(inner, inner).map(([a, b]) => `(${a} or ${b})`),
      fc.tuple(inner, inner).map(([a, b]) => `(${a} if ${b} else None)`),
      fc.tuple(inner, inner).map(([a, b]) => `f(${a})[${b}].g()`),
      inner.map((a) => `[x for x in f(${a}) if x]`),
      inner.map((a) => `(lambda x: ${a})`),
    ),
  };
});

const statement = fc.oneof(
  fc
    .tuple(
      name.filter((target) => target !== 'größe'),
      expression,
    )
    .map(([target, value]) => `${target} = ${value}`),
  expression.map((value) => `f(${value})`),
  expression.map((value) => `def f(a, b=${value}):\n    return ${value}`),
  expression.map((value) => `class A(B):\n    field: int = ${value}`),
  expression.map((value) => `for x in [${value}]:\n    f(x)`),
  expression.map((value) => `with f(${value}) as x:\n    y = x`),
  fc.constant('from a import b as c'),
);
const module = fc.array(statement, { maxLength: 6 }).map((statements) => `${statements.join('\n')}\n`);

describe('facts', () => {
  it('move with the lines above them and change in nothing else', () => {
    const blank = fc.constantFrom('', '# a comment', '   ', '\t# x = f(1)');
    fc.assert(
      fc.property(module, fc.array(blank, { maxLength: 5 }), (text, above) => {
        const prefix = above.map((line) => `${line}\n`).join('');
        expect(read(prefix + text)).toEqual(moved(read(text), above.length, prefix.length));
      }),
      { numRuns: 200 },
    );
  });

  it('hold the same values under an `if`', () => {
    fc.assert(
      fc.property(module, (text) => {
        const inside = `if True:\n${text.replace(/^(?=.)/gm, '    ')}`;
        const [condition, ...rest] = read(`${inside}\n    pass\n`).facts;
        expect(condition && writtenFact(condition)).toBe('eval true');
        expect(rest.map(valuesOf)).toEqual(read(text).facts.map(valuesOf));
      }),
      { numRuns: 200 },
    );
  });

  it('are made of any text without a crash', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        '(',
        ')',
        '[',
        '{',
        '"""',
        "'",
        'def ',
        'class ',
        'if ',
        ':',
        '\n',
        '  ',
        'f"{',
        '}',
        '=',
        '@',
        'lambda',
        '\\',
        '*',
        '.',
      ),
      statement,
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join('');
        for (const fact of read(text).facts) {
          if (!('place' in fact)) continue;
          expect(fact.place.start).toBeLessThanOrEqual(fact.place.end);
          expect(fact.place.end).toBeLessThanOrEqual(text.length);
          expect(fact.place.startLine).toBe(text.slice(0, fact.place.start).split('\n').length);
        }
      }),
      { numRuns: 300 },
    );
  });
});

function moved(facts: FileFacts, lines: number, characters: number): unknown {
  return JSON.parse(JSON.stringify(facts), (key, value) => {
    if (key === 'start' || key === 'end') return value + characters;
    return key === 'startLine' || key === 'endLine' ? value + lines : value;
  });
}

function valuesOf(fact: FileFacts['facts'][number]): string {
  return 'value' in fact ? `${fact.kind} ${written(fact.value)}` : writtenFact(fact);
}
