import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { ChangeSource } from '../../src/app/ports.js';
import { openGitChange } from '../../src/git/git-change.js';
import type { FileChange, Snapshot } from '../../src/model/change.js';
import type { BlobId, RepoPath } from '../../src/model/identifiers.js';
import { createRepository, type FileContent, type TestRepository } from '../git/repository.js';
import { hostFor, MemoryTrees, pullRequestOf } from './hosting.js';
import { GITHUB_LIMITS } from './stand-in/limits.js';
import { type Github, startGithub } from './stand-in/stand-in.js';
import type { HostedRepository } from './stand-in/world.js';

let github: Github;
const made: TestRepository[] = [];
const opened: ChangeSource[] = [];

beforeAll(async () => {
  github = await startGithub();
});

afterEach(async () => {
  for (const source of opened.splice(0)) await source.close();
  for (const git of made.splice(0)) git.remove();
  Object.assign(github.world.limits, GITHUB_LIMITS);
  github.clearRequests();
  expect(github.takeViolations()).toEqual([]);
});

afterAll(() => github.close());

type Files = Readonly<Record<string, FileContent>>;

/** A repository whose branch `change` follows on what `main` was, which has moved on since. */
function repositoryWith(base: Files, change: Files | ((git: TestRepository) => void)): TestRepository {
  const git = createRepository();
  made.push(git);
  git.commit(base);
  git.git('checkout', '-q', '-b', 'change');
  if (typeof change === 'function') change(git);
  git.commit(typeof change === 'function' ? {} : change);
  git.git('checkout', '-q', 'main');
  git.commit({ 'moved-on.txt': 'after the branch\n' });
  return git;
}

let named = 0;

function hosted(git: TestRepository): HostedRepository {
  named += 1;
  return github.world.add({ folder: git.folder, name: `lab-${named}` });
}

function onGithub(repository: HostedRepository, options: Parameters<typeof hostFor>[1] = {}): ChangeSource {
  const { pull } = github.people.open(repository, { branch: 'change', fork: { owner: 'someone', id: 5 } });
  const source = hostFor(github, options)
    .installation(repository.installation ?? 0)
    .pullRequestChange(pullRequestOf(repository, pull));
  opened.push(source);
  return source;
}

async function onDisk(git: TestRepository): Promise<ChangeSource> {
  const source = await openGitChange({
    repo: git.folder,
    base: 'main',
    head: 'change',
    worktree: false,
    environment: process.env,
  });
  opened.push(source);
  return source;
}

/** A snapshot as plain data. Sizes are told by GitHub alone, and which files it shows. */
function told({ base, head, changes, unaddressable }: Snapshot) {
  const files = (listing: Snapshot['base']) =>
    [...listing.files].map(([path, { blob, kind }]) => `${path} ${blob} ${kind}`).sort();
  return {
    base: { commit: base.commit, files: files(base) },
    head: { commit: head.commit, files: files(head) },
    changes: changes.map(shown).sort((a, b) => (a.path < b.path ? -1 : 1)),
    unaddressable,
  };
}

function shown({ status, path, previousPath, hunks, opaque }: FileChange) {
  const lines = hunks.map((hunk) => hunk.lines.map(({ base, head }) => `${base ?? '+'}:${head ?? '-'}`).join(' '));
  return { status, path, previousPath, lines, opaque };
}

async function textsIn(source: ChangeSource): Promise<Record<string, string>> {
  const { base, head } = await source.snapshot();
  const entries = [...base.files, ...head.files].filter(([, { kind }]) => kind !== 'submodule');
  const ids = [...new Set(entries.map(([, { blob }]) => blob))];
  source.announce(ids);
  const contents = await source.readBlobs(ids);
  return Object.fromEntries(ids.map((id) => [id, bytesOf(contents, id)]));
}

function bytesOf(contents: Awaited<ReturnType<ChangeSource['readBlobs']>>, id: BlobId): string {
  const content = contents.get(id);
  if (content === undefined) return 'no answer';
  return content.state === 'read' ? Buffer.from(content.bytes).toString('base64') : content.state;
}

const LINES = Array.from({ length: 60 }, (_, at) => `line ${at + 1}\n`);
const LONG = LINES.join('');

function edited(...at: number[]): string {
  return LINES.map((line, index) => (at.includes(index + 1) ? `new ${line}` : line)).join('');
}

const LATIN = Buffer.from('na\xefve = 1\r\ncaf\xe9 = 2\r\n', 'latin1');

