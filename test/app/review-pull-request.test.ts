import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { HostErrorCode } from '../../src/app/hosting.js';
import { DEFAULT_POLICY } from '../../src/app/policy.js';
import { readMarker } from '../../src/presentation/github/marker.js';
import { failure } from '../support/host-in-memory.js';
import { sha } from '../support/pull-requests.js';
import { AppDatabase, type AppWorld, NEVER, script } from './app-world.js';

const database = new AppDatabase();
beforeAll(() => database.open());
afterAll(() => database.close());

const LINE_OF_FIRST = 'train.py:RIGHT:4-4';

/** A world in which the second head of a pull request is under review at the moment that an operation begins. */
async function pushedDuring(operation: string): Promise<AppWorld> {
  const world = await database.world();
  await world.push('a', { 'train.py': script('one') });
  once(world, operation, async () => {
    await world.push('b', { 'train.py': script('one', 'two') });
  });
  return world;
}

/** Interferes with the first operation of a name. */
function once(world: AppWorld, operation: string, act: () => void | Promise<void>, moment = 'before'): void {
  let left = 1;
  world.github.interfere = async (name, when) => {
    if (name !== operation || when !== moment || left === 0) return;
    left -= 1;
    await act();
  };
}

function always(world: AppWorld, operation: string, code: HostErrorCode): void {
  world.github.interfere = (name, when) => {
    if (name === operation && when === 'before') throw failure(code);
  };
}

describe('a pull request', () => {
  it('R8 gets one check run on its head, and its comments in one review', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one', 'two') });
    await world.work();
    expect(world.github.writes).toEqual(['start a', 'post 2', 'complete failure']);
    expect(world.github.comments).toEqual([LINE_OF_FIRST, 'train.py:RIGHT:5-5']);
    expect(world.checksOn(sha('a'))).toMatchObject([{ completed: true, conclusion: 'failure' }]);
  });

  it('R8 gets a skipped check run where no file has to do with training, and nothing is read for it', async () => {
    const world = await database.world();
    await world.push('a', { 'README.md': 'other words\n' });
    await world.work();
    expect(world.github.writes).toEqual(['start a', 'complete skipped']);
    expect(world.github.asked).not.toContain('blobs');
    expect(world.checksOn(sha('a'))[0]?.output?.title).toBe('Nothing in this change touches a training run');
  });

  it('R41 R42 hears nothing in comments where nothing is wrong', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': `${script()}print("done")\n` });
    await world.work();
    expect(world.github.writes).toEqual(['start a', 'complete success']);
  });

  it('R9 is skipped while it is a draft, and reviewed when it is ready, on a check run of its own', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') }, { draft: true });
    await world.work();
    expect(world.checksOn(sha('a'))).toMatchObject([{ conclusion: 'skipped' }]);
    expect(world.github.asked).not.toContain('snapshot');
    await world.tell({ draft: false });
    expect(await world.writesDuring(() => world.work())).toEqual(['start a', 'post 1', 'complete failure']);
    expect(world.checksOn(sha('a'))).toMatchObject([{ conclusion: 'skipped' }, { conclusion: 'failure' }]);
  });

  it('is not looked at once it is closed', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    await world.tell({ open: false }, 'stop');
    await world.work();
    expect(world.github.asked).toEqual([]);
  });

  it('R71 names its own repository in links, wherever its head comes from', async () => {
    const world = await database.world({
      links: { server: 'https://git.test', rulePage: (rule) => `https://app.test/playbook/${rule}`, badge: null },
    });
    await world.push('a', { 'train.py': script('one') });
    await world.work();
    expect(world.checksOn(sha('a'))[0]?.output?.summary).toContain('https://git.test/acme/tuning/blob/aaaa');
    expect(world.github.threads[0]?.body).toContain(
      '[`artifact-trust-surface/remote-code`](https://app.test/playbook/artifact-trust-surface/remote-code)',
    );
  });
});

