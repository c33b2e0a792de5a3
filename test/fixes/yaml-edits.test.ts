import { describe, expect, it } from '@jest/globals';
import type { Scalar } from '../../src/model/expression.js';
import { remove, replaceValue } from '../../src/model/fix.js';
import { at, edited } from './editing.js';

const yaml = (text: string) => ({ name: 'configs/sft.yml', text });

describe('a value in YAML', () => {
  it.each<[string, string, string, Scalar, string]>([
    ['a truth value', 'a: true # c\n', 'true', false, 'a: false # c\n'],
    ['a capital truth value', 'a: True', 'True', false, 'a: False'],
    ['a loud truth value', 'a: FALSE', 'FALSE', true, 'a: TRUE'],
    ['yes and no', 'a: yes', 'yes', false, 'a: no'],
    ['On and Off', 'a: Off', 'Off', true, 'a: On'],
    ['a truth value for a number', 'a: 0', '0', true, 'a: true'],
    ['a plain word', 'a: main', 'main', 'v1.0', 'a: v1.0'],
    ['a quoted word', "a: 'x'", "'x'", "it's", "a: 'it''s'"],
    ['a double quoted word', 'a: "x" # c', '"x"', 'y', 'a: "y" # c'],
    ['a word that needs quotes', 'a: x', 'x', 'no', 'a: "no"'],
    ['a word with a colon', 'a: x', 'x', 'b: c', 'a: "b: c"'],
    ['a word with a comma in a block', 'a: x', 'x', 'b, c', 'a: b, c'],
    ['a word with a comma in a flow map', 'a: {b: x}', 'x', 'b, c', 'a: {b: "b, c"}'],
    ['a number for text', 'a: "0"', '"0"', 0.05, 'a: 0.05'],
    ['a small number, so that PyYAML reads a number', 'a: 1', '1', 1e-7, 'a: 1.0e-7'],
    ['null', 'a: x', 'x', null, 'a: null'],
    ['in a list', 'a:\r\n- x\r\n- y', 'x', 'z', 'a:\r\n- z\r\n- y'],
    ['text of several lines', 'a: |\n  x\n  y\nb: 1\n', '|\n  x\n  y', 'z', 'a: z\nb: 1\n'],
  ])('is replaced: %s', (_name, text, old, value, expected) => {
    const file = yaml(text);
    expect(edited(file, replaceValue(at(file, old, text.indexOf(':') + 1), value))).toBe(expected);
  });

  it.each([
    ['behind a colon', 'seed:\nb: 1\n', 5, 'seed: 42\nb: 1\n'],
    ['before a comment', 'seed: # c\n', 5, 'seed: 42 # c\n'],
    ['at the end', 'a: 1\nseed:', 10, 'a: 1\nseed: 42'],
    ['behind a dash', 'a:\n-\n', 4, 'a:\n- 42\n'],
    ['in a flow map', '{seed:, b: 1}', 6, '{seed: 42, b: 1}'],
    ['behind an anchor', 'seed: &s\n', 8, 'seed: &s 42\n'],
  ])('is filled in where there is none: %s', (_name, text, offset, expected) => {
    const file = yaml(text);
    const place = { ...at(file, ''), start: offset, end: offset };
    expect(edited(file, replaceValue(place, 42))).toBe(expected);
  });

  it('is not filled in where no value can stand', () => {
    const file = yaml('{seed}');
    expect(edited(file, replaceValue({ ...at(file, ''), start: 5, end: 5 }, 42))).toBeNull();
  });

  it.each([
    ['a flow map', 'a: {b: 1}', '{b: 1}'],
    ['a block map', 'a:\n  b: 1\n', 'b: 1'],
    ['a list', 'a:\n- b\n', '- b'],
  ])('is not put in the place of %s', (_name, text, old) => {
    const file = yaml(text);
    expect(edited(file, replaceValue(at(file, old), 1))).toBeNull();
  });
});

