import type { Expression } from '../../model/expression.js';
import type { Fact } from '../../model/fact.js';
import type { Place } from '../../model/location.js';
import { maskSecrets } from '../../model/secrets.js';

/**
 * A line for the shell in which IPython writes values of Python in place of `{name}`, also between quotes. The shell
 * never sees the braces, so its parser gets a word of the same length for each; what they hold is put back afterwards.
 * Other braces, such as those of JSON, stay.
 */
export interface Interpolation {
  readonly text: string;
  /** The expressions between the braces, in order. */
  readonly codes: readonly string[];
}

export function withoutBraces(text: string): Interpolation {
  const codes: string[] = [];
  const marked = text.replace(HOLE, (hole, code: string) => {
    if (codes.length === MOST_HOLES) return hole;
    codes.push(code);
    return `${String.fromCharCode(FIRST_MARK + codes.length - 1)}${FILLER.repeat(hole.length - 1)}`;
  });
  return { text: marked, codes };
}

/** The facts of such a line, with a reference or an expression that is not read for each pair of braces. */
export function withCodes(facts: readonly Fact[], { codes }: Interpolation): readonly Fact[] {
  if (codes.length === 0) return facts;
  return facts.map((fact) => {
    if (fact.kind === 'assignment') return { ...fact, value: fact.value === null ? null : filled(fact.value, codes) };
    if (fact.kind !== 'command') return fact;
    const environment = fact.environment.map(({ name, value }) => ({ name, value: filled(value, codes) }));
    return { ...fact, words: fact.words.map((word) => filled(word, codes)), environment };
  });
}

/** A text of IPython's own, such as the value of `%env`. */
export function interpolated(text: string, place: Place): Expression {
  const marked = withoutBraces(text);
  return filled({ kind: 'scalar', value: marked.text, place }, marked.codes);
}

const HOLE = /\{([A-Za-z_]\w*(?:\.\w+|\[[^\]{}]*\]|\([^(){}]*\))*)(?:![rsa])?(?::[^{}\n]*)?\}/g;
const NAME = /^[A-Za-z_][\w.]*$/;

// Characters that mean nothing to anybody, by the first of which a hole is known: the private use area of Unicode.
const FIRST_MARK = 0xe000;
const FILLER = '\uf8ff';
const MOST_HOLES = 0xf8ff - FIRST_MARK;
const MARKED = /([\ue000-\uf8fe])\uf8ff+/g;

function filled(expression: Expression, codes: readonly string[]): Expression {
  switch (expression.kind) {
    case 'scalar':
      return joined(partsOf(expression.value, expression.place, codes) ?? [expression], expression.place);
    case 'template': {
      const parts = expression.parts.flatMap((part) =>
        part.kind === 'scalar' ? (partsOf(part.value, part.place, codes) ?? [part]) : [filled(part, codes)],
      );
      return { ...expression, parts };
    }
    case 'list':
      return { ...expression, items: expression.items.map((item) => filled(item, codes)) };
    case 'choice':
      return { ...expression, options: expression.options.map((option) => filled(option, codes)) };
    case 'opaque': {
      const text = expression.text.replace(MARKED, (hole, mark: string) => `{${codeOf(mark, codes) ?? hole}}`);
      return { ...expression, text, parts: expression.parts.map((part) => filled(part, codes)) };
    }
    default:
      return expression;
  }
}

/** Null for a value without holes. */
function partsOf(value: unknown, place: Place, codes: readonly string[]): Expression[] | null {
  if (typeof value !== 'string') return null;
  const parts: Expression[] = [];
  let from = 0;
  for (const { index, 0: hole, 1: mark = '' } of value.matchAll(MARKED)) {
    const code = codeOf(mark, codes);
    if (code === undefined) continue;
    if (index > from) parts.push({ kind: 'scalar', value: value.slice(from, index), place });
    parts.push(NAME.test(code) ? { kind: 'reference', name: code, place } : opaque(code, place));
    from = index + hole.length;
  }
  if (from === 0) return null;
  return from < value.length ? [...parts, { kind: 'scalar', value: value.slice(from), place }] : parts;
}

function codeOf(mark: string, codes: readonly string[]): string | undefined {
  return codes[mark.charCodeAt(0) - FIRST_MARK];
}

function opaque(code: string, place: Place): Expression {
  return { kind: 'opaque', text: maskSecrets(code).slice(0, 80), parts: [], place };
}

function joined(parts: readonly Expression[], place: Place): Expression {
  const [only, ...others] = parts;
  return only !== undefined && others.length === 0 ? only : { kind: 'template', parts, place };
}