describe('what was reviewed before', () => {
  it('R3 is not written again for the same commits', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    await world.work();
    await world.tell({ open: false }, 'stop');
    await world.tell({ open: true });
    expect(await world.writesDuring(() => world.work())).toEqual([]);
  });

  it('R3 is not written again where the database was lost', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    await world.work();
    await world.loseDatabase();
    await world.tell();
    expect(await world.writesDuring(() => world.work())).toEqual([]);
  });

  it('R3 is reviewed again, on a new check run, where the base branch has changed', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    await world.work();
    await world.tell({ base: sha('9') });
    expect(await world.writesDuring(() => world.work())).toEqual(['start a', 'complete failure']);
    expect(world.checksOn(sha('a')).map(({ completed }) => completed)).toEqual([true, true]);
  });

  it('R66 is written again where a person asked for it, and no comment is posted twice', async () => {
    const world = await database.world();
    const { head, installation, repository } = await world.push('a', { 'train.py': script('one') });
    await world.work();
    await world.store.deliveries.request([{ kind: 'review-again', installation, repository, head }]);
    expect(await world.writesDuring(() => world.work())).toEqual(['start a', 'complete failure']);
    await world.tell();
    expect(await world.writesDuring(() => world.work())).toEqual([]);
  });

  it('R66 is shown as under way as soon as a person asked for it', async () => {
    const world = await database.world();
    const { head, installation, repository } = await world.push('a', { 'train.py': script('one') });
    await world.work();
    await world.store.deliveries.request([{ kind: 'review-again', installation, repository, head }]);
    let shown: boolean | undefined;
    once(world, 'snapshot', () => {
      shown = world.checksOn(head).at(-1)?.completed;
    });
    await world.work();
    expect(shown).toBe(false);
    expect(world.checksOn(head).map(({ completed }) => completed)).toEqual([true, true]);
  });

  it('R66 is asked for once where that was lost after the check run was begun', async () => {
    const world = await database.world();
    const { head, installation, repository } = await world.push('a', { 'train.py': script('one') });
    await world.work();
    await world.store.deliveries.request([{ kind: 'review-again', installation, repository, head }]);
    once(world, 'snapshot', () => Promise.reject(failure('unavailable')));
    await expect(world.work()).rejects.toMatchObject({ code: 'unavailable' });
    await world.reviewAgain();
    expect(world.checksOn(head).map(({ completed }) => completed)).toEqual([true, true]);
  });

  it('R43 leaves comments that say the same as they are', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    await world.work();
    world.github.threads = world.github.threads.map((it) => ({
      ...it,
      body: `${it.body.replaceAll('\n', '\r\n')}\r\n`,
    }));
    await world.push('b', { 'train.py': `${script('one')}print("done")\n` });
    expect(await world.writesDuring(() => world.work())).toEqual(['start b', 'complete failure']);
  });
});

