import { describe, expect, it } from '@jest/globals';
import type { Scalar } from '../../src/model/expression.js';
import { remove, replaceValue } from '../../src/model/fix.js';
import { at, edited } from './editing.js';

const json = (text: string) => ({ name: 'ds_config.json', text });

describe('a value in JSON', () => {
  it.each<[string, string, string, Scalar, string]>([
    ['a truth value', '{"a": true}', 'true', false, '{"a": false}'],
    ['a string', '{"a": "x"}', '"x"', 'y"', '{"a": "y\\""}'],
    ['a number for text', '{"a":"auto"}', '"auto"', 1e-7, '{"a":1e-7}'],
    ['null', '{"a": 1, "b": 2}', '1', null, '{"a": null, "b": 2}'],
  ])('is replaced: %s', (_name, text, old, value, expected) => {
    const file = json(text);
    expect(edited(file, replaceValue(at(file, old), value))).toBe(expected);
  });

  it.each<[string, string, string, Scalar]>([
    ['it is an object', '{"a": {"b": 1}}', '{"b": 1}', 1],
    ['JSON has no infinity', '{"a": 1}', '1', Number.POSITIVE_INFINITY],
  ])('is left alone when %s', (_name, text, old, value) => {
    const file = json(text);
    expect(edited(file, replaceValue(at(file, old), value))).toBeNull();
  });
});

describe('a key in JSON', () => {
  it.each([
    ['the first on one line', '{"a": 1, "b": 2}', '"a": 1', '{"b": 2}'],
    ['the last on one line', '{"a":1,"b":2}', '"b":2', '{"a":1}'],
    ['the middle on one line', '{"a":1,"b":2,"c":3}', '"b":2', '{"a":1,"c":3}'],
    ['the only one', '{ "a": 1 }', '"a": 1', '{}'],
    ['the first of many lines', '{\n  "a": 1,\n  "b": 2\n}\n', '"a": 1', '{\n  "b": 2\n}\n'],
    ['the last of many lines', '{\n  "a": 1,\n  "b": 2\n}\n', '"b": 2', '{\n  "a": 1\n}\n'],
    [
      'an object over lines',
      '{\r\n\t"a": {\r\n\t\t"b": 1\r\n\t},\r\n\t"c": 2\r\n}',
      '"a": {\r\n\t\t"b": 1\r\n\t}',
      '{\r\n\t"c": 2\r\n}',
    ],
    ['the only one over lines', '{\n  "x": {\n    "a": 1\n  }\n}', '"a": 1', '{\n  "x": {}\n}'],
    [
      'beside comments',
      '{\n  "a": 1, // a, b\n  /* b */\n  "b": "//,"\n}',
      '"b": "//,"',
      '{\n  "a": 1 // a, b\n  /* b */\n}',
    ],
  ])('is removed: %s', (_name, text, key, expected) => {
    const file = json(text);
    expect(edited(file, remove(at(file, key)))).toBe(expected);
  });

  it.each([
    ['on one line', '{"a": 1, "b": 2}', '"a": 1', '{"a": 1, "seed": 42, "b": 2}'],
    ['on one line without blanks', '{"a":1,"b":2}', '"b":2', '{"a":1,"b":2,"seed":42}'],
    ['behind a single key without blanks', '{"a":1}', '"a":1', '{"a":1,"seed":42}'],
    ['at the end of many lines', '{\n  "a": 1,\n  "b": 2\n}\n', '"b": 2', '{\n  "a": 1,\n  "b": 2,\n  "seed": 42\n}\n'],
    [
      'in the middle of many lines',
      '{\r\n\t"a": 1,\r\n\t"b": 2\r\n}',
      '"a": 1',
      '{\r\n\t"a": 1,\r\n\t"seed": 42,\r\n\t"b": 2\r\n}',
    ],
    ['behind a comment', '{\n  "a": 1 // a\n}', '"a": 1', '{\n  "a": 1, // a\n  "seed": 42\n}'],
    ['before a bracket on the line', '{\n  "a": 1 }', '"a": 1', '{\n  "a": 1,\n  "seed": 42 }'],
    ['among several on a line', '{\n  "a": 1, "b": 2\n}', '"a": 1', '{\n  "a": 1, "seed": 42, "b": 2\n}'],
  ])('is added: %s', (_name, text, after, expected) => {
    const file = json(text);
    expect(edited(file, { kind: 'add-key', after: at(file, after), key: 'seed', value: 42 })).toBe(expected);
  });
});