describe('a key in YAML', () => {
  it.each([
    ['the first', 'a: 1\nb: 2\n', 'a: 1', 'b: 2\n'],
    ['one in the middle', 'a: 1\nb: 2\nc: 3\n', 'b: 2', 'a: 1\nc: 3\n'],
    ['the last', 'a: 1\nb: 2\n', 'b: 2', 'a: 1\n'],
    ['the last, without a last line end', 'a: 1\nb: 2', 'b: 2', 'a: 1'],
    ['the last of CRLF, without a last line end', 'a: 1\r\nb: 2', 'b: 2', 'a: 1'],
    ['with its comment', 'a: 1 # a\nb: 2 # b\n# c\n', 'b: 2', 'a: 1 # a\n# c\n'],
    ['comments of other lines stay', '# a\na: 1\n# b\nb: 2\n', 'b: 2', '# a\na: 1\n# b\n'],
    ['with its nested value', 'a:\n  b: 1\n  # c\n  d: 2\ne: 3\n', 'a:\n  b: 1\n  # c\n  d: 2', 'e: 3\n'],
    ['with its list', 'a:\n- 1\n- 2\nb: 3\n', 'a:\n- 1\n- 2', 'b: 3\n'],
    ['with text of several lines', 'a: |\n  x\n\n  # y\nb: 3\n', 'a: |\n  x\n\n  # y', 'b: 3\n'],
    ['without a value', 'a:\nb: 3\n', 'a:', 'b: 3\n'],
    ['a nested one', 'a:\n  b: 1\n  c: 2\n', 'c: 2', 'a:\n  b: 1\n'],
    ['the first of a list item', 'a:\n  - b: 1 # b\n    c: 2\n', 'b: 1', 'a:\n  - c: 2\n'],
    ['the second of a list item', 'a:\n  - b: 1\n    c: 2\n  - d: 3\n', 'c: 2', 'a:\n  - b: 1\n  - d: 3\n'],
    ['CRLF', 'a: 1\r\nb: 2\r\nc: 3\r\n', 'b: 2', 'a: 1\r\nc: 3\r\n'],
    ['under a byte order mark', '\uFEFFa: 1\nb: 2\n', 'b: 2', '\uFEFFa: 1\n'],
    ['the first of a flow map', 'x: {a: 1, b: 2}\n', 'a: 1', 'x: {b: 2}\n'],
    ['the middle of a flow map', 'x: { a: 1, b: 2, c: 3 }\n', 'b: 2', 'x: { a: 1, c: 3 }\n'],
    ['the last of a flow map', 'x: { a: 1, b: 2 }\n', 'b: 2', 'x: { a: 1 }\n'],
    ['the only one of a flow map', 'x: { a: 1 }\n', 'a: 1', 'x: {}\n'],
    ['of a flow map over lines', 'x: {\n  a: 1, # a\n  b: 2 # b\n}\n', 'b: 2', 'x: {\n  a: 1 # a\n}\n'],
    ['beside quotes and apostrophes', 'x: {a: it\'s, b: "#,", c: 3}\n', 'b: "#,"', "x: {a: it's, c: 3}\n"],
    ['an anchor that is used only inside', 'a: {b: &x 1, c: *x}\nd: 1\n', 'a: {b: &x 1, c: *x}', 'd: 1\n'],
  ])('is removed: %s', (_name, text, key, expected) => {
    const file = yaml(text);
    expect(edited(file, remove(at(file, key)))).toBe(expected);
  });

  it.each([
    ['it is the only one of its block map', 'a:\n  b: 1\nc: 2\n', 'b: 1'],
    ['it is the only one of the text', 'a: 1\n', 'a: 1'],
    ['it is the only one of a list item', '- a: 1\n- b: 2\n', 'a: 1'],
    ['something else refers to its anchor', 'a: &x 1\nb: *x\n', 'a: &x 1'],
    ['a comment stands where the next key would go', '- a: 1\n  # b\n  b: 2\n', 'a: 1'],
    ['no key starts there', 'a: b\nc: d\n', 'b'],
    ['it is written with a question mark', '? a\n: 1\nb: 2\n', 'a\n: 1'],
  ])('is not removed when %s', (_name, text, key) => {
    const file = yaml(text);
    expect(edited(file, remove(at(file, key)))).toBeNull();
  });

  it.each<[string, string, string, string]>([
    ['behind the last', 'a: 1\n', 'a: 1', 'a: 1\nseed: 42\n'],
    ['behind the last, without a last line end', 'a: 1', 'a: 1', 'a: 1\nseed: 42'],
    ['between', 'a: 1 # a\nb: 2\n', 'a: 1', 'a: 1 # a\nseed: 42\nb: 2\n'],
    ['behind a nested value', 'a:\n  b: 1\n\nc: 2\n', 'a:\n  b: 1', 'a:\n  b: 1\nseed: 42\n\nc: 2\n'],
    [
      'behind the comments of a nested value',
      'a:\n  b: 1 # b\n  # d\n# e\nc: 2\n',
      'a:\n  b: 1',
      'a:\n  b: 1 # b\n  # d\nseed: 42\n# e\nc: 2\n',
    ],
    ['behind text of several lines', 'a: |\n  x\n\nc: 2\n', 'a: |\n  x', 'a: |\n  x\nseed: 42\n\nc: 2\n'],
    ['behind a key without a value', 'a:\nb: 1\n', 'a:', 'a:\nseed: 42\nb: 1\n'],
    ['inside, with the same indentation', 'a:\n    b: 1\n', 'b: 1', 'a:\n    b: 1\n    seed: 42\n'],
    ['in a list item, behind the dash', 'a:\n  - b: 1\n  - c: 2\n', 'b: 1', 'a:\n  - b: 1\n    seed: 42\n  - c: 2\n'],
    ['CRLF', 'a: 1\r\nb: 2\r\n', 'a: 1', 'a: 1\r\nseed: 42\r\nb: 2\r\n'],
    ['in quotes beside quotes', '"a": 1\n', '"a": 1', '"a": 1\n"seed": 42\n'],
    ['under a byte order mark', '\uFEFFa: 1\n', 'a: 1', '\uFEFFa: 1\nseed: 42\n'],
    ['in a flow map', 'x: {a: 1, b: 2}\n', 'a: 1', 'x: {a: 1, seed: 42, b: 2}\n'],
    ['at the end of a flow map', 'x: { a: 1 }\n', 'a: 1', 'x: { a: 1, seed: 42 }\n'],
    [
      'in a flow map over lines',
      'x: {\n  a: 1, # a\n  b: 2 # b\n}\n',
      'b: 2',
      'x: {\n  a: 1, # a\n  b: 2, # b\n  seed: 42\n}\n',
    ],
  ])('is added: %s', (_name, text, after, expected) => {
    const file = yaml(text);
    expect(edited(file, { kind: 'add-key', after: at(file, after), key: 'seed', value: 42 })).toBe(expected);
  });

  it.each([
    ['it is there already', 'a: 1\nseed: 2\n', 'a: 1'],
    ['it is there in quotes', 'a: 1\n"seed": 2\n', 'a: 1'],
    ['blank lines belong to the value before', 'a: |+\n  x\n\nb: 1\n', 'a: |+\n  x'],
    ['no key starts there', 'a: b\n', 'b'],
  ])('is not added when %s', (_name, text, after) => {
    const file = yaml(text);
    expect(edited(file, { kind: 'add-key', after: at(file, after), key: 'seed', value: 42 })).toBeNull();
  });

  it('survives brackets without end', () => {
    const file = yaml(`a: 1\nb: 2\nc: ${'['.repeat(10_000)}`);
    expect(edited(file, remove(at(file, 'a: 1')))).toBe(file.text.slice(5));
  });
});
