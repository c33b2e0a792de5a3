import type { FileChange } from '../../model/change.js';
import { type RepoPath, repoPath } from '../../model/identifiers.js';

/** Lines of one side of a file. */
export interface LineRange {
  readonly path: RepoPath;
  readonly side: 'base' | 'head';
  readonly startLine: number;
  readonly endLine: number;
}

/** The same in GitHub's words. */
export interface GithubLines {
  /** On the head, or on the base for a file that is gone. */
  readonly path: string;
  /** The base is on the left. */
  readonly side: 'LEFT' | 'RIGHT';
  readonly startLine: number;
  readonly endLine: number;
}

/** Which lines GitHub lets a comment stand on: those that a hunk of the diff shows, with no gap between them. */
export class CommentableLines {
  readonly #hunks: readonly ShownHunk[];

  constructor(changes: readonly FileChange[]) {
    const displayed = changes.filter((change) => change.undisplayed !== true);
    this.#hunks = displayed.flatMap((change) =>
      change.hunks.map(({ lines }) => ({
        path: change.path,
        basePath: change.previousPath ?? change.path,
        base: extent(lines.map((line) => line.base)),
        head: extent(lines.map((line) => line.head)),
      })),
    );
  }

  /** Whether all the lines lie in one hunk. */
  holds(range: LineRange): boolean {
    return this.#hunkOf(range) !== undefined;
  }

  /** Whether one hunk shows both. */
  areTogether(one: LineRange, other: LineRange): boolean {
    const hunk = this.#hunkOf(one);
    return hunk !== undefined && hunk === this.#hunkOf(other);
  }

  /** GitHub calls a file by its path on the head, on both sides of the diff. */
  githubLines(range: LineRange): GithubLines {
    const { side, startLine, endLine } = range;
    const path = this.#hunkOf(range)?.path ?? range.path;
    return { path, side: side === 'base' ? 'LEFT' : 'RIGHT', startLine, endLine };
  }

  /** The lines of a comment, whose path is that on the head on both sides. */
  rangeAt({ path, side, startLine, endLine }: GithubLines): LineRange {
    if (side === 'RIGHT') return { path: repoPath(path), side: 'head', startLine, endLine };
    const basePath = this.#hunks.find((hunk) => hunk.path === path)?.basePath;
    return { path: basePath ?? repoPath(path), side: 'base', startLine, endLine };
  }

  #hunkOf({ side, path, startLine, endLine }: LineRange): ShownHunk | undefined {
    return this.#hunks.find((hunk) => {
      const shown = hunk[side];
      const samePath = path === (side === 'base' ? hunk.basePath : hunk.path);
      return samePath && shown !== null && shown.first <= startLine && endLine <= shown.last;
    });
  }
}

interface Extent {
  readonly first: number;
  readonly last: number;
}

interface ShownHunk {
  readonly path: RepoPath;
  readonly basePath: RepoPath;
  /** Null where the hunk shows no line of the side. */
  readonly base: Extent | null;
  readonly head: Extent | null;
}

function extent(lines: readonly (number | null)[]): Extent | null {
  const shown = lines.filter((line) => line !== null);
  const [first] = shown;
  return first === undefined ? null : { first, last: shown.at(-1) ?? first };
}
