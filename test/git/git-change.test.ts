import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { ChangeSource } from '../../src/app/ports.js';
import { type GitChangeOptions, openGitChange } from '../../src/git/git-change.js';
import type { FileChange, Snapshot } from '../../src/model/change.js';
import { type BlobId, blobId, type RepoPath, repoPath } from '../../src/model/identifiers.js';
import { cloneRepository, createRepository, type TestRepository } from './repository.js';

// Each test starts many processes, which takes its time on a busy machine.
jest.setTimeout(60_000);

const made: TestRepository[] = [];
const opened: ChangeSource[] = [];

afterEach(async () => {
  for (const change of opened.splice(0)) await change.close();
  for (const repository of made.splice(0)) repository.remove();
});

function repository(...args: string[]): TestRepository {
  const created = createRepository(...args);
  made.push(created);
  return created;
}

function clone(origin: TestRepository, ...args: string[]): TestRepository {
  const created = cloneRepository(origin, ...args);
  made.push(created);
  return created;
}

async function open(from: TestRepository | string, options: Partial<GitChangeOptions> = {}): Promise<ChangeSource> {
  const repo = typeof from === 'string' ? from : from.folder;
  const change = await openGitChange({
    repo,
    base: null,
    head: null,
    worktree: false,
    environment: process.env,
    ...options,
  });
  opened.push(change);
  return change;
}

async function snapshot(from: TestRepository | string, options: Partial<GitChangeOptions> = {}): Promise<Snapshot> {
  return (await open(from, options)).snapshot();
}

/** A change as one line, with its hunks as `-3 +3 =4:4`. */
function told(change: FileChange): string {
  const from = change.previousPath === null ? '' : `${change.previousPath} > `;
  const hunks = change.hunks.map((hunk) =>
    hunk.lines
      .map(({ base, head }) => (base === null ? `+${head}` : head === null ? `-${base}` : `${base}=${head}`))
      .join(' '),
  );
  return [`${change.status} ${from}${change.path}`, ...(change.opaque ? ['opaque'] : hunks)].join(' | ');
}

async function changes(from: TestRepository, options: Partial<GitChangeOptions> = {}): Promise<string[]> {
  return (await snapshot(from, options)).changes.map(told);
}

async function textOf(change: ChangeSource, side: 'base' | 'head', path: string): Promise<string> {
  const file = (await change.snapshot())[side].files.get(repoPath(path));
  const content = (await change.readBlobs(file === undefined ? [] : [file.blob])).get(file?.blob as BlobId);
  return content?.state === 'read' ? Buffer.from(content.bytes).toString() : `${content?.state}`;
}

const TEN = Array.from({ length: 10 }, (_, at) => `line ${at + 1}\n`).join('');

