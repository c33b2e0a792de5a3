import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CheckAnnotation, CodeHost, CompletedCheck, Installation, NewReview } from '../../src/app/hosting.js';
import { createCheckRuns } from '../../src/github/check-runs.js';
import { createClient } from '../../src/github/client.js';
import { DEFAULT_PACING, REAL_TIME } from '../../src/github/pacing.js';
import { Traffic } from '../../src/github/traffic.js';
import type { PullRequest } from '../../src/model/pull-request.js';
import { createRepository, type TestRepository } from '../git/repository.js';
import { hostFor, identityOf, pullRequestOf, SHORT } from './hosting.js';
import type { RecordedRequest } from './stand-in/faults.js';
import { APP_ID, AUTHOR, FAULTS, type Github, REVIEWER, startGithub } from './stand-in/stand-in.js';
import { type HostedPull, type HostedRepository, isPending } from './stand-in/world.js';

const LINES = Array.from({ length: 200 }, (_, at) => `line ${at + 1}\n`).join('');

let github: Github;
let git: TestRepository;
let repository: HostedRepository;
let pull: HostedPull;
let asSeen: PullRequest;
let host: CodeHost;
let app: Installation;

beforeAll(async () => {
  git = createRepository();
  git.commit({ 'train.py': 'x = 1\n' });
  git.git('checkout', '-q', '-b', 'change');
  git.commit({ 'train.py': 'x = 2\n', 'new.py': LINES });
  git.git('checkout', '-q', 'main');
  github = await startGithub();
  // What is written here in a moment is written in hours elsewhere.
  Object.assign(github.world.limits, { creationsAMinute: 10_000, creationsAnHour: 10_000, pointsAMinute: 100_000 });
});

afterAll(async () => {
  await github.close();
  git.remove();
});

let named = 0;

beforeEach(() => {
  named += 1;
  repository = github.world.add({ folder: git.folder, name: `lab-${named}` });
  pull = github.people.open(repository, { branch: 'change' }).pull;
  asSeen = pullRequestOf(repository, pull);
  host = hostFor(github, { pacing: { ...SHORT, writesPerMinute: 10_000, writesPerHour: 10_000 } });
  app = host.installation(77);
  github.clearRequests();
});

afterEach(() => {
  expect(github.takeViolations()).toEqual([]);
});

const isOf =
  (...operations: string[]) =>
  ({ operation }: RecordedRequest): boolean =>
    operations.includes(operation);

function review(...lines: number[]): NewReview {
  const comments = lines.map((line) => ({ path: 'new.py', side: 'RIGHT' as const, line, body: `on ${line}` }));
  return { commit_id: pull.head, event: 'COMMENT', comments };
}

function annotations(count: number): CheckAnnotation[] {
  return Array.from({ length: count }, (_, at) => ({
    path: 'new.py',
    start_line: at + 1,
    end_line: at + 1,
    annotation_level: 'warning',
    title: 'a title',
    message: `annotation ${at + 1}`,
  }));
}

function completed(count: number): CompletedCheck {
  const output = { title: '0.61 health', summary: 'all of it', text: 'in full', annotations: annotations(count) };
  return { externalId: 'pull/1:abc', conclusion: 'neutral', output };
}

