import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createSweeper } from '../../src/app/sweeper.js';
import { sweepChecks, sweepDeliveries, sweepHeads } from '../../src/app/sweeps.js';
import { createWorker } from '../../src/app/worker.js';
import { failure } from '../support/host-in-memory.js';
import { sha } from '../support/pull-requests.js';
import { AppDatabase, type AppWorld, NEVER, script } from './app-world.js';

const database = new AppDatabase();
beforeAll(() => database.open());
afterAll(() => database.close());

/** A pull request whose check run was begun, by a process that is gone. */
async function interrupted(operation = 'snapshot', moment: 'before' | 'after' = 'before'): Promise<AppWorld> {
  const world = await database.world();
  await world.push('a', { 'train.py': script('one') });
  let dead = false;
  world.github.interfere = (name, when) => {
    dead ||= name === operation && when === moment;
    if (dead) throw failure('unavailable');
  };
  await world.work().catch(() => {});
  world.github.interfere = () => {};
  return world;
}

/** The sweep of check runs, so many minutes from now. */
async function sweptAfter(world: AppWorld, minutes: number): Promise<string[]> {
  const now = () => new Date(Date.now() + minutes * 60_000);
  return await world.writesDuring(() => sweepChecks({ ...world.deps, now }));
}

describe('the sweep of check runs', () => {
  it('R8 completes one that was begun ten minutes ago, without a verdict', async () => {
    const world = await interrupted();
    expect(await sweptAfter(world, 9)).toEqual([]);
    expect(await sweptAfter(world, 11)).toEqual(['complete neutral']);
    expect(world.checksOn(sha('a'))[0]?.output?.title).toBe('The analysis did not finish');
    expect(await sweptAfter(world, 11)).toEqual([]);
  });

  it('R8 finds one of which only the host knows that it was begun', async () => {
    const world = await interrupted('start', 'after');
    expect(await sweptAfter(world, 11)).toEqual(['complete neutral']);
    expect(world.checksOn(sha('a'))).toMatchObject([{ completed: true }]);
  });

  it('R8 takes note that there was none after all', async () => {
    const world = await interrupted('start', 'before');
    expect(await sweptAfter(world, 11)).toEqual([]);
    expect(await sweptAfter(world, 11)).toEqual([]);
    expect(world.github.asked.filter((name) => name === 'list').length).toBeLessThan(4);
  });

  it('R7 cancels that of an older head, and that of a pull request that was closed', async () => {
    const world = await interrupted();
    await world.push('b', { 'train.py': script() });
    expect(await sweptAfter(world, 11)).toEqual(['complete cancelled']);
    expect(world.checksOn(sha('a'))[0]?.output?.title).toBe('superseded by bbbbbbb');
    const closed = await interrupted();
    await closed.tell({ open: false }, 'stop');
    await sweptAfter(closed, 11);
    expect(closed.checksOn(sha('a'))[0]?.output?.title).toBe('The pull request was closed');
  });

  it('goes on after one that fails', async () => {
    const world = await interrupted();
    world.github.interfere = (name) => {
      if (name === 'complete') throw failure('forbidden');
    };
    await sweptAfter(world, 11);
    expect(world.logged).toContain('a sweep left something out');
    world.github.interfere = () => {};
    expect(await sweptAfter(world, 11)).toEqual(['complete neutral']);
  });
});

describe('the sweep of heads', () => {
  it('R8 asks for what no event told of', async () => {
    const world = await database.world();
    world.github.commits.set(sha('a'), { 'train.py': script('one') });
    world.change({ head: sha('a') });
    await sweepHeads(world.deps);
    await world.work();
    expect(world.checksOn(sha('a'))).toMatchObject([{ conclusion: 'failure' }]);
    expect(world.github.threads).toHaveLength(1);
  });

  it('R8 asks for nothing that was reviewed', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    await world.work();
    await sweepHeads(world.deps);
    await world.work();
    const asked = world.github.asked.length;
    await sweepHeads(world.deps);
    await world.work();
    expect(world.github.asked.slice(asked)).toEqual(['repositories', 'open']);
  });

  it('R3 finds everything again where the database was lost, and writes nothing twice', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    await world.tell({ number: 13, head: sha('a') });
    await world.work();
    await sweepHeads(world.deps);
    await world.work();
    await world.loseDatabase();
    const writes = await world.writesDuring(async () => {
      await sweepHeads(world.deps);
      await world.work();
    });
    expect(writes).toEqual([]);
    expect(world.checksOn(sha('a'))).toHaveLength(2);
    expect(await world.store.scores.latest(world.github.repository.id, null)).not.toBeNull();
  });

  it('R8 completes, with the database lost, what was begun before', async () => {
    const world = await interrupted('post');
    await world.loseDatabase();
    await sweepHeads(world.deps);
    await world.work();
    expect(world.checksOn(sha('a'))).toMatchObject([{ conclusion: 'failure' }]);
    expect(world.github.threads).toHaveLength(1);
  });

  it('looks at one installation where the App has just come', async () => {
    const world = await database.world();
    world.github.commits.set(sha('a'), { 'train.py': script('one') });
    world.change({ head: sha('a') });
    await createWorker(world.deps)({ kind: 'survey', installation: 3 }, NEVER, { id: 'job', delivery: null });
    await world.work();
    expect(world.checksOn(sha('a'))).toMatchObject([{ conclusion: 'failure' }]);
    expect(world.checksOn(sha('0'))).toMatchObject([{ conclusion: 'success' }]);
  });

  it('goes on after a repository that cannot be read', async () => {
    const world = await database.world();
    world.github.interfere = (name) => {
      if (name === 'open') throw failure('forbidden');
    };
    await sweepHeads(world.deps);
    expect(world.logged).toEqual(['a sweep left something out']);
  });
});

describe('the sweep of deliveries', () => {
  it('asks for those that failed, and goes on after one that cannot be had', async () => {
    const world = await database.world();
    world.github.failed.push({ id: '1', guid: 'one' }, { id: '2', guid: 'two' });
    let left = 1;
    world.github.interfere = (name) => {
      if (name === 'redeliver' && left-- > 0) throw failure('gone');
    };
    await sweepDeliveries(world.deps, new Date());
    expect(world.github.writes).toEqual(['redeliver two']);
  });
});

describe('the sweeper', () => {
  it('looks at everything when it starts, and ends when it has', async () => {
    const world = await interrupted();
    const now = () => new Date(Date.now() + 11 * 60_000);
    const sweeper = createSweeper({ ...world.deps, now });
    const asked = world.github.asked.length;
    sweeper.start();
    await sweeper.idle();
    await sweeper.stop();
    expect(world.github.asked.slice(asked)).toEqual(['complete', 'failed deliveries', 'repositories', 'open']);
    expect(world.logged.filter((words) => words === 'swept')).toHaveLength(4);
  });

  it('goes on after a sweep that fails', async () => {
    const world = await database.world();
    world.github.interfere = (name) => {
      if (name === 'failed deliveries') throw failure('unavailable');
    };
    const sweeper = createSweeper(world.deps);
    sweeper.start();
    await sweeper.idle();
    await sweeper.stop();
    expect(world.logged).toContain('a sweep did not finish');
    expect(world.github.asked).toContain('open');
  });
});
