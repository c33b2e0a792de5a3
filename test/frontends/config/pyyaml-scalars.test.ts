import { describe, expect, it } from '@jest/globals';
import { readPlainScalar } from '../../../src/frontends/config/pyyaml-scalars.js';

/** Each row was checked against PyYAML 6.0.3. */
describe('a plain scalar', () => {
  it.each(['', '~', 'null', 'Null', 'NULL'])('reads %j as null', (text) => {
    expect(readPlainScalar(text)).toBeNull();
  });

  it.each(['yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'])('reads %s as true', (text) => {
    expect(readPlainScalar(text)).toBe(true);
  });

  it.each(['no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'])('reads %s as false', (text) => {
    expect(readPlainScalar(text)).toBe(false);
  });

  it.each([
    ['0', 0],
    ['-0', 0],
    ['+12', 12],
    ['1_000', 1000],
    ['1_', 1],
    ['012', 10],
    ['-012', -10],
    ['0_7', 7],
    ['00', 0],
    ['0b1010', 10],
    ['-0x1F', -31],
    ['1:30', 90],
    ['190:20:30', 685_230],
  ])('reads %s as the integer %d', (text, value) => {
    expect(readPlainScalar(text)).toBe(value);
  });

  it.each([
    ['0.5', 0.5],
    ['1.', 1],
    ['.5', 0.5],
    ['-0.1', -0.1],
    ['1.5e-5', 1.5e-5],
    ['1.e+5', 100_000],
    ['.5e-3', 0.0005],
    ['1_000.5', 1000.5],
    ['09.5', 9.5],
    ['1:30.5', 90.5],
    ['.inf', Number.POSITIVE_INFINITY],
    ['-.INF', Number.NEGATIVE_INFINITY],
    ['.NaN', Number.NaN],
  ])('reads %s as the number %d', (text, value) => {
    expect(readPlainScalar(text)).toBe(value);
  });

  it.each([
    ['1e-5', 'an exponent without a point'],
    ['1e5', 'an exponent without a sign'],
    ['1.0e5', 'an exponent without a sign behind a point'],
    ['-.5', 'a sign before a bare point'],
    ['0o17', 'the octal of YAML 1.2'],
    ['08', 'no octal digit'],
    ['1:60', 'no sexagesimal digit'],
    ['0:30', 'a sexagesimal that starts with zero'],
    ['0b', 'no digits'],
    ['_1', 'a leading underscore'],
    ['nan', 'no point'],
    ['Infinity', "JavaScript's word"],
    ['y', 'a letter'],
    ['tRue', 'mixed case'],
    ['2024-01-01', 'a date'],
    ['.', 'a point alone'],
    ['+', 'a sign alone'],
  ])('leaves %s as text: %s', (text) => {
    expect(readPlainScalar(text)).toBe(text);
  });
});
