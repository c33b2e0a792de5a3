import { describe, expect, it } from '@jest/globals';
import { codeFrame } from '../../src/presentation/code-frame.js';
import { renderLines } from '../../src/presentation/lines.js';

function frame(text: string, words: string | null, lines: [number, number], width = 60): string {
  const start = words === null ? 0 : text.indexOf(words);
  const underline = words === null ? null : { start, end: start + words.length };
  const subject = { text, startLine: lines[0], endLine: lines[1], underline, side: 'kept' as const };
  return renderLines(codeFrame(subject, width), false);
}

describe('a code frame', () => {
  it.each<[string, string, string, string]>([
    ['text of one column a letter', 'x = bad\n', 'bad', '> 1 │ x = bad\n    │     ^^^\n'],
    ['a line that ends in CRLF', 'x = bad\r\ny\r\n', 'bad', '> 1 │ x = bad\n    │     ^^^\n  2 │ y\n'],
    ['tabs', '\tx = bad', 'bad', '> 1 │   x = bad\n    │       ^^^\n'],
    ['wide letters', 'モデル = bad', 'bad', '> 1 │ モデル = bad\n    │          ^^^\n'],
    ['controls before it', '\u001b[0m = bad', 'bad', '> 1 │ \\u{1b}[0m = bad\n    │             ^^^\n'],
  ])('underlines the right columns behind %s', (_, text, words, shown) => {
    expect(frame(text, words, [1, 1])).toBe(shown);
  });

  it('marks lines alone where the subject spans several', () => {
    expect(frame('a(\n  b,\n)\nc\n', 'a(\n  b,\n)', [1, 3])).toBe('> 1 │ a(\n> 2 │   b,\n> 3 │ )\n  4 │ c\n');
  });

  it('cuts a subject of many lines', () => {
    const text = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`).join('\n');
    expect(frame(text, null, [5, 25])).toMatchSnapshot();
  });

  it('moves along a line that is too long, so that what is underlined can be seen', () => {
    const text = `{"a": "${'x'.repeat(100_000)}", "trust_remote_code": true, "b": "${'y'.repeat(100_000)}"}`;
    expect(frame(text, '"trust_remote_code": true', [1, 1])).toBe(
      '> 1 │ …xxxxxxxxxxxxx", "trust_remote_code": true, "b": "yyy…\n    │                  ^^^^^^^^^^^^^^^^^^^^^^^^^\n',
    );
  });

  it('keeps to the width where the underlined part is wider than it', () => {
    const lines = frame(`x = ${'z'.repeat(500)}`, 'z'.repeat(500), [1, 1], 40)
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => line.length)).toEqual([40, 40]);
  });
});
