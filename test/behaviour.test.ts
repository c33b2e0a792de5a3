import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const ROOT = new URL('..', import.meta.url).pathname;
const page = readFileSync(join(ROOT, 'docs', 'behaviour.md'), 'utf8');
const rows = [...page.matchAll(/^\| (R\d+(?:, R\d+)*) \| .+ \| (.+) \|$/gm)].flatMap(([, rules = '', held = '']) => {
  const tests = [...held.matchAll(/`([^`]+)`/g)].map(([, name]) => `${name}.test.ts`);
  return rules.split(', ').map((rule) => ({ rule, tests }));
});
const named = rulesNamedByTests();

describe('the page of how the App behaves', () => {
  it.each(rows)('names tests of $rule that exist', ({ tests }) => {
    expect(tests.length).toBeGreaterThan(0);
    expect(tests.filter((path) => !existsSync(join(ROOT, 'test', path)))).toEqual([]);
  });

  it.each(rows.filter(({ rule }) => named.has(rule)))('names a test that names $rule', ({ rule, tests }) => {
    expect(tests.filter((path) => named.get(rule)?.has(path))).not.toEqual([]);
  });

  it('has every rule that a test names, once', () => {
    const listed = rows.map(({ rule }) => rule);
    expect([...named.keys()].filter((rule) => !listed.includes(rule))).toEqual([]);
    expect(listed.length).toBe(new Set(listed).size);
  });
});

/** The files that name a rule in the title of a test. */
function rulesNamedByTests(): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  const files = readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' });
  for (const name of files.filter((file) => file.endsWith('.test.ts') && file !== 'behaviour.test.ts')) {
    for (const [title] of readFileSync(join(ROOT, 'test', name), 'utf8').matchAll(/'R\d+ [^'\n]*'/g)) {
      for (const [rule] of title.matchAll(/\bR\d+\b/g)) found.set(rule, (found.get(rule) ?? new Set()).add(name));
    }
  }
  return found;
}
