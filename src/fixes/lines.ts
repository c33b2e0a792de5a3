/** Lines of a text by offset. A line's content leaves out its line end, `\n` or `\r\n`. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

export function lineContentEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end === -1) return text.length;
  return end > 0 && end > offset && text[end - 1] === '\r' ? end - 1 : end;
}

/** Where the next line starts; the text's length in the last one. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end + 1;
}

/** Whether only blanks stand before an offset on its line. */
export function startsLine(text: string, offset: number): boolean {
  return text.slice(lineStart(text, offset), offset).trim() === '';
}

/** The blanks that a line begins with; a byte order mark is none. */
export function indentation(text: string, offset: number): string {
  const start = lineStart(text, offset);
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

/** The line end that the text uses around an offset: that of its line, else that of the first line. */
export function lineBreak(text: string, offset: number): '\n' | '\r\n' {
  const own = text.indexOf('\n', offset);
  const end = own === -1 ? text.indexOf('\n') : own;
  return end > 0 && text[end - 1] === '\r' ? '\r\n' : '\n';
}

/** The edit that takes whole lines away. At the end of a text without a last line end, the one before them goes. */
export function deleteLines(text: string, start: number, end: number): { start: number; end: number; text: string } {
  const from = lineStart(text, start);
  const to = lineEnd(text, end);
  if (from === 0 || to < text.length || text.endsWith('\n')) return { start: from, end: to, text: '' };
  return { start: text[from - 2] === '\r' ? from - 2 : from - 1, end: to, text: '' };
}
