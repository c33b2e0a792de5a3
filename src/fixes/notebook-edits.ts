import type { Edit, TextEdit } from '../model/fix.js';
import { type RepoPath, repoPath } from '../model/identifiers.js';
import { type Location, locate } from '../model/location.js';
import { readCell } from '../notebooks/cell-code.js';
import { type CellSource, type CodeCell, cellAt, lineOf, type Notebook, readNotebook } from '../notebooks/notebook.js';
import { inOrder } from './edited-text.js';
import { lineStart } from './lines.js';

export interface SourceFile {
  readonly path: RepoPath;
  readonly text: string;
}

/** Plans edits of a text; null where this cannot be done safely. */
export type Planner = (source: SourceFile, edits: readonly Edit[]) => readonly TextEdit[] | null;

/**
 * What edits of the Python in a notebook change in its file. `plan` sees the code of one cell at a time as a file of
 * Python. The rest of the notebook stays as it is, to the letter: Jupyter would write all of it anew.
 */
export function planNotebookEdits(
  source: SourceFile,
  edits: readonly Edit[],
  plan: Planner,
): readonly TextEdit[] | null {
  const notebook = readNotebook(source.text);
  if ('fault' in notebook || edits.some((edit) => placeOf(edit).path !== source.path)) return null;
  const planned: TextEdit[] = [];
  for (const [cell, inCell] of editsByCell(edits, notebook)) {
    const written = cell === null ? null : planCell(source.text, cell, inCell, plan);
    if (written === null) return null;
    planned.push(...written);
  }
  return inOrder(planned);
}

function editsByCell(edits: readonly Edit[], notebook: Notebook): Map<CodeCell | null, Edit[]> {
  const byCell = new Map<CodeCell | null, Edit[]>();
  for (const edit of edits) {
    const cell = cellAt(notebook, placeOf(edit).start);
    byCell.set(cell, [...(byCell.get(cell) ?? []), edit]);
  }
  return byCell;
}

function planCell(
  file: string,
  { source }: CodeCell,
  edits: readonly Edit[],
  plan: Planner,
): readonly TextEdit[] | null {
  const inCell = edits.map((edit) => movedEdit(edit, source));
  if (!inCell.every((edit) => edit !== null)) return null;
  const { python } = readCell(source.text);
  const planned = plan({ path: CELL, text: python }, inCell);
  // Commands and magics are blank in what was planned on, and must not be written over.
  const onPython = ({ start, end }: TextEdit) => source.text.slice(start, end) === python.slice(start, end);
  if (planned === null || !planned.every(onPython)) return null;
  return planned.length === 0 ? [] : [writeCell(file, source, planned)];
}

// Planned as any Python is.
const CELL = repoPath('cell.py');

/** Null for an edit whose place is not exactly a stretch of the cell's source. */
function movedEdit(edit: Edit, source: CellSource): Edit | null {
  const { start, end } = placeOf(edit);
  const from = source.offsetOf(start);
  const to = source.offsetOf(end);
  if (source.startInFile(from) !== start || (start !== end && source.endInFile(to) !== end)) return null;
  const { text } = source;
  const startLine = lineOf(text, from) as Location['startLine'];
  const endLine = lineOf(text, Math.max(from, to - 1)) as Location['endLine'];
  const place = locate(CELL, { start: from, end: to, startLine, endLine });
  return edit.kind === 'add-key' ? { ...edit, after: place } : { ...edit, at: place };
}

function placeOf(edit: Edit): Location {
  return edit.kind === 'add-key' ? edit.after : edit.at;
}

