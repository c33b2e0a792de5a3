import { describe, expect, it } from '@jest/globals';
import { until } from '../../support/until.js';
import type { Fault } from './faults.js';
import { LAB, statusOf, useLab } from './lab.js';
import { FAULTS } from './stand-in.js';

const lab = useLab();

function create() {
  return lab.octokit.rest.checks.create({ ...LAB, name: 'Tunelint', head_sha: lab.pull.head });
}

interface Failure {
  readonly status: number;
  readonly response?: { readonly headers: Readonly<Record<string, string>> };
}

describe('a request', () => {
  it.each<[string, Fault['effect'], number, Record<string, string>]>([
    ['a primary limit', FAULTS.primaryLimit(60), 403, { 'x-ratelimit-remaining': '0' }],
    ['a primary limit of the other status', FAULTS.primaryLimit(60, 429), 429, { 'x-ratelimit-remaining': '0' }],
    ['a secondary limit', FAULTS.secondaryLimit(7), 403, { 'retry-after': '7' }],
    ['a secondary limit that says no time', FAULTS.secondaryLimit(null, 429), 429, {}],
    ['a server error', FAULTS.serverError(503), 503, {}],
    ['a refusal', FAULTS.unprocessable(), 422, {}],
  ])('meets %s, once, and takes no effect', async (_, effect, status, headers) => {
    lab.github.failOn('checks/create', effect);
    const failure = await create().catch((error: Failure) => error);
    expect(failure).toMatchObject({ status, response: { headers } });
    expect(lab.repository.checks).toEqual([]);
    expect(await statusOf(create())).toBe(201);
  });

  it.each<[string, Fault['effect'], number]>([
    ['dropped before', { kind: 'drop-before' }, 0],
    ['dropped after', { kind: 'drop-after' }, 1],
    ['answered as failed after', FAULTS.serverErrorAfter(502), 1],
  ])('is %s it took effect', async (_, effect, checks) => {
    lab.github.failOn('checks/create', effect);
    await expect(create()).rejects.toThrow();
    expect(lab.repository.checks).toHaveLength(checks);
  });

  it('is cut off in its answer', async () => {
    lab.github.failOn('repos/get', { kind: 'cut' });
    const answer = await fetch(`${lab.github.apiUrl}/repos/acme/lab`);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
    expect(lab.github.requests).toMatchObject([{ operation: 'repos/get', status: 0 }]);
  });

  it('is answered late', async () => {
    lab.github.failOn('checks/create', { kind: 'slow', milliseconds: 600_000 });
    const waiting = create().catch((error: Failure) => error);
    await until(() => lab.repository.checks.length === 1);
    expect(await statusOf(lab.octokit.rest.repos.get(LAB))).toBe(200);
    expect(lab.github.writes()).toMatchObject([{ status: 0 }]);
    await lab.github.close();
    expect(await waiting).toMatchObject({ status: 500 });
  });

  it('is met as often as was said, where a predicate says so', async () => {
    lab.github.failOn(({ body }) => JSON.stringify(body ?? '').includes('Tunelint'), FAULTS.serverError(), 2);
    expect(await statusOf(lab.octokit.rest.repos.get(LAB))).toBe(200);
    expect([await statusOf(create()), await statusOf(create()), await statusOf(create())]).toEqual([502, 502, 201]);
  });
});

it('every request is written down with what it asked for and how it went', async () => {
  const { octokit, github, pull } = lab;
  await create();
  await statusOf(octokit.rest.repos.get({ owner: 'acme', repo: 'none' }));
  expect(github.requests.map(({ method, path, operation, status }) => [method, path, operation, status])).toEqual([
    ['POST', '/app/installations/77/access_tokens', 'apps/create-installation-access-token', 201],
    ['POST', '/repos/acme/lab/check-runs', 'checks/create', 201],
    ['GET', '/repos/acme/none', 'repos/get', 404],
  ]);
  expect(github.writes()).toMatchObject([{ operation: 'checks/create', body: { head_sha: pull.head } }]);
  expect(github.countByOperation()).toMatchObject({ 'checks/create': 1, 'repos/get': 1 });
  const moments = github.requests.map(({ at }) => at);
  expect(moments).toEqual([...moments].sort((a, b) => a - b));
});

describe('who asks for too much', () => {
  const refused = async (request: Promise<{ status: number }>) => {
    const failure = await request.catch((error: Failure) => error);
    const headers = 'response' in failure ? failure.response?.headers : undefined;
    return [failure.status, headers?.['retry-after'], headers?.['x-ratelimit-remaining']];
  };

  it('in an hour meets the primary limit, which counts down before', async () => {
    const { octokit, github } = lab;
    github.world.limits.requestsAnHour = 2;
    const { headers } = await octokit.rest.repos.get(LAB);
    expect(headers['x-ratelimit-remaining']).toBe('1');
    const { data } = await octokit.rest.rateLimit.get();
    expect(data.rate).toMatchObject({ limit: 2, used: 1, remaining: 1 });
    await octokit.rest.repos.get(LAB);
    expect(await refused(octokit.rest.repos.get(LAB))).toEqual([403, undefined, '0']);
  });

  it.each<[string, object]>([
    ['by weight', { pointsAMinute: 9 }],
    ['by what is created in a minute', { creationsAMinute: 1 }],
    ['by what is created in an hour', { creationsAnHour: 1 }],
  ])('%s meets a secondary limit', async (_, limits) => {
    Object.assign(lab.github.world.limits, limits);
    expect(await refused(create())).toEqual([201, undefined, undefined]);
    expect((await refused(create())).slice(0, 2)).toEqual([403, '60']);
    expect(await statusOf(lab.octokit.rest.repos.get(LAB))).toBe(200);
  });

  it('at once meets a secondary limit', async () => {
    const { octokit, github } = lab;
    github.world.limits.requestsAtOnce = 1;
    github.failOn('repos/get', { kind: 'slow', milliseconds: 600_000 });
    const waiting = statusOf(octokit.rest.repos.get(LAB));
    await until(() => github.countByOperation()['repos/get'] === 1);
    expect((await refused(octokit.rest.repos.get(LAB))).slice(0, 2)).toEqual([403, '60']);
    await github.close();
    expect(await waiting).toBe(500);
  });

  it('of GraphQL is counted apart', async () => {
    const { octokit, github } = lab;
    github.world.limits.queryPointsAMinute = 1;
    const query = () => octokit.graphql('{ viewer { login } }');
    await query();
    await expect(query()).rejects.toMatchObject({ status: 403 });
    expect(await statusOf(octokit.rest.repos.get(LAB))).toBe(200);
  });
});
