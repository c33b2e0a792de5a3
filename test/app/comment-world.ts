import type { OwnThread } from '../../src/app/hosting.js';
import type { CommentPlan, CommentSituation, NewComment } from '../../src/app/plan-comments.js';
import { type CommitSha, commitSha, type Fingerprint, fingerprint } from '../../src/model/identifiers.js';
import { readMarker, writeMarker } from '../../src/presentation/github/marker.js';
import { mendedComment } from '../../src/presentation/github/mended-comment.js';

export const HEAD = commitSha('a'.repeat(40));
export const EARLIER = commitSha('b'.repeat(40));

/** A fingerprint by its kin and its ordinal among it. */
export function print(kin: number, ordinal = 1): Fingerprint {
  return fingerprint(kin.toString(16).padStart(14, '0') + ordinal.toString(16).padStart(2, '0'));
}

export function place(line: number, path = 'train.py'): NewComment['at'] {
  return { path, side: 'RIGHT', startLine: line, endLine: line };
}

/** A comment of ours as it would be written: its marker, and what it tells of, where. */
export function bodyOf(fingerprints: readonly Fingerprint[], at: OwnThread['at'], project = ''): string {
  const where = at === null ? 'nowhere' : `${at.side}:${at.startLine}-${at.endLine}`;
  return `${writeMarker({ fingerprints, project, mended: false })}\n${fingerprints.join(' ')} ${where}`;
}

/** An open thread of ours on line 6 of `train.py`, begun on an earlier head, but for what is given. */
export function thread(
  comment: number,
  fingerprints: readonly Fingerprint[],
  given: Partial<OwnThread> = {},
): OwnThread {
  const at = given.at === undefined ? { side: 'RIGHT' as const, startLine: 6, endLine: 6 } : given.at;
  const body = bodyOf(fingerprints, at);
  return { comment, body, path: 'train.py', at, commit: EARLIER, resolved: false, answered: false, ...given };
}

/** A situation in which every finding has a place of its own, but for what is given. */
export function situation(given: Partial<CommentSituation> = {}): CommentSituation {
  const places = given.places ?? [];
  return {
    threads: [],
    project: '',
    head: HEAD,
    places,
    live: places.flatMap(({ fingerprints }) => fingerprints),
    onBase: new Set(),
    unsure: new Set(),
    limits: { perPush: 10, open: 25 },
    ...given,
  };
}

/** The threads after a plan was carried out, and how many requests that took. */
export function carryOut(
  plan: CommentPlan,
  threads: readonly OwnThread[],
  head: CommitSha,
): { readonly threads: readonly OwnThread[]; readonly writes: number } {
  let writes = 0;
  const standing = new Map(threads.map((it) => [it.comment, it]));
  const change = (it: OwnThread, body: string) => {
    if (body === it.body) return;
    writes += 1;
    standing.set(it.comment, { ...it, body });
  };
  for (const { thread: it, fingerprints } of plan.kept) change(it, bodyOf(fingerprints, it.at));
  for (const { thread: it, settled } of plan.gone) {
    if (it.answered) change(it, mendedComment(it.body, settled, head) ?? '');
    else {
      writes += 1;
      standing.delete(it.comment);
    }
  }
  let next = Math.max(0, ...standing.keys(), ...threads.map(({ comment }) => comment));
  if (plan.fresh.length > 0) writes += 1;
  for (const { fingerprints, at } of plan.fresh) {
    next += 1;
    const { path, ...lines } = at;
    standing.set(next, thread(next, fingerprints, { path, at: lines, commit: head }));
  }
  return { threads: [...standing.values()], writes };
}

/** What the open threads tell of, mended ones apart. */
export function toldBy(threads: readonly OwnThread[]): readonly Fingerprint[] {
  return threads
    .filter(({ resolved }) => !resolved)
    .flatMap(({ body }) => {
      const marker = readMarker(body);
      return marker === null || marker.mended ? [] : marker.fingerprints;
    });
}
