import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Claim, Job, Request, Store } from '../../src/app/keeping.js';
import { factsKey } from '../../src/app/ports.js';
import type { TreeFile } from '../../src/model/change.js';
import type { FileFacts } from '../../src/model/fact.js';
import { blobId, type RepoPath, repoPath } from '../../src/model/identifiers.js';
import { keyOf, type PullRequest } from '../../src/model/pull-request.js';
import type { Database } from '../../src/store/database.js';
import { openStore } from '../../src/store/open-store.js';
import { openServerDatabase } from '../../src/store/server-database.js';
import { KINDS_OF_DATABASE, openDatabase, useServer } from '../support/databases.js';
import { at, pullRequest, repository, sha } from '../support/pull-requests.js';

const server = useServer();
const NEVER = new AbortController().signal;

describe.each(KINDS_OF_DATABASE)('the store in a database that is %s', (kind) => {
  let database: Database;
  let store: Store;
  let enqueued: Job[] = [];
  let numbers = 100;

  beforeAll(async () => {
    database = await openDatabase(kind, server);
    store = await openStore(database, async (jobs) => {
      enqueued.push(...jobs);
    });
  });
  afterAll(() => database.close());

  /** A pull request that no other test uses. */
  function fresh(changes: Partial<PullRequest> = {}): PullRequest {
    numbers += 1;
    return pullRequest({ number: numbers, ...changes });
  }

  async function tell(...requests: Request[]): Promise<Job[]> {
    enqueued = [];
    await store.deliveries.request(requests);
    return enqueued;
  }

  function review(pull: PullRequest, opened = false): Request {
    return { kind: 'review', pullRequest: pull, opened };
  }

  async function claimed<T>(pull: PullRequest, work: (claim: Claim) => Promise<T>): Promise<T | null> {
    return await store.pullRequests.withClaim(keyOf(pull), NEVER, work);
  }

  describe('R2 deliveries', () => {
    it('does nothing for a delivery that was seen', async () => {
      const delivery = { id: 'seen-twice', receivedAt: at(0) };
      expect(await store.deliveries.accept(delivery, [review(fresh())])).toBe('accepted');
      enqueued = [];
      expect(await store.deliveries.accept(delivery, [review(fresh())])).toBe('seen');
      expect(enqueued).toEqual([]);
    });

    it.each([
      ['just under seven days later', 7 * 86_400 - 1, 'seen'],
      ['more than seven days later', 7 * 86_400 + 1, 'accepted'],
    ])('takes the same id %s as %#', async (when, seconds, outcome) => {
      const id = `again ${when}`;
      await store.deliveries.accept({ id, receivedAt: at(0) }, []);
      expect(await store.deliveries.accept({ id, receivedAt: at(seconds) }, [])).toBe(outcome);
    });

    it('lets one of many that race with one id win', async () => {
      enqueued = [];
      const pull = fresh();
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, () => store.deliveries.accept({ id: 'raced', receivedAt: at(0) }, [review(pull)])),
      );
      expect(outcomes.filter((outcome) => outcome === 'accepted')).toHaveLength(1);
      expect(enqueued).toHaveLength(1);
    });

    it('records neither the delivery nor the state where the job cannot be put in', async () => {
      const pull = fresh();
      const failing = await openStore(database, async () => {
        throw new Error('the queue is full');
      });
      const delivery = { id: 'half done', receivedAt: at(0) };
      await expect(failing.deliveries.accept(delivery, [review(pull)])).rejects.toThrow('the queue is full');
      expect(await store.pullRequests.find(keyOf(pull))).toBeNull();
      expect(await store.deliveries.accept(delivery, [review(pull)])).toBe('accepted');
    });
  });

  describe('states of a pull request', () => {
    it.each([
      ['a newer one replaces an older one', 10, { jobs: 1, head: sha('d') }],
      ['of two of the same second the later told one holds', 0, { jobs: 1, head: sha('d') }],
      ['an older one that comes late changes nothing', -10, { jobs: 0, head: sha('a') }],
    ])('%s', async (_, seconds, expected) => {
      const pull = fresh({ head: sha('a'), updatedAt: at(0) });
      await tell(review(pull));
      const jobs = await tell(review({ ...pull, head: sha('d'), updatedAt: at(seconds) }));
      const found = await store.pullRequests.find(keyOf(pull));
      expect({ jobs: jobs.length, head: found?.head }).toEqual(expected);
    });

    it('keeps what the host told', async () => {
      const pull = fresh({ draft: true, base: sha('c') });
      await tell(review(pull));
      expect(await store.pullRequests.find(keyOf(pull))).toEqual(pull);
    });

    it('asks for a review of the same state too, without ending the one under way', async () => {
      const pull = fresh();
      await tell(review(pull));
      await claimed(pull, async (claim) => {
        expect(await tell(review(pull))).toHaveLength(1);
        expect(await store.pullRequests.isCurrent(claim)).toBe(true);
      });
    });

    it('asks again for every open pull request that has a head', async () => {
      const head = sha('9');
      const [one, other] = [fresh({ head }), fresh({ head })];
      const closed = fresh({ head, open: false });
      await tell(review(one), review(other), review(closed), review(fresh({ head: sha('8') })));
      const jobs = await tell({ kind: 'review-again', installation: 3, repository: repository(), head });
      expect(jobs).toEqual([one, other].map((pull) => ({ kind: 'review', pullRequest: keyOf(pull) })));
    });
  });

  describe('R5 R6 claims', () => {
    it('gives none for a pull request that is unknown, closed or forgotten', async () => {
      const closed = fresh();
      const gone = fresh({ repository: repository({ id: 70 }) });
      await tell(review(closed), { kind: 'stop', pullRequest: { ...closed, open: false } });
      await tell(review(gone), { kind: 'forget', repository: 70 });
      for (const pull of [fresh(), closed, gone]) expect(await claimed(pull, async () => 'held')).toBeNull();
    });

    it.each<[string, (pull: PullRequest) => Request]>([
      ['a new head', (pull) => review({ ...pull, head: sha('e'), updatedAt: at(5) })],
      ['a new base', (pull) => review({ ...pull, base: sha('e'), updatedAt: at(5) })],
      ['becoming a draft', (pull) => review({ ...pull, draft: true, updatedAt: at(5) })],
      ['closing', (pull) => ({ kind: 'stop', pullRequest: { ...pull, open: false, updatedAt: at(5) } })],
    ])('%s ends the claim at once', async (_, change) => {
      const pull = fresh();
      await tell(review(pull));
      await claimed(pull, async (claim) => {
        expect([claim.signal.aborted, await store.pullRequests.isCurrent(claim)]).toEqual([false, true]);
        await tell(change(pull));
        expect([claim.signal.aborted, await store.pullRequests.isCurrent(claim)]).toEqual([true, false]);
      });
    });

    it('lets the next wait until the one that works has ended, and makes it newer', async () => {
      const pull = fresh();
      await tell(review(pull));
      const order: string[] = [];
      let next: Promise<unknown> = Promise.resolve();
      await claimed(pull, async (first) => {
        next = claimed(pull, async (second) => order.push(`second, newer: ${second.generation > first.generation}`));
        // Long enough for the second to have tried more than once.
        await new Promise((resolve) => setTimeout(resolve, 500));
        order.push('first');
      });
      await next;
      expect(order).toEqual(['first', 'second, newer: true']);
    });

    it('gives up waiting when it is told to', async () => {
      const pull = fresh();
      await tell(review(pull));
      await claimed(pull, async () => {
        const patience = new AbortController();
        const waiting = store.pullRequests.withClaim(keyOf(pull), patience.signal, async () => 'held');
        patience.abort(new Error('enough'));
        await expect(waiting).rejects.toThrow();
      });
    });

    it('takes over from a process that has not been heard of', async () => {
      const pull = fresh();
      await tell(review(pull));
      await database.executeSql(
        "update pull_requests set holder = gen_random_uuid(), held_until = now() - interval '1 second' where number = $1",
        [pull.number],
      );
      expect(await claimed(pull, async () => 'held')).toBe('held');
    });

    it('is free again after work that failed', async () => {
      const pull = fresh();
      await tell(review(pull));
      await expect(claimed(pull, () => Promise.reject(new Error('work failed')))).rejects.toThrow('work failed');
      expect(await claimed(pull, async () => 'held')).toBe('held');
    });

    it.each([
      ['opened', true, 0, false],
      ['opened so long ago that it may have been told of before', true, 10, true],
      ['told of for the first time by another event', false, 0, true],
    ])('is unfamiliar for one that was %s: %#', async (what, opened, seconds, unfamiliar) => {
      const pull = fresh({ updatedAt: at(0) });
      await store.deliveries.accept({ id: `familiar ${what}`, receivedAt: at(seconds) }, [review(pull, opened)]);
      expect(await claimed(pull, async (claim) => claim.unfamiliar)).toBe(unfamiliar);
    });

    it('is familiar once a check of its head was completed', async () => {
      const pull = fresh();
      await tell(review(pull));
      await claimed(pull, (claim) => store.pullRequests.checkCompleted(claim, claim.pullRequest.head, 5));
      expect(await claimed(pull, async (claim) => claim.unfamiliar)).toBe(false);
    });
  });

  describe('check runs', () => {
    it('are known in every state they can be left in', async () => {
      const pull = fresh();
      await tell(review(pull));
      const states: Claim['check'][] = [];
      const look = () => claimed(pull, async ({ check }) => states.push(check));
      await look();
      await claimed(pull, (claim) => store.pullRequests.checkStarting(claim));
      await look();
      await claimed(pull, (claim) => store.pullRequests.checkStarted(claim, 41));
      await look();
      await claimed(pull, (claim) => store.pullRequests.checkCompleted(claim, pull.head, 41));
      await look();
      expect(states).toEqual([
        { state: 'none' },
        { state: 'started', id: null },
        { state: 'started', id: 41 },
        { state: 'completed', id: 41 },
      ]);
    });

    it('of older heads that were begun and not completed are told to the next claim', async () => {
      const pull = fresh({ head: sha('1') });
      await tell(review(pull));
      await claimed(pull, (claim) => store.pullRequests.checkCompleted(claim, sha('1'), 1));
      const heads = [sha('2'), sha('3')];
      for (const [index, head] of heads.entries()) {
        await tell(review({ ...pull, head, updatedAt: at(index + 1) }));
        await claimed(pull, (claim) => store.pullRequests.checkStarting(claim));
      }
      await claimed(pull, (claim) => store.pullRequests.checkStarted(claim, 3));
      await tell(review({ ...pull, head: sha('4'), updatedAt: at(9) }));
      expect(await claimed(pull, async ({ superseded }) => superseded)).toEqual([
        { head: sha('2'), check: null },
        { head: sha('3'), check: 3 },
      ]);
    });

    it('are to be followed by another when a person asks again, until that is begun', async () => {
      const pull = fresh({ head: sha('7') });
      await tell(review(pull));
      await claimed(pull, (claim) => store.pullRequests.checkCompleted(claim, pull.head, 71));
      await tell({ kind: 'review-again', installation: 3, repository: repository(), head: pull.head });
      expect(await claimed(pull, async ({ check }) => check)).toEqual({ state: 'again' });
      await claimed(pull, (claim) => store.pullRequests.checkCompleted(claim, pull.head, 71));
      expect(await claimed(pull, async ({ check }) => check)).toEqual({ state: 'again' });
      expect(await store.pullRequests.unreviewed([pull])).toEqual([pull]);
      await claimed(pull, (claim) => store.pullRequests.checkStarting(claim));
      expect(await claimed(pull, async ({ check }) => check)).toEqual({ state: 'started', id: null });
    });

    it('that nobody works on and that were begun long ago are found by a sweep, and not twice', async () => {
      const pull = fresh();
      await tell(review(pull));
      const found = async () => {
        const all = await store.pullRequests.unfinished(new Date(Date.now() + 60_000));
        return all.filter((it) => it.pullRequest.number === pull.number);
      };
      await claimed(pull, async (claim) => {
        await store.pullRequests.checkStarted(claim, 91);
        expect(await found()).toEqual([]);
      });
      expect(await store.pullRequests.unfinished(at(0))).toEqual([]);
      const [unfinished] = await found();
      expect(unfinished).toEqual({ pullRequest: pull, head: pull.head, check: 91 });
      if (unfinished !== undefined) await store.pullRequests.checkSwept(unfinished);
      expect(await found()).toEqual([]);
    });

    it('tell a sweep which open heads lack one', async () => {
      const [done, begun, held, moved] = [fresh(), fresh(), fresh(), fresh()];
      await tell(review(done), review(begun), review(held), review(moved));
      await claimed(done, (claim) => store.pullRequests.checkCompleted(claim, done.head, 1));
      await claimed(begun, (claim) => store.pullRequests.checkStarted(claim, 2));
      await claimed(moved, (claim) => store.pullRequests.checkCompleted(claim, moved.head, 3));
      const open = [done, begun, held, { ...moved, head: sha('f') }, fresh()];
      await claimed(held, async () => {
        const lacking = await store.pullRequests.unreviewed(open);
        expect(lacking.map((it) => it.number)).toEqual([begun.number, moved.number, numbers]);
      });
    });

    it('of a pull request that was forgotten meanwhile are not written', async () => {
      const pull = fresh({ repository: repository({ id: 71 }) });
      await tell(review(pull));
      await claimed(pull, async (claim) => {
        await tell({ kind: 'forget', repository: 71 });
        await store.pullRequests.checkStarting(claim);
        await store.pullRequests.checkCompleted(claim, pull.head, 4);
        expect(await store.pullRequests.isCurrent(claim)).toBe(false);
      });
      expect(await store.pullRequests.find(keyOf(pull))).toBeNull();
    });
  });

  describe('repositories', () => {
    const know = (changes: Parameters<typeof repository>[0]): Request => ({
      kind: 'know',
      installation: 3,
      repository: repository(changes),
    });

    it('are found by name whatever its case, and by their number', async () => {
      await tell(know({ id: 80, name: 'Found' }));
      const known = { ...repository({ id: 80, name: 'Found' }), installation: 3 };
      expect(await store.repositories.byName('ACME', 'found')).toEqual(known);
      expect(await store.repositories.byId(80)).toEqual(known);
      expect(await store.repositories.byName('acme', 'f_und')).toBeNull();
    });

    it('keep their rows through a rename and a transfer', async () => {
      await tell(know({ id: 81, name: 'old-name' }), know({ id: 81, owner: 'zenith', name: 'new-name' }));
      expect(await store.repositories.byName('acme', 'old-name')).toBeNull();
      expect(await store.repositories.byName('zenith', 'new-name')).toMatchObject({ id: 81 });
    });

    it('give a name to the one that took it last', async () => {
      await tell(know({ id: 82, name: 'taken' }), know({ id: 83, name: 'taken', private: true }));
      expect(await store.repositories.byName('acme', 'taken')).toMatchObject({ id: 83, private: true });
    });

    it('that went private become public only when the host says so of the repository itself', async () => {
      await tell(know({ id: 84, private: true }));
      await tell(review(fresh({ repository: repository({ id: 84, private: false }), updatedAt: new Date() })));
      expect(await store.repositories.byId(84)).toMatchObject({ private: true });
      await tell(know({ id: 84, private: false }));
      expect(await store.repositories.byId(84)).toMatchObject({ private: false });
    });

    it('are not renamed back by an event that comes late', async () => {
      await tell(know({ id: 85, name: 'present' }));
      await tell(review(fresh({ repository: repository({ id: 85, name: 'past' }), updatedAt: at(0) })));
      expect(await store.repositories.byId(85)).toMatchObject({ name: 'present' });
    });

    it('go with all that came through an installation that was removed', async () => {
      const identity = repository({ id: 86 });
      const pull = fresh({ installation: 9, repository: identity });
      await tell(review(pull), { kind: 'score', installation: 9, repository: identity });
      await store.scores.record(score({ repository: 86 }));
      await store.trees.write(86, listing('5'));
      await tell({ kind: 'forget-installation', installation: 9 });
      expect(await store.repositories.byId(86)).toBeNull();
      expect(await store.pullRequests.find(keyOf(pull))).toBeNull();
      expect(await store.scores.latest(86, 'main')).toBeNull();
      expect(await store.trees.read(86, sha('5'))).toBeNull();
    });
  });

  describe('scores', () => {
    beforeAll(() => tell({ kind: 'know', installation: 3, repository: repository({ id: 90 }) }));

    it('give the newest of a branch, and of the default branch where none is named', async () => {
      await store.scores.record(score({ scoredAt: at(1), commit: sha('1') }));
      await store.scores.record(score({ scoredAt: at(3), commit: sha('3') }));
      await store.scores.record(score({ scoredAt: at(2), commit: sha('2') }));
      await store.scores.record(score({ scoredAt: at(9), commit: sha('9'), branch: 'release' }));
      expect(await store.scores.latest(90, null)).toEqual(score({ scoredAt: at(3), commit: sha('3') }));
      expect(await store.scores.latest(90, 'release')).toMatchObject({ commit: sha('9') });
      expect(await store.scores.latest(90, 'elsewhere')).toBeNull();
    });

    it('of one commit and rule set are one row', async () => {
      await store.scores.record(score({ branch: 'twice', runs: 1 }));
      await store.scores.record(score({ branch: 'twice', runs: 2 }));
      expect(await store.scores.latest(90, 'twice')).toMatchObject({ runs: 2 });
    });

    it('of a repository that is unknown are not kept', async () => {
      await store.scores.record(score({ repository: 999 }));
      expect(await store.scores.latest(999, 'main')).toBeNull();
    });
  });

  describe('facts', () => {
    const file = { path: repoPath('train.py'), blob: blobId('1'.repeat(40)) };
    const copy = { path: repoPath('copy.py'), blob: file.blob };
    const facts: FileFacts = { facts: [], partial: { reason: 'too-slow', line: null, detail: `${Number.NaN}` } };

    beforeAll(() => tell({ kind: 'know', installation: 3, repository: repository({ id: 95 }) }));

    it('come back as they were kept, for the name they were kept under', async () => {
      const cache = store.facts(95);
      const { known, keep } = await cache.lookUp([[file, copy]], 'v1');
      expect(known.size).toBe(0);
      await keep(new Map([[factsKey(file), facts]]));
      const found = await cache.lookUp([[file], [copy]], 'v1');
      expect([...found.known]).toEqual([[factsKey(file), facts]]);
    });

    it.each<[string, number, string]>([
      ['another version of the front-ends', 95, 'v2'],
      ['another repository', 96, 'v1'],
    ])('of %s are not found', async (_, id, version) => {
      const { keep } = await store.facts(95).lookUp([[file]], 'v1');
      await keep(new Map([[factsKey(file), facts]]));
      expect((await store.facts(id).lookUp([[file]], version)).known.size).toBe(0);
    });

    it('of many files are kept and found at once', async () => {
      const files = Array.from({ length: 1200 }, (_, index) => ({
        path: repoPath(`many/${index}.py`),
        blob: blobId(index.toString(16).padStart(40, '0')),
      }));
      const { keep } = await store.facts(95).lookUp([files], 'v1');
      await keep(new Map(files.map((it) => [factsKey(it), facts])));
      expect((await store.facts(95).lookUp([files], 'v1')).known.size).toBe(1200);
    });

    it('that are not wanted are not looked for', async () => {
      const other = { path: repoPath('other.py'), blob: blobId('3'.repeat(40)) };
      const { keep } = await store.facts(95).lookUp([[file, other]], 'v1');
      await keep(new Map([file, other].map((it) => [factsKey(it), facts])));
      const found = await store.facts(95).lookUp([[file, other]], 'v1', new Set([factsKey(other)]));
      expect([...found.known.keys()]).toEqual([factsKey(other)]);
    });

    it('of a repository that is gone are not kept, and nothing fails', async () => {
      const { keep } = await store.facts(999).lookUp([[file]], 'v1');
      await keep(new Map([[factsKey(file), facts]]));
      expect((await store.facts(999).lookUp([[file]], 'v1')).known.size).toBe(0);
    });
  });

  describe('results of runs', () => {
    const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

    beforeAll(() => tell({ kind: 'know', installation: 3, repository: repository({ id: 94 }) }));

    it('come back by their names, each as it was kept last', async () => {
      await store.runs(94).write(
        new Map([
          ['a', bytes('1')],
          ['b', bytes('2')],
        ]),
      );
      await store.runs(94).write(new Map([['b', bytes('3')]]));
      const found = await store.runs(94).read(['b', 'a', 'c']);
      expect([...found].map(([name, found]) => [name, new TextDecoder().decode(found)]).sort()).toEqual([
        ['a', '1'],
        ['b', '3'],
      ]);
    });

    it('are those of one repository, and of none that is gone', async () => {
      await store.runs(94).write(new Map([['d', bytes('1')]]));
      await store.runs(999).write(new Map([['d', bytes('1')]]));
      expect((await store.runs(95).read(['d'])).size).toBe(0);
      expect((await store.runs(999).read(['d'])).size).toBe(0);
    });
  });

  it('gives back a listing of a tree as it was kept', async () => {
    await tell({ kind: 'know', installation: 3, repository: repository({ id: 97 }) });
    await store.trees.write(97, listing('6'));
    expect(await store.trees.read(97, sha('6'))).toEqual(listing('6'));
    expect(await store.trees.read(98, sha('6'))).toBeNull();
  });

  it('forgets deliveries, facts, results and listings that have served their time', async () => {
    const file = { path: repoPath('old.py'), blob: blobId('2'.repeat(40)) };
    const kept = { id: 'pruned', receivedAt: new Date() };
    await tell({ kind: 'know', installation: 3, repository: repository({ id: 99 }) });
    await store.deliveries.accept(kept, []);
    await (await store.facts(99).lookUp([[file]], 'v1')).keep(
      new Map([[factsKey(file), { facts: [], partial: null }]]),
    );
    await store.trees.write(99, listing('7'));
    await store.runs(99).write(new Map([['old', new Uint8Array(1)]]));

    await store.prune(new Date());
    expect((await store.facts(99).lookUp([[file]], 'v1')).known.size).toBe(1);
    expect((await store.runs(99).read(['old'])).size).toBe(1);
    expect(await store.deliveries.accept(kept, [])).toBe('seen');

    await store.prune(new Date(Date.now() + 31 * 86_400_000));
    expect((await store.facts(99).lookUp([[file]], 'v1')).known.size).toBe(0);
    expect(await store.trees.read(99, sha('7'))).toBeNull();
    expect((await store.runs(99).read(['old'])).size).toBe(0);
    expect(await store.deliveries.accept(kept, [])).toBe('accepted');
  });
});

