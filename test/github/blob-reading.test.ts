import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChangeSource } from '../../src/app/ports.js';
import type { BlobId, RepoPath } from '../../src/model/identifiers.js';
import { commitSha } from '../../src/model/identifiers.js';
import { createRepository, type FileContent, type TestRepository } from '../git/repository.js';
import { hostFor, identityOf } from './hosting.js';
import type { RecordedRequest } from './stand-in/faults.js';
import { GITHUB_LIMITS } from './stand-in/limits.js';
import { FAULTS, type Github, startGithub } from './stand-in/stand-in.js';

let github: Github;
const made: TestRepository[] = [];

beforeAll(async () => {
  github = await startGithub();
});

afterEach(() => {
  for (const git of made.splice(0)) git.remove();
  Object.assign(github.world.limits, GITHUB_LIMITS);
  github.clearRequests();
  expect(github.takeViolations()).toEqual([]);
});

afterAll(() => github.close());

let named = 0;

interface Opened {
  readonly git: TestRepository;
  readonly source: ChangeSource;
  readonly ids: ReadonlyMap<string, BlobId>;
}

/** The tree of one commit with these files. */
async function open(
  files: Readonly<Record<string, FileContent>>,
  options: Parameters<typeof hostFor>[1] = {},
): Promise<Opened> {
  const git = createRepository();
  made.push(git);
  const commit = commitSha(git.commit(files));
  named += 1;
  const repository = github.world.add({ folder: git.folder, name: `lab-${named}`, private: true });
  const source = hostFor(github, options).installation(77).commitTree(identityOf(repository), commit);
  const { head } = await source.snapshot();
  github.clearRequests();
  return {
    git,
    source,
    ids: new Map([...head.files].map(([path, { blob }]: [RepoPath, { blob: BlobId }]) => [path, blob])),
  };
}

function numbered(count: number): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, at) => [`f${String(at).padStart(3, '0')}.py`, `x = ${at}\n`]),
  );
}

async function readAll({ source, ids }: Opened): Promise<Record<string, string>> {
  source.announce([...ids.values()]);
  const contents = await source.readBlobs([...ids.values()]);
  return Object.fromEntries([...ids].map(([path, id]) => [path, textOf(contents.get(id))]));
}

function textOf(
  content: Awaited<ReturnType<ChangeSource['readBlobs']>> extends ReadonlyMap<BlobId, infer C> ? C | undefined : never,
): string {
  if (content === undefined) return 'no answer';
  return content.state === 'read'
    ? Buffer.from(content.bytes).toString('latin1')
    : `${content.state}: ${content.detail}`;
}

const isQuery = ({ operation }: RecordedRequest): boolean => operation === 'graphql';

