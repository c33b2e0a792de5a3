import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { LAB, refusalOf, statusOf, useLab } from './lab.js';

const lab = useLab();

function listFiles(page = 1) {
  return lab.octokit.rest.pulls.listFiles({ ...LAB, pull_number: lab.pull.number, per_page: 100, page });
}

describe('a difference', () => {
  it('begins where the branch left, and names moves, blobs and patches', async () => {
    const { octokit, git, pull } = lab;
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({ ...LAB, basehead: `main...${pull.head}` });
    expect(data).toMatchObject({
      merge_base_commit: { sha: git.git('merge-base', 'main', 'change') },
      status: 'diverged',
      ahead_by: 1,
      behind_by: 1,
      commits: [{ sha: pull.head }],
    });
    expect(data.files).toEqual((await listFiles()).data);
    expect(data.files).toMatchObject([
      { filename: 'data.bin', status: 'modified', additions: 0, sha: git.git('rev-parse', 'change:data.bin') },
      { filename: 'new.yml', previous_filename: 'old.yml', status: 'renamed', changes: 0 },
      {
        filename: 'train.py',
        status: 'modified',
        additions: 1,
        deletions: 1,
        patch: expect.stringMatching(/^@@ -17,7/),
      },
    ]);
    expect(data.files?.map(({ patch }) => patch === undefined)).toEqual([true, true, false]);
  });

  it('begins at the base where that has not moved', async () => {
    const { octokit, git, pull } = lab;
    const base = git.git('merge-base', 'main', 'change');
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({
      ...LAB,
      basehead: `${base}...${pull.head}`,
    });
    expect([data.base_commit.sha, data.merge_base_commit.sha, data.status]).toEqual([base, base, 'ahead']);
  });

  it('keeps files apart around one that became a link', async () => {
    const { git, github, repository, pull } = lab;
    git.git('checkout', '-q', 'change');
    git.commit({ 'a.py': 'a\n', 'train.py': { linkTo: 'a.py' }, 'z.py': 'z\n' });
    github.people.push(repository, pull);
    const { data } = await listFiles();
    expect(data.map(({ filename, status, patch }) => [filename, status, patch?.split('\n').at(-1)])).toEqual([
      ['a.py', 'added', '+a'],
      ['data.bin', 'modified', undefined],
      ['new.yml', 'renamed', undefined],
      ['train.py', 'changed', undefined],
      ['z.py', 'added', '+z'],
    ]);
  });

  it('gives its files with the first page alone, and no more than there may be', async () => {
    lab.github.world.limits.comparedFiles = 2;
    const filesOf = async (page: number) => {
      const query = { ...LAB, basehead: `main...${lab.pull.head}`, per_page: 1, page };
      const { data } = await lab.octokit.rest.repos.compareCommitsWithBasehead(query);
      return data.files?.length;
    };
    expect([await filesOf(1), await filesOf(2)]).toEqual([2, 0]);
  });

  it('lists files by pages, up to a ceiling', async () => {
    const { octokit, github } = lab;
    const files = () => octokit.paginate(octokit.rest.pulls.listFiles, { ...LAB, pull_number: 1, per_page: 1 });
    expect((await files()).map(({ filename }) => filename)).toEqual(['data.bin', 'new.yml', 'train.py']);
    github.world.limits.listedFiles = 2;
    expect(await files()).toHaveLength(2);
  });

  it('leaves out a patch that is too large, and says nothing of counts behind its budget', async () => {
    const { git, github, repository, pull } = lab;
    git.git('checkout', '-q', 'change');
    git.commit({ 'a.py': 'a\n'.repeat(30), 'b.py': 'b\n'.repeat(9), 'c.py': 'c\n'.repeat(9) });
    github.people.push(repository, pull);
    Object.assign(github.world.limits, { fileDiffLines: 20, diffLines: 15 });
    const { data } = await listFiles();
    const added = data.filter(({ status }) => status === 'added');
    expect(added.map(({ additions, patch }) => [additions, patch !== undefined])).toEqual([
      [30, false],
      [9, true],
      [0, false],
    ]);
  });

  it('is refused where the branches share no commit', async () => {
    const { git, octokit } = lab;
    git.git('checkout', '-q', '--orphan', 'alone');
    git.commit({ 'x.py': 'x\n' });
    const request = octokit.rest.repos.compareCommitsWithBasehead({ ...LAB, basehead: 'main...alone' });
    expect((await refusalOf(request)).message).toMatch(/^No common ancestor between main and alone/);
  });
});

describe('a tree', () => {
  it('is listed as git does', async () => {
    const { octokit, git, pull } = lab;
    const { data } = await octokit.rest.git.getTree({ ...LAB, tree_sha: pull.head, recursive: '1' });
    const listed = data.tree.map(({ mode, type, sha, path }) => `${mode} ${type} ${sha}\t${path}`);
    expect(listed.join('\n')).toBe(git.git('ls-tree', '-r', '-t', 'change'));
    expect(data.truncated).toBe(false);
  });

  it.each([
    ['entries', { treeEntries: 2 }],
    ['bytes', { treeBytes: 300 }],
  ])('is cut at so many %s, and says so', async (_, limits) => {
    Object.assign(lab.github.world.limits, limits);
    const { data } = await lab.octokit.rest.git.getTree({ ...LAB, tree_sha: 'main', recursive: '1' });
    expect(data.truncated).toBe(true);
    expect(data.tree.length).toBeLessThan(3);
  });

  it('is asked for by its own id, or by one that is nothing', async () => {
    const { octokit, git } = lab;
    const tree = git.git('rev-parse', 'main^{tree}');
    expect((await octokit.rest.git.getTree({ ...LAB, tree_sha: tree })).data.sha).toBe(tree);
    expect(await statusOf(octokit.rest.git.getTree({ ...LAB, tree_sha: 'f'.repeat(40) }))).toBe(404);
  });
});

