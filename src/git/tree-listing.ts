import type { TreeFile, TreeListing } from '../model/change.js';
import { blobId, type CommitSha, type RepoPath } from '../model/identifiers.js';
import { UserError } from '../model/user-error.js';
import type { ObjectView } from './object-view.js';
import { pathOf, splitAtNul } from './repository-paths.js';

/** A listing, and how many files it leaves out because their paths are not UTF-8 or not inside the repository. */
export interface GitTreeListing extends TreeListing {
  readonly unaddressable: number;
}

/** Lists the files of a commit or of a tree. Sizes are left open: a partial clone would have to fetch them. */
export async function listTree(view: ObjectView, commit: CommitSha): Promise<GitTreeListing> {
  const answer = await view.run(['ls-tree', '-r', '-z', '--full-tree', commit]);
  if (answer.code !== 0) throw treeMissing(commit, answer.complaint);
  const files = new Map<RepoPath, TreeFile>();
  let unaddressable = 0;
  for (const entry of splitAtNul(answer.output)) {
    const tab = entry.indexOf('\t');
    const path = pathOf(entry.subarray(tab + 1));
    const [mode = '', , id = ''] = entry.toString('latin1', 0, tab).split(' ');
    if (path === null) unaddressable++;
    else files.set(path, { blob: blobId(id), size: null, kind: kindOf(mode) });
  }
  return { commit, files, unaddressable };
}

/** What a mode of git's says of an entry, in octal digits. */
export function kindOf(mode: string): TreeFile['kind'] {
  if (mode === '120000') return 'link';
  return mode === '160000' ? 'submodule' : 'file';
}

function treeMissing(commit: CommitSha, complaint: string): UserError {
  return new UserError({
    code: 'missing-objects',
    message: `The files of ${commit.slice(0, 12)} cannot be listed: ${complaint.split('\n')[0]}`,
    advice:
      'The clone is incomplete or damaged. Run `git fetch --refetch --filter=blob:none`, or clone it again without a `tree` filter.',
  });
}
