import type { ChangeSource } from '../app/ports.js';
import type { BlobContent, Snapshot } from '../model/change.js';
import type { BlobId, CommitSha } from '../model/identifiers.js';
import { UserError } from '../model/user-error.js';
import { readBlobs, tooLarge } from './blobs.js';
import { compareTrees } from './changes.js';
import { createGit, type Git } from './command.js';
import { type ObjectView, openObjectView } from './object-view.js';
import { findRepository, type Repository } from './repository.js';
import { resolveRevisions, resolveWorktreeRevisions } from './revisions.js';
import { listTree } from './tree-listing.js';
import { captureWorkTree } from './work-tree.js';

export interface GitChangeOptions {
  /** A folder of the repository: its top, one below, or a bare clone. */
  readonly repo: string;
  /** Null: see `resolveRevisions`; the commit the work tree stands on, with `worktree`. */
  readonly base: string | null;
  /** Null: `HEAD`. */
  readonly head: string | null;
  /** Review the work tree, with staged, unstaged and untracked files. */
  readonly worktree: boolean;
  /** Of the process: where git is found and which settings of the user hold. */
  readonly environment: NodeJS.ProcessEnv;
  /** Larger contents are not read, 10 MiB unless told. */
  readonly blobBytes?: number;
  /** How long one call of git may take, a minute unless told. */
  readonly commandMilliseconds?: number;
}

/**
 * Opens a change in a repository on this disk, with its trees as they are at this moment. The repository is only read:
 * nothing in it is run, fetched or written, and it needs no checkout. Close it to remove what was written beside it.
 *
 * Fails with a `UserError` for a folder that is no repository (`no-such-folder`, `not-a-repository`,
 * `unsafe-ownership`), for what names no commit (`unknown-ref`, `no-commits`), for commits that share none
 * (`no-merge-base`), for a work tree that is not there or cannot be read (`no-work-tree`, `unreadable-work-tree`), and
 * where git itself is the obstacle (`git-missing`, `git-timeout`).
 */
export async function openGitChange(options: GitChangeOptions): Promise<ChangeSource> {
  if (options.worktree && options.head !== null) throw headAndWorktree(options.head);
  const ended = new AbortController();
  const { environment, commandMilliseconds: milliseconds = COMMAND_MILLISECONDS } = options;
  const git = createGit({ environment, signal: ended.signal, milliseconds });
  const repository = await findRepository(git, options.repo);
  const view = await openObjectView(git, repository);
  const close = async () => {
    ended.abort();
    await view.close();
  };
  try {
    return { ...createSource(view, await findSides(git, repository, view, options), options), close };
  } catch (error) {
    await close();
    throw error;
  }
}

const BLOB_BYTES = 10 * 1024 * 1024;
const COMMAND_MILLISECONDS = 60_000;

/** The two trees, and what the head names without having its content. */
interface Sides {
  readonly base: CommitSha;
  readonly head: CommitSha;
  readonly unstored: ReadonlyMap<BlobId, number>;
}

async function findSides(
  git: Git,
  repository: Repository,
  view: ObjectView,
  options: GitChangeOptions,
): Promise<Sides> {
  if (!options.worktree) {
    const { base, head } = await resolveRevisions(git, repository, options);
    return { base: base ?? (await view.writeTree([])), head, unstored: new Map() };
  }
  const { base } = await resolveWorktreeRevisions(git, repository, options.base);
  const fileBytes = options.blobBytes ?? BLOB_BYTES;
  const { tree, unstored } = await captureWorkTree({ git, repository, view, fileBytes });
  return { base, head: tree, unstored };
}

function createSource(view: ObjectView, sides: Sides, options: GitChangeOptions): Omit<ChangeSource, 'close'> {
  const blobBytes = options.blobBytes ?? BLOB_BYTES;
  return {
    async snapshot(): Promise<Snapshot> {
      const [base, head] = await Promise.all([listTree(view, sides.base), listTree(view, sides.head)]);
      const changes = await compareTrees(view, sides.base, sides.head);
      return { base, head, changes, unaddressable: head.unaddressable };
    },
    announce: () => {},
    async readBlobs(ids) {
      const stored = ids.filter((id) => !sides.unstored.has(id));
      const contents = new Map<BlobId, BlobContent>(await readBlobs(view, stored, blobBytes));
      for (const id of ids) {
        const size = sides.unstored.get(id);
        if (size !== undefined) contents.set(id, tooLarge(size, blobBytes));
      }
      return contents;
    },
  };
}

function headAndWorktree(head: string): UserError {
  return new UserError({
    code: 'head-and-worktree',
    message: `\`--head ${head}\` and \`--worktree\` were both given, and both say what to review.`,
    advice: 'Leave one of them out.',
  });
}