describe('a check run', () => {
  it('is begun, completed and found again, with a button', async () => {
    const id = await app.checks.start(identityOf(repository), asSeen.head, 'pull/1');
    expect(repository.checks).toMatchObject([{ id, name: 'Tunelint', status: 'in_progress', externalId: 'pull/1' }]);
    await app.checks.complete(identityOf(repository), id, completed(2));
    expect(repository.checks).toMatchObject([
      { status: 'completed', conclusion: 'neutral', externalId: 'pull/1:abc', title: '0.61 health', text: 'in full' },
    ]);
    expect(repository.checks[0]?.annotations).toHaveLength(2);
    expect(repository.checks[0]?.actions).toMatchObject([{ identifier: 'recheck', label: 'Re-check' }]);
    expect(await app.checks.list(identityOf(repository), asSeen.head)).toEqual([
      { id, externalId: 'pull/1:abc', completed: true, startedAt: expect.any(Date) },
    ]);
  });

  it('is listed with all of its name on the commit, newest first', async () => {
    const ids: number[] = [];
    for (let at = 0; at < 102; at += 1)
      ids.push(await app.checks.start(identityOf(repository), asSeen.head, `pull/${at}`));
    const listed = await app.checks.list(identityOf(repository), asSeen.head);
    expect(listed.map(({ id }) => id)).toEqual(ids.reverse());
  });

  it('R20 gets all annotations, fifty with each request', async () => {
    const id = await app.checks.start(identityOf(repository), asSeen.head, 'pull/1');
    github.clearRequests();
    await app.checks.complete(identityOf(repository), id, completed(120));
    expect(repository.checks[0]?.annotations.map(({ message }) => message)).toEqual(
      annotations(120).map(({ message }) => message),
    );
    expect(github.countByOperation()).toEqual({ 'checks/update': 3 });
    expect(github.requests.map(({ body }) => (body as { conclusion?: string }).conclusion)).toEqual([
      'neutral',
      undefined,
      undefined,
    ]);
  });

  it.each<[string, Parameters<Github['failOn']>[1]]>([
    ['was lost', { kind: 'drop-after' }],
    ['was a fault', FAULTS.serverErrorAfter(502)],
    ['broke off', { kind: 'cut' }],
    ['was lost with the request', { kind: 'drop-before' }],
  ])('has each annotation once, though an answer %s', async (_, effect) => {
    const id = await app.checks.start(identityOf(repository), asSeen.head, 'pull/1');
    github.failOn(isOf('checks/update'), effect, 1);
    await app.checks.complete(identityOf(repository), id, completed(60));
    expect(repository.checks[0]?.annotations.map(({ message }) => message)).toEqual(
      annotations(60).map(({ message }) => message),
    );
  });

  it('is created once though the answer was lost, which is told', async () => {
    github.failOn(isOf('checks/create'), { kind: 'drop-after' });
    const started = app.checks.start(identityOf(repository), asSeen.head, 'pull/1');
    await expect(started).rejects.toMatchObject({ name: 'HostError', code: 'unavailable' });
    expect(repository.checks).toHaveLength(1);
    expect(await app.checks.list(identityOf(repository), asSeen.head)).toMatchObject([{ externalId: 'pull/1' }]);
  });
});

describe('a review', () => {
  it('is posted whole, and what stands of it is told', async () => {
    expect(
      await app.reviews.post(asSeen, {
        ...review(3),
        comments: [
          ...review(3).comments,
          { path: 'new.py', side: 'RIGHT', start_side: 'RIGHT', start_line: 5, line: 9, body: 'five lines' },
          { path: 'train.py', side: 'LEFT', line: 1, body: 'old' },
        ],
      }),
    ).toBe('posted');
    expect(github.countByOperation()['pulls/create-review']).toBe(1);
    const { head, pending, threads } = await app.reviews.standing(asSeen);
    expect([head, pending]).toEqual([pull.head, null]);
    const usual = { commit: pull.head, resolved: false, answered: false };
    expect(threads).toEqual([
      {
        ...usual,
        comment: pull.comments[0]?.id,
        body: 'on 3',
        path: 'new.py',
        at: { side: 'RIGHT', startLine: 3, endLine: 3 },
      },
      {
        ...usual,
        comment: pull.comments[1]?.id,
        body: 'five lines',
        path: 'new.py',
        at: { side: 'RIGHT', startLine: 5, endLine: 9 },
      },
      {
        ...usual,
        comment: pull.comments[2]?.id,
        body: 'old',
        path: 'train.py',
        at: { side: 'LEFT', startLine: 1, endLine: 1 },
      },
    ]);
  });

  it('R35 stands with who answered and who resolved; comments of others are not ours, whatever they say', async () => {
    await app.reviews.post(asSeen, review(1, 2, 3));
    const [one, two] = pull.comments;
    if (one === undefined || two === undefined) throw new Error('there are no comments');
    github.people.reply(pull, one, 'why?');
    github.people.resolve(two);
    github.people.comment(pull, { path: 'new.py', line: 4, body: one.body, author: REVIEWER });
    const { threads } = await app.reviews.standing(asSeen);
    expect(threads.map(({ body, answered, resolved }) => [body, answered, resolved])).toEqual([
      ['on 1', true, false],
      ['on 2', false, true],
      ['on 3', false, false],
    ]);
  });

  it('stands without a place where its line is gone', async () => {
    await app.reviews.post(asSeen, review(3));
    for (const comment of pull.comments) comment.line = null;
    expect((await app.reviews.standing(asSeen)).threads).toMatchObject([{ at: null, path: 'new.py' }]);
  });

  it('R35 stands whole, however many threads there are', async () => {
    const lines = Array.from({ length: 130 }, (_, at) => at + 1);
    await app.reviews.post(asSeen, review(...lines));
    github.clearRequests();
    const { threads } = await app.reviews.standing(asSeen);
    expect(threads.map(({ body }) => body)).toEqual(lines.map((line) => `on ${line}`));
    expect(github.countByOperation()).toEqual({ graphql: 2 });
  });

  it('is refused whole for a line that the difference does not show', async () => {
    expect(await app.reviews.post(asSeen, review(3, 2_000))).toBe('refused');
    expect(pull.comments).toEqual([]);
  });

  it('that was begun and never sent is found and taken away', async () => {
    const begun = {
      id: github.world.nextId(),
      author: github.world.bot,
      state: 'PENDING' as const,
      commit: pull.head,
      body: '',
      submittedAt: null,
    };
    pull.reviews.push(begun);
    const { pending } = await app.reviews.standing(asSeen);
    expect(pending).toBe(begun.id);
    await app.reviews.discardPending(asSeen, begun.id);
    await app.reviews.discardPending(asSeen, begun.id);
    expect(pull.reviews.filter(({ state }) => state === 'PENDING')).toEqual([]);
    expect(await app.reviews.post(asSeen, review(3))).toBe('posted');
    expect(pull.comments.some((comment) => isPending(pull, comment))).toBe(false);
  });

  it('is posted once though the answer was lost, which is told', async () => {
    github.failOn(isOf('pulls/create-review'), { kind: 'drop-after' });
    await expect(app.reviews.post(asSeen, review(3))).rejects.toMatchObject({ code: 'unavailable' });
    expect(pull.comments).toHaveLength(1);
    expect((await app.reviews.standing(asSeen)).threads).toHaveLength(1);
  });

  it('has comments that can be edited and taken away, twice too', async () => {
    await app.reviews.post(asSeen, review(3, 4));
    const [one, two] = pull.comments.map(({ id }) => id);
    await app.reviews.edit(asSeen, one ?? 0, 'better words');
    await app.reviews.remove(asSeen, two ?? 0);
    await app.reviews.remove(asSeen, two ?? 0);
    expect(pull.comments.map(({ body }) => body)).toEqual(['better words']);
    await expect(app.reviews.edit(asSeen, two ?? 0, 'gone')).rejects.toMatchObject({ code: 'gone' });
  });
});