describe('what is compared', () => {
  it('compares a branch with where it left the default branch', async () => {
    const repo = repository();
    const fork = repo.commit({ 'a.py': '1\n' });
    repo.git('checkout', '-q', '-b', 'feature');
    const head = repo.commit({ 'a.py': '2\n' });
    repo.git('checkout', '-q', 'main');
    repo.commit({ 'b.py': 'later\n' });
    repo.git('checkout', '-q', 'feature');

    const { base, head: headTree, changes: found } = await snapshot(repo);

    expect([base.commit, headTree.commit]).toEqual([fork, head]);
    expect(found.map(told)).toEqual(['modified a.py | -1 +1']);
  });

  it('takes the merge base of what is named, not the commit itself', async () => {
    const repo = repository();
    const fork = repo.commit({ 'a.py': '1\n' });
    repo.git('checkout', '-q', '-b', 'feature');
    repo.commit({ 'a.py': '2\n' });
    repo.git('checkout', '-q', 'main');
    repo.commit({ 'a.py': '3\n' });

    const { base, changes: found } = await snapshot(repo, { base: 'main', head: 'feature' });

    expect(base.commit).toBe(fork);
    expect(found.map(told)).toEqual(['modified a.py | -1 +1']);
  });

  it('compares the newest commit of the default branch with its first parent', async () => {
    const repo = repository();
    repo.commit({ 'a.py': '1\n' });
    const parent = repo.commit({ 'a.py': '2\n' });
    repo.commit({ 'a.py': '3\n' });

    expect((await snapshot(repo)).base.commit).toBe(parent);
  });

  it('compares unpushed commits of the default branch with what was pushed', async () => {
    const origin = repository();
    const pushed = origin.commit({ 'a.py': '1\n' });
    const repo = clone(origin);
    repo.commit({ 'a.py': '2\n' });
    repo.commit({ 'a.py': '3\n' });

    expect((await snapshot(repo)).base.commit).toBe(pushed);
  });

  it('compares with the upstream where the default branch holds all of the head', async () => {
    const repo = repository();
    const old = repo.commit({ 'a.py': '1\n' });
    repo.git('branch', 'reviewed');
    repo.commit({ 'a.py': '2\n' });
    repo.commit({ 'a.py': '3\n' });
    repo.git('branch', '-q', '--set-upstream-to=reviewed');

    expect((await snapshot(repo)).base.commit).toBe(old);
  });

  it.each([
    ['origin/HEAD', ['checkout', '-q', '-b', 'trunk'], 'trunk'],
    ['master', ['branch', '-q', '-m', 'master'], 'master'],
  ])('finds the default branch by %s', async (_, rename, name) => {
    const origin = repository();
    origin.commit({ 'a.py': '1\n' });
    origin.git(...rename);
    const fork = origin.commit({ 'a.py': '2\n' });
    const repo = clone(origin);
    repo.git('checkout', '-q', '-b', 'feature');
    repo.commit({ 'a.py': '3\n' });
    repo.commit({ 'a.py': '4\n' });
    if (name === 'master') repo.git('remote', 'remove', 'origin');

    expect((await snapshot(repo)).base.commit).toBe(name === 'trunk' ? fork : repo.git('rev-parse', 'master'));
  });

  it('compares a first commit with nothing', async () => {
    const repo = repository();
    repo.commit({ 'a.py': '1\n2\n' });

    const { base, changes: found } = await snapshot(repo);

    expect(base.files.size).toBe(0);
    expect(base.commit).toBe('4b825dc642cb6eb9a060e54bf8d69288fbee4904');
    expect(found.map(told)).toEqual(['added a.py | +1 +2']);
  });

  it('reviews all of the repository when named a folder inside it', async () => {
    const repo = repository();
    repo.commit({ 'src/a.py': '1\n' });
    repo.commit({ 'b.py': '1\n' });

    expect((await snapshot(join(repo.folder, 'src'))).changes.map(told)).toEqual(['added b.py | +1']);
  });

  it('needs no work tree', async () => {
    const origin = repository();
    origin.commit({ 'a.py': '1\n' });
    origin.commit({ 'a.py': '2\n' });

    expect(await changes(clone(origin, '--bare'), { base: 'HEAD~1' })).toEqual(['modified a.py | -1 +1']);
  });

  it('reads a repository with SHA-256 ids', async () => {
    const repo = repository('--object-format=sha256');
    repo.commit({ 'a.py': '1\n' });
    const head = repo.commit({ 'a.py': '2\n' });
    const change = await open(repo);

    expect((await change.snapshot()).head.commit).toBe(head);
    expect(await textOf(change, 'base', 'a.py')).toBe('1\n');
  });

  it('reads a linked work tree and objects that are borrowed from another repository', async () => {
    const origin = repository();
    origin.commit({ 'a.py': '1\n' });
    const borrower = clone(origin, '--shared');
    borrower.git('worktree', 'add', '-q', 'linked work', '-b', 'feature');
    const linked = join(borrower.folder, 'linked work');
    writeFileSync(join(linked, 'a.py'), '2\n');

    expect((await snapshot(linked, { worktree: true })).changes.map(told)).toEqual(['modified a.py | -1 +1']);
  });
});

describe('the listing', () => {
  it('tells files, links and submodules apart', async () => {
    const repo = repository();
    repo.commit({ 'a.py': '1\n', 'link.py': { linkTo: 'a.py' } });
    const commit = repo.git('rev-parse', 'HEAD');
    repo.git('update-index', '--add', '--cacheinfo', `160000,${commit},vendor/library`);
    repo.git('commit', '-q', '-m', 'submodule');

    const { head, changes: found } = await snapshot(repo);

    expect([...head.files].map(([path, file]) => [path, file.kind])).toEqual([
      ['a.py', 'file'],
      ['link.py', 'link'],
      ['vendor/library', 'submodule'],
    ]);
    expect(found.map(told)).toEqual(['added vendor/library | opaque']);
  });

  it('counts the files of the head whose paths are not UTF-8 and leaves them out', async () => {
    const repo = repository();
    repo.commit({ 'a.py': '1\n' });
    const blob = repo.git('rev-parse', 'HEAD:a.py');
    writeFileSync(join(repo.folder, 'entries'), Buffer.from(`100644 blob ${blob}\tcaf\xe9.py\0`, 'latin1'));
    const tree = repo.git('-c', 'alias.make=!git mktree -z < entries', 'make');
    const commit = repo.git('commit-tree', '-m', 'latin', tree);

    const { head, unaddressable } = await snapshot(repo, { head: commit, base: commit });

    expect([...head.files.keys()]).toEqual([]);
    expect(unaddressable).toBe(1);
  });
});

