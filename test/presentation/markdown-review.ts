import { Lexer, type Token } from 'marked';
import type { FileChange, HunkLine } from '../../src/model/change.js';
import type { ProvenFix } from '../../src/model/fix.js';
import { lineNumber, type RepoPath } from '../../src/model/identifiers.js';
import type { Review } from '../../src/model/review.js';
import { TRAIN } from './review-builder.js';

/** The review with these changes in place of its own, so that its diff has lines to comment on. */
export function withChanges(review: Review, changes: readonly FileChange[]): Review {
  return { ...review, snapshot: { ...review.snapshot, changes } };
}

/** A change whose hunks show these lines, each `[base, head]` with null for the side a line is not on. */
export function change(
  hunks: readonly (readonly (readonly [number | null, number | null])[])[],
  given: Partial<FileChange> = {},
): FileChange {
  const line = (number: number | null) => (number === null ? null : lineNumber(number));
  const shown = hunks.map((lines) => ({
    lines: lines.map(([base, head]): HunkLine => ({ base: line(base), head: line(head) })),
  }));
  return { status: 'modified', path: TRAIN, previousPath: null, opaque: false, ...given, hunks: shown };
}

/** Lines that are the same on both sides. */
export function unchanged(from: number, to: number): (readonly [number, number])[] {
  return Array.from({ length: to - from + 1 }, (_, index) => [from + index, from + index] as const);
}

/** An edit of whole lines of `train.py`. */
export function edit(
  startLine: number,
  endLine: number,
  replacement: string | null,
  path: RepoPath = TRAIN,
): ProvenFix {
  return {
    applicability: 'safe',
    title: 'Drop `trust_remote_code=True`.',
    path,
    startLine: lineNumber(startLine),
    endLine: lineNumber(endLine),
    replacement: replacement ?? '',
    deletesLines: replacement === null,
  };
}

/** What a code host makes of a text: the words it looks through for mentions and references, and the HTML it lets pass. */
export interface Rendered {
  readonly words: string;
  readonly html: string;
  readonly links: readonly string[];
  readonly code: readonly string[];
}

export function rendered(markdown: string): Rendered {
  const found = { words: [] as string[], html: [] as string[], links: [] as string[], code: [] as string[] };
  const visit = (token: Token): void => {
    if (token.type === 'html') found.html.push(token.raw);
    else if (token.type === 'code') found.code.push(token.text);
    else if (token.type === 'link' || token.type === 'image') found.links.push(token.href);
    else if (token.type === 'table') {
      for (const cell of [...token.header, ...token.rows.flat()]) cell.tokens.forEach(visit);
      return;
    } else if (token.type === 'list') {
      token.items.forEach(visit);
      return;
    }
    if ('tokens' in token && token.tokens !== undefined) token.tokens.forEach(visit);
    else if (token.type === 'text' || token.type === 'escape') found.words.push(token.text);
  };
  Lexer.lex(markdown).forEach(visit);
  return { ...found, words: decoded(found.words.join('')), html: found.html.join('') };
}

/** Whether every fence of a text is closed, read line by line as CommonMark does. */
export function hasClosedFences(markdown: string): boolean {
  let open: string | null = null;
  for (const line of markdown.split('\n')) {
    const fence = /^ {0,3}(`{3,})([^`]*)$/.exec(line);
    if (fence === null) continue;
    const [, mark = '', info = ''] = fence;
    if (open === null) open = mark;
    else if (mark.length >= open.length && info.trim() === '') open = null;
  }
  return open === null;
}

function decoded(text: string): string {
  const entities: Record<string, string> = { '&lt;': '<', '&gt;': '>', '&amp;': '&', '&#8203;': '\u200b' };
  return text.replaceAll(/&(?:lt|gt|amp|#8203);/g, (entity) => entities[entity] ?? entity);
}
