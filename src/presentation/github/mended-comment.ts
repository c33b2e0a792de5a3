import type { CommitSha } from '../../model/identifiers.js';
import { readMarker, withoutMarker, writeMarker } from './marker.js';

/** Why a comment has nothing to tell any more: what it told of is mended, or is on the base as well. */
export type Settled = 'mended' | 'on-base';

/**
 * What becomes of a comment that people have answered, when it has nothing to tell any more: what it said, for them to be
 * understood, without anything to commit. Null for a body that is not ours.
 */
export function mendedComment(body: string, settled: Settled, head: CommitSha): string | null {
  const marker = readMarker(body);
  if (marker === null) return null;
  const commit = head.slice(0, 7);
  const words = settled === 'mended' ? `Fixed in ${commit}.` : `Not new any more in ${commit}: the base has it too.`;
  return [writeMarker({ ...marker, mended: true }), words, '', withoutSuggestions(withoutMarker(body))].join('\n');
}

function withoutSuggestions(body: string): string {
  const kept: string[] = [];
  let fence: string | null = null;
  for (const line of body.split(/\r?\n/)) {
    if (fence === null) {
      fence = /^(`{3,})suggestion\s*$/.exec(line)?.[1] ?? null;
      if (fence === null) kept.push(line);
    } else if (/^`{3,}\s*$/.test(line) && line.trim().length >= fence.length) fence = null;
  }
  return kept.join('\n').replaceAll(/\n{3,}/g, '\n\n');
}