describe('the difference', () => {
  const CASES: readonly {
    readonly name: string;
    readonly base: Parameters<TestRepository['commit']>[0];
    readonly head: Parameters<TestRepository['commit']>[0];
    readonly told: readonly string[];
  }[] = [
    {
      name: 'numbers the lines of a hunk on both sides',
      base: { 'a.py': TEN },
      head: { 'a.py': TEN.replace('line 5\n', 'five\nand a half\n') },
      told: ['modified a.py | 2=2 3=3 4=4 -5 +5 +6 6=7 7=8 8=9'],
    },
    {
      name: 'keeps distant changes in hunks of their own',
      base: { 'a.py': TEN },
      head: { 'a.py': TEN.replace('line 1\n', '').replace('line 10\n', 'ten\n') },
      told: ['modified a.py | -1 2=1 3=2 4=3 | 7=6 8=7 9=8 -10 +9'],
    },
    { name: 'sees a removed file', base: { 'a.py': '1\n' }, head: { 'a.py': null }, told: ['removed a.py | -1'] },
    { name: 'sees an added empty file', base: {}, head: { 'a.py': '' }, told: ['added a.py'] },
    {
      name: 'reads text without a final line end',
      base: { 'a.py': 'one\ntwo' },
      head: { 'a.py': 'one\ntwo\n' },
      told: ['modified a.py | 1=1 -2 +2'],
    },
    {
      name: 'reads line ends of Windows',
      base: { 'a.py': 'one\r\ntwo\r\n' },
      head: { 'a.py': 'one\r\n2\r\n' },
      told: ['modified a.py | 1=1 -2 +2'],
    },
    {
      name: 'is not misled by content that looks like a patch',
      base: { 'a.py': '-- old\n\ndiff --git a/x b/x\n@@ -1 +1 @@\n\u2028 \x0c\r' },
      head: { 'a.py': '++ new\n\ndiff --git a/x b/x\n@@ -2 +2 @@\n\u2028 \x0c\r' },
      told: ['modified a.py | -1 +1 2=2 3=3 -4 +4 5=5'],
    },
    {
      name: 'finds a file that moved unchanged',
      base: { 'a.py': TEN },
      head: { 'a.py': null, 'src/b.py': TEN },
      told: ['renamed a.py > src/b.py'],
    },
    {
      name: 'finds a file that moved and changed',
      base: { 'a.py': TEN, 'z.py': 'gone\n' },
      head: { 'a.py': null, 'z.py': null, 'src/b.py': `${TEN}more\n`, 'new.py': 'other\n' },
      told: ['added new.py | +1', 'renamed a.py > src/b.py | 8=8 9=9 10=10 +11', 'removed z.py | -1'],
    },
    {
      name: 'sees a change of mode, which has no hunks',
      base: { 'run.sh': 'true\n' },
      head: { 'run.sh': { script: 'true\n' } },
      told: ['modified run.sh'],
    },
    {
      name: 'sees a file that became a link',
      base: { 'a.py': 'one\ntwo\n' },
      head: { 'a.py': { linkTo: 'b.py' } },
      told: ['modified a.py | -1 -2 | +1'],
    },
    {
      name: 'makes no hunks for binary files',
      base: { 'a.bin': Buffer.from([1, 0, 2, 10]) },
      head: { 'a.bin': Buffer.from([1, 0, 3, 10]) },
      told: ['modified a.bin | opaque'],
    },
    {
      name: 'makes no hunks for files over 2 MB',
      base: { 'a.json': 'x\n'.repeat(1_100_000), 'b.json': '1\n' },
      head: { 'a.json': `y\n${'x\n'.repeat(1_100_000)}`, 'b.json': '2\n' },
      told: ['modified a.json | opaque', 'modified b.json | -1 +1'],
    },
    {
      name: 'makes no hunks for a difference of more than 100,000 lines',
      base: { 'a.json': '1\n', 'b.json': '1\n' },
      head: { 'a.json': 'x\n'.repeat(200_000), 'b.json': '2\n' },
      told: ['modified a.json | opaque', 'modified b.json | -1 +1'],
    },
    {
      name: 'takes names with spaces, quotes, tabs, line ends and letters of any script',
      base: {
        'a b.py': '1\n',
        'tab\there.py': '1\n',
        'line\nend.py': '1\n',
        'größe 模型 "q".py': '1\n',
        ' b/ b/x': '1\n',
      },
      head: {
        'a b.py': '2\n',
        'tab\there.py': '2\n',
        'line\nend.py': '2\n',
        'größe 模型 "q".py': '2\n',
        ' b/ b/x': '2\n',
      },
      told: [
        'modified  b/ b/x | -1 +1',
        'modified a b.py | -1 +1',
        'modified größe 模型 "q".py | -1 +1',
        'modified line\nend.py | -1 +1',
        'modified tab\there.py | -1 +1',
      ],
    },
  ];

  it.each(CASES)('$name', async (row) => {
    const repo = repository();
    repo.commit({ 'other.txt': 'kept\n', ...row.base });
    repo.commit(row.head);

    expect(await changes(repo)).toEqual(row.told);
  });

  it('heeds neither the attributes of the repository nor its settings for people', async () => {
    const repo = repository();
    const marker = join(repo.folder, 'ran');
    repo.commit({ '.gitattributes': '*.py -diff diff=shout\n', 'a.py': `${TEN}\n` });
    repo.commit({ 'a.py': `one\n${TEN}\n` });
    for (const [key, value] of Object.entries({
      'diff.shout.textconv': `touch ${marker};:`,
      'diff.shout.command': `touch ${marker};:`,
      'diff.external': `touch ${marker};:`,
      'diff.noprefix': 'true',
      'diff.renames': 'false',
      'diff.context': '0',
      'diff.suppressBlankEmpty': 'true',
      'color.ui': 'always',
    })) {
      repo.git('config', key, value);
    }

    expect(await changes(repo)).toEqual(['modified a.py | +1 1=2 2=3 3=4']);
    expect(readdirSync(repo.folder)).not.toContain('ran');
  });
});

