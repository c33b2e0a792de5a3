import type { TextEdit } from '../model/fix.js';
import { deleteLines, indentation, lineBreak, lineContentEnd, lineStart, startsLine } from './lines.js';
import type { Stretch, Trivia } from './trivia.js';

/**
 * Arguments of a call, keys of an object, keys of a flow map: things in brackets with commas between them. All of
 * these functions find their way by the commas and brackets next to an item, so they need its exact stretch.
 */

/**
 * Takes an item away with exactly one comma, and with its line where it stands alone on it. A comment behind it on
 * the line goes too; all others stay. Null where the stretch is not one whole item.
 */
export function removeItem(text: string, item: Stretch, trivia: Trivia): readonly TextEdit[] | null {
  const before = trivia.before(item.start);
  const after = trivia.after(item.end);
  if (!'([{,'.includes(text[before] ?? ' ') || !',)]}'.includes(text[after] ?? ' ')) return null;
  const neighbours = { before, after };
  if (text[after] !== ',') return removeLast(text, item, neighbours, trivia);
  const end = after + 1;
  const closes = ')]}'.includes(text[trivia.after(end)] ?? ' ');
  if (closes && text[before] !== ',') return removeOnly(text, { start: item.start, end }, neighbours, trivia);
  return removeWithComma(text, { start: item.start, end }, neighbours, trivia);
}

/**
 * Writes a new item behind another one: on a line of its own where that one has one, else on the same line. `write`
 * gives the item's text.
 */
export function addItemBehind(text: string, item: Stretch, added: string, trivia: Trivia): readonly TextEdit[] | null {
  const after = trivia.after(item.end);
  if (!',)]}'.includes(text[after] ?? ' ')) return null;
  const hasComma = text[after] === ',';
  const behind = hasComma ? after + 1 : item.end;
  if (!startsLine(text, item.start)) return [insertion(item.end, `${separator(text, item, after)}${added}`)];
  const newLine = `${lineBreak(text, item.start)}${indentation(text, item.start)}${added}`;
  const comment = trivia.commentOnLine(behind);
  const end = comment?.end ?? behind;
  if (end < lineContentEnd(text, end) && text.slice(end, lineContentEnd(text, end)).trim() !== '') {
    // A bracket that closes on this line, or another item.
    return [insertion(item.end, hasComma ? `, ${added}` : `,${newLine}`)];
  }
  if (hasComma) return [insertion(end, `${newLine},`)];
  return end === item.end ? [insertion(end, `,${newLine}`)] : [insertion(item.end, ','), insertion(end, newLine)];
}

interface Neighbours {
  /** The comma or bracket before the item. */
  readonly before: number;
  /** The comma or bracket behind it. */
  readonly after: number;
}

function insertion(offset: number, text: string): TextEdit {
  return { start: offset, end: offset, text };
}

function deletion(start: number, end: number): TextEdit {
  return { start, end, text: '' };
}

/** `end` is behind the item's comma. */
function removeWithComma(text: string, item: Stretch, { before }: Neighbours, trivia: Trivia): readonly TextEdit[] {
  const comment = trivia.commentOnLine(item.end);
  const end = comment?.end ?? item.end;
  const endsLine = text.slice(end, lineContentEnd(text, end)).trim() === '';
  if (startsLine(text, item.start) && endsLine) return [deleteLines(text, item.start, end)];
  const next = trivia.after(item.end);
  const closing = ')]}'.includes(text[next] ?? ' ');
  if (!endsLine && !closing) return [deletion(item.start, next)];
  if (text[before] !== ',' && !closing && !trivia.hasComment({ start: end, end: next })) {
    return [deletion(item.start, next)];
  }
  return [deletion(trimmedStart(text, item.start, before), end)];
}

/** The last of several items, with no comma behind it: the comma before it goes instead. */
function removeLast(text: string, item: Stretch, neighbours: Neighbours, trivia: Trivia): readonly TextEdit[] {
  const { before, after } = neighbours;
  if (text[before] !== ',') return removeOnly(text, item, neighbours, trivia);
  const between = { start: before, end: item.start };
  const comment = trivia.commentOnLine(item.end);
  const end = comment?.end ?? item.end;
  const closesOnLine = after < lineContentEnd(text, item.end);
  if (startsLine(text, item.start) && !closesOnLine) {
    return [deletion(before, before + 1), deleteLines(text, item.start, end)];
  }
  if (!trivia.hasComment(between)) return [deletion(before, end)];
  return [deletion(before, before + 1), deletion(item.start, end)];
}

/** The only item: its brackets close up, unless a comment of another line stands in them. */
function removeOnly(text: string, item: Stretch, { before }: Neighbours, trivia: Trivia): readonly TextEdit[] {
  const closing = trivia.after(item.end);
  const end = trivia.commentOnLine(item.end)?.end ?? item.end;
  const others = [
    { start: before, end: item.start },
    { start: end, end: closing },
  ];
  if (!others.some((stretch) => trivia.hasComment(stretch))) return [deletion(before + 1, closing)];
  const endsLine = text.slice(end, lineContentEnd(text, end)).trim() === '';
  if (startsLine(text, item.start) && endsLine) return [deleteLines(text, item.start, end)];
  return [deletion(trimmedStart(text, item.start, before), end)];
}

/** Back over the blanks before an offset, but not past a line's start nor the mark before the item. */
function trimmedStart(text: string, offset: number, before: number): number {
  let at = offset;
  const first = Math.max(lineStart(text, offset), before + 1);
  while (at > first && ' \t'.includes(text.charAt(at - 1))) at--;
  return at;
}

/** `, ` unless the list is written without blanks, `{"a":1,"b":2}`. */
function separator(text: string, item: Stretch, after: number): string {
  if (text[item.start - 1] === ',') return ',';
  if (text[after] === ',') return /[\s)\]}]/.test(text[after + 1] ?? ' ') ? ', ' : ',';
  return /^"[^"]*":\S/.test(text.slice(item.start, item.end)) ? ',' : ', ';
}
