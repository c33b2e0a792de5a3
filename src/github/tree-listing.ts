import { HostError } from '../app/hosting.js';
import type { TreeCache } from '../app/keeping.js';
import type { TreeFile, TreeListing } from '../model/change.js';
import { blobId, type CommitSha, type RepoPath, repoPath } from '../model/identifiers.js';
import type { RepositoryIdentity } from '../model/pull-request.js';
import type { Octokit } from './client.js';
import { addressOf } from './repository-address.js';

/** A listing, and how many files it leaves out because their names cannot be addressed. */
export interface HostedTree {
  readonly listing: TreeListing;
  readonly unaddressable: number;
}

/** How many requests one tree may take that GitHub does not list as a whole: each lists a folder. */
const MOST_FOLDERS = 200;

/** Lists the files of a commit: from the cache, else with one request, else folder by folder. */
export async function listTree(
  client: Octokit,
  repository: RepositoryIdentity,
  commit: CommitSha,
  cache: TreeCache | null,
): Promise<HostedTree> {
  const kept = await cache?.read(repository.id, commit);
  if (kept !== null && kept !== undefined) return { listing: kept, unaddressable: 0 };
  const walk = new TreeWalk(client, repository, commit);
  const tree = await walk.list();
  // A cache keeps no count of what is left out, and the same commit has to give the same review.
  if (tree.unaddressable === 0) await cache?.write(repository.id, tree.listing);
  return tree;
}

type Entry = Awaited<ReturnType<Octokit['rest']['git']['getTree']>>['data']['tree'][number];

class TreeWalk {
  readonly #client: Octokit;
  readonly #repository: RepositoryIdentity;
  readonly #commit: CommitSha;
  readonly #files = new Map<RepoPath, TreeFile>();
  #unaddressable = 0;
  #requests = 0;

  constructor(client: Octokit, repository: RepositoryIdentity, commit: CommitSha) {
    this.#client = client;
    this.#repository = repository;
    this.#commit = commit;
  }

  async list(): Promise<HostedTree> {
    await this.#listBelow(this.#commit, '');
    return { listing: { commit: this.#commit, files: this.#files }, unaddressable: this.#unaddressable };
  }

  async #listBelow(tree: string, folder: string): Promise<void> {
    const whole = await this.#request(tree, true);
    if (!whole.truncated) return this.#addFiles(whole.tree, folder);
    const { tree: entries, truncated } = await this.#request(tree, false);
    if (truncated) throw this.#tooLarge();
    this.#addFiles(entries, folder);
    for (const { type, sha, path } of entries) if (type === 'tree') await this.#listBelow(sha, `${folder}${path}/`);
  }

  async #request(tree: string, recursive: boolean) {
    this.#requests += 1;
    if (this.#requests > MOST_FOLDERS) throw this.#tooLarge();
    const answer = await this.#client.rest.git.getTree({
      ...addressOf(this.#repository),
      tree_sha: tree,
      ...(recursive ? { recursive: '1' } : {}),
    });
    return answer.data;
  }

  #addFiles(entries: readonly Entry[], folder: string): void {
    for (const { path, mode, type, sha, size } of entries) {
      if (type === 'tree') continue;
      const name = pathOf(`${folder}${path}`);
      if (name === null) this.#unaddressable += 1;
      else this.#files.set(name, { blob: blobId(sha), size: size ?? null, kind: kindOf(mode) });
    }
  }

  #tooLarge(): HostError {
    return new HostError({
      code: 'invalid',
      message: `The files of ${this.#commit.slice(0, 12)} cannot be listed: GitHub cuts the list off.`,
      advice:
        'The repository has more files than can be reviewed over the network. Review a clone with the command line.',
    });
  }
}

/**
 * Null for a name that git allows and GitHub cannot tell of. Its answers are UTF-8, with a mark in place of every byte
 * that is not.
 */
export function pathOf(text: string): RepoPath | null {
  if (text.includes('\ufffd')) return null;
  try {
    return repoPath(text);
  } catch {
    return null;
  }
}

function kindOf(mode: string): TreeFile['kind'] {
  if (mode === '120000') return 'link';
  return mode === '160000' ? 'submodule' : 'file';
}