describe('contents', () => {
  it('reads bytes exactly, whatever they hold and in whatever order they are asked for', async () => {
    const repo = repository();
    const large = Buffer.alloc(300_000, 'blob 12\n\0');
    const files = { 'a.bin': Buffer.from([0, 10, 13, 255]), 'empty.py': '', 'large.bin': large, 'z.py': 'é\r\n' };
    repo.commit(files);
    const change = await open(repo);
    const { head } = await change.snapshot();
    const ids = [...head.files.values()].map((file) => file.blob).reverse();

    const contents = await change.readBlobs([...ids, ...ids]);

    for (const [path, expected] of Object.entries(files)) {
      const content = contents.get(head.files.get(repoPath(path))?.blob as BlobId);
      expect(content?.state === 'read' && Buffer.compare(content.bytes, Buffer.from(expected))).toBe(0);
    }
    expect(contents.size).toBe(4);
  });

  it('says of a large file how large it is, and of an unknown one that it is missing', async () => {
    const repo = repository();
    repo.commit({ 'a.py': 'x'.repeat(101), 'b.py': 'x'.repeat(100) });
    const change = await open(repo, { blobBytes: 100 });
    const { head } = await change.snapshot();
    const [a, b] = [...head.files.values()].map((file) => file.blob) as [BlobId, BlobId];
    const unknown = blobId('1'.repeat(40));

    const contents = await change.readBlobs([a, b, unknown]);

    expect(contents.get(a)).toEqual({ state: 'too-large', detail: '101 bytes; at most 100 are read' });
    expect(contents.get(b)?.state).toBe('read');
    expect(contents.get(unknown)?.state).toBe('missing');
  });

  it('reads what is sound beside a damaged object', async () => {
    const repo = repository();
    repo.commit({ 'a.py': 'first\n', 'b.py': 'second\n', 'c.py': 'third\n' });
    const change = await open(repo);
    const { head } = await change.snapshot();
    const [a, b, c] = [...head.files.values()].map((file) => file.blob) as [BlobId, BlobId, BlobId];
    const object = join(repo.folder, '.git', 'objects', b.slice(0, 2), b.slice(2));
    repo.git('-c', `alias.unlock=!chmod u+w ${object}`, 'unlock');
    const bytes = readFileSync(object);
    bytes.fill(0xff, 20);
    writeFileSync(object, bytes);

    const contents = await change.readBlobs([a, b, c]);

    expect([a, b, c].map((id) => contents.get(id)?.state)).toEqual(['read', 'missing', 'read']);
  });

  it('answers nothing for nothing', async () => {
    const repo = repository();
    repo.commit({ 'a.py': '1\n' });

    expect((await (await open(repo)).readBlobs([])).size).toBe(0);
  });
});