describe('a push', () => {
  it('R34 takes away what it mends, and R27 posts what is new in one review', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one', 'two') });
    await world.work();
    await world.push('b', { 'train.py': script('two', 'three', 'four') });
    const [first] = world.github.threads;
    const writes = await world.writesDuring(() => world.work());
    expect(writes).toEqual(['start b', 'post 2', `remove ${first?.comment}`, 'complete failure']);
  });

  it('R34 marks what it mends as fixed where people have answered', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    await world.work();
    world.github.threads = world.github.threads.map((it) => ({ ...it, answered: true }));
    await world.push('b', { 'train.py': script() });
    await world.work();
    const [thread] = world.github.threads;
    expect(readMarker(thread?.body ?? '')?.mended).toBe(true);
    expect(thread?.body.split('\n')[1]).toBe('Fixed in bbbbbbb.');
  });

  it('R34 cleans up where all that had to do with training is taken back', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    await world.work();
    await world.push('b', { 'README.md': 'other words\n' });
    await world.work();
    expect(world.github.threads).toEqual([]);
    expect(world.checksOn(sha('b'))).toMatchObject([{ conclusion: 'skipped' }]);
  });

  it('R36 posts nothing where a person resolved the thread, and says so in the summary', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    await world.work();
    world.github.threads = world.github.threads.map((it) => ({ ...it, resolved: true }));
    await world.push('b', { 'train.py': `${script('one')}print("done")\n` });
    expect(await world.writesDuring(() => world.work())).toEqual(['start b', 'complete failure']);
    const output = world.checksOn(sha('b'))[0]?.output;
    expect(output?.summary).toContain('· resolved by reviewer');
    expect(output?.annotations).toEqual([]);
  });

  it('R39 edits a comment that another finding joins on its line', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    await world.work();
    const twice = script('one').replace('trust_remote_code=True)', 'trust_remote_code=True, use_safetensors=False)');
    await world.push('b', { 'train.py': twice });
    const [thread] = world.github.threads;
    expect(await world.writesDuring(() => world.work())).toEqual([
      'start b',
      `edit ${thread?.comment}`,
      'complete failure',
    ]);
    expect(readMarker(world.github.threads[0]?.body ?? '')?.fingerprints).toHaveLength(2);
  });

  it.each(['snapshot', 'blobs', 'standing', 'post'])(
    'R5 R7 during "%s" ends the review of the older head',
    async (at) => {
      const world = await pushedDuring(at);
      await world.work();
      expect(world.checksOn(sha('a'))).toMatchObject([{ conclusion: 'cancelled' }]);
      expect(world.checksOn(sha('a'))[0]?.output?.title).toBe('superseded by bbbbbbb');
      expect(world.checksOn(sha('b'))).toMatchObject([{ conclusion: 'failure' }]);
      expect(world.github.threads).toHaveLength(2);
    },
  );

  it('R5 R7 before the check run was begun leaves none behind', async () => {
    const world = await pushedDuring('nothing');
    await world.push('b', { 'train.py': script('one', 'two') });
    await world.work();
    expect(world.github.checks.map(({ head }) => head)).toEqual([sha('b')]);
  });

  it('R5 R7 that is told of by nobody is noticed, and reviewed', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    once(world, 'standing', () => {
      world.github.commits.set(sha('b'), { 'train.py': script('two') });
      world.change({ head: sha('b') });
    });
    await world.work();
    expect(world.checksOn(sha('a'))).toMatchObject([{ conclusion: 'cancelled' }]);
    expect(world.checksOn(sha('b'))).toMatchObject([{ conclusion: 'failure' }]);
    expect(world.github.threads.map(({ commit }) => commit)).toEqual([sha('b')]);
  });

  it('R7 cancels a check run of which it is not known whether it was begun', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    once(world, 'start', () => Promise.reject(new Error('killed')), 'after');
    await world.work();
    await world.push('b', { 'train.py': script() });
    await world.work();
    expect(world.checksOn(sha('a'))).toMatchObject([{ conclusion: 'cancelled' }]);
  });

  it('does not tell of a close that comes meanwhile as of a failure', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    once(world, 'blobs', async () => {
      await world.tell({ open: false }, 'stop');
    });
    await world.work();
    expect(world.checksOn(sha('a'))).toMatchObject([{ conclusion: 'cancelled' }]);
    expect(world.checksOn(sha('a'))[0]?.output?.title).toBe('The pull request was closed');
  });
});

