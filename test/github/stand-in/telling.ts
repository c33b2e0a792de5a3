import { Webhook } from './deliveries.js';
import {
  checkRun,
  checkSuite,
  exampleOf,
  fullPullRequest,
  installation,
  repository,
  type Setting,
  user,
} from './shapes.js';
import { type Account, type HostedPull, type HostedRepository, nameOf, type World } from './world.js';

type Json = Record<string, unknown>;

export const NO_COMMIT = '0'.repeat(40);

/** What GitHub tells the App: real payloads, with the repositories and pull requests of the stand-in in them. */
export class Telling {
  readonly #world: World;
  readonly #apiUrl: () => string;

  constructor(world: World, apiUrl: () => string) {
    this.#world = world;
    this.#apiUrl = apiUrl;
  }

  pullRequest(about: HostedRepository, pull: HostedPull, action: string, more: Json = {}): Webhook {
    pull.updatedAt = new Date();
    const payload = {
      ...exampleOf('pull_request', action === 'edited' ? 'opened' : action),
      action,
      number: pull.number,
      pull_request: fullPullRequest(this.#setting, about, pull),
      sender: user(pull.author),
      ...more,
    };
    return this.#webhook('pull_request', payload, about);
  }

  push(about: HostedRepository, branch: string, before: string): Webhook {
    const after = about.git.commit(`refs/heads/${branch}`) ?? NO_COMMIT;
    const [head] = after === NO_COMMIT ? [] : about.git.commits([after]);
    const payload = {
      ...exampleOf('push', null),
      ref: `refs/heads/${branch}`,
      before,
      after,
      created: before === NO_COMMIT,
      deleted: after === NO_COMMIT,
      forced: false,
      head_commit: head === undefined ? null : { id: head.sha, tree_id: head.tree, message: head.message },
      commits: [],
    };
    return this.#webhook('push', payload, about);
  }

  repository(about: HostedRepository, action: string, changes: Json | null = null): Webhook {
    const payload = { ...exampleOf('repository', 'publicized'), action, ...(changes === null ? {} : { changes }) };
    return this.#webhook('repository', payload, about);
  }

  /** `repositories`: those that it was installed on, or is removed from. */
  installation(action: string, id: number, repositories: readonly HostedRepository[]): Webhook {
    const payload = { ...exampleOf('installation', action), repositories: repositories.map(shortRepository) };
    return this.#aboutInstallation('installation', payload, id);
  }

  installationRepositories(
    action: 'added' | 'removed',
    id: number,
    repositories: readonly HostedRepository[],
  ): Webhook {
    const payload = {
      ...exampleOf('installation_repositories', action),
      repositories_added: [],
      repositories_removed: [],
      [`repositories_${action}`]: repositories.map(shortRepository),
    };
    return this.#aboutInstallation('installation_repositories', payload, id);
  }

  checkSuite(about: HostedRepository, pull: HostedPull, action: 'requested' | 'rerequested'): Webhook {
    const example = exampleOf('check_suite', action);
    const suite = { ...(example.check_suite as Json), ...this.#suiteOf(about, pull) };
    return this.#webhook('check_suite', { ...example, check_suite: suite }, about);
  }

  /** A button of the newest check on the head, of which there is one. */
  pressed(about: HostedRepository, pull: HostedPull, by: Account): Webhook {
    const [button] = about.checks.findLast((it) => it.head === pull.head)?.actions ?? [];
    const { identifier } = button as { readonly identifier: string };
    const more = { action: 'requested_action', requested_action: { identifier }, sender: user(by) };
    return this.checkRun(about, pull, more);
  }

  /** About the newest check on the head. Fails where there is none. */
  checkRun(about: HostedRepository, pull: HostedPull, more: Json = {}): Webhook {
    const check = about.checks.findLast((it) => it.head === pull.head);
    if (check === undefined) throw new Error(`there is no check on ${pull.head}`);
    const example = exampleOf('check_run', 'rerequested');
    const shown = { ...checkRun(this.#setting, about, check), check_suite: this.#suiteOf(about, pull) };
    return this.#webhook(
      'check_run',
      { ...example, check_run: { ...(example.check_run as Json), ...shown }, ...more },
      about,
    );
  }

  ping(): Webhook {
    const example = exampleOf('ping', null);
    return this.#webhook('ping', { ...example, hook: { ...(example.hook as Json), app_id: this.#world.app.id } }, null);
  }

  get #setting(): Setting {
    return { world: this.#world, apiUrl: this.#apiUrl() };
  }

  #suiteOf(about: HostedRepository, pull: HostedPull): Json {
    return checkSuite(this.#setting, about, this.#world.suiteOf(about, pull.head));
  }

  #aboutInstallation(event: string, payload: Json, id: number): Webhook {
    const found = this.#world.installations.get(id);
    const shown = found === undefined ? { id } : installation(this.#setting, found);
    return this.#made(event, { ...payload, installation: shown }, null, id);
  }

  #webhook(event: string, { installation: _, ...payload }: Json, about: HostedRepository | null): Webhook {
    const id = about?.installation ?? null;
    const told = id === null ? {} : { installation: { id, node_id: `I_${id}` } };
    return this.#made(event, { ...payload, ...told }, about, id);
  }

  #made(
    event: string,
    { repository: _, ...payload }: Json,
    about: HostedRepository | null,
    id: number | null,
  ): Webhook {
    const told = about === null ? {} : { repository: repository(this.#setting, about) };
    return new Webhook(this.#world, {
      event,
      action: typeof payload.action === 'string' ? payload.action : null,
      body: JSON.stringify({ ...payload, ...told }),
      installation: id,
      repository: about?.id ?? null,
    });
  }
}

function shortRepository(it: HostedRepository): Json {
  return { id: it.id, node_id: `R_${it.id}`, name: it.name, full_name: nameOf(it), private: it.private };
}