describe('a partial clone', () => {
  it('reports what it lacks, still compares, and fetches nothing', async () => {
    const origin = repository();
    origin.commit({ 'a.py': TEN, 'moved.py': `moved\n${TEN}`, 'edited.py': `edited\n${TEN}`, 'old.py': 'x\n' });
    origin.commit({
      'moved.py': null,
      'src/moved.py': `moved\n${TEN}`,
      'edited.py': null,
      'src/edited.py': `edited\n${TEN}!\n`,
    });
    origin.commit({ 'a.py': `${TEN}more\n`, 'old.py': null, 'new.py': 'y\n' });
    const repo = clone(origin, '--filter=blob:none', '--no-checkout');
    repo.git('cat-file', 'blob', 'HEAD:new.py');
    const before = objectsOf(repo);
    const change = await open(repo, { base: 'HEAD~2' });

    const { head, changes: found } = await change.snapshot();
    const contents = await change.readBlobs([...head.files.values()].map((file) => file.blob));

    expect(found.map(told)).toEqual([
      'modified a.py | opaque',
      'removed edited.py | opaque',
      'added new.py | +1',
      'removed old.py | opaque',
      'added src/edited.py | opaque',
      'renamed moved.py > src/moved.py',
    ]);
    expect([...head.files].map(([path, file]) => [path, contents.get(file.blob)?.state])).toEqual([
      ['a.py', 'missing'],
      ['new.py', 'read'],
      ['src/edited.py', 'missing'],
      ['src/moved.py', 'missing'],
    ]);
    expect(objectsOf(repo)).toEqual(before);
  });

  it('says so where even the trees are missing', async () => {
    const origin = repository();
    origin.commit({ 'src/a.py': '1\n' });
    origin.commit({ 'src/a.py': '2\n' });
    const repo = clone(origin, '--filter=tree:0', '--no-checkout');
    const before = objectsOf(repo);
    const change = await open(repo);

    await expect(change.snapshot()).rejects.toMatchObject({ code: 'missing-objects' });
    expect(objectsOf(repo)).toEqual(before);
  });
});

