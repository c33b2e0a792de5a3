import { describe, expect, it } from '@jest/globals';
import { LAB, useLab } from './lab.js';
import { FAULTS } from './stand-in.js';

const lab = useLab();

function ask<T>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
  return lab.octokit.graphql<T>(query, variables);
}

/** The errors beside the data of a query. */
async function errorsOf(query: string): Promise<{ type?: string; path?: unknown; message: string }[]> {
  return await ask<never>(query).catch((error: { errors: { type: string; message: string }[] }) => error.errors);
}

const inLab = (fields: string) => `{ repository(owner: "acme", name: "lab") { ${fields} } }`;
const inPull = (fields: string) => inLab(`pullRequest(number: 1) { ${fields} }`);

describe('a blob', () => {
  const BLOB =
    'query ($oid: GitObjectID!) { repository(owner: "acme", name: "lab") { object(oid: $oid) { ...blob } } }';
  const FIELDS = 'fragment blob on Blob { oid byteSize isBinary isTruncated text }';
  const blob = async (name: string) => {
    const oid = lab.git.git('rev-parse', name);
    return (await ask<{ repository: { object: unknown } }>(`${BLOB} ${FIELDS}`, { oid })).repository.object;
  };

  it('has its text, cut where it is long', async () => {
    const oid = lab.git.git('rev-parse', 'main:train.py');
    const size = Number(lab.git.git('cat-file', '-s', oid));
    const sound = { oid, byteSize: size, isBinary: false };
    const text = `${lab.git.git('show', 'main:train.py')}\n`;
    expect(await blob('main:train.py')).toEqual({ ...sound, isTruncated: false, text });
    lab.github.world.limits.blobTextBytes = 10;
    expect(await blob('main:train.py')).toEqual({ ...sound, isTruncated: true, text: 'line 1\nlin' });
  });

  it('has no text where it is binary', async () => {
    expect(await blob('change:data.bin')).toMatchObject({
      byteSize: 2,
      isBinary: true,
      isTruncated: false,
      text: null,
    });
  });

  it('has other text where it is not in UTF-8', async () => {
    lab.git.commit({ 'latin.py': Buffer.from([0x61, 0xe9, 0x0a]) });
    expect(await blob('main:latin.py')).toMatchObject({ byteSize: 3, isBinary: false, text: 'a\uFFFD\n' });
  });

  it('is found by where it lies, many with one query, and not where there is none', async () => {
    const object = (expression: string) => `object(expression: "${expression}") { ... on Blob { byteSize } oid }`;
    const { repository } = await ask<{ repository: unknown }>(
      inLab(`a: ${object('change:new.yml')} b: ${object('main:none.py')} c: ${object('main:README.md')}`),
    );
    expect(repository).toEqual({
      a: { byteSize: 15, oid: lab.git.git('rev-parse', 'change:new.yml') },
      b: null,
      c: { byteSize: 9, oid: lab.git.git('rev-parse', 'main:README.md') },
    });
  });
});

