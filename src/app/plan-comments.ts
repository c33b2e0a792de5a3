import { type CommitSha, type Fingerprint, kinOf } from '../model/identifiers.js';
import type { GithubLines } from '../presentation/github/commentable-lines.js';
import { type Marker, readMarker } from '../presentation/github/marker.js';
import type { Settled } from '../presentation/github/mended-comment.js';
import type { PlacedComment } from '../presentation/github/tell-on-github.js';
import type { OwnThread } from './hosting.js';

/** What a review would say, and what of ours stands on the pull request already. */
export interface CommentSituation {
  /** Threads that our own account began, whatever they say. */
  readonly threads: readonly OwnThread[];
  /** Comments of other projects of the repository are none of ours. */
  readonly project: string;
  readonly head: CommitSha;
  /** Where the review would comment, worst first. */
  readonly places: readonly NewComment[];
  /** All findings that are new on the head, worst first, with a place for a comment or without. */
  readonly live: readonly Fingerprint[];
  /** Findings that the base has as well. */
  readonly onBase: ReadonlySet<Fingerprint>;
  /** Files that were not read as a whole, so that what is not found there may still be there. `all`: it may be anywhere. */
  readonly unsure: ReadonlySet<string> | 'all';
  readonly limits: CommentLimits;
}

export interface CommentLimits {
  /** New comments on one head. */
  readonly perPush: number;
  /** Comments of ours that are open on a pull request. */
  readonly open: number;
}

export interface CommentPlan {
  /** To be posted, worst first. */
  readonly fresh: readonly NewComment[];
  /** To tell of these findings from now on; most of them do already. */
  readonly kept: readonly { readonly thread: OwnThread; readonly fingerprints: readonly Fingerprint[] }[];
  /** Have nothing to tell any more. */
  readonly gone: readonly { readonly thread: OwnThread; readonly settled: Settled }[];
  /** Findings whose thread a person resolved: nothing more is said of them. */
  readonly resolved: ReadonlySet<Fingerprint>;
  /** Findings that threads tell of which are left as they are, since nothing can be said of them for sure. */
  readonly untouched: ReadonlySet<Fingerprint>;
}

export type NewComment = PlacedComment & { readonly at: GithubLines };

/**
 * What to post, edit and delete, so that every finding is told once. A finding that a thread of ours tells of is never
 * posted again, wherever it has moved to; what joins it at its place joins its thread.
 */
export function planComments(situation: CommentSituation): CommentPlan {
  const own = ownThreads(situation);
  const { told, resolved, untouched, fresh } = settledTelling(situation, own);
  const order = new Map(situation.live.map((finding, index) => [finding, index]));
  const byOrder = (a: Fingerprint, b: Fingerprint) => (order.get(a) ?? 0) - (order.get(b) ?? 0);
  const kept = own.flatMap(({ thread }) => {
    const fingerprints = told.get(thread) ?? [];
    const isKept = !thread.resolved && fingerprints.length > 0 && !untouched.has(thread);
    return isKept ? [{ thread, fingerprints: fingerprints.toSorted(byOrder) }] : [];
  });
  const gone = own.filter(({ thread, marker }) => !marker.mended && !told.has(thread) && !untouched.has(thread));
  const left = own.filter(({ thread }) => untouched.has(thread));
  const open = kept.length + left.filter(({ thread }) => !thread.resolved).length;
  return {
    fresh: fresh.slice(0, roomFor(situation, own, open)),
    kept,
    gone: gone.map(({ thread, marker }) => ({ thread, settled: settledBy(marker, situation) })),
    resolved,
    untouched: new Set(left.flatMap(({ thread, marker }) => [...marker.fingerprints, ...(told.get(thread) ?? [])])),
  };
}

interface MarkedThread {
  readonly thread: OwnThread;
  readonly marker: Marker;
}

/** A thread that was mended and resolved is history: what returns is told anew. */
function ownThreads({ threads, project }: CommentSituation): readonly MarkedThread[] {
  const marked = threads.flatMap((thread) => {
    const marker = readMarker(thread.body);
    return marker === null || marker.project !== project ? [] : [{ thread, marker }];
  });
  const rank = ({ thread, marker }: MarkedThread) => (thread.resolved ? 0 : marker.mended ? 2 : 1);
  return marked
    .filter(({ thread, marker }) => !(thread.resolved && marker.mended))
    .sort((a, b) => rank(a) - rank(b) || a.thread.comment - b.thread.comment);
}

interface Telling {
  /** What each thread tells of; threads that tell of nothing are not in it. */
  readonly told: ReadonlyMap<OwnThread, readonly Fingerprint[]>;
  readonly resolved: ReadonlySet<Fingerprint>;
  readonly untouched: ReadonlySet<OwnThread>;
  /** Comments for what no thread tells of. */
  readonly fresh: readonly NewComment[];
}

/**
 * Which thread tells of what, so that the next look at it would change nothing. What joined a thread may stand where
 * another finding of its kin is, so it is looked at until nothing moves: at the latest when each finding has been moved
 * once, since what is told at its own place stays there.
 */
function settledTelling(situation: CommentSituation, own: readonly MarkedThread[]): Telling {
  let telling = tellingOf(situation, own);
  for (let rounds = situation.live.length; rounds > 0; rounds -= 1) {
    const { told, untouched } = telling;
    const next = own.map(({ thread, marker }) => {
      const fingerprints = untouched.has(thread) || thread.resolved ? undefined : told.get(thread);
      return fingerprints === undefined ? { thread, marker } : { thread, marker: { ...marker, fingerprints } };
    });
    const again = tellingOf(situation, next, untouched);
    if (isSameTelling(again.told, told)) break;
    telling = again;
  }
  return telling;
}

