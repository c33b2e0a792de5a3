import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Fault, RecordedRequest } from '../github/stand-in/faults.js';
import { addReview } from '../github/stand-in/reviews.js';
import { FAULTS } from '../github/stand-in/stand-in.js';
import { type PullOnGithub, requestsDuring, useApp, writesDuring } from './app-on-github.js';
import { FIRST_LINE, script } from './training-files.js';

jest.setTimeout(120_000);

const world = useApp({ JOBS: '12' });
const MAIN = { 'train.py': script() };

async function opened(): Promise<PullOnGithub> {
  return await world.add(MAIN).open({ 'train.py': script('one') });
}

/** Requests of one operation. */
function of(name: string): (request: { readonly operation: string }) => boolean {
  return ({ operation }) => operation === name;
}

describe('a review that GitHub refuses', () => {
  it('R28 is posted after one that was begun and never sent is discarded', async () => {
    const change = await world.add(MAIN).open({ 'train.py': script('one') }, { draft: true });
    addReview(world.github.world, change.pull, { author: world.github.world.bot, commit: change.pull.head, body: '' });
    const writes = await writesDuring(world, () =>
      world.tell(world.github.people.ready(change.repository.hosted, change.pull)),
    );
    expect(writes).toEqual(['checks/create', 'pulls/delete-pending-review', 'pulls/create-review', 'checks/update']);
    expect(change.places).toEqual([`train.py:RIGHT:${FIRST_LINE}`]);
  });

  it('R28 is posted once more, plainly, and not a third time', async () => {
    world.github.failOn(of('pulls/create-review'), FAULTS.unprocessable());
    const requests = await requestsDuring(world, opened);
    const posts = requests.filter(of('pulls/create-review'));
    expect(posts.map(({ status }) => status)).toEqual([422, 200]);
    for (const { body } of posts.slice(1)) expect(JSON.stringify(body)).not.toMatch(/suggestion|start_line/);
  });

  it('R19 R28 is left to the check run where it is refused twice', async () => {
    world.github.failOn(of('pulls/create-review'), FAULTS.unprocessable(), 2);
    const change = await opened();
    expect(change.comments).toEqual([]);
    expect(change.check).toMatchObject({ conclusion: 'failure' });
    expect(change.check.summary).toContain('GitHub did not take the comments of this review');
    expect(change.check.annotations).toMatchObject([{ path: 'train.py', start_line: FIRST_LINE }]);
  });

  it('R28 is dropped where the head has moved', async () => {
    const change = await opened();
    const { repository, pull } = change;
    change.commit({ 'train.py': script('one', 'two') });
    world.github.failOn(of('graphql'), { kind: 'slow', milliseconds: 3_000 }, 3);
    const told = world.github.people.push(repository.hosted, pull);
    await world.github.send(told);
    const older = pull.head;
    change.commit({ 'train.py': script('two') });
    world.github.people.push(repository.hosted, pull);
    await world.idle();
    expect(repository.checksOn(older).every(({ conclusion }) => conclusion === 'cancelled')).toBe(true);
    expect(change.check.conclusion).toBe('failure');
    expect(change.comments.map(({ body }) => body.includes('acme/two'))).toEqual([true]);
  });
});

/** What goes wrong in the review of a pull request, and how often. */
type GoesWrong = readonly [operation: string, effect: Fault['effect'], times?: number];

/**
 * Pull requests of repositories of their own, opened at once: what is waited for in the review of one is waited for in
 * all of them. Gives them by name.
 */
async function openedAtOnce(named: ReadonlyMap<string, GoesWrong>): Promise<ReadonlyMap<string, PullOnGithub>> {
  const prepared = [...named].map(([name, [operation, effect, times]]) => {
    const repository = world.add(MAIN);
    const { hosted } = repository;
    const isMeant = (request: RecordedRequest) => {
      const about = `${request.path} ${JSON.stringify(request.body)}`;
      const isAbout = about.includes(`"${hosted.name}"`) || about.includes(`/${hosted.name}/`);
      return request.operation === operation && (isAbout || about.includes(`/installations/${hosted.installation}/`));
    };
    world.github.failOn(isMeant, effect, times);
    return { name, isMeant, times, open: repository.prepare({ 'train.py': script('one') }) };
  });
  const opening = prepared.map(async ({ name, isMeant, times, open }) => {
    const change = await open();
    const met = world.github.requests.filter(
      (request) => isMeant(request) && (request.status < 200 || request.status >= 400),
    );
    expect(met).toHaveLength(times ?? 1);
    return [name, change] as const;
  });
  return new Map(await Promise.all(opening));
}

/** Each is reviewed as if nothing had been amiss. */
function areReviewed(title: string, named: ReadonlyMap<string, GoesWrong>): void {
  describe(title, () => {
    let opened: ReadonlyMap<string, PullOnGithub>;
    beforeAll(async () => {
      opened = await openedAtOnce(named);
    });

    it.each([...named.keys()])('%s', (name) => {
      const change = opened.get(name);
      expect(change?.check.conclusion).toBe('failure');
      expect(change?.places).toEqual([`train.py:RIGHT:${FIRST_LINE}`]);
    });
  });
}

areReviewed(
  'a limit of GitHub',
  new Map<string, GoesWrong>([
    ['R52 that is secondary is waited for as long as it says', ['pulls/create-review', FAULTS.secondaryLimit(2), 2]],
    [
      'R52 that is primary is waited for until it is reset',
      ['repos/compare-commits-with-basehead', FAULTS.primaryLimit(2)],
    ],
  ]),
);

areReviewed(
  'an answer that does not come',
  new Map<string, GoesWrong>([
    ...['checks/create', 'pulls/create-review', 'checks/update'].map((operation): [string, GoesWrong] => [
      `leaves nothing twice: ${operation}`,
      [operation, { kind: 'drop-after' }],
    ]),
    ...[
      'apps/create-installation-access-token',
      'repos/compare-commits-with-basehead',
      'git/get-tree',
      'graphql',
      'checks/create',
      'pulls/create-review',
      'checks/update',
    ].map((operation): [string, GoesWrong] => [
      `is asked for again: ${operation}`,
      [operation, FAULTS.serverError(), 2],
    ]),
  ]),
);

describe('a permission that was not granted', () => {
  it.each([
    ['contents', 'neutral', 0],
    ['pull_requests', 'failure', 0],
  ] as const)('R18 %s is told of in a check run that ends %s', async (name, conclusion, comments) => {
    const repository = world.add(MAIN, { private: true });
    const installation = world.github.world.installations.get(repository.hosted.installation ?? 0);
    if (installation === undefined) throw new Error('there is no installation');
    const { [name]: _, ...granted } = world.github.world.permissionsOf(installation);
    installation.permissions = granted;
    const change = await repository.open({ 'train.py': script('one') });
    expect(change.check.conclusion).toBe(conclusion);
    expect(change.check.summary).toContain('An owner can grant the App what app.yml asks for');
    expect(change.comments).toHaveLength(comments);
  });

  it('R18 to write check runs ends without one, and takes no other review along', async () => {
    const repository = world.add(MAIN);
    const installation = world.github.world.installations.get(repository.hosted.installation ?? 0);
    if (installation === undefined) throw new Error('there is no installation');
    installation.permissions = { contents: 'read', pull_requests: 'write' };
    await repository.open({ 'train.py': script('one') });
    expect(repository.hosted.checks).toEqual([]);
    expect((await opened()).check.conclusion).toBe('failure');
  });
});
