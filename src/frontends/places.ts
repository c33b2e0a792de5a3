import { type LineNumber, lineNumber } from '../model/identifiers.js';
import type { Place } from '../model/location.js';

/** Finds the line of an offset. Made once a text. */
export class LineIndex {
  readonly #starts: number[] = [0];
  /** Where the last answer was: the next question is most often about the same line. */
  #last = 0;

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  lineAt(offset: number): LineNumber {
    const start = this.#starts[this.#last] as number;
    if (start <= offset && offset < (this.#starts[this.#last + 1] ?? Number.POSITIVE_INFINITY)) {
      return lineNumber(this.#last + 1);
    }
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    this.#last = low;
    return lineNumber(low + 1);
  }

  /** The place of a stretch. Its last line is that of its last character, so a trailing line end does not count. */
  place(start: number, end: number): Place {
    return { start, end, startLine: this.lineAt(start), endLine: this.lineAt(Math.max(start, end - 1)) };
  }
}
