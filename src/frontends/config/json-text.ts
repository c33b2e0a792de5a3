import type { Scalar } from '../../model/expression.js';

/**
 * What a JSON text is, decided before the slow reading with places. `data`: a list, a bare value, or an object a
 * line, none of which configures anything. `object`: a text to read on, its comments blanked out, every offset kept.
 */
export type JsonText = { readonly kind: 'data' } | { readonly kind: 'object'; readonly text: string };

export function classifyJson(source: string): JsonText {
  // JSON.parse takes no byte order mark, and to the YAML readers a space is as good.
  const text = source.startsWith('\uFEFF') ? ` ${source.slice(1)}` : source;
  const value = parse(text);
  if (value !== undefined) return isObject(value) ? { kind: 'object', text } : { kind: 'data' };
  if (holdsObjectLines(text)) return { kind: 'data' };
  const bare = blankComments(text);
  return bare.trimStart().startsWith('{') ? { kind: 'object', text: bare } : { kind: 'data' };
}

/** A JSON value that is no string; undefined for what is no JSON. `NaN` and `Infinity` are Python's addition. */
export function readJsonScalar(text: string): Scalar | undefined {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  return NUMBER.test(text) ? Number(text) : undefined;
}

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/;
const WORDS: ReadonlyMap<string, Scalar> = new Map<string, Scalar>([
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
]);

/** Undefined for a text that is no JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON Lines under the name `.json`, as data sets often come. */
function holdsObjectLines(text: string): boolean {
  const [first = '', second = ''] = text.trimStart().split('\n', 2);
  return isObject(parse(first)) && second.trimStart().startsWith('{');
}

const STRING_OR_COMMENT = /"(?:[^"\\\n]|\\.)*"?|\/\/[^\n\r]*|\/\*[\s\S]*?(?:\*\/|$)/g;

function blankComments(text: string): string {
  return text.replace(STRING_OR_COMMENT, (found) => (found.startsWith('"') ? found : found.replace(/[^\r\n]/g, ' ')));
}