describe('what an installation sees', () => {
  it('are its repositories and their open pull requests', async () => {
    github.people.close(repository, github.people.open(repository, { branch: 'change' }).pull);
    github.people.open(repository, { branch: 'change', draft: true, fork: { owner: 'someone', id: 5 } });
    const repositories = await app.repositories();
    expect(repositories).toContainEqual(identityOf(repository));
    const open = await app.openPullRequests(identityOf(repository));
    expect(open.map(({ number, draft }) => [number, draft]).sort()).toEqual([
      [1, false],
      [3, true],
    ]);
    expect(await app.pullRequest(identityOf(repository), 1)).toMatchObject({
      number: 1,
      head: pull.head,
      open: true,
      installation: 77,
      repository: identityOf(repository),
    });
    expect(await app.pullRequest(identityOf(repository), 2)).toMatchObject({ open: false });
    expect(await app.pullRequest(identityOf(repository), 9)).toBeNull();
  });

  it('is the tip of the default branch, where there is one', async () => {
    expect(await app.mayWrite(identityOf(repository), REVIEWER.login)).toBe(true);
    expect(await app.mayWrite(identityOf(repository), AUTHOR.login)).toBe(false);
    expect(await app.defaultHead(identityOf(repository))).toBe(git.git('rev-parse', 'main'));
    expect(await app.defaultHead({ ...identityOf(repository), defaultBranch: 'gone' })).toBeNull();
    const empty = createRepository();
    const hosted = github.world.add({ folder: empty.folder, name: `empty-${named}` });
    expect(await app.defaultHead(identityOf(hosted))).toBeNull();
    empty.remove();
  });

  it('is no more once the repository is taken out, or the App is suspended', async () => {
    const hidden = identityOf(repository);
    repository.private = true;
    repository.installation = null;
    await expect(app.openPullRequests(hidden)).rejects.toMatchObject({ code: 'gone' });
    await expect(app.reviews.standing(asSeen)).rejects.toMatchObject({ code: 'gone' });
    github.people.suspend(77);
    await expect(hostFor(github).installation(77).repositories()).rejects.toMatchObject({ code: 'forbidden' });
    github.people.suspend(77, false);
  });

  it('is told by a permission that lacks', async () => {
    const installation = github.world.installations.get(77);
    if (installation === undefined) throw new Error('there is no installation');
    installation.permissions = { ...github.world.app.permissions, checks: 'read' };
    const started = hostFor(github).installation(77).checks.start(identityOf(repository), asSeen.head, 'pull/1');
    await expect(started).rejects.toMatchObject({ code: 'forbidden', advice: expect.stringContaining('app.yml') });
    installation.permissions = null;
  });

  it('is followed through a rename', async () => {
    const before = identityOf(repository);
    github.people.rename(repository, `renamed-${named}`);
    expect(await app.pullRequest(before, 1)).toMatchObject({ repository: { name: `renamed-${named}` } });
  });
});