function isSameTelling(a: Telling['told'], b: Telling['told']): boolean {
  const words = (told: Telling['told']) =>
    [...told].map(([{ comment }, fingerprints]) => `${comment} ${fingerprints.toSorted()}`).toSorted();
  return words(a).join('\n') === words(b).join('\n');
}

function tellingOf(
  situation: CommentSituation,
  own: readonly MarkedThread[],
  known: ReadonlySet<OwnThread> | null = null,
): Telling {
  const holders = assignFindings(situation, own);
  const resolved = new Set([...holders].filter(([, thread]) => thread.resolved).map(([finding]) => finding));
  const untouched = known ?? new Set(own.filter((it) => isUntouched(it, holders, situation)).map((it) => it.thread));
  const told = new Map<OwnThread, readonly Fingerprint[]>();
  const tell = (thread: OwnThread, findings: readonly Fingerprint[]) =>
    told.set(thread, [...(told.get(thread) ?? []), ...findings]);
  for (const [finding, thread] of holders) tell(thread, [finding]);
  const fresh: NewComment[] = [];
  for (const { fingerprints, at } of situation.places) {
    const free = fingerprints.filter((finding) => !holders.has(finding));
    if (free.length === 0) continue;
    const host = hostOf(fingerprints, holders, untouched);
    if (host === null) fresh.push({ fingerprints: free, at });
    else tell(host, free);
  }
  return { told, resolved, untouched, fresh };
}

type Holders = ReadonlyMap<Fingerprint, OwnThread>;

/**
 * Which thread tells of which finding. Of equal faults in one file the ordinals change when one of them is mended, so a
 * comment that stands where the finding is goes before one that only has its fingerprint.
 */
function assignFindings({ places, live }: CommentSituation, own: readonly MarkedThread[]): Holders {
  const at = new Map(places.flatMap((place) => place.fingerprints.map((finding) => [finding, place.at] as const)));
  const slots = new Set(
    own.flatMap(({ thread, marker }) => marker.fingerprints.map((fingerprint) => ({ thread, fingerprint }))),
  );
  const holders = new Map<Fingerprint, OwnThread>();
  for (const fits of PASSES) {
    for (const finding of live) {
      if (holders.has(finding)) continue;
      const slot = [...slots].find((it) => fits({ finding, at: at.get(finding) ?? null }, it));
      if (slot === undefined) continue;
      slots.delete(slot);
      holders.set(finding, slot.thread);
    }
  }
  return holders;
}

interface PlacedFinding {
  readonly finding: Fingerprint;
  /** Null where it would not have a comment. */
  readonly at: GithubLines | null;
}

/** One finding that a thread tells of. */
interface Slot {
  readonly thread: OwnThread;
  readonly fingerprint: Fingerprint;
}

/** What makes a finding the one that a thread tells of, the surest sign first. */
const PASSES: readonly ((it: PlacedFinding, slot: Slot) => boolean)[] = [
  (it, slot) => it.finding === slot.fingerprint && isThere(it, slot),
  (it, slot) => isKin(it, slot) && isThere(it, slot),
  (it, slot) => it.finding === slot.fingerprint,
  (it, slot) => isKin(it, slot) && it.at !== null && !slot.thread.resolved,
];

function isKin({ finding }: PlacedFinding, { fingerprint }: Slot): boolean {
  return kinOf(finding) === kinOf(fingerprint);
}

function isThere({ at }: PlacedFinding, { thread }: Slot): boolean {
  if (at === null || thread.at === null || at.path !== thread.path) return false;
  const { side, startLine, endLine } = thread.at;
  return at.side === side && at.startLine === startLine && at.endLine === endLine;
}

/** Whether a thread tells of something that is not found any more in a file which was not read as a whole. */
function isUntouched({ thread, marker }: MarkedThread, holders: Holders, { unsure }: CommentSituation): boolean {
  if (marker.mended || (unsure !== 'all' && !unsure.has(thread.path))) return false;
  return [...holders.values()].filter((holder) => holder === thread).length < marker.fingerprints.length;
}

/** The thread that tells of most of what is at a place, of several the oldest. */
function hostOf(
  fingerprints: readonly Fingerprint[],
  holders: Holders,
  untouched: ReadonlySet<OwnThread>,
): OwnThread | null {
  const threads = fingerprints
    .flatMap((finding) => holders.get(finding) ?? [])
    .filter((thread) => !thread.resolved && !untouched.has(thread));
  const times = (thread: OwnThread) => threads.filter((other) => other === thread).length;
  return threads.toSorted((a, b) => times(b) - times(a) || a.comment - b.comment)[0] ?? null;
}

/** How many comments may be posted, after those that were on this head before. */
function roomFor({ head, limits }: CommentSituation, own: readonly MarkedThread[], open: number): number {
  const onThisHead = own.filter(({ thread }) => thread.commit === head).length;
  return Math.max(0, Math.min(limits.perPush - onThisHead, limits.open - open));
}

function settledBy({ fingerprints }: Marker, { onBase }: CommentSituation): Settled {
  return fingerprints.some((finding) => onBase.has(finding)) ? 'on-base' : 'mended';
}