describe('a work tree', () => {
  it('holds what is staged, unstaged and untracked, and not what is ignored', async () => {
    const repo = repository();
    const commit = repo.commit({
      '.gitignore': 'out/\n',
      'a.py': '1\n',
      'b.py': '1\n',
      'gone.py': 'gone\n',
      'old.py': TEN,
    });
    repo.write({ 'a.py': '2\n' });
    repo.git('add', 'a.py');
    repo.write({ 'a.py': '3\n', 'b.py': '2\n', 'new dir/ü.py': '1\n', 'out/model.py': '1\n', 'gone.py': null });
    repo.rename('old.py', 'renamed.py');
    const change = await open(repo, { worktree: true });

    const { base, changes: found } = await change.snapshot();

    expect(base.commit).toBe(commit);
    expect(found.map(told)).toEqual([
      'modified a.py | -1 +1',
      'modified b.py | -1 +1',
      'removed gone.py | -1',
      'added new dir/ü.py | +1',
      'renamed old.py > renamed.py',
    ]);
    expect(await textOf(change, 'head', 'a.py')).toBe('3\n');
    expect(await textOf(change, 'base', 'a.py')).toBe('1\n');
  });

  it('is compared with where its branch left the base that is named', async () => {
    const repo = repository();
    repo.commit({ 'a.py': '1\n' });
    repo.git('checkout', '-q', '-b', 'feature');
    repo.commit({ 'a.py': '2\n' });
    repo.write({ 'b.py': '1\n' });

    expect(await changes(repo, { worktree: true, base: 'main' })).toEqual(['modified a.py | -1 +1', 'added b.py | +1']);
  });

  it('leaves every byte of the repository as it was, and nothing beside it', async () => {
    const repo = repository();
    repo.commit({ 'a.py': '1\n', 'c.py': '1\n' });
    repo.write({ 'a.py': '2\n', 'new.py': '1\n' });
    repo.git('add', '--intent-to-add', 'new.py');
    const before = contentsOf(repo.folder);
    const change = await open(repo, { worktree: true });

    await change.snapshot();
    await change.close();

    expect(contentsOf(repo.folder)).toEqual(before);
  });

  it('runs no hook, no filter and no monitor', async () => {
    const repo = repository();
    const marker = join(repo.folder, '.git', 'ran');
    repo.commit({ 'a.txt': 'one\n', '.gitattributes': '*.txt filter=shout\n*.md filter=long=name\n' });
    repo.write({
      'a.txt': 'two\n',
      'b.md': 'new\n',
      '.git/hooks/post-index-change': { script: `#!/bin/sh\ntouch ${marker}\n` },
    });
    for (const [key, value] of Object.entries({
      'filter.shout.clean': `touch ${marker}; cat`,
      'filter.shout.required': 'true',
      'filter.long=name.process': `touch ${marker}`,
      'filter.long=name.required': 'true',
      'core.fsmonitor': `touch ${marker};:`,
    })) {
      repo.git('config', key, value);
    }
    const change = await open(repo, { worktree: true });

    expect(await textOf(change, 'head', 'a.txt')).toBe('two\n');
    expect(await textOf(change, 'head', 'b.md')).toBe('new\n');
    expect(readdirSync(join(repo.folder, '.git'))).not.toContain('ran');
  });

  it('runs nothing in a submodule either, and takes it as staged', async () => {
    const inner = repository();
    inner.commit({ 'a.txt': 'one\n', '.gitattributes': '*.txt filter=shout\n' });
    const repo = repository();
    repo.git('submodule', '--quiet', 'add', inner.folder, 'inner');
    repo.commit({});
    const marker = join(repo.folder, '.git', 'ran');
    repo.git('-C', 'inner', 'config', 'filter.shout.clean', `touch ${marker}; cat`);
    repo.write({ 'inner/a.txt': 'two\n' });

    expect(await changes(repo, { worktree: true })).toEqual([]);
    expect(readdirSync(join(repo.folder, '.git'))).not.toContain('ran');
    repo.git('status');
    expect(readdirSync(join(repo.folder, '.git'))).toContain('ran');
  });

  it('needs nothing from the remote of a partial clone', async () => {
    const origin = repository();
    origin.commit({ 'in/a.py': '1\n', 'out/b.py': '1\n' });
    const repo = clone(origin, '--filter=blob:none', '--sparse');
    repo.git('sparse-checkout', 'set', 'in');
    repo.write({ 'in/a.py': '2\n', 'in/new.py': '1\n' });
    const before = objectsOf(repo);

    expect(await changes(repo, { worktree: true })).toEqual(['modified in/a.py | -1 +1', 'added in/new.py | +1']);
    expect(objectsOf(repo)).toEqual(before);
  });

  it('names large files without storing them', async () => {
    const repo = repository();
    repo.commit({ 'weights.bin': 'small', 'a.py': '1\n' });
    repo.write({ 'weights.bin': 'x'.repeat(5_000), 'out [1]/model.bin': 'y'.repeat(5_000), 'a.py': '2\n' });
    const change = await open(repo, { worktree: true, blobBytes: 1_000 });

    const { head, changes: found } = await change.snapshot();
    const contents = await change.readBlobs([...head.files.values()].map((file) => file.blob));

    expect(found.map(told)).toEqual([
      'modified a.py | -1 +1',
      'added out [1]/model.bin | opaque',
      'modified weights.bin | opaque',
    ]);
    expect([...head.files].map(([path, file]) => [path, contents.get(file.blob)?.state])).toEqual([
      ['a.py', 'read'],
      ['out [1]/model.bin', 'too-large'],
      ['weights.bin', 'too-large'],
    ]);
  });

  it('converts line ends as git would, so that a checkout for Windows is no change', async () => {
    const repo = repository();
    repo.commit({ '.gitattributes': '*.py text eol=crlf\n', 'a.py': 'one\ntwo\n' });
    repo.write({ 'a.py': 'one\r\ntwo\r\n' });

    expect(await changes(repo, { worktree: true })).toEqual([]);
  });

  it('sees a change of the same length made in the moment of the commit', async () => {
    const repo = repository();
    repo.commit({ 'a.py': 'lr = 1\n' });
    const file = join(repo.folder, 'a.py');
    utimesSync(file, 1_700_000_000, 1_700_000_000);
    repo.git('update-index', '--refresh');
    repo.write({ 'a.py': 'lr = 2\n' });
    utimesSync(file, 1_700_000_000, 1_700_000_000);
    utimesSync(join(repo.folder, '.git', 'index'), 1_700_000_000, 1_700_000_000);

    expect(await changes(repo, { worktree: true })).toEqual(['modified a.py | -1 +1']);
  });

  it.each<[string, (repo: TestRepository) => void, string[]]>([
    ['another repository without commits inside it', (repo) => repo.git('init', '-q', 'inner'), []],
    [
      'another repository inside it',
      (repo) => {
        repo.git('init', '-q', 'inner');
        repo.git('-C', 'inner', 'commit', '-q', '--allow-empty', '-m', 'inner');
      },
      [],
    ],
    [
      'a conflict',
      (repo) => {
        repo.git('checkout', '-q', '-b', 'other', 'HEAD~1');
        repo.commit({ 'a.py': 'theirs\n' });
        expect(() => repo.git('merge', 'main')).toThrow();
      },
      ['modified a.py | +1 1=2 +3 +4 +5'],
    ],
    ['no file at all', (repo) => repo.write({ 'a.py': null }), ['removed a.py | -1']],
    ['no index', (repo) => repo.git('rm', '-q', '--cached', 'a.py'), []],
    [
      'a sparse checkout',
      (repo) => {
        repo.commit({ 'out/b.py': '1\n', 'in/c.py': '1\n' });
        repo.git('sparse-checkout', 'set', 'in');
        repo.write({ 'in/c.py': '2\n' });
      },
      ['modified in/c.py | -1 +1'],
    ],
    [
      'a split index',
      (repo) => {
        repo.git('update-index', '--split-index');
        repo.write({ 'a.py': 'split\n' });
      },
      ['modified a.py | -1 +1'],
    ],
  ])('may have %s', async (_, prepare, expected) => {
    const repo = repository();
    repo.commit({ 'a.py': '0\n' });
    repo.commit({ 'a.py': '1\n' });
    prepare(repo);
    const before = contentsOf(repo.folder);

    expect(await changes(repo, { worktree: true })).toEqual(expected);
    expect(contentsOf(repo.folder)).toEqual(before);
  });
});

