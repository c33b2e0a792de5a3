import { type JSONPath, type ParseErrorCode, printParseErrorCode, visit } from 'jsonc-parser';

/** The parts of a notebook file that hold code, as its JSON has them. Outputs, images and widgets are passed over. */
export interface NotebookJson {
  readonly cells: readonly JsonCell[];
  /** What the notebook says its code is written in, such as `python`; null where it does not say. */
  readonly language: string | null;
}

export interface JsonCell {
  /** Where its object starts. */
  readonly offset: number;
  /** `code`, `markdown`, `raw`; null where it is not told. */
  readonly type: string | null;
  /** What the cell itself says it is written in: only in notebooks of format 3. */
  readonly language: string | null;
  /** Null where it is missing, or neither a text nor a list of texts. */
  readonly source: JsonSource | null;
}

export interface JsonSource {
  /** Whether it is a list of lines, or else one text. */
  readonly inLines: boolean;
  readonly strings: readonly JsonString[];
  /** Where its value starts. */
  readonly offset: number;
}

export interface JsonString {
  readonly value: string;
  /** From the opening quote to behind the closing one. */
  readonly start: number;
  readonly end: number;
}

/** Why a text is no notebook that can be read. */
export interface NotebookFault {
  readonly fault: 'not-json' | 'no-cells' | 'too-deep';
  readonly offset: number;
  /** What the JSON parser says; null where the fault says all. */
  readonly detail: string | null;
}

/** Reads notebooks of format 3 and 4: https://nbformat.readthedocs.io/en/latest/format_description.html. */
export function readNotebookJson(text: string): NotebookJson | NotebookFault {
  try {
    const read = visitNotebook(text);
    // Python writes numbers that JSON does not have, and Jupyter reads them.
    return read.foreign.length === 0 ? read.result : visitNotebook(withoutForeignNumbers(text, read.foreign)).result;
  } catch (error) {
    // The parser calls itself for each level of nesting.
    if (error instanceof RangeError) return { fault: 'too-deep', offset: 0, detail: null };
    throw error;
  }
}

const FOREIGN_NUMBER = /(?:NaN|-?Infinity)(?![\w.])/y;