describe('R15 R16 a pull request on GitHub is the change that git sees in a clone', () => {
  it.each<[string, Files, Files | ((git: TestRepository) => void)]>([
    ['a line that changed', { 'a.py': LONG }, { 'a.py': edited(30) }],
    ['changes far apart, at both ends too', { 'a.py': LONG }, { 'a.py': edited(1, 30, 60) }],
    ['files that came and went', { 'a.py': LONG, 'b.py': 'x\n' }, { 'b.py': null, 'c.py': 'y\nz\n' }],
    ['a file without a line end', { 'a.py': 'a\nb' }, { 'a.py': 'a\nb\nc' }],
    ['files that are empty', { 'a.py': '', 'b.py': 'b\n', 'c.py': '' }, { 'b.py': '', 'c.py': 'c\n', 'd.py': '' }],
    ['line ends of Windows', { 'a.py': 'a\r\nb\r\nc\r\n' }, { 'a.py': 'a\r\nB\r\nc\r\n' }],
    ['bytes that are no UTF-8', { 'a.py': LATIN }, { 'a.py': Buffer.concat([LATIN, Buffer.from('x = 3\n')]) }],
    ['a byte order mark', { 'a.py': '\ufeffa = 1\n' }, { 'a.py': '\ufeffa = 2\n' }],
    [
      'a binary file',
      { 'a.bin': Buffer.from([0, 1, 2]) },
      { 'a.bin': Buffer.from([0, 1, 3]), 'b.bin': Buffer.from([0]) },
    ],
    ['a script that is run now', { 'a.sh': 'echo\n' }, { 'a.sh': { script: 'echo\n' } }],
    ['a script that is run now, and changed', { 'a.sh': LONG }, { 'a.sh': { script: edited(3) } }],
    [
      'links',
      { a: { linkTo: 'one' }, b: { linkTo: 'one' } },
      { a: { linkTo: 'two' }, b: null, c: { linkTo: 'three' } },
    ],
    ['a file that became a link', { 'a.py': 'x\ny\n' }, { 'a.py': { linkTo: 'b.py' } }],
    ['a link that became a file', { 'a.py': { linkTo: 'b.py' } }, { 'a.py': 'x\ny\n' }],
    [
      'names that are quoted',
      { 'a b/"c"\t\\d.py': 'x\n', 'é/ü.py': 'y\n' },
      { 'a b/"c"\t\\d.py': 'X\n', 'é/ü.py': 'Y\n' },
    ],
    [
      'lines that look like a patch',
      { 'a.sql': '-- one\n++ two\n@@ three\n' },
      { 'a.sql': '-- One\n++ Two\n@@ Three\n' },
    ],
    ['a pointer of git LFS', { 'a.bin': pointer('1') }, { 'a.bin': pointer('2') }],
    ['a file that moved', { 'a.py': LONG, 'b.py': 'x\n' }, (git) => git.rename('a.py', 'deep/c.py')],
    [
      'a file that moved and changed',
      { 'a.py': LONG },
      (git) => {
        git.rename('a.py', 'c.py');
        git.write({ 'c.py': edited(9) });
      },
    ],
    [
      'a file that moved onto another',
      { 'a.py': LONG, 'b.py': 'x\n' },
      (git) => {
        git.git('rm', '-q', 'b.py');
        git.rename('a.py', 'b.py');
      },
    ],
    ['two that changed places', { 'a.py': LONG, 'b.py': 'x\n' }, { 'a.py': 'x\n', 'b.py': LONG }],
    [
      'a submodule',
      { 'a.py': 'x\n' },
      (git) => {
        git.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},lib`);
        git.git('commit', '-qm', 'lib');
        git.git('rm', '-q', '--cached', 'a.py');
      },
    ],
    ['nothing at all', { 'a.py': 'x\n' }, {}],
  ])('%s', async (_, base, change) => {
    const git = repositoryWith(base, change);
    const [onHost, disk] = [onGithub(hosted(git)), await onDisk(git)];
    expect(told(await onHost.snapshot())).toEqual(told(await disk.snapshot()));
    expect(await textsIn(onHost)).toEqual(await textsIn(disk));
  });
});

describe('R13 R14 what GitHub does not show', () => {
  it.each<[string, () => void]>([
    [
      'a patch that is too long',
      () => {
        github.world.limits.fileDiffLines = 3;
      },
    ],
    [
      'patches that are too long together',
      () => {
        github.world.limits.diffLines = 1;
      },
    ],
  ])('%s, is found by comparing both contents', async (_, limit) => {
    const git = repositoryWith(
      { 'a.py': LONG, 'b.py': LONG },
      { 'a.py': edited(9), 'b.py': edited(2, 40), 'c.py': 'x\n' },
    );
    limit();
    const [onHost, disk] = [await onGithub(hosted(git)).snapshot(), await (await onDisk(git)).snapshot()];
    expect(told(onHost)).toEqual(told(disk));
    // Where GitHub shows no line no comment can stand, or all of a review would be refused.
    expect(onHost.changes.some(({ undisplayed }) => undisplayed === true)).toBe(true);
  });

  it('is not looked for in files that nobody reads', async () => {
    const git = repositoryWith({ 'a.txt': LONG }, { 'a.txt': edited(9) });
    github.world.limits.fileDiffLines = 3;
    const { changes } = await onGithub(hosted(git), { reads: (path) => path.endsWith('.py') }).snapshot();
    expect(changes.map(shown)).toEqual([
      { status: 'modified', path: 'a.txt', previousPath: null, lines: [], opaque: true },
    ]);
    expect(github.countByOperation().graphql).toBeUndefined();
  });

  it.each<[string, { comparedFiles?: number; listedFiles?: number }, number]>([
    ['beyond what a comparison lists is in the list of the pull request', { comparedFiles: 300 }, 4],
    ['beyond what any list holds is in the trees', { comparedFiles: 300, listedFiles: 310 }, 4],
  ])('%s', async (_, limits, pages) => {
    const names = Array.from({ length: 320 }, (_, at) => `f${String(at).padStart(3, '0')}.py`);
    const files = (word: string) => Object.fromEntries(names.map((name) => [name, `${word} = '${name}'\n`]));
    const git = repositoryWith({ ...files('a'), 'moved.py': LONG }, (git) => {
      git.write(files('b'));
      git.rename('moved.py', 'z/moved.py');
    });
    Object.assign(github.world.limits, limits);
    const [onHost, disk] = [await onGithub(hosted(git)).snapshot(), await (await onDisk(git)).snapshot()];
    expect(told(onHost)).toEqual(told(disk));
    expect(github.countByOperation()['pulls/list-files']).toBe(pages);
  });

  it('in a list that a later push has changed is not believed', async () => {
    const names = Array.from({ length: 305 }, (_, at) => `f${at}.py`);
    const files = (word: string) => Object.fromEntries(names.map((name) => [name, `${word}\n`]));
    const git = repositoryWith(files('a'), files('b'));
    const repository = hosted(git);
    const { pull } = github.people.open(repository, { branch: 'change' });
    const before = pullRequestOf(repository, pull);
    const disk = told(await (await onDisk(git)).snapshot());
    git.git('checkout', '-q', 'change');
    git.commit({ 'f0.py': 'later\n', 'f1.py': null });
    github.people.push(repository, pull);
    const source = hostFor(github).installation(77).pullRequestChange(before);
    opened.push(source);
    expect(told(await source.snapshot())).toEqual(disk);
  });

  it('as one tree is walked folder by folder', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 30 }, (_, at) => [`d${at % 3}/e${at % 5}/f${at}.py`, `${at}\n`]),
    );
    const git = repositoryWith({ ...many, 'a.py': LONG }, { 'a.py': edited(3), 'd1/new.py': 'x\n' });
    github.world.limits.treeEntries = 12;
    const [onHost, disk] = [onGithub(hosted(git)), await onDisk(git)];
    expect(told(await onHost.snapshot())).toEqual(told(await disk.snapshot()));
    expect(github.countByOperation()['git/get-tree']).toBeGreaterThan(6);
  });

  it.each([
    ['as one tree fails where that would take too many requests', 215],
    ['as one tree fails where one folder is too large already', 100],
  ])('%s', async (_, treeEntries) => {
    const many = Object.fromEntries(Array.from({ length: 210 }, (_, at) => [`d${at}/f.py`, `${at}\n`]));
    const git = repositoryWith(many, { 'a.py': 'x\n' });
    github.world.limits.treeEntries = treeEntries;
    await expect(onGithub(hosted(git)).snapshot()).rejects.toMatchObject({ name: 'HostError', code: 'invalid' });
  });
});

describe('the contents of a change', () => {
  it('come by query where few are asked for, with others of the change where there is room', async () => {
    const names = Array.from({ length: 90 }, (_, at) => `f${at + 10}.py`);
    const files = (word: string) => Object.fromEntries(names.map((name) => [name, `${word} = '${name}'\n`]));
    const source = onGithub(hosted(repositoryWith(files('a'), files('b'))));
    const { base, head } = await source.snapshot();
    const idsIn = (listing: Snapshot['base']) =>
      names.map((name) => listing.files.get(name as RepoPath)?.blob as BlobId);
    github.clearRequests();
    source.announce(idsIn(head));
    await source.readBlobs(idsIn(head));
    expect(github.countByOperation()).toEqual({ graphql: 2 });
    const asked = github.requests.map(({ body }) => Object.keys((body as { variables: object }).variables).length - 2);
    expect(asked).toEqual([50, 50]);
    await source.readBlobs(idsIn(base).slice(0, 10));
    expect(github.countByOperation()).toEqual({ graphql: 2 });
  });

  it('are found without the trees, where these are known from another review', async () => {
    const git = repositoryWith({ 'a.py': LONG }, { 'a.py': edited(3) });
    const [repository, trees] = [hosted(git), new MemoryTrees()];
    const first = await onGithub(repository, { trees }).snapshot();
    github.clearRequests();
    const second = await onGithub(repository, { trees }).snapshot();
    expect(told(second)).toEqual(told(first));
    expect(github.countByOperation()['git/get-tree']).toBeUndefined();
  });
});

function pointer(digit: string): string {
  return `version https://git-lfs.github.com/spec/v1\noid sha256:${digit.repeat(64)}\nsize 5\n`;
}