describe('what the user can mend', () => {
  it.each<[string, string, (repo: TestRepository) => Partial<GitChangeOptions> & { from?: string }]>([
    ['a folder that is not there', 'no-such-folder', (repo) => ({ from: join(repo.folder, 'nowhere') })],
    [
      'a file in place of a folder',
      'no-such-folder',
      (repo) => {
        repo.write({ file: '' });
        return { from: join(repo.folder, 'file') };
      },
    ],
    ['a repository without commits', 'no-commits', () => ({})],
    ['the work tree of a repository without commits', 'no-commits', () => ({ worktree: true })],
    [
      'an unknown base',
      'unknown-ref',
      (repo) => {
        repo.commit({});
        return { base: 'mian' };
      },
    ],
    [
      'an unknown head',
      'unknown-ref',
      (repo) => {
        repo.commit({});
        return { head: 'nowhere' };
      },
    ],
    [
      'an option in place of a name',
      'unknown-ref',
      (repo) => {
        repo.commit({});
        return { base: '--git-dir=/' };
      },
    ],
    [
      'a range in place of a name',
      'unknown-ref',
      (repo) => {
        repo.commit({});
        repo.commit({});
        return { base: 'HEAD~1..HEAD' };
      },
    ],
    [
      'a file in place of a commit',
      'unknown-ref',
      (repo) => {
        repo.commit({ 'a.py': '1\n' });
        return { head: 'HEAD:a.py' };
      },
    ],
    [
      'a name that no process can be given',
      'unknown-ref',
      (repo) => {
        repo.commit({});
        return { base: 'a\0b' };
      },
    ],
    [
      'histories that share no commit',
      'no-merge-base',
      (repo) => {
        repo.commit({});
        repo.git('checkout', '-q', '--orphan', 'other');
        repo.commit({ 'a.py': '1\n' }, 'other');
        return { base: 'main' };
      },
    ],
    [
      'a default branch that shares no commit',
      'no-merge-base',
      (repo) => {
        repo.commit({});
        repo.git('checkout', '-q', '--orphan', 'other');
        repo.commit({ 'a.py': '1\n' }, 'other');
        return {};
      },
    ],
    [
      'a head beside a work tree',
      'head-and-worktree',
      (repo) => {
        repo.commit({});
        return { head: 'HEAD', worktree: true };
      },
    ],
    [
      'a work tree in the folder of git',
      'no-work-tree',
      (repo) => {
        repo.commit({});
        return { from: join(repo.folder, '.git'), worktree: true };
      },
    ],
  ])('%s is told as `%s`', async (_, code, prepare) => {
    const repo = repository();
    const { from, ...options } = prepare(repo);

    await expect(open(from ?? repo, options)).rejects.toMatchObject({ name: 'UserError', code });
  });

  it('names what it does not know, and what to do', async () => {
    const repo = repository();
    repo.commit({});

    await expect(open(repo, { base: 'release/2' })).rejects.toMatchObject({
      message: '`release/2` names no commit in this repository.',
      advice: 'Check the spelling, or run `git fetch` first if it is a branch or a commit of the remote.',
    });
  });

  it('tells a folder outside of any repository', async () => {
    const repo = repository();
    repo.git('config', 'core.bare', 'false');
    const outside = join(repo.folder, '..');

    await expect(open(outside)).rejects.toMatchObject({ code: 'not-a-repository' });
  });

  it('has no work tree to review in a bare clone', async () => {
    const origin = repository();
    origin.commit({});

    await expect(open(clone(origin, '--bare'), { worktree: true })).rejects.toMatchObject({ code: 'no-work-tree' });
  });

  it.each<[string, Partial<GitChangeOptions>]>([
    ['the parent of its only commit', {}],
    ['the merge base', { base: 'origin/feature' }],
  ])('says how to deepen a shallow clone that lacks %s', async (_, options) => {
    const origin = repository();
    origin.commit({ 'a.py': '0\n' });
    origin.git('branch', 'feature');
    origin.commit({ 'a.py': '1\n' });
    origin.git('checkout', '-q', 'feature');
    origin.commit({ 'a.py': '2\n' });
    origin.git('checkout', '-q', 'main');
    const repo = clone(origin, '--depth=1', '--no-single-branch');

    await expect(open(repo, options)).rejects.toMatchObject({
      code: 'no-merge-base',
      advice: expect.stringContaining('git fetch --unshallow'),
    });
  });

  it('refuses a repository that belongs to another user', async () => {
    const repo = repository();
    repo.commit({});
    const environment = withGit('GIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec "$REAL_GIT" "$@"');

    await expect(open(repo, { environment })).rejects.toMatchObject({
      code: 'unsafe-ownership',
      advice: expect.stringContaining(`safe.directory "${repo.folder}"`),
    });
  });

  it('says so when git is not installed', async () => {
    const repo = repository();
    const environment = { ...process.env, PATH: join(repo.folder, 'nothing') };

    await expect(open(repo, { environment })).rejects.toMatchObject({ code: 'git-missing' });
  });

  it('ends a call of git that takes too long', async () => {
    const repo = repository();
    repo.commit({});
    const environment = withGit('exec sleep 60');

    await expect(open(repo, { environment, commandMilliseconds: 300 })).rejects.toMatchObject({ code: 'git-timeout' });
  });
});

