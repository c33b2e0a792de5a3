import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readMarker } from '../../src/presentation/github/marker.js';
import { startGithub } from '../github/stand-in/stand-in.js';
import type { HostedPull } from '../github/stand-in/world.js';
import { AppOnGithub, type RepositoryOnGithub, writesDuring } from './app-on-github.js';
import { script } from './training-files.js';

jest.setTimeout(180_000);

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

/** Opens a pull request and kills the App as it asks for an operation, before GitHub does it or after. */
async function killedAt(operation: string, moment: 'before' | 'after'): Promise<RepositoryOnGithub> {
  await world.start();
  const repository = world.add(MAIN);
  const pull = openQuietly(repository);
  const killed = killOn(operation, moment);
  await world.github.send(pull.webhook);
  await killed;
  return repository;
}

/** The pull request, with the webhook that tells of it. */
function openQuietly({ git, hosted }: RepositoryOnGithub) {
  git.git('checkout', '-q', '-B', 'change', 'main');
  git.commit({ 'train.py': script(...NAMES) });
  return world.github.people.open(hosted, { branch: 'change' });
}

/** Ends when the App has been killed: GitHub's answer to a request of this kind is slow, and before it is given there is nobody. */
async function killOn(operation: string, moment: 'before' | 'after'): Promise<void> {
  let isAsked = false;
  world.github.failOn(
    (request) => {
      if (request.operation !== operation) return false;
      isAsked = true;
      return true;
    },
    moment === 'before' ? { kind: 'drop-before' } : { kind: 'drop-after' },
  );
  const deadline = Date.now() + 60_000;
  while (!isAsked && Date.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
  await world.app.stop('SIGKILL');
  expect(isAsked).toBe(true);
}

function expectReviewed(repository: RepositoryOnGithub): void {
  const [pull] = [...repository.hosted.pulls.values()] as [HostedPull];
  expect(repository.checksOn(pull.head)).toMatchObject([{ status: 'completed', conclusion: 'failure' }]);
  expect(pull.comments).toHaveLength(NAMES.length);
  expect(new Set(pull.comments.flatMap(({ body }) => readMarker(body)?.fingerprints ?? [])).size).toBe(NAMES.length);
}

/** The database goes, and with it the queue and the lock on it. */
function loseDatabase(): void {
  for (const name of readdirSync(world.folder)) rmSync(join(world.folder, name), { recursive: true, force: true });
}

const MOMENTS = [
  ['checks/create', 'before'],
  ['checks/create', 'after'],
  ['graphql', 'before'],
  ['pulls/create-review', 'before'],
  ['pulls/create-review', 'after'],
  ['checks/update', 'before'],
  ['checks/update', 'after'],
] as const;

describe('an App that is killed', () => {
  it.each(MOMENTS)(
    'R8 at %s, %s it is done, leaves one completed check run and no comment twice',
    async (operation, moment) => {
      const repository = await killedAt(operation, moment);
      await world.start();
      await world.idle();
      expectReviewed(repository);
    },
  );

  it.each(MOMENTS)('R8 at %s, %s it is done, and loses its database, finds out what it owes', async (operation, moment) => {
    const repository = await killedAt(operation, moment);
    loseDatabase();
    await world.start();
    await until(() => repository.hosted.checks.some(({ status }) => status === 'completed'));
    await world.idle();
    expectReviewed(repository);
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
    expect(writes.filter((operation) => operation !== 'checks/create' && operation !== 'checks/update')).toEqual([]);
    expectReviewed(repository);
  });

  it('asks for the deliveries that it missed', async () => {
    await world.start();
    const repository = world.add(MAIN);
    await world.app.stop();
    const { webhook } = openQuietly(repository);
    await world.github.send(webhook);
    await world.start();
    await until(() => repository.hosted.checks.some(({ status }) => status === 'completed'));
    await world.idle();
    expectReviewed(repository);
  });

  it('goes on with what it had to give back when it was told to stop', async () => {
    await world.start();
    const repository = world.add(MAIN);
    const { webhook } = openQuietly(repository);
    world.github.failOn(({ operation }) => operation === 'graphql', { kind: 'slow', milliseconds: 20_000 });
    await world.github.send(webhook);
    await until(() => repository.hosted.checks.length > 0);
    expect(await world.app.stop('SIGTERM')).toBe(0);
    await world.start();
    await world.idle();
    expectReviewed(repository);
  });
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 90_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`it did not become true:\n${world.app.log()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
