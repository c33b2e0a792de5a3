import { structuredPatch } from 'diff';
import { type Hunk, type HunkLine, hunkOf } from '../model/change.js';
import { lineNumber } from '../model/identifiers.js';

/** Lines that differ, at most: finding the shortest difference between two texts takes the square of that. */
const MOST_EDITS = 2_000;
/** Git looks so far for a NUL byte to tell a binary file. */
const LOOKED_AT = 8_000;

/**
 * The lines that differ between two contents, null for a file that is not there, with three lines around each. Null for
 * binary files, and beyond the bound.
 */
export function compareContents(base: Uint8Array | null, head: Uint8Array | null): readonly Hunk[] | null {
  if ([base, head].some((bytes) => bytes !== null && isBinary(bytes))) return null;
  const [before, after] = [textOf(base), textOf(head)];
  if (base === null || head === null) return wholeFile(before, after);
  const patch = structuredPatch('', '', before, after, '', '', { context: 3, maxEditLength: MOST_EDITS });
  return patch === undefined ? null : patch.hunks.map(hunkOf);
}

function isBinary(bytes: Uint8Array): boolean {
  return bytes.subarray(0, LOOKED_AT).includes(0);
}

/** Lines are only counted, so any bytes may be read as Latin-1. */
function textOf(bytes: Uint8Array | null): string {
  return bytes === null ? '' : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function wholeFile(before: string, after: string): readonly Hunk[] {
  const removed = Array.from(
    { length: countLines(before) },
    (_, at): HunkLine => ({ base: lineNumber(at + 1), head: null }),
  );
  const added = Array.from(
    { length: countLines(after) },
    (_, at): HunkLine => ({ base: null, head: lineNumber(at + 1) }),
  );
  const lines = [...removed, ...added];
  return lines.length === 0 ? [] : [{ lines }];
}

function countLines(text: string): number {
  const ends = text.split('\n').length - 1;
  return text === '' || text.endsWith('\n') ? ends : ends + 1;
}
