import { createHmac, randomUUID } from 'node:crypto';
import { movedLine, replyTo } from './reviews.js';
import { exampleOf, pullRequest, repository as repositoryShape, user } from './shapes.js';
import type { Account, Delivery, HostedComment, HostedPull, HostedRepository, World } from './world.js';

type Json = Record<string, unknown>;

export const AUTHOR: Account = { id: 9001, login: 'ada', type: 'User' };
export const REVIEWER: Account = { id: 9002, login: 'grace', type: 'User' };

/** An answer of the App to a webhook. */
export interface WebhookAnswer {
  readonly guid: string;
  readonly status: number;
  readonly milliseconds: number;
}

/** What people do on GitHub. Each thing that GitHub would tell the App of gives back a webhook that can be sent. */
export class People {
  readonly #world: World;
  readonly #apiUrl: () => string;

  constructor(world: World, apiUrl: () => string) {
    this.#world = world;
    this.#apiUrl = apiUrl;
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
  ): { readonly pull: HostedPull; readonly webhook: Webhook } {
    const head = repository.git.commit(given.branch);
    if (head === null) throw new Error(`there is no branch "${given.branch}"`);
    const pull: HostedPull = {
      number: repository.pulls.size + 1,
      head,
      headRef: given.branch,
      fork: given.fork ?? null,
      baseRef: given.base ?? repository.defaultBranch,
      open: true,
      draft: given.draft ?? false,
      author: given.author ?? AUTHOR,
      updatedAt: new Date(),
      reviews: [],
      comments: [],
    };
    repository.pulls.set(pull.number, pull);
    repository.git.bytes('update-ref', `refs/pull/${pull.number}/head`, head);
    return { pull, webhook: this.pullRequest(repository, pull, 'opened') };
  }

  /** The branch has moved, by a push, a rebase or a force-push: the pull request follows, and comments with it. */
  push(repository: HostedRepository, pull: HostedPull): Webhook {
    const before = pull.head;
    pull.head = repository.git.commit(pull.headRef) ?? pull.head;
    repository.git.bytes('update-ref', `refs/pull/${pull.number}/head`, pull.head);
    for (const comment of pull.comments) {
      comment.line = movedLine(comment, pull, repository);
      if (comment.line !== null) comment.commit = pull.head;
    }
    return this.pullRequest(repository, pull, 'synchronize', { before, after: pull.head });
  }

  close(repository: HostedRepository, pull: HostedPull): Webhook {
    pull.open = false;
    return this.pullRequest(repository, pull, 'closed');
  }

  reopen(repository: HostedRepository, pull: HostedPull): Webhook {
    pull.open = true;
    return this.pullRequest(repository, pull, 'reopened');
  }

  toDraft(repository: HostedRepository, pull: HostedPull): Webhook {
    pull.draft = true;
    return this.pullRequest(repository, pull, 'converted_to_draft');
  }

  ready(repository: HostedRepository, pull: HostedPull): Webhook {
    pull.draft = false;
    return this.pullRequest(repository, pull, 'ready_for_review');
  }

  /** The title, or with `base` the branch that the pull request goes to. */
  edit(repository: HostedRepository, pull: HostedPull, changes: { readonly base?: string }): Webhook {
    const from = pull.baseRef;
    if (changes.base !== undefined) pull.baseRef = changes.base;
    const sha = repository.git.commit(from);
    const told =
      changes.base === undefined ? { title: { from: 'before' } } : { base: { ref: { from }, sha: { from: sha } } };
    return this.pullRequest(repository, pull, 'edited', { changes: told });
  }

  resolve(comment: HostedComment): void {
    comment.resolved = true;
  }