describe('the App itself', () => {
  it('is told what it was granted', async () => {
    expect(await host.registration()).toEqual({
      slug: 'tunelint',
      permissions: expect.objectContaining({ checks: 'write', contents: 'read' }),
      events: expect.arrayContaining(['pull_request']),
    });
  });

  it('finds its installations, but for those that are suspended', async () => {
    github.world.installed(78, 'others');
    expect(await host.installations()).toEqual([77, 78]);
    github.people.suspend(78);
    expect(await host.installations()).toEqual([77]);
    github.people.uninstall(78);
  });

  it('finds deliveries that no try has brought, and has them sent again', async () => {
    const since = new Date(Date.now() - 60_000);
    const failed = [github.people.ping(), github.people.ping()];
    for (const webhook of failed) webhook.lose();
    const [first] = await host.failedDeliveries(since);
    expect((await host.failedDeliveries(since)).map(({ guid }) => guid)).toEqual(failed.map(({ guid }) => guid));
    if (first !== undefined) await host.redeliver(first);
    expect(github.countByOperation()['apps/redeliver-webhook-delivery']).toBe(1);
    expect(await host.failedDeliveries(new Date(Date.now() + 60_000))).toEqual([]);
  });

  it('asks for one token for all that an installation does', async () => {
    await Promise.all([app.repositories(), host.installation(77).repositories()]);
    await host.installation(77, new AbortController().signal).repositories();
    expect(github.countByOperation()['apps/create-installation-access-token']).toBe(1);
  });

  it('asks for another token where one has ended before its hour, and does what was asked for once', async () => {
    const longAgo = new Date(Date.now() - 600_000).toISOString();
    const soon = new Date(Date.now() + 600_000).toISOString();
    const tokens = new Map([['77', ['ghs_revoked', longAgo, soon, 'all', 'checks!', ''].join('|')]]);
    const credentials = {
      kind: 'installation',
      app: { appId: APP_ID, privateKey: github.privateKey },
      id: 77,
      tokens,
    } as const;
    const traffic = new Traffic({ ...DEFAULT_PACING, ...SHORT }, REAL_TIME);
    const signal = new AbortController().signal;
    const client = createClient({ baseUrl: github.apiUrl, userAgent: 'test', credentials, traffic, signal });
    const checks = createCheckRuns({ client, signal, once: traffic.fetchWith(signal, 1) }, APP_ID);
    await checks.start(identityOf(repository), asSeen.head, 'pull/1');
    expect(repository.checks).toHaveLength(1);
    expect(github.countByOperation()).toEqual({ 'checks/create': 2, 'apps/create-installation-access-token': 1 });
  });

  it('with a key that is not its own is told to look at that', async () => {
    const privateKey = generateKeyPairSync('rsa', { modulusLength: 2048 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();
    const stranger = hostFor(github, { app: { appId: 42, privateKey } });
    await expect(stranger.registration()).rejects.toMatchObject({
      code: 'forbidden',
      advice: expect.stringContaining('private key'),
    });
  });
});

describe('an error of the host', () => {
  it('holds nothing of what was sent or answered', async () => {
    github.failOn(isOf('pulls/create-review'), FAULTS.serverError(502));
    const error = await app.reviews.post(asSeen, review(3)).catch((it: Error) => it);
    const whole = JSON.stringify(error, Object.getOwnPropertyNames(error));
    expect(whole).toContain(`POST /api/v3/repos/acme/${repository.name}/pulls/1/reviews`);
    expect(whole).not.toMatch(/on 3|ghs_|authorization|Server Error/i);
  });

  it('is the reason of the signal, once that has aborted', async () => {
    const work = new AbortController();
    const installation = host.installation(77, work.signal);
    await installation.repositories();
    github.failOn(() => true, { kind: 'slow', milliseconds: 400 });
    const standing = installation.reviews.standing(asSeen);
    work.abort(new Error('superseded'));
    await expect(standing).rejects.toThrow('superseded');
    await expect(installation.checks.list(identityOf(repository), asSeen.head)).rejects.toThrow('superseded');
  });
});
