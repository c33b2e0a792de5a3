import { type Line, showControls, span, widthOf } from './lines.js';

export interface FrameSubject {
  /** The whole text of the file. */
  readonly text: string;
  /** The lines to point at, counted from 1, both ends included. */
  readonly startLine: number;
  readonly endLine: number;
  /** UTF-16 offsets of what to underline; null to mark whole lines. */
  readonly underline: { readonly start: number; readonly end: number } | null;
  /** `removed` for lines of the base that the change takes away. */
  readonly side: 'kept' | 'removed';
}

const CONTEXT = 2;
/** A subject of more lines than this is cut, so that a long call does not fill the screen. */
const LONGEST = 8;

/** The lines in question with two lines around them, numbered; none where the text has no such line. */
export function codeFrame(subject: FrameSubject, width: number): readonly Line[] {
  const lines = linesOf(subject.text);
  if (subject.startLine > lines.length) return [];
  const lastMarked = Math.min(subject.endLine, subject.startLine + LONGEST - 1, lines.length);
  const first = Math.max(1, subject.startLine - CONTEXT);
  const last = Math.min(lines.length, lastMarked + CONTEXT);
  const gutter = String(last).length;
  return lines.slice(first - 1, last).flatMap((line, index) => {
    const number = first + index;
    const marked = number >= subject.startLine && number <= lastMarked;
    const cut = number === lastMarked && subject.endLine > lastMarked;
    return [...frameLine(line, { number, marked, gutter, subject, width }), ...(cut ? [cutLine(gutter)] : [])];
  });
}

interface SourceLine {
  readonly text: string;
  /** UTF-16 offset of its first character. */
  readonly start: number;
}

/** Lines as front-ends count them: each ends at `\n`, and a `\r` before it belongs to the end. */
function linesOf(text: string): SourceLine[] {
  let start = 0;
  const lines = text.split('\n').map((line) => {
    const from = start;
    start += line.length + 1;
    return { text: line.replace(/\r$/, ''), start: from };
  });
  return lines.at(-1)?.text === '' ? lines.slice(0, -1) : lines;
}

interface FrameLine {
  readonly number: number;
  readonly marked: boolean;
  readonly gutter: number;
  readonly subject: FrameSubject;
  readonly width: number;
}

function frameLine(line: SourceLine, { number, marked, gutter, subject, width }: FrameLine): Line[] {
  const removed = subject.side === 'removed';
  const mark = marked ? (removed ? '-' : '>') : ' ';
  const range = marked ? underlinedColumns(line, subject) : null;
  const view = clip(line.text, range, width - gutter - 5);
  const head = `${mark} ${String(number).padStart(gutter)} │${view.text === '' ? '' : ' '}`;
  if (!marked) return [[span('faint', head), view.text]];
  const code: Line = [span(removed ? 'removed' : 'strong', head), removed ? span('removed', view.text) : view.text];
  if (view.underline === null) return [code];
  const { before, length } = view.underline;
  return [code, [span('faint', `${' '.repeat(gutter + 2)} │ `), ' '.repeat(before), span('bad', '^'.repeat(length))]];
}

function cutLine(gutter: number): Line {
  return [span('faint', `${' '.repeat(gutter + 2)} ┆ …`)];
}

interface Columns {
  readonly start: number;
  readonly end: number;
}

/** The part of a line to underline; null where the subject is several lines or nothing of it lies here. */
function underlinedColumns(line: SourceLine, { startLine, endLine, underline }: FrameSubject): Columns | null {
  if (underline === null || startLine !== endLine) return null;
  const start = underline.start - line.start;
  const end = Math.min(underline.end - line.start, line.text.length);
  return start >= 0 && start < end ? { start, end } : null;
}

interface View {
  readonly text: string;
  readonly underline: { readonly before: number; readonly length: number } | null;
}

const ELLIPSIS = '…';
/** Columns that stay visible in front of an underlined part far to the right. */
const LEAD = 16;

/** As much of a line as fits, moved to the right where what is underlined would not be seen. */
function clip(text: string, range: Columns | null, width: number): View {
  const shift = range === null || shownWidth(text.slice(0, range.end)) <= width ? 0 : Math.max(0, range.start - LEAD);
  const from = shift === 0 ? '' : ELLIPSIS;
  const shown = cut(from + shownText(text.slice(shift)), width);
  if (range === null) return { text: shown, underline: null };
  const before = widthOf(from) + shownWidth(text.slice(shift, range.start));
  const length = Math.min(shownWidth(text.slice(range.start, range.end)), Math.max(1, width - before));
  return { text: shown, underline: { before, length } };
}

function cut(text: string, width: number): string {
  // A line may hold a whole file; what cannot be seen in any case need not be measured.
  const start = text.slice(0, width * 2);
  if (start.length === text.length && widthOf(text) <= width) return text;
  let end = '';
  let room = width - 1;
  for (const character of start) {
    room -= widthOf(character);
    if (room < 0) break;
    end += character;
  }
  return end + ELLIPSIS;
}

function shownWidth(text: string): number {
  return widthOf(shownText(text));
}

/** A tab would jump to a column that depends on the gutter: two spaces stand for it. */
function shownText(text: string): string {
  return showControls(text.replaceAll('\t', '  '));
}
