import { describe, expect, it, jest } from '@jest/globals';
import { Webhook } from '../github/stand-in/deliveries.js';
import { AUTHOR, REVIEWER } from '../github/stand-in/stand-in.js';
import type { Account } from '../github/stand-in/world.js';
import { type RepositoryOnGithub, requestsDuring, useApp, writesDuring } from './app-on-github.js';
import { script } from './training-files.js';

jest.setTimeout(120_000);

const PUBLIC_URL = 'https://tunelint.example.com';
const world = useApp({ PUBLIC_URL });
const MAIN = { 'train.py': script() };

/** Commits to the default branch, and an event tells of it. */
async function pushed(repository: RepositoryOnGithub, content: string): Promise<void> {
  repository.commitToMain({ 'train.py': content });
  await world.tell(world.github.people.pushTo(repository.hosted, 'main'));
}

async function badgeOf({ hosted }: RepositoryOnGithub, query = ''): Promise<string> {
  return await (await fetch(`${world.app.address}/badge/${hosted.owner}/${hosted.name}.json${query}`)).text();
}

describe('the default branch', () => {
  it('R12 R73 gets one check run that never fails, no comment, and a badge', async () => {
    const repository = world.add(MAIN);
    expect(await badgeOf(repository)).toContain('unknown');
    const writes = await writesDuring(world, () => pushed(repository, script('one', 'two')));
    expect(writes).toEqual(['checks/create', 'checks/update']);
    const [check] = repository.checksOn(repository.git.git('rev-parse', 'main'));
    expect(check).toMatchObject({ name: 'Tunelint', status: 'completed', conclusion: 'success', annotations: [] });
    expect(check?.title).toMatch(/^0\.\d{3} health · 1 training run, \d+ findings$/);
    expect(check?.summary).toContain(`${PUBLIC_URL}/badge/acme/${repository.hosted.name}.svg`);
    expect(await badgeOf(repository)).toContain(`"message":"${Number(check?.title?.slice(0, 5)).toFixed(2)}"`);
  });

  it('R12 hears nothing of a push to another branch', async () => {
    const repository = world.add(MAIN);
    repository.git.git('branch', 'other');
    const told = world.github.people.pushTo(repository.hosted, 'other');
    expect(await requestsDuring(world, () => world.tell(told))).toEqual([]);
  });

  it('R12 hears nothing where nothing is trained', async () => {
    const repository = world.add({ 'main.py': 'print("hello")\n' });
    const told = world.github.people.pushTo(repository.hosted, 'main');
    expect(await writesDuring(world, () => world.tell(told))).toEqual([]);
  });

  it('R73 R74 shows the badge of a private repository to who has its token from the check run', async () => {
    const repository = world.add(MAIN, { private: true });
    await pushed(repository, script('one'));
    const [check] = repository.checksOn(repository.git.git('rev-parse', 'main'));
    const query = /\.svg(\?token=[\w-]+)/.exec(check?.summary ?? '')?.[1];
    expect(query).toBeDefined();
    expect(await badgeOf(repository)).toContain('unknown');
    expect(await badgeOf(repository, query)).not.toContain('unknown');
  });

  it('is scored, and open pull requests are reviewed, where the App is installed', async () => {
    const repository = world.add(MAIN);
    repository.git.git('checkout', '-q', '-b', 'change');
    repository.git.commit({ 'train.py': script('one') });
    const { pull } = world.github.people.open(repository.hosted, { branch: 'change' });
    await world.tell(world.github.people.install([repository.hosted], repository.hosted.installation ?? 0));
    expect(repository.checksOn(pull.head)).toMatchObject([{ conclusion: 'failure' }]);
    expect(pull.comments).toHaveLength(1);
    expect(await badgeOf(repository)).not.toContain('unknown');
  });
});

describe('a check that a person asks for again', () => {
  it.each(['check_run', 'check_suite'] as const)(
    'R66 by %s is completed anew, and no comment is posted twice',
    async (event) => {
      const change = await world.add(MAIN).open({ 'train.py': script('one') });
      const again = world.github.people.rerequest(change.repository.hosted, change.pull, event);
      expect(await writesDuring(world, () => world.tell(again))).toEqual(['checks/create', 'checks/update']);
      expect(change.check.conclusion).toBe('failure');
      expect(change.comments).toHaveLength(1);
    },
  );

  it('R68 with the button is completed anew where that person may write, and not else', async () => {
    const change = await world.add(MAIN).open({ 'train.py': script('one') });
    const { people } = world.github;
    const press = (by: Account) => world.tell(people.press(change.repository.hosted, change.pull, by));
    expect(await writesDuring(world, () => press(AUTHOR))).toEqual([]);
    expect(await writesDuring(world, () => press(REVIEWER))).toEqual(['checks/create', 'checks/update']);
    expect(change.check.conclusion).toBe('failure');
    expect(change.comments).toHaveLength(1);
  });

  it('R66 on a commit that is the head of no open pull request says so', async () => {
    const change = await world.add(MAIN).open({ 'train.py': script('one') });
    const again = world.github.people.rerequest(change.repository.hosted, change.pull);
    await change.close();
    await world.tell(again);
    expect(change.check).toMatchObject({
      conclusion: 'neutral',
      title: 'No open pull request has this commit as its head',
    });
  });
});

describe('an event', () => {
  it.each<[string, object]>([
    ['an action that is unknown', { action: 'levitated' }],
    ['a shape that is unknown', { pull_request: { number: 'one' } }],
    ['nothing', { pull_request: null, installation: null, repository: null }],
  ])('R69 with %s is acknowledged and ignored', async (_, changes) => {
    const { hosted } = world.add(MAIN);
    const { webhook } = world.github.people.open(hosted, { branch: 'main' });
    const body = JSON.stringify({ ...webhook.payload, ...changes });
    const strange = new Webhook(world.github.world, { ...webhook.given, body });
    expect(await requestsDuring(world, () => world.tell(strange))).toEqual([]);
  });

  it('R1 that is not signed with the secret is refused, and does nothing', async () => {
    const repository = world.add(MAIN);
    const { pull, webhook } = world.github.people.open(repository.hosted, { branch: 'main' });
    const requests = await requestsDuring(world, async () => {
      const { status } = await webhook.send(world.app.webhookUrl, 'another secret');
      expect(status).toBe(400);
      await world.idle();
    });
    expect(requests).toEqual([]);
    expect(repository.checksOn(pull.head)).toEqual([]);
  });
});
