import { HostError } from '../app/hosting.js';
import type { CommitSha } from '../model/identifiers.js';
import { commitSha } from '../model/identifiers.js';
import type { PullRequest } from '../model/pull-request.js';
import type { Octokit } from './client.js';
import { statusOf } from './host-errors.js';
import { addressOf } from './repository-address.js';

/** A changed file as GitHub lists it. It lists no file's mode and, of those it finds too large, no patch. */
export interface ListedFile {
  readonly status: 'added' | 'removed' | 'modified' | 'renamed' | 'copied' | 'changed' | 'unchanged';
  readonly filename: string;
  readonly previous_filename?: string;
  /** The blob on the head; null for some submodules. */
  readonly sha: string | null;
  readonly additions: number;
  readonly deletions: number;
  readonly patch?: string;
}

export interface HostedComparison {
  readonly mergeBase: CommitSha;
  readonly files: readonly ListedFile[];
}

/** A comparison lists no more files, and gives no sign of it. */
const COMPARED_FILES = 300;
/** The list of a pull request ends there. */
const LISTED_PAGES = 30;

/**
 * Where the pull request left its base, and its files as far as GitHub lists them: what is not listed is found in the
 * trees. Both commits are read through the base repository, which has those of forks too.
 */
export async function comparePullRequest(client: Octokit, pullRequest: PullRequest): Promise<HostedComparison> {
  const { base, head } = pullRequest;
  const answer = await client.rest.repos
    .compareCommitsWithBasehead({
      ...addressOf(pullRequest.repository),
      basehead: `${base}...${head}`,
      // The commits are of no use here, and there may be 250. The files come with the first page, whatever its size.
      per_page: 1,
      page: 1,
    })
    .catch((error) => {
      throw noMergeBase(error, pullRequest) ?? error;
    });
  const mergeBase = commitSha(answer.data.merge_base_commit.sha);
  const files: readonly ListedFile[] = answer.data.files ?? [];
  return { mergeBase, files: files.length < COMPARED_FILES ? files : await listFiles(client, pullRequest) };
}

/** The list is of the pull request as it is now. What does not fit the commits under review is left out later. */
async function listFiles(client: Octokit, { repository, number }: PullRequest): Promise<readonly ListedFile[]> {
  const pages = client.paginate.iterator(client.rest.pulls.listFiles, {
    ...addressOf(repository),
    pull_number: number,
    per_page: 100,
  });
  const files: ListedFile[] = [];
  let read = 0;
  for await (const { data } of pages) {
    files.push(...data);
    read += 1;
    if (read === LISTED_PAGES) break;
  }
  return files;
}

/** GitHub says so with a 404, as it does of what it does not show. */
function noMergeBase(error: unknown, { base, head }: PullRequest): HostError | null {
  const words = error instanceof Error ? error.message : '';
  if (statusOf(error) !== 404 || !/\bno common ancestor\b/i.test(words)) return null;
  return new HostError({
    code: 'invalid',
    message: `${base.slice(0, 12)} and ${head.slice(0, 12)} share no commit, so there is nothing to compare from.`,
    advice: 'Rebase the branch onto the one that it is to be merged into.',
  });
}
