import { styleText } from 'node:util';
import stringWidth from 'string-width';

/** What a stretch of terminal text is; how that looks is decided here, in `FORMATS`. */
export type Style = 'error' | 'warning' | 'notice' | 'good' | 'bad' | 'added' | 'removed' | 'faint' | 'strong';

export interface Span {
  readonly text: string;
  readonly style: Style;
}

/** One line of a terminal, without its end. */
export type Line = readonly (string | Span)[];

type Format = Parameters<typeof styleText>[0];
const FORMATS: Readonly<Record<Style, Format>> = {
  error: ['bold', 'red'],
  warning: ['bold', 'yellow'],
  notice: ['bold', 'blue'],
  good: 'green',
  bad: 'red',
  added: 'green',
  removed: 'red',
  faint: 'dim',
  strong: 'bold',
};

export function span(style: Style, text: string): Span {
  return { style, text };
}

export const EMPTY_LINE: Line = [];

/** The only way from lines to text: whatever a span holds, it comes out as `showControls` leaves it. */
export function renderLines(lines: readonly Line[], colour: boolean): string {
  return lines.map((line) => `${line.map((part) => renderPart(part, colour)).join('')}\n`).join('');
}

export function indent(lines: readonly Line[], by: number): readonly Line[] {
  return lines.map((line) => (line.length === 0 ? line : [' '.repeat(by), ...line]));
}

/** Breaks a text at its spaces. A word that is longer than the width, such as a path, stays whole. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const line = lines.at(-1);
    if (line !== undefined && widthOf(`${line} ${word}`) <= width) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Columns that a text takes once its controls are shown. */
export function widthOf(text: string): number {
  return stringWidth(showControls(text));
}

/**
 * Text of a repository as it may stand in a terminal: line ends, escapes that move the cursor or set colours, marks
 * that reverse the reading direction and characters without a shape are written out, `\u{1b}`.
 */
export function showControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (mark) => `\\u{${mark.codePointAt(0)?.toString(16)}}`);
}

function renderPart(part: string | Span, colour: boolean): string {
  if (typeof part === 'string') return showControls(part);
  const text = showControls(part.text);
  // Node 22 would look at stdout to decide whether to style; what is written must not depend on where it goes.
  return colour && text !== '' ? styleText(FORMATS[part.style], text, { validateStream: false }) : text;
}
