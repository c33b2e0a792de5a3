import { follow, placeOf } from './anchors.js';
import type { Webhook } from './deliveries.js';
import { differenceOf, type Side } from './differences.js';
import { addReply, edit } from './review-comments.js';
import { addComment, addReview } from './reviews.js';
import { NO_COMMIT, Telling } from './telling.js';
import {
  type Account,
  AUTHOR,
  type HostedComment,
  type HostedPull,
  type HostedRepository,
  nameOf,
  REVIEWER,
  threadsOf,
  type World,
} from './world.js';

export interface OpenedPull {
  readonly pull: HostedPull;
  readonly webhook: Webhook;
}

/** What people do on GitHub. Each thing that GitHub would tell the App of gives back a webhook that can be sent. */
export class People {
  readonly #world: World;
  readonly #telling: Telling;

  constructor(world: World, apiUrl: () => string) {
    this.#world = world;
    this.#telling = new Telling(world, apiUrl);
  }

  /** Opens a pull request of a branch of the repository's git, at its tip. */
  open(
    repository: HostedRepository,
    given: {
      readonly branch: string;
      readonly base?: string;
      readonly draft?: boolean;
      readonly fork?: HostedPull['fork'];
      readonly author?: Account;
    },
  ): OpenedPull {
    const head = repository.git.commit(given.branch);
    if (head === null) throw new Error(`there is no branch "${given.branch}"`);
    const now = new Date();
    const pull: HostedPull = {
      id: this.#world.nextId(),
      number: repository.pulls.size + 1,
      head,
      headRef: given.branch,
      fork: given.fork ?? null,
      baseRef: given.base ?? repository.defaultBranch,
      title: `Change ${given.branch}`,
      open: true,
      merged: false,
      draft: given.draft ?? false,
      author: given.author ?? AUTHOR,
      labels: [],
      createdAt: now,
      updatedAt: now,
      reviews: [],
      comments: [],
    };
    repository.pulls.set(pull.number, pull);
    repository.git.bytes('update-ref', `refs/pull/${pull.number}/head`, head);
    return { pull, webhook: this.#telling.pullRequest(repository, pull, 'opened') };
  }

  /**
   * The branch has moved, by a push, a rebase or a force-push: the pull request follows, and comments with it. `to`
   * moves the branch first.
   */
  push(repository: HostedRepository, pull: HostedPull, to?: string): Webhook {
    const { git } = repository;
    if (to !== undefined) git.bytes('update-ref', `refs/heads/${pull.headRef}`, to);
    const before = pull.head;
    pull.head = git.commit(pull.headRef) ?? pull.head;
    git.bytes('update-ref', `refs/pull/${pull.number}/head`, pull.head);
    for (const comment of pull.comments) follow(comment, pull, git);
    return this.#telling.pullRequest(repository, pull, 'synchronize', { before, after: pull.head });
  }

  close(repository: HostedRepository, pull: HostedPull): Webhook {
    pull.open = false;
    return this.#telling.pullRequest(repository, pull, 'closed');
  }

  /** The base gets the head's commits, and the pull request is closed. The push to the base is another webhook. */
  merge(repository: HostedRepository, pull: HostedPull): Webhook {
    repository.git.bytes('update-ref', `refs/heads/${pull.baseRef}`, pull.head);
    pull.merged = true;
    return this.close(repository, pull);
  }

  reopen(repository: HostedRepository, pull: HostedPull): Webhook {
    pull.open = true;
    return this.#telling.pullRequest(repository, pull, 'reopened');
  }

  toDraft(repository: HostedRepository, pull: HostedPull): Webhook {
    pull.draft = true;
    return this.#telling.pullRequest(repository, pull, 'converted_to_draft');
  }

  ready(repository: HostedRepository, pull: HostedPull): Webhook {
    pull.draft = false;
    return this.#telling.pullRequest(repository, pull, 'ready_for_review');
  }

  label(repository: HostedRepository, pull: HostedPull, name: string): Webhook {
    pull.labels.push(name);
    return this.#telling.pullRequest(repository, pull, 'labeled', { label: { id: 1, name } });
  }

  /** The title, or with `base` the branch that the pull request goes to. */
  edit(
    repository: HostedRepository,
    pull: HostedPull,
    changes: { readonly base?: string; readonly title?: string },
  ): Webhook {
    const [base, title] = [pull.baseRef, pull.title];
    pull.title = changes.title ?? title;
    if (changes.base === undefined)
      return this.#telling.pullRequest(repository, pull, 'edited', { changes: { title: { from: title } } });
    pull.baseRef = changes.base;
    for (const comment of pull.comments) follow(comment, pull, repository.git);
    const told = { base: { ref: { from: base }, sha: { from: repository.git.commit(base) } } };
    return this.#telling.pullRequest(repository, pull, 'edited', { changes: told });
  }

  /** Presses "Resolve conversation" on the thread of a comment, or takes it back. */
  resolve(comment: HostedComment, resolved = true): void {
    const pulls = this.#world.repositories.flatMap(({ pulls }) => [...pulls.values()]);
    const thread = pulls.flatMap(threadsOf).find((it) => it.includes(comment)) ?? [];
    for (const it of thread) it.resolved = resolved;
  }

  reply(pull: HostedPull, comment: HostedComment, body: string, author: Account = REVIEWER): HostedComment {
    return addReply(this.#world, pull, comment, { body, author });
  }

  /** Writes a comment of a person's own, on a line of the difference. */
  comment(
    pull: HostedPull,
    given: {
      readonly path: string;
      readonly line: number;
      readonly body: string;
      readonly side?: Side;
      readonly author?: Account;
    },
  ): HostedComment {
    const repository = this.#world.repositories.find(({ pulls }) => pulls.get(pull.number) === pull);
    if (repository === undefined) throw new Error('the pull request is of no repository');
    const { files } = differenceOf(pull, repository.git);
    const place = placeOf(given, files, this.#world.limits);
    if (typeof place === 'string') throw new Error(`${given.path}:${given.line}: ${place}`);
    const review = addReview(this.#world, pull, { author: given.author ?? REVIEWER, commit: pull.head, body: '' });
    review.state = 'COMMENTED';
    review.submittedAt = new Date();
    return addComment(this.#world, pull, review, { ...given, place });
  }

  /** Somebody changes what a comment says, the App's own too. */
  editComment(comment: HostedComment, body: string): void {
    edit(comment, body);
  }

  remove(pull: HostedPull, comment: HostedComment): void {
    pull.comments.splice(pull.comments.indexOf(comment), 1);
  }

  /** A push to a branch that is no pull request's. `before`: where it was; where it is left out, the branch is new. */
  pushTo(repository: HostedRepository, branch: string, before = NO_COMMIT): Webhook {
    return this.#telling.push(repository, branch, before);
  }

  rename(repository: HostedRepository, name: string): Webhook {
    const from = repository.name;
    this.#move(repository, { name });
    return this.#telling.repository(repository, 'renamed', { repository: { name: { from } } });
  }

  /** To another account. Where the App is not installed on that, it is told that it lost a repository. */
  transfer(repository: HostedRepository, owner: string): Webhook {
    const { owner: from, installation } = repository;
    this.#move(repository, { owner });
    if (repository.installation === null && installation !== null) return this.uninstall(installation, [repository]);
    const changes = { owner: { from: { organization: { login: from } } } };
    return this.#telling.repository(repository, 'transferred', changes);
  }

  setPrivate(repository: HostedRepository, isPrivate: boolean): Webhook {
    repository.private = isPrivate;
    return this.#telling.repository(repository, isPrivate ? 'privatized' : 'publicized');
  }

  setDefaultBranch(repository: HostedRepository, branch: string): Webhook {
    const from = repository.defaultBranch;
    repository.defaultBranch = branch;
    return this.#telling.repository(repository, 'edited', { default_branch: { from } });
  }

  deleteRepository(repository: HostedRepository): Webhook {
    const webhook = this.#telling.repository(repository, 'deleted');
    this.#world.repositories.splice(this.#world.repositories.indexOf(repository), 1);
    return webhook;
  }

  /** The App is installed on repositories, or on more of them. */
  install(
    repositories: readonly HostedRepository[],
    installation: number,
    action: 'created' | 'added' = 'created',
  ): Webhook {
    this.#world.installed(installation, repositories[0]?.owner ?? 'acme');
    for (const repository of repositories) repository.installation = installation;
    return action === 'created'
      ? this.#telling.installation(action, installation, repositories)
      : this.#telling.installationRepositories(action, installation, repositories);
  }

  /** The App is removed, or repositories are taken out of its installation. */
  uninstall(installation: number, repositories: readonly HostedRepository[] | null = null): Webhook {
    const gone = repositories ?? this.#world.repositories.filter((it) => it.installation === installation);
    const webhook =
      repositories === null
        ? this.#telling.installation('deleted', installation, gone)
        : this.#telling.installationRepositories('removed', installation, gone);
    for (const repository of gone) repository.installation = null;
    if (repositories === null) this.#world.installations.delete(installation);
    return webhook;
  }

  suspend(installation: number, suspended = true): Webhook {
    const found = this.#world.installations.get(installation);
    if (found !== undefined) found.suspended = suspended;
    return this.#telling.installation(suspended ? 'suspend' : 'unsuspend', installation, []);
  }

  /** Somebody asks for the check of a commit again; a fork's check names no pull request. */
  rerequest(repository: HostedRepository, pull: HostedPull, event: 'check_run' | 'check_suite' = 'check_run'): Webhook {
    return event === 'check_run'
      ? this.#telling.checkRun(repository, pull)
      : this.#telling.checkSuite(repository, pull, 'rerequested');
  }

  /** Somebody presses the button on the newest check run of the head. */
  press(repository: HostedRepository, pull: HostedPull, by: Account = REVIEWER): Webhook {
    return this.#telling.pressed(repository, pull, by);
  }

  /** GitHub asks every App for its checks of a commit that was pushed. */
  requestSuite(repository: HostedRepository, pull: HostedPull): Webhook {
    return this.#telling.checkSuite(repository, pull, 'requested');
  }

  ping(): Webhook {
    return this.#telling.ping();
  }

  /** Tells of a pull request as it is, whatever is said to have been done. */
  pullRequest(repository: HostedRepository, pull: HostedPull, action: string): Webhook {
    return this.#telling.pullRequest(repository, pull, action);
  }

  /** A token of a person's own, who may read the public repositories and these. */
  token(repositories: readonly HostedRepository[] = [], account: Account = REVIEWER): string {
    const text = `ghp_${this.#world.nextId()}`;
    this.#world.personalTokens.set(text, { account, repositories });
    return text;
  }

  #move(repository: HostedRepository, to: { readonly owner?: string; readonly name?: string }): void {
    repository.formerNames.push(nameOf(repository).toLowerCase());
    repository.name = to.name ?? repository.name;
    if (to.owner === undefined) return;
    repository.owner = to.owner;
    const installed = [...this.#world.installations.values()].find((it) => it.account === to.owner);
    repository.installation = installed?.id ?? null;
  }
}
