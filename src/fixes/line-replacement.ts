import type { TextEdit } from '../model/fix.js';
import { type LineNumber, lineNumber } from '../model/identifiers.js';
import { EditedText, inOrder } from './edited-text.js';
import { lineEnd, lineStart } from './lines.js';

/** Whole lines and what stands there afterwards: the shape of a suggestion on GitHub. */
export interface LineReplacement {
  /** Counted from 1, both included. */
  readonly startLine: LineNumber;
  readonly endLine: LineNumber;
  /** With the file's own line ends between its lines, and none at its end. */
  readonly replacement: string;
  /** The lines go with nothing in their place; without this, an empty replacement is an empty line. */
  readonly deletesLines: boolean;
}

/** The smallest range of whole lines that holds all edits; null if there are none or it has over `maxLines` lines. */
export function asLineReplacement(text: string, edits: readonly TextEdit[], maxLines = 5): LineReplacement | null {
  const ordered = inOrder(edits);
  const [first] = ordered;
  if (first === undefined) return null;
  const last = Math.max(...ordered.map((edit) => Math.max(edit.start, edit.end - 1)));
  const start = lineStart(text, first.start);
  const stretch = editedLines(text, start, lineEnd(text, last), ordered);
  const lines = text.slice(start, stretch.end).split('\n').length - (text[stretch.end - 1] === '\n' ? 1 : 0);
  if (lines > maxLines) return null;
  const startLine = text.slice(0, start).split('\n').length;
  return {
    startLine: lineNumber(startLine),
    endLine: lineNumber(startLine + Math.max(lines, 1) - 1),
    replacement: stretch.edited.replace(/\r?\n$/, ''),
    deletesLines: stretch.edited === '',
  };
}

/** Whole lines after the edits. Where an edit ate the last line end, the line behind it has become part of them. */
function editedLines(text: string, start: number, end: number, edits: readonly TextEdit[]) {
  const shifted = edits.map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
  const lines = new EditedText(text.slice(start, end));
  lines.apply(shifted);
  const edited = lines.text;
  if (end === text.length || edited === '' || edited.endsWith('\n')) return { end, edited };
  return editedLines(text, start, lineEnd(text, end), edits);
}