describe('comments that the host does not take', () => {
  it('R28 are posted after a review that was begun and never sent is discarded', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    world.github.pending = 77;
    await world.work();
    expect(world.github.writes).toEqual(['start a', 'discard 77', 'post 1', 'complete failure']);
  });

  it('R28 are posted once more on one line and without a suggestion', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    let refusals = 0;
    world.github.interfere = (name, moment) => {
      if (name !== 'post') return;
      refusals += 1;
      world.github.pending = moment === 'before' && refusals === 1 ? 1 : null;
    };
    await world.work();
    expect(world.github.writes).toEqual(['start a', 'post 1', 'post 1', 'complete failure']);
    expect(world.github.threads).toHaveLength(1);
    expect(world.github.threads[0]?.body).not.toContain('```suggestion');
  });

  it('R28 R19 R20 are left to the summary and to annotations where they are refused twice', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    world.github.interfere = (name) => {
      if (name === 'post') world.github.pending = 1;
    };
    await world.work();
    expect(world.github.writes).toEqual(['start a', 'post 1', 'post 1', 'complete failure']);
    const output = world.checksOn(sha('a'))[0]?.output;
    expect(output?.summary).toContain('GitHub did not take the comments of this review');
    expect(output?.annotations).toHaveLength(1);
  });

  it('R28 are dropped where the head has moved', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    once(world, 'post', () => {
      world.github.commits.set(sha('b'), { 'train.py': script('one') });
      world.change({ head: sha('b') });
    });
    await world.work();
    expect(world.checksOn(sha('a'))).toMatchObject([{ conclusion: 'cancelled' }]);
    expect(world.github.threads.map(({ commit }) => commit)).toEqual([sha('b')]);
  });

  it.each<HostErrorCode>(['rate-limited', 'forbidden', 'invalid'])(
    'R52 are left to the summary where they are %s, and posted with the next push',
    async (code) => {
      const world = await database.world();
      await world.push('a', { 'train.py': script('one') });
      always(world, 'post', code);
      await world.work();
      expect(world.checksOn(sha('a'))).toMatchObject([{ conclusion: 'failure' }]);
      expect(world.checksOn(sha('a'))[0]?.output?.summary).toContain(`Comments are missing. Mend what is ${code}.`);
      world.github.interfere = () => {};
      await world.tell({ open: true });
      await world.work();
      expect(world.github.threads).toHaveLength(1);
    },
  );

  it('R19 are left to the summary where those that stand may not be read', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    always(world, 'standing', 'forbidden');
    await world.work();
    expect(world.checksOn(sha('a'))).toMatchObject([{ conclusion: 'failure' }]);
    expect(world.checksOn(sha('a'))[0]?.output?.summary).toContain('Comments are missing. Mend what is forbidden.');
    expect(world.checksOn(sha('a'))[0]?.output?.annotations).toHaveLength(1);
  });

  it('are not posted twice where the answer to the first time was lost', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    once(world, 'post', () => Promise.reject(failure('unavailable')), 'after');
    await world.work();
    expect(world.github.writes).toEqual(['start a', 'post 1', 'complete failure']);
    expect(world.github.threads).toHaveLength(1);
  });

  it('that somebody deletes meanwhile stop nothing', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    await world.work();
    const twice = script('one').replace('trust_remote_code=True)', 'trust_remote_code=True, use_safetensors=False)');
    await world.push('b', { 'train.py': twice });
    once(world, 'edit', () => {
      world.github.threads = [];
    });
    await world.work();
    expect(world.checksOn(sha('b'))).toMatchObject([{ conclusion: 'failure' }]);
  });
});

