import type { CST } from 'yaml';
import type { TextEdit } from '../model/fix.js';
import { deleteLines, lineBreak, lineContentEnd, lineEnd, lineStart, startsLine } from './lines.js';
import { type Stretch, type Trivia, yamlTokens } from './trivia.js';

/** One key of a YAML map, and what an edit must know of the map around it. */
export interface KeyInMap {
  readonly style: 'block' | 'flow';
  /** Where the keys of the map start, in order, and which of them this is. */
  readonly keys: readonly number[];
  readonly index: number;
  /** All keys of the map as written. */
  readonly names: readonly string[];
}

/** Null where no key of a map starts at the offset. Read from tokens, which no depth of nesting can overflow. */
export function findKey(text: string, offset: number): KeyInMap | null {
  for (const token of yamlTokens(text)) {
    if (token.type !== 'block-map' && !(token.type === 'flow-collection' && token.start.source === '{')) continue;
    const written = token.items.flatMap(({ key }) => (key ? [key] : []));
    const keys = written.map((key) => key.offset);
    const index = keys.indexOf(offset);
    if (index === -1) continue;
    return { style: token.type === 'block-map' ? 'block' : 'flow', keys, index, names: written.map(nameOf) };
  }
  return null;
}

/** Whether something outside of a stretch refers to an anchor inside of it, so that it cannot go. */
export function isReferredTo(text: string, { start, end }: Stretch): boolean {
  const tokens = yamlTokens(text).flatMap((token) => ('source' in token ? [token] : []));
  const isInside = (token: { readonly offset: number }) => start <= token.offset && token.offset < end;
  const anchors = tokens
    .filter((token) => token.type === 'anchor' && isInside(token))
    .map((token) => token.source.slice(1));
  return tokens.some((token) => token.type === 'alias' && !isInside(token) && anchors.includes(token.source.slice(1)));
}

/** Null for the only key of its map, and where the key shares its lines with something that must stay. */
export function removeBlockKey(text: string, at: Stretch, key: KeyInMap, trivia: Trivia): readonly TextEdit[] | null {
  if (key.keys.length === 1) return null;
  const comment = trivia.commentOnLine(at.end);
  const end = comment?.end ?? at.end;
  if (text.slice(end, lineContentEnd(text, end)).trim() !== '') return null;
  if (startsLine(text, at.start)) return [deleteLines(text, at.start, end)];
  // The first key of a list item stands behind the dash, and the next key takes its place there.
  const next = key.keys[key.index + 1];
  const dashes = /^\s*(?:-[ \t]+)+$/.test(text.slice(lineStart(text, at.start), at.start));
  if (!dashes || next === undefined || !startsLine(text, next)) return null;
  return trivia.hasComment({ start: end, end: next }) ? null : [{ start: at.start, end: next, text: '' }];
}

/** Writes a line behind a key, its nested value and the comments that belong to either. */
export function addBlockKey(text: string, after: Stretch, line: string, trivia: Trivia): readonly TextEdit[] | null {
  const end = trivia.commentOnLine(after.end)?.end ?? after.end;
  if (text.slice(end, lineContentEnd(text, end)).trim() !== '') return null;
  // Blank lines behind a block scalar marked `+` are part of it.
  if (/[|>]\d?\+/.test(text.slice(after.start, lineContentEnd(text, after.start)))) return null;
  const column = after.start - lineStart(text, after.start);
  const prefix = text.slice(lineStart(text, after.start), after.start);
  if (!/^\uFEFF?\s*(?:-[ \t]+)*$/.test(prefix)) return null;
  const indent = prefix.replace(/^\uFEFF/, '').replaceAll('-', ' ');
  const at = behindDeeperComments(text, lineContentEnd(text, end), column, trivia);
  return [{ start: at, end: at, text: `${lineBreak(text, after.start)}${indent}${line}` }];
}

function nameOf(key: CST.Token): string {
  return 'source' in key ? key.source.replace(/^(["'])(.*)\1$/, '$2') : '';
}

/** Comments that are further in than the key itself are about its nested value. */
function behindDeeperComments(text: string, offset: number, column: number, trivia: Trivia): number {
  let at = offset;
  for (let start = lineEnd(text, at); start < text.length; start = lineEnd(text, at)) {
    const comment = trivia.commentOnLine(start);
    if (comment === null || comment.start - start <= column) return at;
    at = lineContentEnd(text, comment.end);
  }
  return at;
}