function withoutForeignNumbers(text: string, foreign: readonly Stretch[]): string {
  const pieces: string[] = [];
  let from = 0;
  for (const { start, end } of foreign) {
    if (start < from) continue;
    pieces.push(text.slice(from, start), '0', ' '.repeat(end - start - 1));
    from = end;
  }
  return pieces.join('') + text.slice(from);
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

interface Visited {
  readonly result: NotebookJson | NotebookFault;
  /** `NaN` and `Infinity`, if the first fault of the text is one of them. */
  readonly foreign: readonly Stretch[];
}

function visitNotebook(text: string): Visited {
  const visitor = new NotebookVisitor(text);
  visit(
    text,
    {
      onObjectBegin: (offset, _length, _line, _column, path) => visitor.begin('map', offset, path),
      onArrayBegin: (offset, _length, _line, _column, path) => visitor.begin('list', offset, path),
      onObjectEnd: () => visitor.end(),
      onArrayEnd: () => visitor.end(),
      onLiteralValue: (value, offset, length, _line, _column, path) => visitor.literal(value, { offset, length }, path),
      onError: (error, offset) => visitor.error(error, offset),
    },
    { disallowComments: true },
  );
  return { result: visitor.result(), foreign: visitor.foreign };
}

interface OpenCell {
  offset: number;
  type: string | null;
  language: string | null;
  source: { inLines: boolean; strings: JsonString[]; offset: number; isWrong: boolean } | null;
}

/** The maps and lists that are looked into; all others are passed over. */
const LOOKED_INTO: ReadonlyMap<'map' | 'list', RegExp> = new Map([
  ['map', /^(?:metadata(?:\/(?:kernelspec|language_info))?|worksheets\/#|(?:worksheets\/#\/)?cells\/#)?$/],
  ['list', /^(?:worksheets|(?:worksheets\/#\/)?cells(?:\/#\/(?:source|input))?)$/],
]);
const CELL = /(?:^|\/)cells\/#$/;
const SOURCE = /(?:^|\/)cells\/#\/(?:source|input)$/;
const LINE = /(?:^|\/)cells\/#\/(?:source|input)\/#$/;
const FIELD_OF_CELL = /(?:^|\/)cells\/#\/(cell_type|language|source|input)(\/#)?$/;

class NotebookVisitor {
  readonly foreign: Stretch[] = [];
  readonly #text: string;
  #cells: OpenCell[] | null = null;
  #names: { info: string | null; kernel: string | null } = { info: null, kernel: null };
  #fault: NotebookFault | null = null;
  /** How many maps and lists are open that are passed over. */
  #passedOver = 0;

  constructor(text: string) {
    this.#text = text;
  }

  begin(kind: 'map' | 'list', offset: number, path: () => JSONPath): void {
    const where = this.#passedOver > 0 ? null : written(path());
    if (where !== null && SOURCE.test(where))
      this.#open({ inLines: true, strings: [], offset, isWrong: kind === 'map' });
    if (where !== null && LINE.test(where)) this.#addString(null, { start: offset, end: offset, isLine: true });
    if (where === null || !LOOKED_INTO.get(kind)?.test(where)) {
      this.#passedOver += 1;
      return;
    }
    // Of two equal keys the last one counts, as in every reader of JSON.
    if (where === 'cells' || where === 'worksheets') this.#cells = [];
    if (kind === 'map' && CELL.test(where)) this.#cells?.push({ offset, type: null, language: null, source: null });
  }

  end(): void {
    if (this.#passedOver > 0) this.#passedOver -= 1;
  }

  literal(value: unknown, { offset, length }: { offset: number; length: number }, path: () => JSONPath): void {
    if (this.#passedOver > 0) return;
    const where = written(path());
    if (where === 'metadata/language_info/name') this.#names.info = textOf(value);
    if (where === 'metadata/kernelspec/language') this.#names.kernel = textOf(value);
    const [, field, item] = FIELD_OF_CELL.exec(where) ?? [];
    const cell = this.#cells?.at(-1);
    if (field === undefined || cell === undefined) return;
    if (field === 'cell_type') cell.type = textOf(value);
    else if (field === 'language') cell.language = textOf(value);
    else this.#addString(value, { start: offset, end: offset + length, isLine: item !== undefined });
  }

  error(error: ParseErrorCode, offset: number): void {
    FOREIGN_NUMBER.lastIndex = offset;
    const foreign = FOREIGN_NUMBER.exec(this.#text)?.[0];
    if (foreign !== undefined) this.foreign.push({ start: offset, end: offset + foreign.length });
    this.#fault ??= { fault: 'not-json', offset, detail: inWords(printParseErrorCode(error)) };
  }

  result(): NotebookJson | NotebookFault {
    if (this.#fault !== null) return this.#fault;
    if (this.#cells === null) return { fault: 'no-cells', offset: 0, detail: null };
    const cells = this.#cells.map((cell) => ({ ...cell, source: cell.source?.isWrong === true ? null : cell.source }));
    return { cells, language: this.#names.info ?? this.#names.kernel };
  }

  #open(source: OpenCell['source']): void {
    const cell = this.#cells?.at(-1);
    if (cell !== undefined) cell.source = source;
  }

  #addString(value: unknown, { start, end, isLine }: Stretch & { readonly isLine: boolean }): void {
    if (!isLine) this.#open({ inLines: false, strings: [], offset: start, isWrong: false });
    const source = this.#cells?.at(-1)?.source ?? null;
    if (source === null) return;
    if (typeof value === 'string') source.strings.push({ value, start, end });
    else source.isWrong = true;
  }
}

/** A path as one text, places in lists as `#`. */
function written(path: JSONPath): string {
  return path.map((part) => (typeof part === 'number' ? '#' : part)).join('/');
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** `CommaExpected` as `comma expected`. */
function inWords(name: string): string {
  return name.replace(/(?<=[a-z])[A-Z]/g, ' $&').toLowerCase();
}
