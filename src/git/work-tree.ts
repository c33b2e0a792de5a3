import { createHash } from 'node:crypto';
import { copyFile, lstat, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { type BlobId, blobId, type CommitSha, commitSha } from '../model/identifiers.js';
import { UserError } from '../model/user-error.js';
import type { Git, GitOptions, GitSetting } from './command.js';
import type { ObjectView } from './object-view.js';
import type { Repository } from './repository.js';
import { splitAtNul } from './repository-paths.js';

/** A work tree written down as a tree of git's. */
export interface WorkTree {
  readonly tree: CommitSha;
  /** Files that are in the tree by name only, under an id of ours, with their sizes in bytes. */
  readonly unstored: ReadonlyMap<BlobId, number>;
}

/**
 * Writes down the work tree as it is: staged, unstaged and untracked files, without ignored ones and without other
 * repositories inside it; submodules are taken as staged. The repository keeps its index and gets no object: both are
 * written to the view.
 *
 * Line ends are converted as git's settings say. Clean filters are not run, since a repository chooses the files they
 * run on: a changed file of git LFS is taken with its content, not as a pointer. Files over `fileBytes`, and the
 * largest once all together pass `STORED_BYTES`, are not stored, so that a checkpoint left in the folder costs nothing.
 */
export async function captureWorkTree(options: {
  readonly git: Git;
  readonly repository: Repository;
  readonly view: ObjectView;
  readonly fileBytes: number;
}): Promise<WorkTree> {
  const { git, repository, view, fileBytes } = options;
  const folder = await topLevel(git, repository);
  const index = view.scratch('work-tree.index');
  await copyIndex(git, folder, index);
  const inWorkTree: GitOptions = {
    folder,
    settings: await withoutFilters(git, folder),
    environment: { GIT_INDEX_FILE: index, GIT_OBJECT_DIRECTORY: view.objects },
  };
  const exceptions = await findExceptions(git, inWorkTree, fileBytes);
  await stageAll(git, inWorkTree, exceptions);
  const unstored = await stageByName(git, inWorkTree, exceptions.unstored, repository.objectFormat);
  const tree = await git.output(['write-tree', '--missing-ok'], inWorkTree);
  return { tree: commitSha(tree.toString().trim()), unstored };
}

const STORED_BYTES = 512 * 1024 * 1024;

async function topLevel(git: Git, repository: Repository): Promise<string> {
  const answer = repository.bare
    ? null
    : await git.run(['rev-parse', '--show-toplevel'], { folder: repository.folder });
  if (answer?.code === 0) return answer.output.toString().replace(/\n$/, '');
  throw new UserError({
    code: 'no-work-tree',
    message: `The repository at \`${repository.folder}\` has no work tree: it is bare, or this is its \`.git\` folder.`,
    advice: 'Leave out `--worktree` and name the commit to review with `--head`.',
  });
}

/** The copy is dated back, or git would trust that files changed in the moment the index was written are unchanged. */
async function copyIndex(git: Git, folder: string, to: string): Promise<void> {
  const path = await git.output(['rev-parse', '--path-format=absolute', '--git-path', 'index'], { folder });
  const index = path.toString().replace(/\n$/, '');
  const found = await stat(index).catch(() => null);
  if (found === null) return;
  await copyFile(index, to);
  const written = Math.floor(found.mtimeMs / 1000);
  await utimes(to, written, written);
}

async function withoutFilters(git: Git, folder: string): Promise<GitSetting[]> {
  const pattern = '^filter\\..*\\.(clean|process|required)$';
  const answer = await git.run(['config', '-z', '--name-only', '--get-regexp', pattern], { folder });
  return [...splitAtNul(answer.output)].map((name) => {
    const key = name.toString();
    return [key, key.endsWith('.required') ? 'false' : ''];
  });
}

/** What is on the disk and is not staged as any other file. */
async function findExceptions(git: Git, options: GitOptions, fileBytes: number): Promise<Exceptions> {
  const output = await git.output(['ls-files', '-z', '--modified', '--others', '--exclude-standard'], options);
  const paths = new Set([...splitAtNul(output)].map((path) => path.toString()));
  const files: File[] = [];
  for (const path of paths) {
    const stats = await lstat(join(options.folder, path)).catch(() => null);
    if (stats?.isFile() === true) files.push({ path, size: stats.size, executable: (stats.mode & 0o100) !== 0 });
  }
  // Git names the folder of another repository, where it names each file of any other folder.
  const repositories = [...paths].filter((path) => path.endsWith('/'));
  return {
    unstored: beyondBounds(files, fileBytes),
    repositories: [...repositories, ...(await findSubmodules(git, options))],
  };
}

async function findSubmodules(git: Git, options: GitOptions): Promise<string[]> {
  const output = await git.output(['ls-files', '-z', '--stage'], options);
  const entries = [...splitAtNul(output)].map((entry) => entry.toString());
  return entries.filter((entry) => entry.startsWith('160000 ')).map((entry) => entry.slice(entry.indexOf('\t') + 1));
}

interface Exceptions {
  readonly unstored: readonly File[];
  /** Git would run itself in each of them, under its settings, to learn whether it changed. */
  readonly repositories: readonly string[];
}

interface File {
  readonly path: string;
  readonly size: number;
  readonly executable: boolean;
}

function beyondBounds(files: readonly File[], fileBytes: number): File[] {
  let stored = 0;
  return [...files]
    .sort((a, b) => a.size - b.size || (a.path < b.path ? -1 : 1))
    .filter(({ size }) => {
      stored += size;
      return size > fileBytes || stored > STORED_BYTES;
    });
}

async function stageAll(git: Git, options: GitOptions, { unstored, repositories }: Exceptions): Promise<void> {
  const excluded = [...unstored.map((file) => file.path), ...repositories];
  const input = [':/', ...excluded.map((path) => `:(exclude,literal)${path}`)].join('\0');
  const answer = await git.run(['add', '--all', '--sparse', '--pathspec-from-file=-', '--pathspec-file-nul'], {
    ...options,
    input,
  });
  if (answer.code === 0) return;
  throw new UserError({
    code: 'unreadable-work-tree',
    message: `The work tree cannot be read: ${answer.complaint.split('\n')[0]}`,
    advice: 'Mend or ignore the file that git names, or review the last commit without `--worktree`.',
  });
}

async function stageByName(
  git: Git,
  options: GitOptions,
  files: readonly File[],
  algorithm: string,
): Promise<ReadonlyMap<BlobId, number>> {
  const sizes = new Map<BlobId, number>();
  let input = '';
  for (const { path, size, executable } of files) {
    const id = blobId(createHash(algorithm).update(`not stored: ${path}\0${size}`).digest('hex'));
    sizes.set(id, size);
    input += `${executable ? '100755' : '100644'} ${id} 0\t${path}\0`;
  }
  if (input !== '') await git.output(['update-index', '-z', '--index-info'], { ...options, input });
  return sizes;
}