describe('the environment', () => {
  it('is not led astray by the variables that git hands to a hook', async () => {
    const repo = repository();
    repo.commit({ 'a.py': '1\n' });
    repo.write({ 'a.py': '2\n' });
    const other = repository();
    other.commit({ 'other.py': '1\n' });
    const hook = { GIT_DIR: join(other.folder, '.git'), GIT_INDEX_FILE: join(other.folder, '.git', 'index') };
    const environment = { ...process.env, ...hook };

    expect(await changes(repo, { worktree: true, environment })).toEqual(['modified a.py | -1 +1']);
  });

  it('ends what still runs when the source is closed', async () => {
    const repo = repository();
    repo.commit({ 'a.py': '1\n' });
    const change = await open(repo);
    const ended = expect(change.snapshot()).rejects.toThrow('aborted');

    await change.close();

    await ended;
  });
});

/** An environment where `git` is a shell script; `REAL_GIT` is the program it stands in front of. */
function withGit(script: string): NodeJS.ProcessEnv {
  const stand = repository();
  const REAL_GIT = stand.git('-c', 'alias.which=!command -v git', 'which');
  stand.write({ 'bin/git': { script: `#!/bin/sh\n${script}\n` } });
  return { ...process.env, REAL_GIT, PATH: `${join(stand.folder, 'bin')}:${process.env.PATH}` };
}

/** Every object the repository holds, which a fetch would add to. */
function objectsOf(repo: TestRepository): string {
  return repo.git('-c', 'alias.list=!find "$(git rev-parse --git-path objects)" -type f | sort', 'list');
}

/** Every file under a folder by its digest, so that a change of any byte is seen. */
function contentsOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const entries = files.map((entry) => {
    const path = join(entry.parentPath, entry.name) as RepoPath;
    return [path, createHash('sha256').update(readFileSync(path)).digest('hex')] as const;
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
