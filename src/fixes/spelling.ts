import { Document, Scalar as YamlScalar } from 'yaml';
import type { Scalar } from '../model/expression.js';
import type { RepoPath } from '../model/identifiers.js';

/** The languages that edits are written in. */
export type Language = 'python' | 'yaml' | 'json';

/** Null for a file that no edit is written into. */
export function languageOf(path: RepoPath): Language | null {
  const [, extension = ''] = /\.([^./]+)$/.exec(path.toLowerCase()) ?? [];
  return LANGUAGES.get(extension) ?? null;
}

/** What decides how a value is spelled, besides the value. */
export interface Surroundings {
  readonly language: Language;
  /** The value that stands there now, whose quotes and case are kept; empty where none does. */
  readonly old: string;
  /** Inside brackets of YAML, where commas and brackets end a plain word. */
  readonly inFlow: boolean;
  /** For strings in Python where the old value has no quotes to keep. */
  readonly quote: '"' | "'";
}

/** Null for a value that the language has no constant for, such as an infinite number in JSON. */
export function spell(value: Scalar, surroundings: Surroundings): string | null {
  switch (surroundings.language) {
    case 'python':
      return spellPython(value, surroundings);
    case 'yaml':
      return spellYaml(value, surroundings);
    case 'json':
      return typeof value === 'number' && !Number.isFinite(value) ? null : JSON.stringify(value);
  }
}

const LANGUAGES: ReadonlyMap<string, Language> = new Map([
  ['py', 'python'],
  ['yml', 'yaml'],
  ['yaml', 'yaml'],
  ['json', 'json'],
  ['jsonc', 'json'],
]);

function spellPython(value: Scalar, { old, quote }: Surroundings): string | null {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  const [, oldQuote = quote] = /^[A-Za-z]{0,2}(["'])/.exec(old) ?? [];
  const escaped = JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"');
  return `${oldQuote}${escaped.replaceAll(oldQuote, `\\${oldQuote}`)}${oldQuote}`;
}

function spellYaml(value: Scalar, surroundings: Surroundings): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return spellTruth(value, surroundings.old);
  return typeof value === 'number' ? spellYamlNumber(value) : spellYamlString(value, surroundings);
}

const TRUTHS = [
  ['true', 'false'],
  ['yes', 'no'],
  ['on', 'off'],
] as const;

function spellTruth(value: boolean, old: string): string {
  const words = TRUTHS.find((pair) => pair.some((word) => word === old.toLowerCase()));
  const [yes, no] = words ?? TRUTHS[0];
  const word = value ? yes : no;
  if (words === undefined || old === old.toLowerCase()) return word;
  return old === old.toUpperCase() ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1);
}

/** PyYAML reads `1e-7` as text: it wants a point before the exponent. */
function spellYamlNumber(value: number): string {
  if (Number.isNaN(value)) return '.nan';
  if (!Number.isFinite(value)) return value > 0 ? '.inf' : '-.inf';
  return String(value).replace(/^(-?\d+)e/, '$1.0e');
}

function spellYamlString(value: string, { old, inFlow }: Surroundings): string {
  const scalar = new YamlScalar(value);
  scalar.type = old.startsWith('"') ? 'QUOTE_DOUBLE' : old.startsWith("'") ? 'QUOTE_SINGLE' : 'PLAIN';
  // Read back as YAML 1.1 or 1.2, the word must stay the same text, so both say when it needs quotes.
  const document = new Document([scalar], { version: '1.1', compat: 'core' });
  const collectionStyle = inFlow ? 'flow' : 'block';
  const list = document.toString({ ...ON_ONE_LINE, collectionStyle }).trimEnd();
  return inFlow ? list.slice('[ '.length, -' ]'.length) : list.slice('- '.length);
}

const ON_ONE_LINE = {
  blockQuote: false,
  lineWidth: 0,
  doubleQuotedMinMultiLineLength: Number.POSITIVE_INFINITY,
} as const;