it('lets one of two processes with one server take a delivery, and puts its job in once', async () => {
  const url = await server.freshDatabase();
  const enqueued: Job[] = [];
  const databases = await Promise.all([1, 2].map(() => openServerDatabase({ url, onConnectionLost: () => {} })));
  const open = (database: Database) => openStore(database, async (jobs) => void enqueued.push(...jobs));
  const stores = await Promise.all(databases.map(open));
  const outcomes: string[] = [];
  for (let id = 0; id < 20; id += 1) {
    const delivery = { id: `raced ${id}`, receivedAt: at(id) };
    const request: Request = { kind: 'review', pullRequest: pullRequest({ number: id }), opened: true };
    const both = await Promise.all(stores.map((store) => store.deliveries.accept(delivery, [request])));
    outcomes.push(both.toSorted().join(' '));
  }
  for (const database of databases) await database.close();
  expect(new Set(outcomes)).toEqual(new Set(['accepted seen']));
  expect(enqueued).toHaveLength(20);
});

function score(changes: Partial<Parameters<Store['scores']['record']>[0]> = {}) {
  return {
    repository: 90,
    branch: 'main',
    commit: sha('0'),
    ruleSet: 'rules-1',
    scores: { overall_finetuning_health: 0.5, 'finetuning_architecture.run_lineage_score': null },
    runs: 2,
    scoredAt: at(0),
    ...changes,
  };
}

function listing(digit: string) {
  const file: TreeFile = { blob: blobId('1'.repeat(40)), size: null, kind: 'file' };
  return { commit: sha(digit), files: new Map<RepoPath, TreeFile>([[repoPath('a/b.py'), file]]) };
}
