import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OwnThread } from '../../src/app/hosting.js';
import { type CommentSituation, type NewComment, planComments } from '../../src/app/plan-comments.js';
import { commitSha, type Fingerprint, kinOf } from '../../src/model/identifiers.js';
import { readMarker } from '../../src/presentation/github/marker.js';
import { mendedComment } from '../../src/presentation/github/mended-comment.js';
import { bodyOf, carryOut, EARLIER, HEAD, place, print, situation, thread, toldBy } from './comment-world.js';

const A = print(1);
const B = print(2);
const C = print(3);

/** A plan in a few words, for tables: threads by number, findings by fingerprint. */
interface Outcome {
  readonly posts?: readonly (readonly Fingerprint[])[];
  readonly keeps?: Readonly<Record<number, readonly Fingerprint[]>>;
  readonly takesAway?: readonly number[];
  readonly resolved?: readonly Fingerprint[];
}

describe('the comments of a review', () => {
  it.each<[string, Partial<CommentSituation>, Outcome]>([
    ['are posted where none of ours stands', { places: [{ fingerprints: [A, B], at: place(6) }] }, { posts: [[A, B]] }],
    [
      'R32 are not posted again where they stand',
      { threads: [thread(1, [A])], places: [{ fingerprints: [A], at: place(6) }] },
      { keeps: { 1: [A] } },
    ],
    [
      'R32 are not posted again where their lines have moved',
      { threads: [thread(1, [A])], places: [{ fingerprints: [A], at: place(60) }] },
      { keeps: { 1: [A] } },
    ],
    [
      'R32 are not posted again where their lines are gone from the diff of a force-push',
      { threads: [thread(1, [A], { at: null, commit: null })], places: [{ fingerprints: [A], at: place(60) }] },
      { keeps: { 1: [A] } },
    ],
    [
      'R32 are not posted again where what was one comment has come apart',
      {
        threads: [thread(1, [A, B])],
        places: [
          { fingerprints: [A], at: place(6) },
          { fingerprints: [B], at: place(9) },
        ],
      },
      { keeps: { 1: [A, B] } },
    ],
    [
      'are not posted again where a finding has lost its place in the diff',
      { threads: [thread(1, [A])], places: [], live: [A] },
      { keeps: { 1: [A] } },
    ],
    [
      'R26 tell of a new finding in the comment that stands on its lines',
      { threads: [thread(1, [A])], places: [{ fingerprints: [B, A], at: place(6) }] },
      { keeps: { 1: [B, A] } },
    ],
    [
      'R26 tell of a new finding in the comment that holds most of what stands on its lines',
      {
        threads: [thread(1, [A], { at: null }), thread(2, [B, C])],
        places: [{ fingerprints: [A, B, C, print(4)], at: place(6) }],
      },
      { keeps: { 1: [A], 2: [B, C, print(4)] } },
    ],
    [
      'R34 are taken away when nothing of what they tell is there',
      { threads: [thread(1, [A, B])] },
      { takesAway: [1] },
    ],
    [
      'R34 are edited when a part of what they tell is gone',
      { threads: [thread(1, [A, B])], places: [{ fingerprints: [B], at: place(6) }] },
      { keeps: { 1: [B] } },
    ],
    [
      'R34 are taken away when a person has resolved them and nobody answered',
      { threads: [thread(1, [A], { resolved: true })] },
      { takesAway: [1] },
    ],
    [
      'R34 are left to people once they say that what they told is fixed',
      { threads: [thread(1, [A], { answered: true, body: mended([A]) })] },
      {},
    ],
    [
      'R34 tell again in their own thread of what was fixed and has come back',
      {
        threads: [thread(1, [A], { answered: true, body: mended([A]) })],
        places: [{ fingerprints: [A], at: place(6) }],
      },
      { keeps: { 1: [A] } },
    ],
    [
      'R36 are not posted again where a person resolved their thread',
      { threads: [thread(1, [A], { resolved: true })], places: [{ fingerprints: [A, B], at: place(6) }] },
      { posts: [[B]], resolved: [A] },
    ],
    [
      'R36 are posted anew where what was fixed and resolved has come back',
      {
        threads: [thread(1, [A], { resolved: true, answered: true, body: mended([A]) })],
        places: [{ fingerprints: [A], at: place(6) }],
      },
      { posts: [[A]] },
    ],
    [
      'R35 go by their marker, so that our own comment without one is let be',
      { threads: [thread(1, [A], { body: 'words' })], places: [{ fingerprints: [A], at: place(6) }] },
      { posts: [[A]] },
    ],
    [
      'R38 leave the comments of another project alone',
      {
        threads: [thread(1, [A], { body: bodyOf([A], null, 'libs/rl') })],
        places: [{ fingerprints: [A], at: place(6) }],
      },
      { posts: [[A]] },
    ],
    [
      'R38 know those of their own project',
      { project: 'libs/rl', threads: [thread(1, [A], { body: bodyOf([A], null, 'libs/rl') })] },
      { takesAway: [1] },
    ],
    [
      'R33 stay with the second of two equal faults when the first is mended',
      {
        threads: [
          thread(1, [print(7, 1)], { at: null }),
          thread(2, [print(7, 2)], { at: { side: 'RIGHT', startLine: 20, endLine: 20 } }),
        ],
        places: [{ fingerprints: [print(7, 1)], at: place(20) }],
      },
      { keeps: { 2: [print(7, 1)] }, takesAway: [1] },
    ],
    [
      'R33 stay with the second of two equal faults when a person resolved the first, which is mended',
      {
        threads: [
          thread(1, [print(7, 1)], { at: null, resolved: true }),
          thread(2, [print(7, 2)], { at: { side: 'RIGHT', startLine: 20, endLine: 20 } }),
        ],
        places: [{ fingerprints: [print(7, 1)], at: place(20) }],
      },
      { keeps: { 2: [print(7, 1)] }, takesAway: [1] },
    ],
    [
      'R33 follow one of two equal faults whose ordinal changed while its lines moved',
      { threads: [thread(2, [print(7, 2)])], places: [{ fingerprints: [print(7, 1)], at: place(90) }] },
      { keeps: { 2: [print(7, 1)] } },
    ],
    [
      'R33 are posted for a second of two equal faults where a person resolved the first',
      {
        threads: [thread(1, [print(7, 1)], { resolved: true })],
        places: [
          { fingerprints: [print(7, 1)], at: place(6) },
          { fingerprints: [print(7, 2)], at: place(20) },
        ],
      },
      { posts: [[print(7, 2)]], resolved: [print(7, 1)] },
    ],
    [
      'that say the same twice, after an accident, become one',
      { threads: [thread(1, [A]), thread(2, [A])], places: [{ fingerprints: [A], at: place(6) }] },
      { keeps: { 1: [A] }, takesAway: [2] },
    ],
    [
      'in a file that was not read as a whole are left as they are',
      { threads: [thread(1, [A]), thread(2, [B], { path: 'other.py' })], unsure: new Set(['train.py']) },
      { takesAway: [2] },
    ],
    [
      'are all left as they are where a rule stopped early',
      { threads: [thread(1, [A]), thread(2, [B], { path: 'other.py' })], unsure: 'all' },
      {},
    ],
  ])('%s', (_, given, expected) => {
    expect(outcomeOf(given)).toEqual({ posts: [], keeps: {}, takesAway: [], resolved: [], ...expected });
  });

  it('R34 that were answered say whether the base has it too', () => {
    const threads = [thread(1, [A], { answered: true }), thread(2, [B], { answered: true })];
    const { gone } = planComments(situation({ threads, onBase: new Set([B]) }));
    expect(gone.map(({ settled }) => settled)).toEqual(['mended', 'on-base']);
  });

  it('R31 are ten at most on one head, the worst, however often it is reviewed', () => {
    const places = lines(14);
    const first = planComments(situation({ places }));
    expect(first.fresh).toEqual(places.slice(0, 10));
    const { threads } = carryOut(first, [], HEAD);
    expect(planComments(situation({ places, threads })).fresh).toEqual([]);
    expect(planComments(situation({ places, threads, head: EARLIER })).fresh).toEqual(places.slice(10));
  });

  it('R31 are twenty-five at most that stand open', () => {
    const threads = Array.from({ length: 22 }, (_, index) => thread(index + 1, [print(100 + index)]));
    const standing = threads.map((_, index) => ({ fingerprints: [print(100 + index)], at: place(100 + index) }));
    const places = [...lines(9), ...standing];
    expect(planComments(situation({ threads, places })).fresh).toEqual(places.slice(0, 3));
    const resolved = threads.map((it) => ({ ...it, resolved: true }));
    expect(planComments(situation({ threads: resolved, places })).fresh).toEqual(places.slice(0, 9));
  });

  it('come to rest after any history: each finding told once, twenty-five open at most, nothing left to write', () => {
    fc.assert(
      fc.property(fc.array(step(), { minLength: 1, maxLength: 12 }), (history) => {
        let threads: readonly OwnThread[] = [];
        for (const [index, { places, people, moved }] of history.entries()) {
          threads = threads.flatMap((it) => afterPeople(it, people)).map((it) => afterPush(it, moved));
          const head = commitSha(index.toString(16).padStart(40, '0'));
          const given = { places, head, limits: { perPush: 3, open: 5 } };
          const before = toldBy(threads);
          const plan = planComments(situation({ ...given, threads }));
          threads = carryOut(plan, threads, head).threads;
          expectTold(threads, given, plan.resolved);
          expect(plan.fresh.length).toBeLessThanOrEqual(3);
          expectNothingTwice(plan.fresh, before, places);
          expect(carryOut(planComments(situation({ ...given, threads })), threads, head).writes).toBe(0);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a comment that has nothing to tell any more', () => {
  const BODY = `${bodyOf([A], null)}\n\nwords\n\n\`\`\`\`suggestion\nx = "\`\`\`"\n\`\`\`\`\n\nmore\n`;

  it('R34 begins with the commit, keeps its words, and offers nothing to commit', () => {
    const body = mendedComment(BODY.replaceAll('\n', '\r\n'), 'mended', HEAD) ?? '';
    expect(readMarker(body)).toEqual({ fingerprints: [A], project: '', mended: true });
    expect(body.split('\n').slice(1).join('\n')).toMatch(/^Fixed in aaaaaaa\.\n/);
    expect(body).toContain('words\n\nmore');
    expect(body).not.toContain('suggestion');
  });

  it('says so where the base has what it told of', () => {
    expect(mendedComment(BODY, 'on-base', HEAD)).toContain('Not new any more in aaaaaaa: the base has it too.');
  });

  it('is not made of what is not ours', () => {
    expect(mendedComment('words', 'mended', HEAD)).toBeNull();
  });
});

function mended(fingerprints: readonly Fingerprint[]): string {
  return mendedComment(bodyOf(fingerprints, null), 'mended', EARLIER) ?? '';
}

function outcomeOf(given: Partial<CommentSituation>): Outcome {
  const plan = planComments(situation(given));
  return {
    posts: plan.fresh.map(({ fingerprints }) => fingerprints),
    keeps: Object.fromEntries(plan.kept.map(({ thread: it, fingerprints }) => [it.comment, fingerprints])),
    takesAway: plan.gone.map(({ thread: it }) => it.comment),
    resolved: [...plan.resolved],
  };
}

function lines(number: number): NewComment[] {
  return Array.from({ length: number }, (_, index) => ({ fingerprints: [print(index + 1)], at: place(index + 1) }));
}

/**
 * What open threads tell is there, is told once and is not resolved; all that is there is told, but for the bounds of
 * three on a head and five in all.
 */
function expectTold(
  threads: readonly OwnThread[],
  { places, head }: { readonly places: readonly NewComment[]; readonly head: string },
  resolved: ReadonlySet<Fingerprint>,
) {
  const told = toldBy(threads);
  const live = new Set(places.flatMap(({ fingerprints }) => fingerprints));
  expect(new Set(told).size).toBe(told.length);
  expect(told.filter((finding) => !live.has(finding) || resolved.has(finding))).toEqual([]);
  const open = threads.filter((it) => !it.resolved && readMarker(it.body)?.mended === false);
  // People open threads again too, and mended ones come back, but none is added then.
  if (open.some(({ commit }) => commit === head)) expect(open.length).toBeLessThanOrEqual(5);
  const untold = [...live].filter((finding) => !told.includes(finding) && !resolved.has(finding));
  const onThisHead = threads.filter(({ commit }) => commit === head).length;
  if (untold.length > 0) expect(open.length >= 5 || onThisHead === 3).toBe(true);
}

/** Of equal faults no more are posted than were not told of before. */
function expectNothingTwice(
  fresh: readonly NewComment[],
  before: readonly Fingerprint[],
  places: readonly NewComment[],
) {
  const ofKin = (kin: string, all: readonly Fingerprint[]) => all.filter((it) => kinOf(it) === kin).length;
  const posted = fresh.flatMap(({ fingerprints }) => fingerprints);
  const live = places.flatMap(({ fingerprints }) => fingerprints);
  for (const kin of new Set(posted.map(kinOf))) {
    expect(ofKin(kin, posted)).toBeLessThanOrEqual(Math.max(0, ofKin(kin, live) - ofKin(kin, before)));
  }
}

interface Step {
  readonly places: readonly NewComment[];
  readonly people: readonly ('resolves' | 'answers' | 'deletes' | 'reopens' | 'nothing')[];
  readonly moved: number | null;
}

/** A push: what is found on it, what people did before it, and by how many lines it moved what stood there, or took it away. */
function step(): fc.Arbitrary<Step> {
  const finding = fc.record({ kin: fc.nat({ max: 4 }), line: fc.nat({ max: 5 }) });
  const places = fc.array(finding, { maxLength: 9 }).map((found) => {
    const ordinals = new Map<number, number>();
    const byLine = new Map<number, Fingerprint[]>();
    for (const { kin, line } of found.toSorted((a, b) => a.line - b.line)) {
      const ordinal = (ordinals.get(kin) ?? 0) + 1;
      ordinals.set(kin, ordinal);
      byLine.set(line, [...(byLine.get(line) ?? []), print(kin, ordinal)]);
    }
    return [...byLine].map(([line, fingerprints]) => ({ fingerprints, at: place(line + 1) }));
  });
  const people = fc.array(fc.constantFrom('nothing', 'resolves', 'answers', 'deletes', 'reopens'), {
    minLength: 6,
    maxLength: 6,
  });
  return fc.record({ places, people, moved: fc.constantFrom(0, 0, 1, null) });
}

function afterPeople(it: OwnThread, people: Step['people']): OwnThread[] {
  const act = people[it.comment % people.length];
  if (act === 'deletes') return [];
  if (act === 'resolves' || act === 'reopens') return [{ ...it, resolved: act === 'resolves' }];
  return [act === 'answers' ? { ...it, answered: true } : it];
}

function afterPush(it: OwnThread, moved: number | null): OwnThread {
  if (moved === null || it.at === null) return { ...it, at: null };
  return { ...it, at: { ...it.at, startLine: it.at.startLine + moved, endLine: it.at.endLine + moved } };
}
