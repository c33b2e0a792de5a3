import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sha } from '../support/pull-requests.js';
import { AppDatabase, type AppWorld, script } from './app-world.js';

const database = new AppDatabase();
beforeAll(() => database.open());
afterAll(() => database.close());

/** A person presses "Re-run" on a check run of a commit. */
async function askedAgain(world: AppWorld, digit: string, by?: string): Promise<string[]> {
  const { repository } = world.github;
  return await world.writesDuring(async () => {
    const again = { kind: 'review-again', installation: 3, repository, head: sha(digit) } as const;
    await world.store.deliveries.request([by === undefined ? again : { ...again, by }]);
    await world.work();
  });
}

describe('R66 a commit that is to be checked again', () => {
  it('is reviewed anew where its pull request is known', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    await world.work();
    expect(await askedAgain(world, 'a')).toEqual(['start a', 'complete failure']);
  });

  it('is reviewed anew where only the host knows its pull request', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    await world.work();
    await world.loseDatabase();
    expect(await askedAgain(world, 'a')).toEqual(['start a', 'complete failure']);
    expect(world.github.threads).toHaveLength(1);
  });

  it('is reviewed for each of several pull requests that have it as their head', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    await world.tell({ number: 13, head: sha('a') });
    await world.work();
    await world.loseDatabase();
    expect(await askedAgain(world, 'a')).toEqual(['start a', 'complete failure', 'start a', 'complete failure']);
    expect(world.checksOn(sha('a'))).toHaveLength(4);
  });

  it('is scored anew where it is the tip of the default branch', async () => {
    const world = await database.world();
    await world.store.deliveries.request([{ kind: 'score', installation: 3, repository: world.github.repository }]);
    await world.work();
    expect(await askedAgain(world, '0')).toEqual(['start 0', 'complete success']);
  });

  it('has its check run say that no open pull request has it as its head', async () => {
    const world = await database.world();
    await world.push('a', { 'train.py': script('one') });
    await world.work();
    await world.tell({ open: false }, 'stop');
    expect(await askedAgain(world, 'a')).toEqual(['start a', 'complete neutral']);
    expect(world.checksOn(sha('a')).at(-1)?.output?.title).toBe('No open pull request has this commit as its head');
  });

  it('has nothing written on it where no check run of ours stands', async () => {
    const world = await database.world();
    expect(await askedAgain(world, 'e')).toEqual([]);
  });
});

describe('R68 a person who presses the button', () => {
  it.each<[string, string[]]>([
    ['grace', ['start a', 'complete failure']],
    ['ada', []],
  ])('is looked up: %s', async (who, writes) => {
    const world = await database.world();
    world.github.writers.add('grace');
    await world.push('a', { 'train.py': script('one') });
    await world.work();
    expect(await askedAgain(world, 'a', who)).toEqual(writes);
    if (writes.length === 0) expect(world.logged).toContain('not checked again: who asks may not write');
  });
});