describe('a review that fails', () => {
  it.each<[string, string, Error, string]>([
    ['of our own', 'snapshot', new TypeError('oops'), 'That is our fault, not yours.'],
    ['for want of a permission', 'snapshot', failure('forbidden'), 'Mend what is forbidden.'],
    ['for what was sent', 'snapshot', failure('invalid'), 'Mend what is invalid.'],
  ])('R18 %s ends neutral, with what to do about it', async (_, operation, error, advice) => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    once(world, operation, () => Promise.reject(error));
    await world.work();
    expect(world.checksOn(sha('a'))).toMatchObject([
      { conclusion: 'neutral', output: { title: 'The analysis did not finish' } },
    ]);
    expect(world.checksOn(sha('a'))[0]?.output?.summary).toContain(advice);
    expect(world.github.threads).toEqual([]);
    expect(world.logged).toContain('the analysis did not finish');
  });

  it('R18 is made good by the next look at it, on a new check run', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    once(world, 'snapshot', () => Promise.reject(new TypeError('oops')));
    await world.work();
    await world.tell({ open: true });
    await world.work();
    expect(world.checksOn(sha('a'))).toMatchObject([{ conclusion: 'neutral' }, { conclusion: 'failure' }]);
  });

  it.each(['unavailable', 'rate-limited'] as const)('is tried again where the host is %s', async (code) => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    once(world, 'snapshot', () => Promise.reject(failure(code)));
    await expect(world.work()).rejects.toMatchObject({ code });
    expect(world.checksOn(sha('a'))).toMatchObject([{ completed: false }]);
    await world.reviewAgain();
    expect(world.checksOn(sha('a'))).toMatchObject([{ conclusion: 'failure' }]);
  });

  it('goes back to the queue when the process stops', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    const stopping = new AbortController();
    once(world, 'blobs', () => stopping.abort(new Error('stops')));
    await expect(world.work(stopping.signal)).rejects.toThrow('stops');
    expect(world.checksOn(sha('a'))).toMatchObject([{ completed: false }]);
  });

  it('makes one check run where the answer to the first time was lost', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    once(world, 'start', () => Promise.reject(failure('unavailable')), 'after');
    await world.work();
    expect(world.checksOn(sha('a'))).toMatchObject([{ conclusion: 'failure' }]);
  });

  it('makes one check run where the first time came to nothing', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    once(world, 'start', () => Promise.reject(failure('unavailable')));
    await world.work();
    expect(world.checksOn(sha('a'))).toMatchObject([{ conclusion: 'failure' }]);
  });

  it('stops at any moment, and the next look at it leaves one completed check run and no comment twice', async () => {
    const whole = await pushedTwice(Number.POSITIVE_INFINITY);
    const moments = whole.asked;
    expect(moments).toBeGreaterThan(10);
    for (let moment = 0; moment < moments; moment += 1) {
      const { world } = await pushedTwice(moment);
      expect(world.github.comments.toSorted()).toEqual(whole.world.github.comments.toSorted());
      expect(world.checksOn(sha('b'))).toMatchObject([{ completed: true, conclusion: 'failure' }]);
      const older = world.checksOn(sha('a'));
      expect(older.length).toBeLessThanOrEqual(1);
      expect(older.every(({ completed }) => completed)).toBe(true);
    }
  });
});

/** Two pushes, in which the host is out of reach from one moment on until the end; then all is done again. */
async function pushedTwice(deadAt: number): Promise<{ world: AppWorld; asked: number }> {
  const world = await database.world();
  let asked = 0;
  world.github.interfere = () => {
    asked += 1;
    if (asked > deadAt) throw failure('unavailable');
  };
  await world.push('a', { 'train.py': script('one', 'two') });
  await world.work().catch(() => {});
  await world.push('b', { 'train.py': script('two', 'three') });
  await world.work().catch(() => {});
  const total = asked;
  world.github.interfere = () => {};
  await world.reviewAgain();
  return { world, asked: total };
}

describe('a policy', () => {
  it('R20 may have more annotations than one request takes', async () => {
    const flags = Array.from({ length: 70 }, (_, index) => `m${index}`);
    const policyOf = async () => ({ ...DEFAULT_POLICY, annotations: 200, comments: { perPush: 0, open: 0 } });
    const world = await database.world({ policyOf });
    await world.push('a', { 'train.py': script(...flags) });
    await world.work();
    expect(world.checksOn(sha('a'))[0]?.output?.annotations).toHaveLength(70);
    expect(world.github.threads).toEqual([]);
  });

  it('R9 may have drafts analysed', async () => {
    const world = await database.world({ policyOf: async () => ({ ...DEFAULT_POLICY, drafts: true }) });
    await world.push('a', { 'train.py': script('one') }, { draft: true });
    await world.work(NEVER);
    expect(world.checksOn(sha('a'))).toMatchObject([{ conclusion: 'failure' }]);
  });
});