  reply(pull: HostedPull, comment: HostedComment, body: string, author: Account = REVIEWER): HostedComment {
    const reply = replyTo(comment, { id: this.#world.nextId(), author, body });
    pull.comments.push(reply);
    return reply;
  }

  /** Writes a comment of a person's own, on a line of the head. */
  comment(
    pull: HostedPull,
    given: { readonly path: string; readonly line: number; readonly body: string; readonly author?: Account },
  ): HostedComment {
    const made: HostedComment = {
      id: this.#world.nextId(),
      review: this.#world.nextId(),
      author: given.author ?? REVIEWER,
      body: given.body,
      path: given.path,
      side: 'RIGHT',
      line: given.line,
      originalLine: given.line,
      startLine: null,
      originalStartLine: null,
      startSide: null,
      commit: pull.head,
      originalCommit: pull.head,
      inReplyTo: null,
      resolved: false,
      edits: 0,
    };
    pull.comments.push(made);
    return made;
  }

  remove(pull: HostedPull, comment: HostedComment): void {
    pull.comments.splice(pull.comments.indexOf(comment), 1);
  }

  /** A push to a branch that is no pull request's. */
  pushTo(repository: HostedRepository, branch: string): Webhook {
    const after = repository.git.commit(branch) ?? '0'.repeat(40);
    const example = exampleOf('push', null);
    const payload = {
      ...example,
      ref: `refs/heads/${branch}`,
      after,
      before: '0'.repeat(40),
      deleted: false,
      created: false,
      head_commit: null,
      commits: [],
    };
    return this.#webhook('push', payload, repository);
  }

  rename(repository: HostedRepository, name: string): Webhook {
    const from = repository.name;
    repository.name = name;
    return this.repositoryEvent(repository, 'renamed', { repository: { name: { from } } });
  }

  transfer(repository: HostedRepository, owner: string): Webhook {
    const from = repository.owner;
    repository.owner = owner;
    return this.repositoryEvent(repository, 'transferred', { owner: { from: { organization: { login: from } } } });
  }

  setPrivate(repository: HostedRepository, isPrivate: boolean): Webhook {
    repository.private = isPrivate;
    return this.repositoryEvent(repository, isPrivate ? 'privatized' : 'publicized');
  }

  deleteRepository(repository: HostedRepository): Webhook {
    const webhook = this.repositoryEvent(repository, 'deleted');
    this.#world.repositories.splice(this.#world.repositories.indexOf(repository), 1);
    return webhook;
  }

  /** The App is installed on repositories, or on more of them. */
  install(
    repositories: readonly HostedRepository[],
    installation: number,
    action: 'created' | 'added' = 'created',
  ): Webhook {
    this.#world.installations.add(installation);
    for (const repository of repositories) repository.installation = installation;
    const short = repositories.map(shortRepository);
    const payload =
      action === 'created'
        ? { ...exampleOf('installation', 'created'), repositories: short }
        : { ...exampleOf('installation_repositories', 'added'), repositories_added: short, repositories_removed: [] };
    return this.#webhook(
      action === 'created' ? 'installation' : 'installation_repositories',
      withInstallation(payload, installation),
      null,
      installation,
    );
  }

  /** The App is removed, or repositories are taken out of its installation. */
  uninstall(installation: number, repositories: readonly HostedRepository[] | null = null): Webhook {
    const gone = repositories ?? this.#world.repositories.filter((it) => it.installation === installation);
    for (const repository of gone) repository.installation = null;
    if (repositories === null) this.#world.installations.delete(installation);
    const short = gone.map(shortRepository);
    const payload =
      repositories === null
        ? { ...exampleOf('installation', 'deleted'), repositories: short }
        : { ...exampleOf('installation_repositories', 'removed'), repositories_added: [], repositories_removed: short };
    const event = repositories === null ? 'installation' : 'installation_repositories';
    return this.#webhook(event, withInstallation(payload, installation), null, installation);
  }

  /** Somebody asks for the check of a commit again; a fork's check names no pull request. */
  rerequest(repository: HostedRepository, pull: HostedPull, event: 'check_run' | 'check_suite' = 'check_run'): Webhook {
    const payload = exampleOf(event, 'rerequested');
    const check = repository.checks.findLast((it) => it.head === pull.head);
    const pulls =
      pull.fork === null
        ? [
            {
              number: pull.number,
              id: repository.id * 1000 + pull.number,
              url: '',
              head: { ref: pull.headRef, sha: pull.head, repo: { id: repository.id, name: repository.name, url: '' } },
              base: { ref: pull.baseRef, sha: pull.head, repo: { id: repository.id, name: repository.name, url: '' } },
            },
          ]
        : [];
    const told = {
      ...(payload[event] as Json),
      head_sha: pull.head,
      pull_requests: pulls,
      app: { ...((payload[event] as Json).app as Json), id: this.#world.app.id, slug: this.#world.app.slug },
    };
    const named =
      event === 'check_run'
        ? { ...told, id: check?.id ?? 1, name: check?.name ?? 'Tunelint', external_id: check?.externalId ?? '' }
        : told;
    return this.#webhook(event, { ...payload, [event]: named }, repository);
  }

  pullRequest(repository: HostedRepository, pull: HostedPull, action: string, more: Json = {}): Webhook {
    pull.updatedAt = new Date(Math.max(Date.now(), pull.updatedAt.getTime() + 1000));
    const example = exampleOf('pull_request', 'opened');
    const payload = {
      ...example,
      action,
      number: pull.number,
      pull_request: pullRequest(pull, repository, this.#apiUrl()),
      sender: user(pull.author),
      ...more,
    };
    return this.#webhook('pull_request', payload, repository);
  }

  repositoryEvent(repository: HostedRepository, action: string, changes?: Json): Webhook {
    const payload = { ...exampleOf('repository', 'publicized'), action, ...(changes === undefined ? {} : { changes }) };
    return this.#webhook('repository', payload, repository);
  }

  #webhook(
    event: string,
    payload: Json,
    repository: HostedRepository | null,
    installation = repository?.installation ?? null,
  ): Webhook {
    const told = repository === null ? payload : { ...payload, repository: repositoryShape(repository) };
    const body = JSON.stringify(installation === null ? told : withInstallation(told, installation));
    return new Webhook(this.#world, {
      event,
      action: typeof payload.action === 'string' ? payload.action : null,
      body,
      installation,
      repository: repository?.id ?? null,
    });
  }
}

interface WebhookGiven {
  readonly event: string;
  readonly action: string | null;
  readonly body: string;
  readonly installation: number | null;
  readonly repository: number | null;
}

/** One event, which may be delivered again and again under one id. */
export class Webhook {
  readonly guid = randomUUID();
  readonly given: WebhookGiven;
  readonly #world: World;