/** Writes the strings that the edits touch anew, and of that the smallest edit. */
function writeCell(file: string, source: CellSource, edits: readonly TextEdit[]): TextEdit {
  const touched = touchedStrings(source, edits);
  const [first, last] = [touched[0], touched.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('an edit of a cell without source');
  const stretch = { start: first.at, end: last.at + last.value.length };
  const spelled = spelledLines(file, source, { stretch, edits });
  const written = spelled.map((line) => `"${line}"`).join(separatorOf(file, source));
  return smallestEdit(file, { start: first.start, end: last.end, text: written });
}

/** Every string that an edit touches, and one more at the end of a cell, whose comma goes with what is behind it. */
function touchedStrings(source: CellSource, edits: readonly TextEdit[]): CellSource['strings'] {
  const { strings } = source;
  const start = Math.min(...edits.map((edit) => edit.start));
  const end = Math.max(...edits.map((edit) => edit.end));
  const first = strings.findLastIndex((string) => string.at <= start);
  // The string behind the edits is among them: where a line end goes, it becomes part of the line before.
  const last = strings.findLastIndex((string) => string.at <= end);
  return strings.slice(Math.max(0, end === source.text.length ? first - 1 : first), last + 1);
}

interface Respelling {
  /** Of the cell's text. */
  readonly stretch: { readonly start: number; readonly end: number };
  readonly edits: readonly TextEdit[];
}

/** The stretch after the edits, as JSON spells it between quotes: what stays as it was written, a string a line. */
function spelledLines(file: string, source: CellSource, { stretch, edits }: Respelling): string[] {
  const onlyAscii = isAscii(file) && /\\u(?!00[01])/.test(file);
  const lines = [''];
  const add = (character: string, spelled: string) => {
    lines.push(`${lines.pop()}${spelled}`);
    if (character === '\n' && source.inLines) lines.push('');
  };
  let at = stretch.start;
  const keep = (end: number) => {
    for (; at < end; at += 1) add(source.text.charAt(at), file.slice(source.startInFile(at), source.endInFile(at + 1)));
  };
  for (const { start, end, text } of inOrder(edits)) {
    keep(start);
    for (const character of text) add(character, spell(character, onlyAscii));
    at = end;
  }
  keep(stretch.end);
  return lines.length > 1 && lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

/** As Jupyter writes it, or with all that is not ASCII escaped, as Python's `json` does unless told otherwise. */
function spell(character: string, onlyAscii: boolean): string {
  const spelled = JSON.stringify(character).slice(1, -1);
  if (!onlyAscii) return spelled;
  return spelled.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What stands between two lines of the cell; where it has but one, on lines of their own with its indentation. */
function separatorOf(file: string, { strings }: CellSource): string {
  const [first, second] = strings;
  if (first === undefined) return ',';
  if (second !== undefined) return file.slice(first.end, second.start);
  const before = file.slice(lineStart(file, first.start), first.start);
  return before.trim() === ''
    ? `,${/\r?\n$/.exec(file.slice(0, lineStart(file, first.start)))?.[0] ?? ''}${before}`
    : ', ';
}

/**
 * The edit without what it leaves as it is. What it only takes away is told as whole lines of the file where that
 * comes to the same: `a,⏎b` without `,⏎b` is `a` as it is without the next line and its comma.
 */
function smallestEdit(file: string, edit: TextEdit): TextEdit {
  const { start, end, text } = edit;
  const most = Math.min(end - start, text.length);
  let before = 0;
  while (before < most && file[start + before] === text[before]) before += 1;
  let behind = 0;
  while (behind < most - before && file[end - 1 - behind] === text[text.length - 1 - behind]) behind += 1;
  const smallest = { start: start + before, end: end - behind, text: text.slice(before, text.length - behind) };
  return smallest.text === '' ? atLineStart(file, smallest) : smallest;
}

function atLineStart(file: string, deletion: TextEdit): TextEdit {
  return slid(file, deletion, -1) ?? slid(file, deletion, 1) ?? deletion;
}

/** The deletion moved on by `step` to where a line starts; null where other text would go then. */
function slid(file: string, deletion: TextEdit, step: 1 | -1): TextEdit | null {
  let { start, end } = deletion;
  while (start > 0 && file[start - 1] !== '\n') {
    const [gone, kept] = step === 1 ? [start, end] : [end - 1, start - 1];
    if (Math.abs(start - deletion.start) > end - start || file[gone] !== file[kept]) return null;
    start += step;
    end += step;
  }
  return { ...deletion, start, end };
}
