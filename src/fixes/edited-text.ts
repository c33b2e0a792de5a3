import type { TextEdit } from '../model/fix.js';

/**
 * A text under one edit after another, which remembers what is left of the original. So each edit can be planned on
 * the text that the ones before it left, and all of them be told in offsets of the original at the end.
 */
export class EditedText {
  #pieces: readonly Piece[];
  readonly #originalLength: number;

  constructor(original: string) {
    this.#pieces = [{ text: original, origin: 0 }];
    this.#originalLength = original.length;
  }

  get text(): string {
    return this.#pieces.map((piece) => piece.text).join('');
  }

  /** Offsets are those of the text as it is now. The edits must not overlap. */
  apply(edits: readonly TextEdit[]): void {
    for (const edit of inOrder(edits).reverse()) {
      const [before, rest] = cut(this.#pieces, edit.start);
      const [, after] = cut(rest, edit.end - edit.start);
      this.#pieces = [...before, { text: edit.text, origin: null }, ...after].filter((piece) => piece.text !== '');
    }
  }

  /** Where a character of the original stands now; null once it is gone. */
  currentOffset(original: number): number | null {
    let offset = 0;
    for (const { text, origin } of this.#pieces) {
      if (origin !== null && origin <= original && original < origin + text.length) return offset + original - origin;
      offset += text.length;
    }
    return null;
  }

  /** What has changed so far, in offsets of the original, in order, with unchanged text between any two. */
  edits(): readonly TextEdit[] {
    const edits: TextEdit[] = [];
    let position = 0;
    let written = '';
    for (const { text, origin } of [...this.#pieces, { text: '', origin: this.#originalLength }]) {
      if (origin === null) {
        written += text;
        continue;
      }
      if (origin > position || written !== '') edits.push({ start: position, end: origin, text: written });
      position = origin + text.length;
      written = '';
    }
    return edits;
  }
}

/** By place; insertions at one place stay in the order they were given in. */
export function inOrder(edits: readonly TextEdit[]): TextEdit[] {
  return edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
}

/** A stretch of the text: kept from the original, where it began at `origin`, or written by an edit. */
interface Piece {
  readonly text: string;
  readonly origin: number | null;
}

function cut(pieces: readonly Piece[], offset: number): [Piece[], Piece[]] {
  const before: Piece[] = [];
  const after: Piece[] = [];
  let start = 0;
  for (const { text, origin } of pieces) {
    const split = Math.min(Math.max(offset - start, 0), text.length);
    if (split > 0) before.push({ text: text.slice(0, split), origin });
    if (split < text.length) after.push({ text: text.slice(split), origin: origin === null ? null : origin + split });
    start += text.length;
  }
  return [before, after];
}
