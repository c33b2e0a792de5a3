import type { JsonSource, JsonString } from './notebook-json.js';

/** The source of one cell: its text, and where each character of it stands in the file. Offsets are UTF-16 units. */
export class CellSource {
  readonly text: string;
  readonly inLines: boolean;
  /** The strings it is made of, in order, with where each begins in the text. */
  readonly strings: readonly (JsonString & { readonly at: number })[];
  readonly #file: string;
  readonly #offset: number;
  #made: readonly Stretch[] | null = null;

  constructor(file: string, source: JsonSource) {
    this.inLines = source.inLines;
    this.#file = file;
    this.#offset = source.offset;
    let at = 0;
    this.strings = source.strings.map((string) => {
      const placed = { ...string, at };
      at += string.value.length;
      return placed;
    });
    this.text = source.strings.map(({ value }) => value).join('');
  }

  /** Where the character at an offset of the text starts in the file; for the text's end, where its last one ends. */
  startInFile(offset: number): number {
    if (offset >= this.text.length) return this.endInFile(offset);
    const stretch = this.#stretchAt(offset);
    return stretch === undefined ? this.#offset : stretch.start + (stretch.isEscape ? 0 : offset - stretch.at);
  }

  /** Where the character before an offset of the text ends in the file. */
  endInFile(offset: number): number {
    if (offset <= 0) return this.strings[0] === undefined ? this.#offset : this.strings[0].start + 1;
    const last = Math.min(offset, this.text.length) - 1;
    const stretch = this.#stretchAt(last);
    if (stretch === undefined) return this.#offset;
    return stretch.isEscape ? stretch.end : stretch.start + last - stretch.at + 1;
  }

  /** The offset in the text of what stands at an offset of the file: in an escape that of its character. */
  offsetOf(inFile: number): number {
    const stretch = this.#stretches[lastIndex(this.#stretches, (it) => it.start <= inFile)];
    if (stretch === undefined) return 0;
    if (stretch.isEscape) return inFile < stretch.end ? stretch.at : stretch.at + 1;
    return stretch.at + Math.min(inFile, stretch.end) - stretch.start;
  }

  /** Made when they are first asked for, since most cells hold nothing that is told. */
  get #stretches(): readonly Stretch[] {
    this.#made ??= this.strings.flatMap((string) => stretchesOf(this.#file, string));
    return this.#made;
  }

  #stretchAt(offset: number): Stretch | undefined {
    return this.#stretches[lastIndex(this.#stretches, (it) => it.at <= offset)];
  }
}

/** Characters that stand in the file as they are, or one that is escaped there. */
interface Stretch {
  /** Of the first character, in the text. */
  readonly at: number;
  /** In the file. */
  readonly start: number;
  readonly end: number;
  readonly isEscape: boolean;
}

/** One UTF-16 unit of the text each. The JSON is known to be valid. */
const ESCAPE = /\\(?:u[\dA-Fa-f]{4}|[^u])/g;

function stretchesOf(file: string, string: JsonString & { readonly at: number }): Stretch[] {
  const [from, to] = [string.start + 1, string.end - 1];
  let { at } = string;
  if (to - from === string.value.length) return from === to ? [] : [{ at, start: from, end: to, isEscape: false }];
  const stretches: Stretch[] = [];
  let start = from;
  const addPlain = (end: number) => {
    if (end > start) stretches.push({ at, start, end, isEscape: false });
    at += end - start;
  };
  for (const { index, 0: escaped } of file.slice(from, to).matchAll(ESCAPE)) {
    addPlain(from + index);
    start = from + index + escaped.length;
    stretches.push({ at, start: from + index, end: start, isEscape: true });
    at += 1;
  }
  addPlain(to);
  return stretches;
}

/** The last of some ordered items that a statement holds for; -1 where it holds for none. */
function lastIndex<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(items[middle] as T)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