describe('threads', () => {
  const begin = async (...lines: number[]) => {
    const comments = lines.map((line) => ({ path: 'train.py', line, side: 'RIGHT', body: `on ${line}` }));
    await lab.octokit.rest.pulls.createReview({ ...LAB, pull_number: 1, event: 'COMMENT', comments });
  };

  it('come by pages', async () => {
    await begin(18, 19, 20);
    const page = (args: string) =>
      ask<{
        repository: { pullRequest: { reviewThreads: { nodes: { line: number }[]; pageInfo: { endCursor: string } } } };
      }>(inPull(`reviewThreads(${args}) { totalCount pageInfo { hasNextPage endCursor } nodes { line } }`)).then(
        (it) => it.repository.pullRequest.reviewThreads,
      );
    const first = await page('first: 2');
    expect(first).toMatchObject({
      totalCount: 3,
      pageInfo: { hasNextPage: true },
      nodes: [{ line: 18 }, { line: 19 }],
    });
    const second = await page(`first: 2, after: "${first.pageInfo.endCursor}"`);
    expect(second).toMatchObject({ pageInfo: { hasNextPage: false }, nodes: [{ line: 20 }] });
    expect(await page('last: 1')).toMatchObject({ nodes: [{ line: 20 }] });
  });

  it('know who wrote, by another name than REST', async () => {
    await begin(20);
    const [comment] = lab.pull.comments;
    const author = '... on Bot { login databaseId } ... on User { login databaseId }';
    const { viewer, repository } = await ask<{ viewer: unknown; repository: unknown }>(
      `{ viewer { login databaseId } ${inPull(
        `reviewThreads(first: 1) { nodes { comments(first: 1) { nodes {
          fullDatabaseId databaseId viewerDidAuthor originalCommit { oid } author { __typename ${author} }
        } } } }`,
      ).slice(1)}`,
    );
    const { bot } = lab.github.world;
    expect(viewer).toEqual({ login: 'tunelint[bot]', databaseId: bot.id });
    const node = {
      fullDatabaseId: String(comment?.id),
      // It has 32 bits, which the numbers have outgrown.
      databaseId: null,
      viewerDidAuthor: true,
      originalCommit: { oid: lab.pull.head },
      author: { __typename: 'Bot', login: 'tunelint', databaseId: bot.id },
    };
    expect(repository).toEqual({ pullRequest: { reviewThreads: { nodes: [{ comments: { nodes: [node] } }] } } });
  });

  it('of a review that is begun are seen by its author alone', async () => {
    const comments = [{ path: 'train.py', line: 20, body: 'begun' }];
    await lab.octokit.rest.pulls.createReview({ ...LAB, pull_number: 1, comments });
    const query = inPull('reviews(first: 5, states: [PENDING]) { totalCount } reviewThreads(first: 5) { totalCount }');
    const seen = { reviews: { totalCount: 1 }, reviewThreads: { totalCount: 1 } };
    expect(await ask(query)).toEqual({ repository: { pullRequest: seen } });
    const headers = { authorization: `token ${lab.github.people.token()}` };
    const { data } = (await (
      await fetch(`http://${lab.github.host}/api/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
    ).json()) as { data: unknown };
    const unseen = { reviews: { totalCount: 0 }, reviewThreads: { totalCount: 0 } };
    expect(data).toEqual({ repository: { pullRequest: unseen } });
  });
});

describe('a query', () => {
  it.each([
    ['no bounds', 'reviewThreads { totalCount }', 'MISSING_PAGINATION_BOUNDARIES'],
    ['two bounds', 'reviewThreads(first: 1, last: 1) { totalCount }', 'MISSING_PAGINATION_BOUNDARIES'],
    ['too wide bounds', 'reviewThreads(first: 101) { totalCount }', 'EXCESSIVE_PAGINATION'],
  ])('with %s is refused in part', async (_, fields, type) => {
    const path = ['repository', 'pullRequest', 'reviewThreads'];
    expect(await errorsOf(inPull(`number ${fields}`))).toMatchObject([{ type, path }]);
  });

  it.each([
    ['a repository', '{ repository(owner: "acme", name: "none") { name } }', ['repository']],
    ['a pull request', inLab('pullRequest(number: 9) { number }'), ['repository', 'pullRequest']],
  ])('for %s that is not there says so', async (_, query, path) => {
    expect(await errorsOf(query)).toMatchObject([{ type: 'NOT_FOUND', path }]);
  });

  it.each([
    ['a field that there is not', inLab('blobs'), 'Cannot query field "blobs" on type "Repository".'],
    ['a value of another kind', inLab('pullRequest(number: "1") { number }'), 'Int cannot represent non-integer value'],
    ['bad grammar', '{ repository', 'Syntax Error'],
  ])('with %s is refused as a whole', async (_, query, words) => {
    expect(await errorsOf(query)).toMatchObject([{ message: expect.stringContaining(words) }]);
    expect(lab.github.takeViolations()).toEqual([expect.stringContaining(words)]);
  });

  it('for what the stand-in does not have is told as such', async () => {
    await ask(inLab('stargazerCount')).catch(() => {});
    expect(lab.github.takeViolations()).toEqual(['graphql: the stand-in has no Repository.stargazerCount']);
  });

  it('may be answered in part', async () => {
    const object = (name: string) => `${name}: object(expression: "main:README.md") { oid }`;
    lab.github.failOn('graphql', { kind: 'partial', paths: ['b'] });
    const failure = await ask<never>(inLab(`${object('a')} ${object('b')}`)).catch((error) => error);
    expect(failure.errors).toMatchObject([{ type: 'RESOURCE_LIMITS_EXCEEDED', path: ['repository', 'b'] }]);
    expect(failure.data.repository).toEqual({ a: { oid: expect.any(String) }, b: null });
  });

  it('may be one too many, with a status that says all is well', async () => {
    lab.github.failOn('graphql', FAULTS.queryLimit(60));
    const failure = await ask<never>(inLab('name')).catch((error) => error);
    expect([failure.errors[0].type, failure.headers['x-ratelimit-remaining']]).toEqual(['RATE_LIMITED', '0']);
  });
});
