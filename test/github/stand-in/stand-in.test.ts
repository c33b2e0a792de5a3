import { createSign } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createAppAuth } from '@octokit/auth-app';
import { Octokit } from '@octokit/rest';
import { createRepository, type TestRepository } from '../../git/repository.js';
import { APP_ID, AUTHOR, FAULTS, type Github, REVIEWER, startGithub } from './stand-in.js';
import type { HostedPull, HostedRepository } from './world.js';

const TRAIN = Array.from({ length: 40 }, (_, index) => `line ${index + 1}\n`).join('');

let git: TestRepository;
let github: Github;
let octokit: Octokit;
let hosted: HostedRepository;
let pull: HostedPull;

beforeAll(async () => {
  git = createRepository();
  git.commit({ 'train.py': TRAIN, 'old.yml': 'a: 1\nb: 2\nc: 3\n', 'data.bin': Buffer.from([0, 1, 2]) });
  git.git('checkout', '-q', '-b', 'change');
  git.rename('old.yml', 'new.yml');
  git.commit({ 'train.py': TRAIN.replace('line 20\n', 'line twenty\n'), 'data.bin': Buffer.from([0, 3]) });
  git.git('checkout', '-q', 'main');
  git.commit({ 'README.md': 'moved on\n' });
  github = await startGithub();
  hosted = github.world.add({ folder: git.folder, name: 'lab' });
  pull = github.people.open(hosted, { branch: 'change' }).pull;
  octokit = new Octokit({
    baseUrl: github.apiUrl,
    authStrategy: createAppAuth,
    auth: { appId: APP_ID, privateKey: github.privateKey, installationId: hosted.installation },
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
});

afterAll(async () => {
  await github.close();
  git.remove();
});

afterEach(() => {
  pull.comments.splice(0);
  pull.reviews.splice(0);
});

const REPO = { owner: 'acme', repo: 'lab' } as const;

async function statusOf(request: Promise<unknown>): Promise<number> {
  return request.then(
    () => 200,
    (error: { status: number }) => error.status,
  );
}

function reviewOn(path: string, line: number, more: object = {}): Promise<unknown> {
  const comments = [{ path, line, side: 'RIGHT', body: 'a comment', ...more }];
  return octokit.rest.pulls.createReview({ ...REPO, pull_number: pull.number, event: 'COMMENT', comments });
}

describe('what is read', () => {
  it('compares from the merge base, with renames, patches and blob ids', async () => {
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({ ...REPO, basehead: `main...${pull.head}` });
    expect(data.merge_base_commit.sha).toBe(git.git('merge-base', 'main', 'change'));
    expect(
      data.files?.map(({ filename, status, additions, deletions, patch }) => [
        filename,
        status,
        additions,
        deletions,
        patch !== undefined,
      ]),
    ).toEqual([
      ['data.bin', 'modified', 0, 0, false],
      ['new.yml', 'renamed', 0, 0, false],
      ['train.py', 'modified', 1, 1, true],
    ]);
    expect(data.files?.find((it) => it.filename === 'train.py')?.sha).toBe(git.git('rev-parse', 'change:train.py'));
  });

  it('lists a tree as git does, and a blob in both of its forms', async () => {
    const { data } = await octokit.rest.git.getTree({ ...REPO, tree_sha: pull.head, recursive: '1' });
    const blobs = data.tree.filter((it) => it.type === 'blob').map((it) => `${it.sha} ${it.path}`);
    expect(blobs).toEqual(git.git('ls-tree', '-r', '--format=%(objectname) %(path)', 'change').split('\n'));
    const sha = git.git('rev-parse', 'change:train.py');
    const plain = await octokit.rest.git.getBlob({ ...REPO, file_sha: sha });
    const raw = await octokit.rest.git.getBlob({ ...REPO, file_sha: sha, mediaType: { format: 'raw' } });
    expect(Buffer.from(plain.data.content, 'base64').toString()).toBe(git.git('show', 'change:train.py').concat('\n'));
    expect(Buffer.from(raw.data as unknown as ArrayBuffer).toString()).toContain('line twenty');
  });

  it('hands out blobs by GraphQL, cut where they are long', async () => {
    github.world.limits.blobTextBytes = 10;
    const oid = git.git('rev-parse', 'change:train.py');
    const { repository } = await octokit.graphql<{ repository: { object: object } }>(
      'query ($oid: GitObjectID!) { repository(owner: "acme", name: "lab") { object(oid: $oid) { ... on Blob { oid byteSize isBinary isTruncated text } } } }',
      { oid },
    );
    github.world.limits.blobTextBytes = 512_000;
    const size = git.git('cat-file', '-s', oid);
    expect(repository.object).toEqual({
      oid,
      byteSize: Number(size),
      isBinary: false,
      isTruncated: true,
      text: 'line 1\nlin',
    });
  });

  it('refuses a query that the schema does not allow', async () => {
    await expect(octokit.graphql('{ repository(owner: "acme", name: "lab") { blobs } }')).rejects.toThrow(
      /Cannot query field/,
    );
    expect(github.takeViolations()).toEqual([expect.stringContaining('Cannot query field "blobs"')]);
  });

  it('leads to an archive at another host', async () => {
    const response = await octokit.rest.repos.downloadTarballArchive({
      ...REPO,
      ref: pull.head,
      request: { redirect: 'manual' },
    });
    expect(response.status).toBe(302);
    const { location = '' } = response.headers as { location?: string };
    expect(new URL(location).host).not.toBe(github.host);
    const archive = await fetch(location);
    expect(Buffer.from(await archive.arrayBuffer()).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
  });
});

describe('a review', () => {
  it('is taken on changed lines and those around them, of both sides', async () => {
    expect(await statusOf(reviewOn('train.py', 20))).toBe(200);
    expect(await statusOf(reviewOn('train.py', 23))).toBe(200);
    expect(await statusOf(reviewOn('train.py', 20, { side: 'LEFT' }))).toBe(200);
    expect(await statusOf(reviewOn('train.py', 21, { start_line: 19, start_side: 'RIGHT' }))).toBe(200);
    expect(pull.comments.map(({ line, side }) => [line, side])).toEqual([
      [20, 'RIGHT'],
      [23, 'RIGHT'],
      [20, 'LEFT'],
      [21, 'RIGHT'],
    ]);
  });

  it.each<[string, string, number, object]>([
    ['a line out of the difference', 'train.py', 2, {}],
    ['a file out of the difference', 'README.md', 1, {}],
    ['a start behind its end', 'train.py', 20, { start_line: 21, start_side: 'RIGHT' }],
    ['a start out of the hunk', 'train.py', 20, { start_line: 2, start_side: 'RIGHT' }],
    ['a body that is too long', 'train.py', 20, { body: 'x'.repeat(65_537) }],
    ['a blank body', 'train.py', 20, { body: ' ' }],
  ])('is refused whole for %s', async (_, path, line, more) => {
    const comments = [
      { path: 'train.py', line: 20, side: 'RIGHT', body: 'fine' },
      { path, line, side: 'RIGHT', body: 'not so', ...more },
    ];
    const request = octokit.rest.pulls.createReview({ ...REPO, pull_number: pull.number, event: 'COMMENT', comments });
    expect(await statusOf(request)).toBe(422);
    expect(pull.comments).toEqual([]);
  });

  it('is refused while another of the same account is pending', async () => {
    await octokit.rest.pulls.createReview({ ...REPO, pull_number: pull.number, body: 'begun' });
    expect(await statusOf(reviewOn('train.py', 20))).toBe(422);
    const [pending] = pull.reviews;
    await octokit.rest.pulls.deletePendingReview({ ...REPO, pull_number: pull.number, review_id: pending?.id ?? 0 });
    expect(await statusOf(reviewOn('train.py', 20))).toBe(200);
  });

  it('shows its threads with who wrote and who resolved', async () => {
    await reviewOn('train.py', 20);
    const [own] = pull.comments;
    if (own === undefined) throw new Error('there is no comment');
    github.people.reply(pull, own, 'why?', REVIEWER);
    github.people.resolve(own);
    const { repository } = await octokit.graphql<{
      repository: { pullRequest: { reviewThreads: { nodes: object[] } } };
    }>(
      `{ repository(owner: "acme", name: "lab") { pullRequest(number: ${pull.number}) { reviewThreads(first: 10) {
        nodes { isResolved isOutdated comments(first: 10) { nodes { fullDatabaseId author { login } } } } } } } }`,
    );
    expect(repository.pullRequest.reviewThreads.nodes).toEqual([
      {
        isResolved: true,
        isOutdated: false,
        comments: {
          nodes: [
            { fullDatabaseId: String(own.id), author: { login: 'tunelint' } },
            { fullDatabaseId: expect.any(String), author: { login: REVIEWER.login } },
          ],
        },
      },
    ]);
  });

  it('follows its line through a push, and is outdated where the line is gone', async () => {
    await reviewOn('train.py', 20);
    await reviewOn('train.py', 19);
    const before = git.git('rev-parse', 'change');
    git.git('checkout', '-q', 'change');
    git.commit({ 'train.py': `above\n${TRAIN.replace('line 20\n', 'another\n')}` });
    git.git('checkout', '-q', 'main');
    github.people.push(hosted, pull);
    expect(pull.comments.map(({ line, originalLine }) => [line, originalLine])).toEqual([
      [null, 20],
      [20, 19],
    ]);
    git.git('branch', '-f', 'change', before);
    github.people.push(hosted, pull);
  });
});

describe('check runs', () => {
  it('take fifty annotations a request, and add those of later ones', async () => {
    const { data } = await octokit.rest.checks.create({
      ...REPO,
      name: 'Tunelint',
      head_sha: pull.head,
      status: 'in_progress',
    });
    const annotation = {
      path: 'train.py',
      start_line: 1,
      end_line: 1,
      annotation_level: 'notice',
      message: 'm',
    } as const;
    const update = (count: number): Promise<unknown> =>
      octokit.rest.checks.update({
        ...REPO,
        check_run_id: data.id,
        output: { title: 't', summary: 's', annotations: Array.from({ length: count }, () => annotation) },
      });
    expect(await statusOf(update(51))).toBe(422);
    expect(github.takeViolations()).toEqual([expect.stringContaining('more than 50 items')]);
    expect(await statusOf(update(50))).toBe(200);
    expect(await statusOf(update(3))).toBe(200);
    expect(hosted.checks[0]?.annotations).toHaveLength(53);
  });

  it('refuse a summary that is too long', async () => {
    const output = { title: 't', summary: 'x'.repeat(65_536) };
    const request = octokit.rest.checks.create({ ...REPO, name: 'Tunelint', head_sha: pull.head, output });
    expect(await statusOf(request)).toBe(422);
    expect(github.takeViolations()).toEqual([expect.stringContaining('65535 characters')]);
  });

  it('are listed newest first, the latest of each name unless all are asked for', async () => {
    hosted.checks.splice(0);
    for (const id of ['1', '2'])
      await octokit.rest.checks.create({ ...REPO, name: 'Tunelint', head_sha: pull.head, external_id: id });
    const listed = async (filter: 'all' | 'latest'): Promise<unknown[]> =>
      (await octokit.rest.checks.listForRef({ ...REPO, ref: pull.head, filter })).data.check_runs.map(
        (it) => it.external_id,
      );
    expect(await listed('all')).toEqual(['2', '1']);
    expect(await listed('latest')).toEqual(['2']);
  });
});

describe('who may do what', () => {
  it('refuses what app.yml does not ask for', async () => {
    const granted = github.world.app.permissions;
    github.world.app.permissions = { ...granted, checks: 'read' };
    const request = octokit.rest.checks.create({ ...REPO, name: 'Tunelint', head_sha: pull.head });
    expect(await statusOf(request)).toBe(403);
    github.world.app.permissions = granted;
  });

  it('hides repositories that the installation may not see', async () => {
    const other = github.world.add({ folder: git.folder, name: 'hidden', private: true, installation: 78 });
    expect(await statusOf(octokit.rest.repos.get({ owner: other.owner, repo: other.name }))).toBe(404);
    github.world.repositories.pop();
  });

  it('takes a token of the App only with its own key', async () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const now = Math.floor(Date.now() / 1000);
    const unsigned = `${part({ alg: 'RS256' })}.${part({ iss: APP_ID, iat: now, exp: now + 60 })}`;
    const right = createSign('RSA-SHA256').update(unsigned).sign(github.privateKey, 'base64url');
    const ask = async (signature: string): Promise<number> =>
      (await fetch(`${github.apiUrl}/app`, { headers: { authorization: `Bearer ${unsigned}.${signature}` } })).status;
    expect(await ask(right)).toBe(200);
    expect(await ask(right.replace(/^./, (it) => (it === 'A' ? 'B' : 'A')))).toBe(401);
  });
});

describe('what goes wrong', () => {
  it.each([
    ['a secondary limit', FAULTS.secondaryLimit(7), 403, 'retry-after', '7'],
    ['a primary limit', FAULTS.primaryLimit(60), 403, 'x-ratelimit-remaining', '0'],
    ['a server error', FAULTS.serverError(503), 503, 'content-type', 'application/json; charset=utf-8'],
  ])('is %s, once', async (_, effect, status, header, value) => {
    github.failOn(({ operation }) => operation === 'repos/get', effect);
    const failure = await octokit.rest.repos.get(REPO).catch((error) => error);
    expect([failure.status, failure.response.headers[header]]).toEqual([status, value]);
    expect(await statusOf(octokit.rest.repos.get(REPO))).toBe(200);
  });

  it.each([
    ['before', 0],
    ['after', 1],
  ] as const)('is a connection that drops %s the effect', async (when, checks) => {
    hosted.checks.splice(0);
    github.failOn(({ operation }) => operation === 'checks/create', { kind: `drop-${when}` });
    await expect(octokit.rest.checks.create({ ...REPO, name: 'Tunelint', head_sha: pull.head })).rejects.toThrow();
    expect(hosted.checks).toHaveLength(checks);
  });
});

describe('webhooks', () => {
  let received: { headers: NodeJS.Dict<string | string[]>; body: string }[] = [];
  let target: Server;
  let url = '';

  beforeAll(async () => {
    target = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(202).end();
    });
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(target.address() as AddressInfo).port}/`;
  });
  afterAll(() => new Promise((resolve) => target.close(resolve)));

  it('carry the pull request as it is, and can be asked for again under their id', async () => {
    received = [];
    const webhook = github.people.toDraft(hosted, pull);
    const answer = await webhook.send(url, 'secret');
    github.people.ready(hosted, pull);
    expect(answer.status).toBe(202);
    expect(JSON.parse(received[0]?.body ?? '{}')).toMatchObject({
      action: 'converted_to_draft',
      number: pull.number,
      pull_request: { draft: true, head: { sha: pull.head }, base: { ref: 'main', repo: { id: hosted.id } } },
      installation: { id: hosted.installation },
      sender: { login: AUTHOR.login },
    });
    expect(received[0]?.headers['x-hub-signature-256']).toMatch(/^sha256=[0-9a-f]{64}$/);
    github.deliverTo(url, 'secret');
    const app = new Octokit({
      baseUrl: github.apiUrl,
      authStrategy: createAppAuth,
      auth: { appId: APP_ID, privateKey: github.privateKey },
    });
    const { data } = await app.rest.apps.listWebhookDeliveries();
    await app.rest.apps.redeliverWebhookDelivery({ delivery_id: data[0]?.id ?? 0 });
    for (let tries = 0; received.length < 2 && tries < 400; tries++)
      await new Promise((resolve) => setTimeout(resolve, 25));
    expect(received.map((it) => it.headers['x-github-delivery'])).toEqual([webhook.guid, webhook.guid]);
  });

  it('are kept as failed where nobody answers', async () => {
    const webhook = github.people.edit(hosted, pull, {});
    expect((await webhook.send('http://127.0.0.1:9/', 'secret')).status).toBe(0);
    const app = new Octokit({
      baseUrl: github.apiUrl,
      authStrategy: createAppAuth,
      auth: { appId: APP_ID, privateKey: github.privateKey },
    });
    const { data } = await app.rest.apps.listWebhookDeliveries({ status: 'failure' });
    expect(data.map((it) => it.guid)).toContain(webhook.guid);
  });
});

it('answers as the description of GitHub says, and was asked nothing else', () => {
  expect(github.requests.length).toBeGreaterThan(30);
  expect(github.violations).toEqual([]);
});