describe('blobs are read', () => {
  it('fifty with each query, and never twice', async () => {
    const files = numbered(120);
    const opened = await open(files);
    expect(await readAll(opened)).toEqual(files);
    expect(await readAll(opened)).toEqual(files);
    expect(github.countByOperation()).toEqual({ graphql: 3 });
  });

  it('with what is asked for later, where there is room in a query', async () => {
    const opened = await open(numbered(60));
    const ids = [...opened.ids.values()];
    opened.source.announce(ids.slice(0, 50));
    await opened.source.readBlobs(ids.slice(0, 10));
    await opened.source.readBlobs(ids.slice(10, 50));
    expect(github.countByOperation()).toEqual({ graphql: 1 });
  });

  it('no more than two million bytes with each query', async () => {
    const text = `${'x'.repeat(99)}\n`.repeat(4_500);
    const files = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [`${name}.py`, `${name}\n${text}`]));
    expect(await readAll(await open(files))).toEqual(files);
    expect(github.countByOperation()).toEqual({ graphql: 2 });
  });

  it('from the archive where more than 150 are missing', async () => {
    const files = numbered(151);
    const opened = await open(files);
    expect(await readAll(opened)).toEqual(files);
    expect(github.countByOperation()).toEqual({ 'repos/download-tarball-archive': 1, archive: 1 });
  });

  it('from the archive, though they are asked for in parts', async () => {
    const opened = await open(numbered(151));
    const ids = [...opened.ids.values()];
    opened.source.announce(ids);
    await opened.source.readBlobs(ids.slice(0, 100));
    await opened.source.readBlobs(ids.slice(100));
    expect(github.countByOperation()).toEqual({ 'repos/download-tarball-archive': 1, archive: 1 });
  });

  it('by query where the archive leaves them out, or changes them', async () => {
    const files = {
      ...numbered(151),
      '.gitattributes': 'f000.py export-ignore\nf001.py export-subst\n',
      'f001.py': 'commit = "$Format:%H$"\n',
    };
    expect(await readAll(await open(files))).toEqual(files);
    expect(github.countByOperation()).toEqual({ 'repos/download-tarball-archive': 1, archive: 1, graphql: 1 });
  });

  it.each<[string, (request: RecordedRequest) => boolean, Parameters<Github['failOn']>[1]]>([
    ['is not given', ({ operation }) => operation === 'repos/download-tarball-archive', FAULTS.serverError(404)],
    ['cannot be fetched', ({ operation }) => operation === 'archive', FAULTS.serverError(500)],
    ['breaks off', ({ operation }) => operation === 'archive', { kind: 'cut' }],
    [
      'is none',
      ({ operation }) => operation === 'archive',
      { kind: 'answer', answer: { status: 200, raw: Buffer.from('<html>') } },
    ],
  ])('by query where the archive %s', async (_, when, effect) => {
    const files = numbered(160);
    const opened = await open(files);
    github.failOn(when, effect);
    expect(await readAll(opened)).toEqual(files);
  });

  it('one by one where a query does not give them as they are', async () => {
    const files = {
      'binary.bin': Buffer.from([0, 1, 2, 255]),
      'latin.py': Buffer.from('caf\xe9 = 1\n', 'latin1'),
      'long.py': 'x = 1\n'.repeat(40),
      'short.py': 'y = 1\n',
    };
    const opened = await open(files);
    github.world.limits.blobTextBytes = 100;
    const latin = Object.entries(files).map(([path, bytes]) => [path, Buffer.from(bytes as string).toString('latin1')]);
    expect(await readAll(opened)).toEqual(Object.fromEntries(latin));
    expect(github.countByOperation()).toEqual({ graphql: 1, 'git/get-blob': 3 });
  });

  it('by smaller queries where a query fails', async () => {
    const files = numbered(50);
    const opened = await open(files);
    github.failOn(isQuery, FAULTS.serverError(502), 2);
    expect(await readAll(opened)).toEqual(files);
    // 50 and 25 fail; then 12 at a time.
    expect(github.countByOperation()).toEqual({ graphql: 2 + 5 });
  });

  it('by smaller queries where a query is answered in part, of which nothing is asked for again', async () => {
    const files = numbered(50);
    const opened = await open(files);
    github.failOn(isQuery, { kind: 'partial', paths: ['b3', 'b40'] });
    expect(await readAll(opened)).toEqual(files);
    const bodies = github.requests.map(({ body }) => body as { variables: object });
    expect(bodies.map(({ variables }) => Object.keys(variables).length - 2)).toEqual([50, 2]);
  });

  it('one by one where queries fail for as long as they like', async () => {
    const files = numbered(3);
    const opened = await open(files);
    github.failOn(isQuery, FAULTS.serverError(502), 1 + 3 * 4);
    expect(await readAll(opened)).toEqual(files);
    expect(github.countByOperation()['git/get-blob']).toBe(3);
  });

  it('by path where GitHub does not find them by their id', async () => {
    const files = numbered(3);
    const opened = await open(files);
    github.failOn(isQuery, {
      kind: 'answer',
      answer: { status: 200, body: { data: { repository: { b0: null, b1: null, b2: null } } } },
    });
    expect(await readAll(opened)).toEqual(files);
    expect(github.countByOperation()).toEqual({ graphql: 2 });
    const [, second] = github.requests;
    expect(JSON.stringify(second?.body)).toContain(':f000.py');
  });

  it('not at all where they are larger than what is read', async () => {
    const opened = await open({ 'a.py': 'x'.repeat(101), 'b.py': 'y\n' }, { blobBytes: 100 });
    expect(await readAll(opened)).toEqual({ 'a.py': 'too-large: 101 bytes; at most 100 are read', 'b.py': 'y\n' });
    expect(github.countByOperation()).toEqual({ graphql: 1 });
  });

  it('as missing where GitHub has lost them', async () => {
    const opened = await open({ 'a.py': 'x\n' });
    const gone = '1'.repeat(40) as BlobId;
    const contents = await opened.source.readBlobs([gone]);
    expect(contents.get(gone)).toEqual({ state: 'missing', detail: 'GitHub does not have this content' });
  });

  it('as missing where the content is not the one that the tree names', async () => {
    const opened = await open({ 'a.py': 'x\n' });
    github.failOn(isQuery, FAULTS.serverError(502), 4);
    const content = Buffer.from('y\n').toString('base64');
    const body = { content, encoding: 'base64', size: 2, sha: opened.ids.get('a.py'), url: '', node_id: '' };
    github.failOn(({ operation }) => operation === 'git/get-blob', { kind: 'answer', answer: { status: 200, body } });
    expect(await readAll(opened)).toEqual({ 'a.py': "missing: GitHub's answer is not the content of the tree" });
  });
});
