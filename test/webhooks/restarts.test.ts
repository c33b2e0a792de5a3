import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readMarker } from '../../src/presentation/github/marker.js';
import { startGithub } from '../github/stand-in/stand-in.js';
import { until } from '../support/until.js';
import { AppOnGithub, type RepositoryOnGithub, writesDuring } from './app-on-github.js';
import { script } from './training-files.js';

jest.setTimeout(240_000);

const MAIN = { 'train.py': script() };
const NAMES = ['one', 'two', 'three'];

let world: AppOnGithub;

beforeAll(async () => {
  world = new AppOnGithub(await startGithub());
});
afterEach(async () => {
  await world.app.stop();
  expect(world.github.takeViolations()).toEqual([]);
});
afterAll(() => world.close());

/** A pull request that nobody has told the App of, with the webhook that would. */
function openQuietly({ git, hosted }: RepositoryOnGithub) {
  git.git('checkout', '-q', '-B', 'change', 'main');
  git.commit({ 'train.py': script(...NAMES) });
  return world.github.people.open(hosted, { branch: 'change' });
}

/** Every step of a review that a process may not live to see the end of. */
const MOMENTS = [
  ['checks/create', 'before'],
  ['checks/create', 'after'],
  ['repos/compare-commits-with-basehead', 'before'],
  ['graphql', 'before'],
  ['pulls/create-review', 'before'],
  ['pulls/create-review', 'after'],
  ['checks/update', 'before'],
  ['checks/update', 'after'],
] as const;

/** One repository for each moment, whose review is held up there; when all have come so far, the App is killed. */
async function killedAtEveryMoment(): Promise<readonly RepositoryOnGithub[]> {
  await world.start({ JOBS: String(MOMENTS.length) });
  let isKilled = false;
  const reached = new Set<RepositoryOnGithub>();
  const repositories = MOMENTS.map(([operation, moment]) => {
    const repository = world.add(MAIN);
    const isMeant = (request: { readonly operation: string; readonly path: string; readonly body: unknown }) => {
      const about = `${request.path} ${JSON.stringify(request.body)}`;
      if (isKilled || request.operation !== operation || !about.includes(repository.hosted.name)) return false;
      reached.add(repository);
      return true;
    };
    const effect =
      moment === 'before' ? ({ kind: 'drop-before' } as const) : ({ kind: 'slow', milliseconds: 60_000 } as const);
    world.github.failOn(isMeant, effect, 1_000);
    return repository;
  });
  for (const repository of repositories) await world.github.send(openQuietly(repository).webhook);
  await until(() => reached.size === repositories.length);
  await world.app.stop('SIGKILL');
  isKilled = true;
  return repositories;
}

function expectReviewed(repository: RepositoryOnGithub): void {
  const [pull] = repository.hosted.pulls.values();
  expect(repository.checksOn(pull?.head ?? '')).toMatchObject([{ status: 'completed', conclusion: 'failure' }]);
  const told = pull?.comments.flatMap(({ body }) => readMarker(body)?.fingerprints ?? []) ?? [];
  expect([pull?.comments.length, new Set(told).size]).toEqual([NAMES.length, NAMES.length]);
}

function isReviewed({ hosted }: RepositoryOnGithub): boolean {
  return hosted.checks.some(({ status }) => status === 'completed');
}

/** The database goes, and with it the queue and the lock on it. */
function loseDatabase(): void {
  for (const name of readdirSync(world.folder)) rmSync(join(world.folder, name), { recursive: true, force: true });
}

describe('an App that is killed', () => {
  it('R6 R8 at any moment leaves one completed check run and no comment twice', async () => {
    const repositories = await killedAtEveryMoment();
    await world.start();
    await world.idle();
    for (const repository of repositories) expectReviewed(repository);
  });

  it('R6 R8 at any moment, and loses its database, finds out what it owes', async () => {
    const repositories = await killedAtEveryMoment();
    loseDatabase();
    await world.start();
    await until(() => repositories.every(isReviewed));
    await world.idle();
    for (const repository of repositories) expectReviewed(repository);
  });
});

describe('an App that starts again', () => {
  it('R3 with its database lost writes nothing that stands already', async () => {
    await world.start();
    const repository = world.add(MAIN);
    await world.tell(openQuietly(repository).webhook);
    await world.app.stop();
    loseDatabase();
    const writes = await writesDuring(world, async () => {
      await world.start();
      await until(() => world.app.log().includes('"sweep":"heads","msg":"swept"'));
      await world.idle();
    });
    const onPull = writes.filter((operation) => operation.startsWith('pulls/'));
    expect(onPull).toEqual([]);
    expectReviewed(repository);
  });

  it('asks for the deliveries that it missed', async () => {
    await world.start();
    const repository = world.add(MAIN);
    await world.app.stop();
    const { webhook } = openQuietly(repository);
    await world.github.send(webhook);
    await world.start();
    await until(() => isReviewed(repository));
    await world.idle();
    expectReviewed(repository);
    const delivered = world.github.world.deliveries.filter(({ guid }) => guid === webhook.guid);
    expect(delivered.map(({ redelivery }) => redelivery)).toEqual([false, true]);
  });

  it('goes on with what it gave back when it was told to stop', async () => {
    await world.start();
    const repository = world.add(MAIN);
    const isMeant = ({ body }: { readonly body: unknown }) =>
      JSON.stringify(body ?? '').includes(repository.hosted.name);
    world.github.failOn(isMeant, { kind: 'slow', milliseconds: 20_000 });
    await world.github.send(openQuietly(repository).webhook);
    await until(() => repository.hosted.checks.length > 0);
    expect(await world.app.stop('SIGTERM')).toBe(0);
    expect(isReviewed(repository)).toBe(false);
    await world.start();
    await world.idle();
    expectReviewed(repository);
  });
});
