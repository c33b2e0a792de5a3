import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CommitSha, commitSha } from '../model/identifiers.js';
import type { Git, GitAnswer, GitOptions } from './command.js';
import type { Repository } from './repository.js';

/**
 * The objects of a repository without the rest of it. A temporary, bare repository borrows them and knows no remote,
 * no hook, no attribute and no setting of the real one. So an object that a partial clone lacks is plainly missing,
 * where the real repository would fetch it, and what git writes for us lands here and goes with it.
 */
export interface ObjectView {
  /** Where new objects go, for git run on the real repository too. */
  readonly objects: string;
  readonly run: (args: readonly string[], options?: ViewOptions) => Promise<GitAnswer>;
  readonly output: (args: readonly string[], options?: ViewOptions) => Promise<Buffer>;
  /** Writes a tree of files, whose contents may be missing, and gives back its id. */
  readonly writeTree: (entries: readonly TreeEntry[]) => Promise<CommitSha>;
  /** A path for a file that goes when the view is closed. */
  readonly scratch: (name: string) => string;
  readonly close: () => Promise<void>;
}

export type ViewOptions = Omit<GitOptions, 'folder'>;

export interface TreeEntry {
  /** As git writes it, in octal digits: `100644`. */
  readonly mode: string;
  readonly id: string;
  readonly path: string;
}

export async function openObjectView(git: Git, repository: Repository): Promise<ObjectView> {
  const root = await mkdtemp(join(tmpdir(), 'tunelint-git-'));
  const scratch = (name: string) => join(root, name);
  const close = () => rm(root, { recursive: true, force: true, maxRetries: 3 });
  try {
    await createBorrowingRepository(git, repository, scratch('view.git'));
    // Git looks for attributes where it runs, so it runs where there are none.
    await mkdir(scratch('empty'));
  } catch (error) {
    await close();
    throw error;
  }
  const inView = (options: ViewOptions = {}): GitOptions => ({
    ...options,
    folder: scratch('empty'),
    environment: { GIT_DIR: scratch('view.git'), ...options.environment },
  });
  let trees = 0;
  return {
    objects: scratch(join('view.git', 'objects')),
    run: (args, options) => git.run(args, inView(options)),
    output: (args, options) => git.output(args, inView(options)),
    async writeTree(entries) {
      const environment = { GIT_INDEX_FILE: scratch(`tree-${++trees}.index`) };
      const input = entries.map(({ mode, id, path }) => `${mode} ${id} 0\t${path}\0`).join('');
      await git.output(['update-index', '-z', '--index-info'], inView({ environment, input }));
      const id = await git.output(['write-tree', '--missing-ok'], inView({ environment }));
      return commitSha(id.toString().trim());
    },
    scratch,
    close,
  };
}

async function createBorrowingRepository(git: Git, repository: Repository, folder: string): Promise<void> {
  const { objectFormat } = repository;
  await git.output(['init', '--quiet', '--bare', '--template=', `--object-format=${objectFormat}`, folder], {
    folder: tmpdir(),
    settings: [['init.defaultBranch', 'main']],
  });
  await mkdir(join(folder, 'objects', 'info'), { recursive: true });
  await writeFile(join(folder, 'objects', 'info', 'alternates'), `${quotedPath(repository.objects)}\n`);
}

/** Paths are taken as they are unless quoted, and a line end or a leading `#` would then end or hide one. */
function quotedPath(path: string): string {
  return `"${path.replace(/["\\]/g, '\\$&').replace(/\n/g, '\\n')}"`;
}
