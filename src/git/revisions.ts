import { type CommitSha, commitSha } from '../model/identifiers.js';
import { UserError } from '../model/user-error.js';
import type { Git } from './command.js';
import type { Repository } from './repository.js';

/** The two commits that are compared. A base that is null is nothing at all: the head is the first commit. */
export interface Revisions {
  readonly base: CommitSha | null;
  readonly head: CommitSha;
}

/**
 * Resolves what the user named. The base is always the merge base, the commit where the head left.
 *
 * With no base named it is the merge base with the default branch: `origin/HEAD`, else `origin/main`,
 * `origin/master`, `main`, `master` or what `init.defaultBranch` names. Where the head is part of that branch already,
 * which is how it is on the default branch itself, the base is the merge base with the branch's upstream if the head is
 * ahead of it, and else the head's first parent: the newest commit is reviewed.
 *
 * Fails with `no-commits`, `unknown-ref` or `no-merge-base`.
 */
export async function resolveRevisions(
  git: Git,
  repository: Repository,
  named: { readonly base: string | null; readonly head: string | null },
): Promise<Revisions> {
  const history = new History(git, repository);
  const head = named.head === null ? await history.currentCommit() : await history.commit(named.head);
  if (named.base !== null) {
    const base = await history.commit(named.base);
    return { base: await history.requiredMergeBase(base, head, named), head };
  }
  return { base: await history.defaultBase(head, named.head), head };
}

/** The commit a work tree stands on, and where it left the base named, if any: with none, only what is uncommitted. */
export async function resolveWorktreeRevisions(
  git: Git,
  repository: Repository,
  base: string | null,
): Promise<{ readonly base: CommitSha; readonly head: CommitSha }> {
  const history = new History(git, repository);
  const head = await history.currentCommit();
  if (base === null) return { base: head, head };
  return { base: await history.requiredMergeBase(await history.commit(base), head, { base, head: null }), head };
}

const DEFAULT_BRANCHES = [
  'refs/remotes/origin/HEAD',
  'refs/remotes/origin/main',
  'refs/remotes/origin/master',
  'refs/heads/main',
  'refs/heads/master',
];

class History {
  readonly #git: Git;
  readonly #repository: Repository;

  constructor(git: Git, repository: Repository) {
    this.#git = git;
    this.#repository = repository;
  }

  async currentCommit(): Promise<CommitSha> {
    const head = await this.#resolve('HEAD');
    if (head !== null) return head;
    throw new UserError({
      code: 'no-commits',
      message: `The repository at \`${this.#repository.folder}\` has no commit on its current branch.`,
      advice: 'Commit something first, or name the commit to review with `--head`.',
    });
  }

  async commit(name: string): Promise<CommitSha> {
    const commit = await this.#resolve(name);
    if (commit !== null) return commit;
    throw new UserError({
      code: 'unknown-ref',
      message: `\`${name}\` names no commit in this repository.`,
      advice: this.#repository.shallow
        ? 'Check the spelling. This is a shallow clone: `git fetch --unshallow` brings the older commits.'
        : 'Check the spelling, or run `git fetch` first if it is a branch or a commit of the remote.',
    });
  }

  async requiredMergeBase(
    base: CommitSha,
    head: CommitSha,
    named: { readonly base: string | null; readonly head: string | null },
  ): Promise<CommitSha> {
    const found = await this.#mergeBase(base, head);
    if (found !== null) return found;
    throw this.#noMergeBase(named.base ?? base, named.head ?? 'HEAD');
  }

  async defaultBase(head: CommitSha, headName: string | null): Promise<CommitSha | null> {
    const branch = await this.#defaultBranch();
    if (branch !== null) {
      const base = await this.#mergeBase(branch.commit, head);
      if (base === null) throw this.#noMergeBase(branch.name, headName ?? 'HEAD');
      if (base !== head) return base;
    }
    const upstream = await this.#resolve(`${headName ?? ''}@{upstream}`);
    const base = upstream === null ? null : await this.#mergeBase(upstream, head);
    return base !== null && base !== head ? base : this.#firstParent(head);
  }

  async #defaultBranch(): Promise<{ readonly name: string; readonly commit: CommitSha } | null> {
    const configured = await this.#git.run(['config', 'init.defaultBranch'], { folder: this.#repository.folder });
    const names = [...DEFAULT_BRANCHES];
    if (configured.code === 0) names.push(`refs/heads/${configured.output.toString().trim()}`);
    for (const name of names) {
      const commit = await this.#resolve(name);
      if (commit !== null) return { name: name.replace(/^refs\/(?:heads|remotes)\//, ''), commit };
    }
    return null;
  }

  async #firstParent(commit: CommitSha): Promise<CommitSha | null> {
    const parent = await this.#resolve(`${commit}^1`);
    if (parent === null && (await this.#isCutOff(commit))) throw this.#noMergeBase(null, commit);
    return parent;
  }

  /** Git hides the parents that a shallow clone lacks; the commit itself still names them. */
  async #isCutOff(commit: CommitSha): Promise<boolean> {
    const text = await this.#git.output(['cat-file', 'commit', commit], { folder: this.#repository.folder });
    return /^parent /m.test(text.toString('latin1').split('\n\n', 1)[0] ?? '');
  }

  async #mergeBase(one: CommitSha, other: CommitSha): Promise<CommitSha | null> {
    const answer = await this.#git.run(['merge-base', one, other], { folder: this.#repository.folder });
    return answer.code === 0 ? commitSha(answer.output.toString().trim()) : null;
  }

  async #resolve(name: string): Promise<CommitSha | null> {
    // The kernel takes no such argument.
    if (name.includes('\0')) return null;
    const answer = await this.#git.run(['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`], {
      folder: this.#repository.folder,
    });
    return answer.code === 0 ? commitSha(answer.output.toString().trim()) : null;
  }

  #noMergeBase(base: string | null, head: string): UserError {
    const related = base === null ? `the parent of \`${head}\`` : `a commit that \`${base}\` and \`${head}\` share`;
    return new UserError({
      code: 'no-merge-base',
      message: this.#repository.shallow
        ? `This is a shallow clone, which does not hold ${related}.`
        : `\`${base}\` and \`${head}\` share no commit, so there is nothing to compare from.`,
      advice: this.#repository.shallow
        ? 'Run `git fetch --unshallow`, or `git fetch --deepen=50` until the shared commit is there.'
        : 'Name a base that the head was branched from with `--base`.',
    });
  }
}