describe('a blob', () => {
  it('comes in base64 and as it is', async () => {
    const { octokit, git, github } = lab;
    const file_sha = git.git('rev-parse', 'change:data.bin');
    const { data } = await octokit.rest.git.getBlob({ ...LAB, file_sha });
    const headers = { accept: 'application/vnd.github.raw+json' };
    const raw = await fetch(`${github.apiUrl}/repos/acme/lab/git/blobs/${file_sha}`, { headers });
    expect([...Buffer.from(data.content, 'base64')]).toEqual([0, 3]);
    expect([...new Uint8Array(await raw.arrayBuffer())]).toEqual([0, 3]);
  });

  it('is refused beyond a size', async () => {
    const { octokit, git, github } = lab;
    github.world.limits.blobBytes = 10;
    const file_sha = git.git('rev-parse', 'main:train.py');
    expect(await statusOf(octokit.rest.git.getBlob({ ...LAB, file_sha }))).toBe(403);
  });
});

describe('an archive', () => {
  const addressOf = async () => {
    const request = { redirect: 'manual' as const };
    const answer = await lab.octokit.rest.repos.downloadTarballArchive({ ...LAB, ref: lab.pull.head, request });
    expect(answer.status).toBe(302);
    return String(answer.headers.location);
  };

  it('lies on another host, with what .gitattributes makes of it', async () => {
    const { git, github, repository, pull } = lab;
    git.git('checkout', '-q', 'change');
    git.commit({ '.gitattributes': 'data.bin export-ignore\n' });
    github.people.push(repository, pull);
    const address = await addressOf();
    expect(new URL(address).host).not.toBe(github.host);
    const bytes = Buffer.from(await (await fetch(address)).arrayBuffer());
    const names = execFileSync('tar', ['-tz'], { input: bytes, encoding: 'utf8' }).trim().split('\n');
    const folder = `acme-lab-${pull.head.slice(0, 7)}/`;
    expect(names).toEqual([folder, `${folder}.gitattributes`, `${folder}new.yml`, `${folder}train.py`]);
    expect(github.countByOperation()).toMatchObject({ 'repos/download-tarball-archive': 1, archive: 1 });
  });

  it('is given without a token, and tells of one that was sent', async () => {
    lab.repository.private = true;
    const address = await addressOf();
    expect((await fetch(address.replace(/\?.*/, ''))).status).toBe(404);
    expect((await fetch(address, { headers: { authorization: 'token secret' } })).status).toBe(200);
    expect(lab.github.takeViolations()).toEqual(['a token was sent to the archive host']);
  });
});

describe('names of commits', () => {
  it.each(['change', 'feature/with/slashes'])('find the branch %s', async (branch) => {
    const { octokit, git } = lab;
    git.git('branch', '-f', branch, 'change');
    const { data } = await octokit.rest.repos.getBranch({ ...LAB, branch });
    expect(data.commit).toMatchObject({ sha: git.git('rev-parse', 'change'), commit: { message: 'change' } });
    expect((await octokit.rest.git.getRef({ ...LAB, ref: `heads/${branch}` })).data.object.sha).toBe(data.commit.sha);
    expect((await octokit.rest.repos.getCommit({ ...LAB, ref: branch })).data.sha).toBe(data.commit.sha);
  });

  it('find nothing where there is nothing', async () => {
    const { octokit } = lab;
    expect(await statusOf(octokit.rest.repos.getBranch({ ...LAB, branch: 'none' }))).toBe(404);
    expect(await statusOf(octokit.rest.git.getRef({ ...LAB, ref: 'heads/none' }))).toBe(404);
    expect(await statusOf(octokit.rest.repos.getCommit({ ...LAB, ref: 'none' }))).toBe(422);
  });
});

describe('pull requests', () => {
  it('are told with their counts, and listed newest first by state', async () => {
    const { octokit, github, repository, pull } = lab;
    const { pull: other } = github.people.open(repository, { branch: 'main', draft: true });
    github.people.close(repository, pull);
    const numbers = async (state: 'open' | 'closed' | 'all') =>
      (await octokit.rest.pulls.list({ ...LAB, state })).data.map(({ number }) => number);
    expect([await numbers('open'), await numbers('closed'), await numbers('all')]).toEqual([[2], [1], [2, 1]]);
    expect((await octokit.rest.pulls.get({ ...LAB, pull_number: other.number })).data.draft).toBe(true);
    const { data } = await octokit.rest.pulls.get({ ...LAB, pull_number: 1 });
    expect(data).toMatchObject({ state: 'closed', commits: 1, changed_files: 3, additions: 1, deletions: 1 });
    expect(data.head.sha).toBe(pull.head);
  });

  it('of a fork are of another repository', async () => {
    const { octokit, github, repository } = lab;
    const fork = { owner: 'outsider', id: 5 };
    const { pull } = github.people.open(repository, { branch: 'change', fork });
    const { data } = await octokit.rest.pulls.get({ ...LAB, pull_number: pull.number });
    expect([data.head.repo?.full_name, data.base.repo.full_name]).toEqual(['outsider/lab', 'acme/lab']);
    const { data: found } = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({
      ...LAB,
      commit_sha: pull.head,
    });
    expect(found.map(({ number }) => number)).toEqual([1, 2]);
  });
});
