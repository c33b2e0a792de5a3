import type { Scalar } from '../../model/expression.js';

/**
 * What PyYAML makes of a plain scalar, which is how the training stacks read their files. It is YAML 1.1 with gaps:
 * `1e-5` and `-.5` stay text, `on` is true, `012` is ten, `1:30` is ninety. Dates stay text here, since no setting is one.
 * Source: the implicit resolvers and the safe constructor of PyYAML 6.0.
 */
export function readPlainScalar(text: string): Scalar {
  if (NULLS.has(text)) return null;
  const truth = BOOLEANS.get(text);
  if (truth !== undefined) return truth;
  return readInteger(text) ?? readFloat(text) ?? text;
}

const NULLS: ReadonlySet<string> = new Set(['', '~', 'null', 'Null', 'NULL']);
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
]);

const BINARY = /^[-+]?0b[01_]+$/;
const OCTAL = /^[-+]?0[0-7_]+$/;
const DECIMAL = /^[-+]?(?:0|[1-9][0-9_]*)$/;
const HEXADECIMAL = /^[-+]?0x[0-9a-fA-F_]+$/;
const SEXAGESIMAL = /^[-+]?[1-9][0-9_]*(?::[0-5]?[0-9])+$/;
const FRACTION = /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*|\.[0-9][0-9_]*)(?:[eE][-+][0-9]+)?$/;
const SEXAGESIMAL_FRACTION = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*$/;
const INFINITY = /^[-+]?\.(?:inf|Inf|INF)$/;
const NOT_A_NUMBER = /^\.(?:nan|NaN|NAN)$/;

function readInteger(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '').replaceAll('_', '');
  if (BINARY.test(text)) return signed(sign, Number.parseInt(digits.slice(2), 2));
  if (HEXADECIMAL.test(text)) return signed(sign, Number.parseInt(digits.slice(2), 16));
  if (DECIMAL.test(text)) return signed(sign, Number.parseInt(digits, 10));
  if (OCTAL.test(text)) return signed(sign, Number.parseInt(digits, 8));
  if (SEXAGESIMAL.test(text)) return signed(sign, inBaseSixty(digits));
  return undefined;
}

function readFloat(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[-+]/, '').replaceAll('_', '');
  if (FRACTION.test(text)) return signed(sign, Number.parseFloat(digits));
  if (SEXAGESIMAL_FRACTION.test(text)) return signed(sign, inBaseSixty(digits));
  if (INFINITY.test(text)) return sign * Number.POSITIVE_INFINITY;
  return NOT_A_NUMBER.test(text) ? Number.NaN : undefined;
}

/** Undefined for `0b_`, which PyYAML refuses; no minus zero, which would not equal zero everywhere. */
function signed(sign: number, magnitude: number): number | undefined {
  if (Number.isNaN(magnitude)) return undefined;
  return magnitude === 0 ? 0 : sign * magnitude;
}

function inBaseSixty(digits: string): number {
  return digits.split(':').reduce((sum, part) => sum * 60 + Number.parseFloat(part), 0);
}