  constructor(world: World, given: WebhookGiven) {
    this.#world = world;
    this.given = given;
  }

  /** Signs and sends it, and writes down how it went. `signature` takes the place of the right one. */
  async send(url: string, secret: string, signature: string | null = null): Promise<WebhookAnswer> {
    const { event, action, body, installation, repository } = this.given;
    const started = performance.now();
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/stand-in',
      'x-github-event': event,
      'x-github-delivery': this.guid,
      'x-hub-signature-256': signature ?? `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    };
    const status = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );
    const milliseconds = performance.now() - started;
    const delivery: Delivery = {
      id: this.#world.nextId(),
      guid: this.guid,
      event,
      action,
      body,
      deliveredAt: new Date(),
      redelivery: this.#world.deliveries.some((it) => it.guid === this.guid),
      statusCode: status,
      durationMilliseconds: Math.round(milliseconds),
      installation,
      repository,
    };
    this.#world.deliveries.push(delivery);
    return { guid: this.guid, status, milliseconds };
  }
}

function withInstallation(payload: Json, id: number): Json {
  return {
    ...payload,
    installation: { ...((payload.installation as Json | undefined) ?? {}), id, node_id: `I_${id}` },
  };
}

function shortRepository(it: HostedRepository): Json {
  return { id: it.id, node_id: `R_${it.id}`, name: it.name, full_name: `${it.owner}/${it.name}`, private: it.private };
}
