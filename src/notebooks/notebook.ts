import { CellSource } from './cell-source.js';
import { type JsonCell, type NotebookFault, readNotebookJson } from './notebook-json.js';

export type { CellSource } from './cell-source.js';
export type { NotebookFault } from './notebook-json.js';

/** The code of a Jupyter notebook, and where it stands in the file. */
export interface Notebook {
  readonly cells: readonly CodeCell[];
  /** Code cells whose source is missing, or neither a text nor a list of texts. */
  readonly unreadable: readonly { readonly number: number; readonly offset: number }[];
}

export interface CodeCell {
  /** Counted from 1 over all cells, also those of text: how editors and linters count them. */
  readonly number: number;
  readonly source: CellSource;
}

/** A line as a reader of the notebook finds it. Both are counted from 1, lines within the cell. */
export interface CellLine {
  readonly cell: number;
  readonly line: number;
}

/** Reads the JSON of a notebook. One whose kernel is not Python has no code for us. */
export function readNotebook(text: string): Notebook | NotebookFault {
  const json = readNotebookJson(text);
  if ('fault' in json) return json;
  const cells: CodeCell[] = [];
  const unreadable: { number: number; offset: number }[] = [];
  for (const [index, cell] of json.cells.entries()) {
    const number = index + 1;
    if (cell.type !== 'code' || !isPython(cell, json.language)) continue;
    if (cell.source === null) unreadable.push({ number, offset: cell.offset });
    else cells.push({ number, source: new CellSource(text, cell.source) });
  }
  return { cells, unreadable };
}

/** The code cell that holds an offset of the file, from its first quote to its last. */
export function cellAt({ cells }: Notebook, offset: number): CodeCell | null {
  const found = cells.find(({ source: { strings } }) => {
    const [first, last] = [strings[0], strings.at(-1)];
    return first !== undefined && last !== undefined && first.start <= offset && offset <= last.end;
  });
  return found ?? null;
}

/**
 * The cell and the line in it that a place of the file belongs to; of a line of the file the first line of code on it.
 * Null outside of code, and for a text that is no notebook.
 */
export function cellOf(text: string, place: { readonly offset: number } | { readonly line: number }): CellLine | null {
  const notebook = readNotebook(text);
  if ('fault' in notebook) return null;
  const offset = 'offset' in place ? place.offset : firstCodeOn(text, place.line, notebook);
  const cell = offset === null ? null : cellAt(notebook, offset);
  if (offset === null || cell === null) return null;
  return { cell: cell.number, line: lineOf(cell.source.text, cell.source.offsetOf(offset)) };
}

/** The line of an offset, counted from 1. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

function isPython(cell: JsonCell, language: string | null): boolean {
  return /^(?:i?python\d?)?$/i.test(cell.language ?? language ?? '');
}

function firstCodeOn(text: string, line: number, { cells }: Notebook): number | null {
  const start = line === 1 ? 0 : offsetOfLine(text, line);
  if (start === null) return null;
  const end = text.indexOf('\n', start);
  const strings = cells.flatMap(({ source }) => source.strings);
  const first = strings.find((string) => string.start >= start && (end === -1 || string.start < end));
  return first?.start ?? null;
}

function offsetOfLine(text: string, line: number): number | null {
  let at = -1;
  for (let passed = 1; passed < line; passed += 1) {
    at = text.indexOf('\n', at + 1);
    if (at === -1) return null;
  }
  return at + 1;
}
