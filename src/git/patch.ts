import { parsePatch } from 'diff';
import { type Hunk, hunkOf } from '../model/change.js';

/** What a patch says of one file. */
export type PatchSection = { readonly state: 'hunks'; readonly hunks: readonly Hunk[] } | { readonly state: 'opaque' };

/**
 * Reads git's patch as it arrives, a file at a time, and keeps line numbers only. Files whose part is longer than
 * `SECTION_LINES` are opaque, and so are those that come after `PATCH_LINES` lines, of which it then knows nothing.
 */
export class PatchReader {
  /** By the name of the file, which must need no quotes. */
  readonly sections = new Map<string, PatchSection>();
  #pending = '';
  #lines = 0;

  push(chunk: Buffer): void {
    if (this.#lines > PATCH_LINES) return;
    // Names are plain and lines are only counted, so any bytes may be read as Latin-1.
    const searched = Math.max(0, this.#pending.length - SECTION_START.length);
    this.#pending += chunk.toString('latin1');
    let start = 0;
    for (;;) {
      // Lines of a file have a sign before them, so this can only be the start of a file's part.
      const next = this.#pending.indexOf(SECTION_START, Math.max(start + 1, searched));
      if (next === -1) break;
      this.#read(this.#pending.slice(start, next + 1));
      start = next + 1;
    }
    this.#pending = this.#pending.slice(start);
  }

  end(): void {
    if (this.#pending !== '') this.#read(this.#pending);
    this.#pending = '';
  }

  #read(text: string): void {
    const name = /^diff --git a\/(\S+) /.exec(text)?.[1];
    if (name === undefined) throw new Error('a part of a patch does not name its file');
    const lines = countLines(text);
    this.#lines += lines;
    const section = lines > SECTION_LINES || this.#lines > PATCH_LINES ? OPAQUE : readSection(text);
    this.sections.set(name, merged(this.sections.get(name), section));
  }
}

const SECTION_START = '\ndiff --git ';
const SECTION_LINES = 100_000;
const PATCH_LINES = 1_000_000;
const OPAQUE: PatchSection = { state: 'opaque' };

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

function readSection(text: string): PatchSection {
  const files = parsePatch(text);
  if (files.some((file) => file.isBinary)) return OPAQUE;
  return { state: 'hunks', hunks: files.flatMap((file) => file.hunks).map(hunkOf) };
}

/** A file that became a link, or the reverse, has two parts: one that takes away and one that adds. */
function merged(before: PatchSection | undefined, section: PatchSection): PatchSection {
  if (before === undefined) return section;
  if (before.state === 'opaque' || section.state === 'opaque') return OPAQUE;
  return { state: 'hunks', hunks: [...before.hunks, ...section.hunks] };
}
